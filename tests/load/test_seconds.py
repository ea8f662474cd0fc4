"""Seconds put together of what generators told."""

from __future__ import annotations

from typing import Any

from desktop_app.core.load.gates import Gatekeeper
from desktop_app.core.load.second import Second
from desktop_app.core.load.thresholds import GateState, parse
from desktop_app.engines.loadtest.messages import Part
from desktop_app.engines.loadtest.seconds import Seconds
from desktop_app.engines.loadtest.tally import Tally


def part(number: int, **told: Any) -> Part:
    """What one generator told of a second: nothing, but for what is given."""
    counts = ("asked", "waiting", "users", "busy", "late", "connections")
    times = ("late_p99_ms", "late_max_ms", "cpu_share")
    by_step = ("dropped", "sent", "resent", "sent_bytes", "received_bytes")
    figures: dict[str, Any] = dict.fromkeys(counts, 0)
    figures |= dict.fromkeys(times, 0.0) | {name: {} for name in by_step}
    return Part(**{**figures, "number": number, "ended": [], "sending_s": 1.0, **told})


def made(names: tuple[str, ...], *parts: Part) -> list[Second]:
    seconds = Seconds(Tally(len(names), 10), names)
    return [seconds.make(one.number, {0: one}, (), None) for one in parts]


def test_a_step_that_hangs_is_judged_though_nothing_more_is_sent() -> None:
    told = made(("list", "sign in"), part(0, sent={1: 3}), part(1), part(2))
    assert [second.steps["sign in"].counts.in_flight for second in told] == [3, 3, 3]
    assert "list" not in told[2].steps
    keeper = Gatekeeper([parse("p95[sign in] < 300 ms for 2 s")])
    for second in told:
        changes = keeper.judge(second, lambda _step: None)
        assert not changes or changes[0].state in (GateState.PENDING, GateState.BROKEN)
    assert keeper.outcome(None, {})[0].state is GateState.BROKEN
