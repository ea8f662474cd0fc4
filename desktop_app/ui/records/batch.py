"""Doing the same with several entries, one after the other, and what became of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from desktop_app.core.errors import (
    Cancelled,
    ConsoleError,
    ProductionLocked,
    SessionExpired,
    TooManyRequests,
    Unreachable,
)
from desktop_app.core.tasks import TaskContext

T = TypeVar("T")

_POINTLESS_TO_GO_ON = (Cancelled, ProductionLocked, SessionExpired, Unreachable)


@dataclass(frozen=True, slots=True)
class Outcome(Generic[T]):
    """``done`` succeeded, ``failed`` did not and why; ``untried`` come after what ended it all."""

    done: tuple[T, ...]
    failed: tuple[tuple[T, ConsoleError], ...]
    untried: tuple[T, ...]


def run_batch(
    items: Sequence[T],
    operate: Callable[[T], object],
    name_of: Callable[[T], str],
    context: TaskContext,
) -> Outcome[T]:
    """Apply ``operate`` to each of ``items``, reporting progress; runs on the pool.

    A refusal of one does not stop the others. Waits as long as the server asks (429). Being
    stopped, locked, signed out or cut off ends it; the outcome then says what was not tried.
    """
    done: list[T] = []
    failed: list[tuple[T, ConsoleError]] = []
    for at, item in enumerate(items):
        try:
            context.report(at, len(items), name_of(item))
            _patiently(operate, item, context)
        except _POINTLESS_TO_GO_ON as error:
            failed.append((item, error))
            return Outcome(tuple(done), tuple(failed), tuple(items[at + 1 :]))
        except ConsoleError as error:
            failed.append((item, error))
        else:
            done.append(item)
    return Outcome(tuple(done), tuple(failed), ())


def _patiently(operate: Callable[[T], object], item: T, context: TaskContext) -> None:
    while True:
        try:
            operate(item)
            return
        except TooManyRequests as busy:
            context.wait(busy.retry_after_s)
