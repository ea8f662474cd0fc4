"""A load run: a stream of events that ends with the result."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_app.core.load.control import Control
from desktop_app.core.load.events import Event
from desktop_app.core.load.plan import Order
from desktop_app.core.load.rehearsal import Rehearsed
from desktop_app.core.tasks import TaskContext


def run_load(order: Order, context: TaskContext, control: Control | None = None) -> Iterator[Event]:
    """Run the plan; the last event is ``RunEnded`` whatever happens.

    Blocks between events (at most about a second each), so it belongs on a worker thread or in a
    command. ``control`` stops it gracefully or at once and marks moments; ``context.cancel`` is a
    stop at once. Closing the iterator ends the generators too.
    """
    raise NotImplementedError


def rehearse(order: Order, context: TaskContext) -> Iterator[Rehearsed]:
    """Do ``setup`` and one round of every flow, one request after another, with their evidence."""
    raise NotImplementedError
