"""A template as its evaluators see it: their own form, to be tried out, keeping nothing."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QWidget

from desktop_app.core.language import _, ngettext
from desktop_app.core.templates import Criterion
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.scoring.sheet_form import SheetForm
from desktop_app.ui.tab import Tab
from desktop_app.ui.widgets.plain_text import plain_label

_USUAL = QSize(1032, 640)
"""What the page of an evaluator has in a window of usual size."""


class PreviewDialog(DialogFrame):
    """Shows ``criteria`` in the form of the score entry; ``left_out`` more cannot be shown yet."""

    def __init__(
        self,
        name: str,
        criteria: Sequence[Criterion],
        *,
        left_out: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Preview: {name}").format(name=name), parent)
        self.resize(_page_size(parent))
        text = _("This is what evaluators see. Try it: nothing is kept.")
        if left_out:
            more = ngettext(
                "{n} criterion that still has a problem is left out.",
                "{n} criteria that still have problems are left out.",
                left_out,
            )
            text = f"{text} {more.format(n=left_out)}"
        words = plain_label(text, role="muted")
        words.setWordWrap(True)
        self.form = SheetForm(criteria)
        self.content.addWidget(words)
        self.content.addWidget(self.form, 1)
        close = self.add_button(_("Close"), role="primary")
        close.clicked.connect(self.reject)
        close.setAutoDefault(False)
        close.setDefault(False)  # Enter goes on to the next criterion, as in the real form
        self.form.focus_first()


def _page_size(widget: QWidget | None) -> QSize:
    """The size of the tab that ``widget`` is in: the evaluators' own tab has the same one."""
    while widget is not None and not isinstance(widget, Tab):
        widget = widget.parentWidget()
    return widget.size() if widget is not None else _USUAL
