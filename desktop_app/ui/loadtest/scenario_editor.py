"""A scenario as text: checked while it is typed, shown as what it does, kept as one's own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QSyntaxHighlighter,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextFormat,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QLineEdit,
    QListWidget,
    QPlainTextEdit,
    QSplitter,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _, ngettext
from desktop_app.core.tasks import TaskContext
from desktop_app.services.loadtest.own_scenarios import (
    ScenarioText,
    file_name,
    left_out_text,
    save_scenario,
)
from desktop_app.services.loadtest.scenario_check import Checked, checked
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.loadtest.scenario_outline import ScenarioOutline
from desktop_app.ui.tab import TabTools
from desktop_app.ui.theme.theme import Theme, monospace_font
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.latest import Latest
from desktop_app.ui.widgets.plain_text import one_line, plain_label
from desktop_app.ui.widgets.status_chip import StatusChip

PAUSE_MS = 250
"""After the last key, until the text is read."""


@dataclass(frozen=True, slots=True)
class _Question:
    text: str
    folder: Path


class ScenarioEditor(DialogFrame):
    """``saved`` carries the path under which the text was kept in ``folder``."""

    saved = Signal(object)

    def __init__(
        self, read: ScenarioText, folder: Path, tools: TabTools, parent: QWidget | None = None
    ) -> None:
        super().__init__(_("Edit the scenario"), parent, narrowest=900)
        self._read, self._folder, self._tools = read, folder, tools
        self._saving = False
        self.checked: Checked | None = None
        self.name = QLineEdit(read.name)
        self.name.setMaxLength(80)
        self.text = QPlainTextEdit()
        self.text.setFont(monospace_font())
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.text.setTabStopDistance(4 * self.text.fontMetrics().horizontalAdvance(" "))
        self._marks = _Marks(self.text.document(), tools.theme)
        self.text.setPlainText(read.text)
        self.state = StatusChip(tools.theme)
        self.problems = QListWidget()
        self.problems.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.outline = ScenarioOutline(tools.theme)
        self.notice = Banner(tools.theme)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(PAUSE_MS)
        self._pause.timeout.connect(self._ask)
        self._latest: Latest[_Question, Checked] = Latest(
            lambda question: checked(question.text, question.folder),
            tools.runner,
            answered=lambda _question, found: self._show(found),
            failed=lambda _question, error: tools.messages.post_error(error),
            parent=self,
        )
        self._build()
        self.text.textChanged.connect(self._on_edited)
        self.name.textChanged.connect(lambda _text: self._show_button())
        self.problems.itemActivated.connect(lambda _item: self.go_to_problem())
        self.problems.itemClicked.connect(lambda _item: self.go_to_problem())
        self._show(read.checked)
        self.text.setFocus()

    @property
    def waiting(self) -> bool:
        """Whether what is shown is not yet of the text as it stands."""
        return self._pause.isActive() or self._latest.busy

    def save(self) -> None:
        """Keep the text as one of the user's scenarios, and close."""
        if self._saving or not self._may_save():
            return
        self._saving = True
        self._show_button()
        text, name, folder = self.text.toPlainText(), self.name.text(), self._folder
        beside = self._read.folder

        def work(_context: TaskContext) -> Path:
            return save_scenario(text, name, folder, beside)

        def done(path: Path) -> None:
            self.saved.emit(path)
            self.accept()

        def failed(error: Exception) -> None:
            self._saving = False
            self.notice.tell(str(error), tone="danger")
            self._show_button()

        self._tools.runner.start(work, owner=self, done=done, failed=failed)

    def go_to_problem(self) -> None:
        """Put the cursor into the line of the problem chosen."""
        at = self.problems.currentRow()
        if self.checked is None or not 0 <= at < len(self.checked.problems):
            return
        line = self.checked.problems[at].line
        block = self.text.document().findBlockByNumber(max(0, line - 1))
        self.text.setTextCursor(QTextCursor(block))
        self.text.centerCursor()
        self.text.setFocus()

    def _build(self) -> None:
        name_label = plain_label(_("Kept as"), role="caption")
        name_label.setBuddy(self.name)
        self.name.setAccessibleName(_("Kept as"))
        self.name.setMaximumWidth(360)
        self.text.setAccessibleName(_("Text of the scenario"))
        self.problems.setAccessibleName(_("Problems"))
        self.problems.setMaximumHeight(96)
        self.problems.setWordWrap(True)
        self.problems.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.content.addWidget(self.notice)
        self.content.setSpacing(8)
        self.content.addWidget(name_label)
        self.content.addWidget(self.name)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        side = QWidget()
        column = QVBoxLayout(side)
        column.setContentsMargins(8, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self.state)
        column.addWidget(self.problems)
        column.addWidget(self.outline, 1)
        split.addWidget(self.text)
        split.addWidget(side)
        split.setSizes([560, 440])
        self.text.setMinimumSize(320, 380)
        self.content.addWidget(split, 1)
        if self._read.left_out:
            self.notice.tell(left_out_text(self._read.left_out))
        cancel = self.add_button(_("Cancel"))
        cancel.clicked.connect(self.reject)
        self.save_button = self.add_button(_("Save"), role="primary")
        self.save_button.clicked.connect(self.save)

    def _on_edited(self) -> None:
        self._pause.start()
        self._show_button()

    def _ask(self) -> None:
        self._latest.ask(_Question(self.text.toPlainText(), self._read.folder))

    def _may_save(self) -> bool:
        sound = self.checked is not None and self.checked.sound
        return sound and not self.waiting and bool(file_name(self.name.text()))

    def _show(self, found: Checked) -> None:
        self.checked = found
        self.problems.clear()
        for one in found.problems:
            self.problems.addItem(one_line(one.told()))
        self.problems.setVisible(bool(found.problems))
        if found.scenario is not None:
            self.outline.show_scenario(found.scenario)
        if found.problems:
            count = len(found.problems)
            text = ngettext("{n} problem", "{n} problems", count).format(n=f"{count:,}")
            self.state.show_state(text, "error", "danger")
        else:
            self.state.show_state(_("It can be run"), "ok", "ok")
        self._underline()
        self._show_button()

    def _underline(self) -> None:
        """Mark the lines with problems."""
        marks = []
        soft = QColor(self._tools.theme.color("danger_soft"))
        for one in self.checked.problems if self.checked is not None else ():
            if one.line:
                mark = QTextEdit.ExtraSelection()
                block = self.text.document().findBlockByNumber(one.line - 1)
                mark.cursor = QTextCursor(block)
                form = QTextCharFormat()
                form.setBackground(soft)
                form.setProperty(QTextFormat.Property.FullWidthSelection, True)
                mark.format = form
                marks.append(mark)
        self.text.setExtraSelections(marks)

    def _show_button(self) -> None:
        self.save_button.setText(_("Saving…") if self._saving else _("Save"))
        self.save_button.setEnabled(self._may_save() and not self._saving)


class _Marks(QSyntaxHighlighter):
    """Headings strong, keys in the accent, comments faint."""

    _KEY = re.compile(r"^\s*[\w.\"'-]+(?=\s*=)")
    _COMMENT = re.compile(r"^\s*#.*$")

    def __init__(self, document: QTextDocument, theme: Theme) -> None:
        super().__init__(document)
        self._theme = theme
        theme.changed.connect(self.rehighlight)

    def highlightBlock(self, text: str) -> None:
        """Qt asks for one line."""
        form = QTextCharFormat()
        if self._COMMENT.match(text):
            form.setForeground(self._theme.color("muted"))
            self.setFormat(0, len(text), form)
        elif text.lstrip().startswith("["):
            form.setFontWeight(600)
            self.setFormat(0, len(text), form)
        elif key := self._KEY.match(text):
            form.setForeground(self._theme.color("accent"))
            self.setFormat(key.start(), key.end() - key.start(), form)
