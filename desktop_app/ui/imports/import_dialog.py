"""Bulk import in four steps: file, columns, check, import."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QCloseEvent, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.fields import Field
from desktop_app.core.language import N_, _
from desktop_app.services.importing import Check
from desktop_app.ui.imports.apply_page import ApplyPage
from desktop_app.ui.imports.check_page import CheckPage
from desktop_app.ui.imports.file_page import FilePage
from desktop_app.ui.imports.job import ImportJob
from desktop_app.ui.imports.leaving import ask_before_leaving
from desktop_app.ui.imports.mapping_page import MappingPage
from desktop_app.ui.imports.past_imports import PastImportsDialog
from desktop_app.ui.imports.steps import StepList
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.second_click import SecondClick

if TYPE_CHECKING:
    from desktop_app.api.imports import Imports
    from desktop_app.api.resource import Resource

FILE, COLUMNS, CHECK, APPLY = range(4)
MATCH_KEYS = {"users": "login_id", "companies": "name", "projects": "name"}
"""The field by which an import finds entries that exist already, by resource."""

_STEPS = (N_("File"), N_("Columns"), N_("Check"), N_("Import"))
_SIZE_KEY = "import.size"
_DEFAULT_SIZE = QSize(1040, 720)
_FRAME = QSize(16, 40)
"""Room left for borders and title bar, whose size is not known before the dialog is shown."""


class ImportDialog(QDialog):
    """Imports rows of a file into ``resource``; ``open()`` it.

    ``imports`` undoes batches, None where the person may not; ``check`` finds the problems of a
    row's values; ``title`` is a message id. Nothing is written before the last step, and the
    dialog says so.
    """

    def __init__(
        self,
        resource: Resource[Any],
        imports: Imports | None,
        fields: Sequence[Field],
        check: Check,
        title: str,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._title_id, self._tools, self._imports = title, tools, imports
        self._closing = False
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.job = ImportJob(resource, imports, fields, check, tools, self)
        self.file_page = FilePage(fields, resource.name, tools, self)
        self.mapping_page = MappingPage(
            fields,
            match_key=MATCH_KEYS[resource.name],
            with_passwords=resource.name == "users",
        )
        self.check_page = CheckPage(self.job, tools)
        self.apply_page = ApplyPage(self.job, tools)
        self._build()
        self._connect()
        room = self.screen().availableSize() - _FRAME
        self.resize(_kept_size(tools.state.get(_SIZE_KEY)).boundedTo(room))
        follow_language(self, self._refresh)

    @property
    def step(self) -> int:
        """Which step is on, from 0."""
        return self.pages.currentIndex()

    def open_file(self, path: Path) -> None:
        """Begin with ``path``, as if it had been chosen."""
        self.file_page.open_file(path)

    def reject(self) -> None:
        """Close; asks first where something would be lost, and tells what is written."""
        self._leave(self._close)

    def closeEvent(self, event: QCloseEvent) -> None:
        """As ``reject``."""
        if self._closing:
            super().closeEvent(event)
            return
        event.ignore()
        self.reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter in a table ends the editing of a cell; it must not press the main button too."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and _is_in_table(self.focusWidget()):
            event.accept()
            return
        super().keyPressEvent(event)

    def _build(self) -> None:
        self.setSizeGripEnabled(True)
        self.setMinimumHeight(560)
        self.steps = StepList(self._tools.theme, _STEPS)
        self.pages = QStackedWidget()
        for page in (self.file_page, self.mapping_page, self.check_page, self.apply_page):
            self.pages.addWidget(page)
        self.note = plain_label(role="muted")
        self.note.setWordWrap(True)
        self.past_button = QPushButton()
        self.past_button.setIcon(icon("history"))
        self.past_button.setProperty("role", "quiet")
        self.past_button.setVisible(self._imports is not None)
        self.back_button, self.close_button = QPushButton(), QPushButton()
        self.next_button = QPushButton()
        self.next_button.setProperty("role", "primary")
        self.next_button.setDefault(True)
        SecondClick(self, self.back_button, self.close_button, self.next_button)
        footer = QHBoxLayout()
        footer.setSpacing(8)
        footer.addWidget(self.past_button)
        footer.addWidget(self.note, 1)
        footer.addWidget(self.back_button)
        footer.addWidget(self.close_button)
        footer.addWidget(self.next_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 16, 24, 16)
        layout.setSpacing(16)
        # A minimum width of the dialog itself would switch off that of its buttons' words.
        layout.addStrut(712)
        layout.addWidget(self.steps)
        layout.addWidget(self.pages, 1)
        layout.addLayout(footer)

    def _connect(self) -> None:
        self.past_button.clicked.connect(self._show_past_imports)
        self.back_button.clicked.connect(self._go_back)
        self.close_button.clicked.connect(self.reject)
        self.next_button.clicked.connect(self._go_on)
        self.file_page.sheet_changed.connect(self._on_sheet_changed)
        self.mapping_page.changed.connect(self._refresh)
        self.check_page.changed.connect(self._refresh)
        self.apply_page.changed.connect(self._refresh)
        self.apply_page.changed.connect(self._place_focus)
        self.check_page.checked_anew.connect(self._place_focus)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self._on_main_key)

    # From step to step

    def _go_on(self) -> None:
        sheet = self.file_page.sheet
        if self.step == FILE:
            self._show_step(COLUMNS)
        elif self.step == COLUMNS and sheet is not None:
            self._show_step(CHECK)
            self.check_page.begin(sheet, self.mapping_page.mapped())
            self._place_focus()
        elif self.step == CHECK:
            self._show_step(APPLY)
            self.apply_page.begin()
            self._refresh()
        elif self.apply_page.wants_apply:
            self.apply_page.apply()
        else:
            self.reject()

    def _go_back(self) -> None:
        if self.step == APPLY and self.job.started:
            self._leave(self._begin_anew)
            return
        if self.step == CHECK:
            self.job.stop()
        self._show_step(max(FILE, self.step - 1))

    def _begin_anew(self) -> None:
        """Another file is wanted: the one that was imported must not be the next one's default."""
        self.check_page.forget()
        self.job.started = False
        self.file_page.forget()
        self._show_step(FILE)

    def _show_step(self, step: int) -> None:
        self.pages.setCurrentIndex(step)
        self.steps.show_step(step)
        self._refresh()
        self._place_focus()

    def _on_sheet_changed(self) -> None:
        sheet = self.file_page.sheet
        if sheet is not None:
            self.mapping_page.show_sheet(sheet, self.job.guess(sheet))
        self._refresh()
        if not isinstance(self.focusWidget(), QComboBox):  # another sheet, or encoding, chosen
            self._place_focus()

    # The keyboard

    def _place_focus(self) -> None:
        """Put the keyboard where the person goes on, never on a button that leads elsewhere."""
        step, job = self.step, self.job
        page = self.pages.currentWidget()
        if self.file_page.busy or job.busy:
            page.setFocus()
        elif step == FILE and not self._may_go_on():
            self.file_page.drop_zone.choose_button.setFocus()
        elif self._focus_what_is_wrong():
            return
        elif self.next_button.isEnabled() and not self.next_button.isHidden():
            self.next_button.setFocus()
        elif step == APPLY and job.unsaved_passwords:
            self.apply_page.passwords_button.setFocus()
        elif step == APPLY:
            self.close_button.setFocus()
        else:
            page.setFocus()

    def _focus_what_is_wrong(self) -> bool:
        if self.step == COLUMNS:
            return self.mapping_page.focus_first_missing()
        return self.step == CHECK and self.check_page.rows.focus_first_bad()

    def _on_main_key(self) -> None:
        """Ctrl+Enter goes on from anywhere, also out of the table."""
        recheck = self.check_page.rows.recheck_button
        for button in (self.next_button, recheck):
            if button.isVisible() and button.isEnabled():
                button.click()
                return

    # Words and buttons

    def _refresh(self) -> None:
        self.setWindowTitle(_(self._title_id))
        step, job = self.step, self.job
        self.past_button.setText(_("Past imports…"))
        self.close_button.setText(_("Close"))
        over = step == APPLY and job.started
        self.back_button.setText(_("Import another file") if over else _("Back"))
        self.back_button.setVisible(step > FILE)
        self.back_button.setEnabled(not (step == APPLY and job.busy))
        self.next_button.setText(self._next_text())
        self.next_button.setToolTip("Ctrl+Enter")
        self.next_button.setEnabled(self._may_go_on())
        self.next_button.setVisible(not over or self.apply_page.wants_apply)
        self.note.setText(self._note_text())

    def _next_text(self) -> str:
        if self.step == APPLY:
            return self.apply_page.action_text
        return (_("Choose columns"), _("Check rows"), _("Continue"))[self.step]

    def _may_go_on(self) -> bool:
        if self.step == FILE:
            sheet = self.file_page.sheet
            return sheet is not None and bool(sheet.rows) and not self.file_page.busy
        if self.step == COLUMNS:
            return not self.mapping_page.problems()
        if self.job.busy:
            return False
        if self.step == APPLY:
            return self.apply_page.wants_apply
        draft = self.job.draft
        return self.job.checked and draft is not None and not draft.unchecked and draft.to_write > 0

    def _note_text(self) -> str:
        if self.job.started and self.step == APPLY:
            return ""
        draft = self.job.draft
        if self.step == CHECK and draft is not None and self.job.checked and not self.job.busy:
            if draft.unchecked:
                return _("Check the corrected rows again to go on. Nothing is written so far.")
            if not draft.to_write:
                return _("No row can be imported: each is bad or the same already.")
        return _("Nothing is written so far.")

    # Leaving

    def _leave(self, then: Callable[[], None]) -> None:
        sheet_open = self.file_page.sheet is not None and self.step > FILE
        ask_before_leaving(self, self.job, sheet_open=sheet_open, then=then)

    def _close(self) -> None:
        self.job.stop()
        self._tools.state.set(_SIZE_KEY, [self.width(), self.height()])
        self._closing = True
        super().reject()

    def _show_past_imports(self) -> None:
        if self._imports is not None:
            PastImportsDialog(self._imports, self._tools, self).open()


def _is_in_table(widget: QWidget | None) -> bool:
    while widget is not None and not isinstance(widget, QAbstractItemView):
        widget = widget.parentWidget()
    return widget is not None


def _kept_size(kept: object) -> QSize:
    if isinstance(kept, list) and len(kept) == 2 and all(isinstance(n, int) for n in kept):
        return QSize(*kept)
    return _DEFAULT_SIZE
