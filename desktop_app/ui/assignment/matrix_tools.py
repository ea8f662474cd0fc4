"""What stands above the matrix: figures, what opens dialogs, search, and what the signs mean."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.language import N_, NN_, _, ngettext
from desktop_app.core.permissions import may
from desktop_app.core.problems import TEXTS
from desktop_app.core.users import Role
from desktop_app.ui.assignment.grid import Sums
from desktop_app.ui.assignment.legend import Legend
from desktop_app.ui.tab import TabAction, TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.search_field import SearchField

_PARTICIPANTS = N_("Participants…")
_BULK = N_("Assign automatically…")
_CONFLICTS = N_("Conflicts…")
_PROGRESS = N_("Progress…")


class MatrixTools(QWidget):
    """``narrowed`` carries the search and whether only incomplete companies are wanted.

    ``head_buttons`` belong at the right of the screen's title.
    """

    narrowed = Signal(str, bool)
    participants_asked = Signal()
    bulk_asked = Signal()
    conflicts_asked = Signal()
    progress_asked = Signal()

    def __init__(self, role: Role, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role, self._tools, self._sums = role, tools, Sums(0, 0, 0, 0, 0)
        self.sums = plain_label(role="muted")
        self.search = SearchField()
        self.search.setMinimumWidth(160)
        self.incomplete = QCheckBox()
        self.participants_button, self.bulk_button = QPushButton(), QPushButton()
        self.conflicts_button, self.progress_button = QPushButton(), QPushButton()
        self.bulk_button.setProperty("role", "primary")
        for button, image, token in (
            (self.progress_button, "bell", "text"),
            (self.conflicts_button, "ban", "text"),
            (self.participants_button, "users", "text"),
            (self.bulk_button, "assign", "on_accent"),
        ):
            button.setIcon(icon(image, token))
        self._head = (
            (self.participants_button, "projects.participants"),
            (self.bulk_button, "projects.assign"),
        )
        self.legend = Legend(tools.theme)
        self._lay_out()
        self.search.searched.connect(self._tell)
        self.incomplete.toggled.connect(self._tell)
        self.participants_button.clicked.connect(self.participants_asked)
        self.bulk_button.clicked.connect(self.bulk_asked)
        self.conflicts_button.clicked.connect(self.conflicts_asked)
        self.progress_button.clicked.connect(self.progress_asked)
        follow_language(self, self._retranslate)

    def show_sums(self, sums: Sums) -> None:
        """Show the figures of the whole matrix."""
        self._sums = sums
        parts = [_sums_text(sums)]
        for count, pair in (
            (sums.late, NN_("{n} late", "{n} late")),
            (sums.conflicts, NN_("{n} with a conflict", "{n} with a conflict")),
            (sums.unassigned, NN_("{n} company unassigned", "{n} companies unassigned")),
        ):
            if count:
                parts.append(ngettext(*pair, count).format(n=f"{count:,}"))
        self.sums.setText(" · ".join(parts))

    def clear(self) -> None:
        """Show every company again."""
        self.search.show_query("")
        self.incomplete.setChecked(False)
        self._tell()

    def allow(self, open_: bool) -> None:
        """Whether participants and assignments can be changed in the project at all."""
        reason = "" if open_ else TEXTS["project_not_active"]
        for button in self.head_buttons:
            button.setEnabled(open_)
            button.setToolTip(_(reason))

    def offers(self) -> list[TabAction]:
        """The buttons, for the palette."""
        buttons = (
            (self.bulk_button, _BULK, "assign", self.bulk_asked),
            (self.participants_button, _PARTICIPANTS, "users", self.participants_asked),
            (self.conflicts_button, _CONFLICTS, "ban", self.conflicts_asked),
            (self.progress_button, _PROGRESS, "bell", self.progress_asked),
        )
        return [
            TabAction(name=_(name), english=name, icon=image, run=asked.emit)
            for button, name, image, asked in buttons
            if button.isVisible() and button.isEnabled()
        ]

    def show_head(self, shown: bool) -> None:
        """Show or hide the buttons that stand at the head of the screen."""
        for button, operation in self._head:
            button.setVisible(shown and may(operation, self._role))

    @property
    def head_buttons(self) -> tuple[QPushButton, ...]:
        """The main actions, for the head of the screen; the last is the primary one."""
        return tuple(button for button, _operation in self._head)

    def _lay_out(self) -> None:
        upper, lower = QHBoxLayout(), QHBoxLayout()
        upper.setSpacing(8)
        upper.addWidget(self.search, 2)
        upper.addWidget(self.incomplete)
        upper.addStretch(1)
        upper.addWidget(self.progress_button)
        upper.addWidget(self.conflicts_button)
        lower.setSpacing(16)
        lower.addWidget(self.sums)
        lower.addStretch(1)
        lower.addWidget(self.legend)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(upper)
        column.addLayout(lower)

    def _tell(self, *_args: object) -> None:
        self.narrowed.emit(self.search.query, self.incomplete.isChecked())

    def _retranslate(self) -> None:
        hint = _("Search companies and evaluators")
        self.search.setPlaceholderText(hint)
        self.search.setAccessibleName(hint)
        self.incomplete.setText(_("Only incomplete"))
        self.participants_button.setText(_(_PARTICIPANTS))
        self.bulk_button.setText(_(_BULK))
        self.conflicts_button.setText(_(_CONFLICTS))
        self.progress_button.setText(_(_PROGRESS))
        self.show_sums(self._sums)


def _sums_text(sums: Sums) -> str:
    return _("{done} of {all} sheets submitted").format(done=f"{sums.done:,}", all=f"{sums.all:,}")
