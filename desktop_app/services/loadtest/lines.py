"""Events of a load run as lines of a log: for the terminal and the window's live view."""

from __future__ import annotations

from desktop_app.core.language import _
from desktop_app.core.load.counts import Counts
from desktop_app.core.load.events import (
    Event,
    Marked,
    Preparing,
    RunEnded,
    RunStarted,
    Stopping,
    ThresholdChanged,
    Warned,
)
from desktop_app.core.load.second import Second
from desktop_app.services.loadtest import words


def line_of(event: Event) -> str:
    """The line of an event; a secret is never in it."""
    match event:
        case Preparing() if event.workers < event.awaited:
            if not event.address:
                return ""
            return _("Workers joined: {n} of {all}, at {address}").format(
                n=event.workers, all=event.awaited, address=event.address
            )
        case Preparing():
            said = _("Users ready: {ready} of {users}").format(ready=event.ready, users=event.users)
            return said + (_(", {n} failed").format(n=event.failed) if event.failed else "")
        case RunStarted():
            return _("Run {run} has begun: {model}.").format(
                run=event.run_id, model=words.model_text(event.plan.model)
            )
        case Second():
            return _second(event)
        case ThresholdChanged():
            state = _(words.GATE_STATES[event.state])
            value = words.metric_value(event.threshold.metric, event.value)
            return f"{event.second:>5} s  {event.threshold}: {state} ({value})"
        case Warned():
            return f"{event.second:>5} s  {words.warned_text(event)}"
        case Marked():
            return f"{event.mark.at_s:>5.0f} s  {_('Mark')}: {event.mark.text}"
        case Stopping():
            return _("No more is sent: {reason}.").format(reason=_(words.STOPS[event.reason]))
        case RunEnded():
            return words.verdict_text(event.result)


def _failures(counts: Counts) -> str:
    """How many failed, and of which kinds, the most first."""
    kinds = sorted(counts.failures.items(), key=lambda pair: -pair[1])
    return f"{counts.failed:,} ({', '.join(_(words.FAILURES[kind]) for kind, _n in kinds)})"


def _second(second: Second) -> str:
    response = second.response
    figures = [
        _("asked {rate}").format(rate=words.per_second(second.asked)),
        _("done {rate}").format(rate=words.per_second(second.counts.completed)),
        f"p50 {words.ms(response.p50 if response else None)}",
        f"p95 {words.ms(response.p95 if response else None)}",
        f"p99 {words.ms(response.p99 if response else None)}",
    ]
    if second.counts.failed:
        figures.append(_("failed {n}").format(n=_failures(second.counts)))
    if second.dropped:
        figures.append(_("never sent {n}").format(n=second.dropped))
    return f"{second.number:>5} s  {' · '.join(figures)}"
