"""What a table says where it has no rows: nothing yet, nothing found, or nothing loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtGui import QAction

from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import N_, _
from desktop_app.ui.widgets.empty_state import EmptyState


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyTexts:
    """Message ids: what the table's entries are called, and what to say before there are any."""

    name: str
    heading: str = N_("Nothing here yet")
    text: str = ""


def describe_nothing(
    place: EmptyState,
    texts: EmptyTexts,
    clear: Callable[[], object] | None,
    first: QAction | None,
) -> None:
    """Nothing found (``clear`` drops search and filters), or nothing yet (``first`` makes some)."""
    if clear is not None:
        place.tell(
            _("Nothing found"),
            _("No entry fits the search and the filters. Check the spelling, or take some away."),
            icon_name="search",
            action=(_("Clear search and filters"), clear),
        )
        return
    offered = first if first is not None and first.isVisible() and first.isEnabled() else None
    place.tell(
        _(texts.heading),
        _(texts.text),
        icon_name="inbox",
        action=(offered.text(), offered.trigger) if offered else None,
    )


def describe_failure(place: EmptyState, error: Exception, retry: Callable[[], object]) -> None:
    """The first page could not be loaded: what failed, what to do, and another try."""
    known = isinstance(error, ConsoleError)
    what = error.text() if isinstance(error, ConsoleError) else _("The list could not be loaded.")
    place.tell(
        what,
        error.advice_text() if isinstance(error, ConsoleError) and known else str(error),
        icon_name="error",
        tone="danger",
        action=(_("Try again"), retry),
    )
