"""Events of the engines as lines of a log: for the terminal and the window's live view."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from desktop_app.core.language import _
from desktop_app.db.migrations.backup import BackupEnded, BackupStarted, CopyProgress
from desktop_app.db.migrations.events import (
    ConnectionLost,
    Event,
    LeaseAwaited,
    Outcome,
    RunEnded,
    RunStarted,
    StepEnded,
    StepProgress,
    StepStarted,
)
from desktop_app.db.migrations.plan_data import Counting
from desktop_app.db.migrations.restore import RestoreEnded
from desktop_app.db.migrations.verification import CheckDone, VerifyEnded
from desktop_app.services.migrations import words
from desktop_app.services.verdict_words import STATES


def line_of(event: Event) -> str:
    """The line of an event; "" for one that a log leaves out. A secret is never in it."""
    for kind, write in _LINES:
        if isinstance(event, kind):
            return write(event)
    return ""


def _run_started(event: RunStarted) -> str:
    said = _("Run {run} has begun.").format(run=event.run_id)
    if event.took_over is None:
        return said
    taken = _("It took over from {by}, whose lease had expired.").format(by=event.took_over.by)
    return f"{said} {taken}"


def _lease_awaited(event: LeaseAwaited) -> str:
    waiting = _("Waiting {seconds} s more.").format(seconds=round(event.left_s))
    return f"{words.holder_text(event.holder)} {waiting}"


def _step_started(event: StepStarted) -> str:
    title = words.step_title(event.step)
    return _("{step} (goes on where it was)").format(step=title) if event.resumed else title


def _step_progress(event: StepProgress) -> str:
    said = _amount(event.done, event.total, event.per_s, event.left_s)
    if event.phase:
        said = f"{event.phase}: {said}"
    if event.rested_s:
        said += " · " + _("resting for others (ping {ms} ms)").format(ms=round(event.ping_ms or 0))
    return f"  {said}"


def _step_ended(event: StepEnded) -> str:
    if event.outcome is Outcome.IN_PLACE:
        return ""
    parts = [_(words.OUTCOMES[event.outcome])]
    if event.changed:
        parts.append(f"{event.changed:,}")
    if event.kept:
        parts.append(_("{n} left alone: changed since").format(n=f"{event.kept:,}"))
    if event.error:
        parts.append(words.reason_text(event.error))
    if event.blocker is not None:
        parts.append(words.blocker_text(event.blocker))
    return f"{words.step_title(event.step)}: {' · '.join(parts)}"


def _connection_lost(event: ConnectionLost) -> str:
    return _("The server is away ({reason}); asking again for {seconds} s.").format(
        reason=event.reason, seconds=round(max(event.patience_s - event.waited_s, 0))
    )


def _run_ended(event: RunEnded) -> str:
    said = words.stop_text(event.reason, event.error)
    if event.holder is not None:
        said += f". {words.holder_text(event.holder)}"
    counts = ", ".join(
        f"{_(words.OUTCOMES[outcome])} {count}"
        for outcome in Outcome
        if (count := event.count(outcome))
    )
    lines = [f"{said} ({counts or '–'}, {event.seconds:.1f} s)"]
    lines += [words.blocker_text(blocker) for blocker in event.blockers]
    return "\n".join(lines)


def _counting(event: Counting) -> str:
    if not event.done:
        return ""
    return _("Counting: {done} of {total}").format(done=event.done, total=event.total)


def _check_done(event: CheckDone) -> str:
    result = event.result
    state = _(STATES[result.state])
    found = f" ({result.count:,})" if result.count else ""
    title = words.check_title(result.check)
    parts = (f"{state}{found}: {title}", f"{result.seconds:.2f} s", words.evidence(result))
    return " · ".join(part for part in parts if part)


def _verify_ended(event: VerifyEnded) -> str:
    counts = ", ".join(
        f"{_(text)} {count}" for state, text in STATES.items() if (count := _of(event, state))
    )
    return f"{words.stop_text(event.reason, event.error)} ({counts}, {event.seconds:.1f} s)"


def _of(event: VerifyEnded, state: str) -> int:
    return sum(result.state == state for result in event.results)


def _backup_started(event: BackupStarted) -> str:
    said = _("{collections} collections, about {documents}, {mb} MB; {free} MB are free.").format(
        collections=event.collections,
        documents=words.documents(event.documents),
        mb=f"{event.size / 1e6:,.0f}",
        free=f"{event.free / 1e6:,.0f}",
    )
    if event.consistent:
        return said
    return f"{said} " + _("Without a snapshot: collections may differ by moments.")


def _copy_progress(event: CopyProgress) -> str:
    amount = _amount(event.done, event.total, event.per_s, event.left_s)
    return f"  {_(words.PHASES[event.phase])} {event.collection}: {amount}"


def _backup_ended(event: BackupEnded) -> str:
    if event.manifest is None:
        return words.stop_text(event.reason, event.error)
    return _("The backup is in {folder}: {documents}, {mb} MB, {seconds} s.").format(
        folder=event.folder,
        documents=words.documents(event.manifest.documents),
        mb=f"{event.manifest.size / 1e6:,.1f}",
        seconds=f"{event.seconds:.1f}",
    )


def _restore_ended(event: RestoreEnded) -> str:
    if event.damaged:
        parts = [words.damage_text(part) for part in event.damaged]
        return "\n".join([_("The backup is damaged; nothing was restored."), *parts])
    if event.error or not event.collections:
        return words.stop_text(event.reason, event.error)
    return _(
        "Restored and compared: {documents} in {collections} collections, {seconds} s."
    ).format(
        documents=words.documents(event.documents),
        collections=event.collections,
        seconds=f"{event.seconds:.1f}",
    )


def _amount(done: int, total: int | None, per_s: float, left_s: float | None) -> str:
    of = f"{done:,} / {total:,}" if total is not None else f"{done:,}"
    speed = _("{n} per second").format(n=f"{per_s:,.0f}")
    left = "" if left_s is None else _("{seconds} s left").format(seconds=f"{left_s:,.0f}")
    return " · ".join(part for part in (of, speed, left) if part)


_LINES: tuple[tuple[type[Event], Callable[[Any], str]], ...] = (
    (RunStarted, _run_started),
    (LeaseAwaited, _lease_awaited),
    (StepStarted, _step_started),
    (StepProgress, _step_progress),
    (StepEnded, _step_ended),
    (ConnectionLost, _connection_lost),
    (RunEnded, _run_ended),
    (Counting, _counting),
    (CheckDone, _check_done),
    (VerifyEnded, _verify_ended),
    (BackupStarted, _backup_started),
    (CopyProgress, _copy_progress),
    (BackupEnded, _backup_ended),
    (RestoreEnded, _restore_ended),
)
