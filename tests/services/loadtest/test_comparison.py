"""Two load runs compared: what is worse is found, and chance is not taken for it."""

from __future__ import annotations

import math
import random
from dataclasses import replace

import pytest

from desktop_app.core.load.models import constant, open_model
from desktop_app.core.load.plan import LoadTarget
from desktop_app.core.load.result import LoadResult, Verdict
from desktop_app.core.load.thinning import joined
from desktop_app.services.loadtest.comparison import Change, compare
from tests.services.loadtest.made import run, second


def steady(
    run_id: str, *, median_ms: float, seed: int, seconds: int = 60, failed: int = 0
) -> LoadResult:
    """A run whose seconds differ a little from each other, as real ones do."""
    chance = random.Random(seed)
    made = []
    for number in range(seconds):
        mood = chance.gauss(1, 0.05)
        latencies = [median_ms * mood * chance.lognormvariate(0, 0.4) for _ in range(50)]
        made.append(second(number, latencies, failed=failed))
    return run(made, run_id)


def changes(before: LoadResult, after: LoadResult) -> dict[str, Change]:
    return {one.figure: one.change for one in compare(before, after).differences}


def test_a_run_that_is_slower_by_a_fifth_is_worse() -> None:
    before, after = steady("a", median_ms=40, seed=1), steady("b", median_ms=48, seed=2)
    found = changes(before, after)
    assert (found["p50"], found["p95"]) == (Change.WORSE, Change.WORSE)
    assert compare(before, after).worse
    assert changes(after, before)["p50"] is Change.BETTER


def test_two_runs_of_the_same_server_are_never_called_worse() -> None:
    for seed in range(10):
        before = steady("a", median_ms=40, seed=seed)
        after = steady("b", median_ms=40, seed=seed + 100)
        assert not compare(before, after).worse


def moody(run_id: str, seed: int) -> LoadResult:
    """A short run of a server whose moods outlast a second."""
    chance, made, mood = random.Random(seed), [], 0.0
    for number in range(20):
        mood = 0.8 * mood + chance.gauss(0, 0.06)
        level = 40 * math.exp(mood)
        made.append(second(number, [level * chance.lognormvariate(0, 0.4) for _ in range(50)]))
    return run(made, run_id)


@pytest.mark.parametrize("seed", [6, 9, 11, 24])
def test_a_mood_that_lasts_is_not_taken_for_a_change(seed: int) -> None:
    """Seconds drawn as if each stood for itself would say so here."""
    before, after = moody("a", seed), moody("b", seed + 100)
    assert not {Change.WORSE, Change.BETTER} & set(changes(before, after).values())


def test_one_stalled_second_does_not_make_the_median_worse() -> None:
    before, after = steady("a", median_ms=40, seed=1), steady("b", median_ms=40, seed=2)
    stalled = replace(after, seconds=(*after.seconds[:-1], second(59, [900.0] * 50)))
    assert changes(before, stalled)["p50"] is not Change.WORSE


def test_errors_that_were_not_there_before_are_worse() -> None:
    before = steady("a", median_ms=40, seed=1)
    after = steady("b", median_ms=40, seed=2, failed=2)
    assert changes(before, after)["errors"] is Change.WORSE


def test_half_the_throughput_is_worse_and_double_is_better() -> None:
    slow = run((second(n, [10.0] * 25) for n in range(60)), "slow")
    fast = run((second(n, [10.0] * 50) for n in range(60)), "fast")
    assert changes(fast, slow)["rate"] is Change.WORSE
    assert changes(slow, fast)["rate"] is Change.BETTER


def test_seconds_that_were_put_together_are_no_higher_rate() -> None:
    fine = run((second(n, [10.0] * 50) for n in range(60)), "fine")
    seconds = [joined(*fine.seconds[n : n + 2]) for n in range(0, 40, 2)]
    coarse = replace(fine, seconds=(*seconds, *fine.seconds[40:]))
    found = compare(fine, coarse)
    rate = next(one for one in found.differences if one.figure == "rate")
    assert (rate.before, rate.after, rate.change) == (50, 50, Change.SAME)


def test_a_short_run_is_not_judged() -> None:
    before = steady("a", median_ms=40, seed=1, seconds=5)
    after = steady("b", median_ms=400, seed=2, seconds=5)
    found = compare(before, after)
    assert {one.change for one in found.differences} == {Change.UNSURE}
    assert any("too short" in said.text() for said in found.remarks)


def test_the_probability_of_being_slower_counts_ties_half() -> None:
    same = run((second(n, [10.0] * 5) for n in range(20)), "a")
    assert compare(same, same).slower_chance == pytest.approx(0.5)
    slower = run((second(n, [20.0] * 5) for n in range(20)), "b")
    assert compare(same, slower).slower_chance == pytest.approx(1.0)


def test_what_cannot_be_compared_is_said() -> None:
    before, after = steady("a", median_ms=40, seed=1), steady("b", median_ms=40, seed=2)
    other = replace(after.plan, model=open_model(constant(200, 60), 10))
    odd = replace(after, plan=other, verdict=Verdict.INVALID)
    said = " ".join(remark.text() for remark in compare(before, odd).remarks)
    assert "load models" in said
    assert "b is no valid measurement" in said


@pytest.mark.parametrize(
    ("before", "after", "same"),
    [
        ("http://127.0.0.1:40001", "http://127.0.0.1:51234/", True),
        ("http://127.0.0.1:40001", "http://localhost:40001", True),
        ("http://127.0.0.1:40001/v1", "http://127.0.0.1:40001/v2", False),
        ("http://127.0.0.1:40001", "https://127.0.0.1:40001", False),
        ("https://eval.example.org", "https://EVAL.example.org:443/", True),
        ("https://eval.example.org", "https://eval.example.org:8443", False),
        ("https://eval.example.org", "https://eval.example.com", False),
        ("http://127.0.0.1:40001", "http://eval.example.org:40001", False),
    ],
)
def test_another_target_is_said_and_another_start_of_the_workspace_is_none(
    before: str, after: str, same: bool
) -> None:
    pair = []
    for url in (before, after):
        environment = "staging" if "example" in url else "local"
        one = run((second(n, [10.0]) for n in range(10)), "a")
        target = LoadTarget(url=url, environment=environment)
        pair.append(replace(one, plan=replace(one.plan, target=target)))
    said = [remark.text() for remark in compare(*pair).remarks]
    assert ("The targets are not the same." not in said) is same


def test_a_tunnel_to_another_system_is_no_workspace() -> None:
    one, other = (
        LoadTarget(url=f"http://127.0.0.1:{port}", environment="production") for port in (1, 2)
    )
    assert not one.is_same_as(other)


def test_runs_without_an_answer_have_nothing_to_compare() -> None:
    silent = run((second(n, [], failed=5) for n in range(20)), "a")
    assert compare(silent, silent).differences == ()
    assert compare(silent, silent).slower_chance is None
