"""Leaving several tabs: each with unsaved work is shown and asked in turn."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from desktop_app.ui.tab import Tab


def leave_all(
    tabs: Sequence[tuple[str, Tab]], show: Callable[[str], object], proceed: Callable[[], None]
) -> None:
    """Ask ``tabs`` one after the other, each in front; ``proceed`` once all may be left.

    The first that is not left ends it.
    """
    if not tabs:
        proceed()
        return
    (key, tab), *others = tabs
    show(key)
    tab.leave(lambda: leave_all(others, show, proceed))
