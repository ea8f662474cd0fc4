"""One criterion of a sheet: what is asked, by which guide, and the score that it gets."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.core.sheet_fields import comment_key, read_comment, read_score, score_key, written
from desktop_app.core.templates import Criterion
from desktop_app.ui.scoring.comment_field import FoldedComment
from desktop_app.ui.scoring.score_field import ScoreField
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.widgets.plain_text import plain_label

WORDS, GUIDE, SCORE = range(3)
"""The columns, which stand under each other from row to row."""

SCORE_WIDTH = 184


class CriterionRow(QFrame):
    """Tells each change of its texts (``edited``: key, text), and where the keyboard wants to go.

    ``next_asked`` carries the key of the field that is done with. ``field_made``: the comment's
    editor is there now.
    """

    edited = Signal(str, str)
    next_asked = Signal(str)
    field_made = Signal(QWidget)

    def __init__(self, number: int, criterion: Criterion, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.criterion = criterion
        self.score_key, self.comment_key = score_key(criterion), comment_key(criterion)
        self._refusals: dict[str, str] = {}
        self.name = plain_label(f"{number}. {criterion.name}", role="strong")
        self.name.setWordWrap(True)
        self.guide = _words(criterion.guide or "", "")
        self.score = ScoreField(criterion, self)
        self.score.textChanged.connect(self._on_score_changed)
        self.score.next_asked.connect(lambda: self.next_asked.emit(self.score_key))
        self.comment = FoldedComment(self)
        self.score.comment_asked.connect(self.comment.write)
        self.comment.edited.connect(self._on_comment_edited)
        self.comment.next_asked.connect(lambda: self.next_asked.emit(self.comment_key))
        self.comment.made.connect(self._on_comment_made)
        self._silent = False
        self._scale = plain_label(role="muted")
        self._weight = plain_label(role="caption")
        self.note = plain_label(role="caption")
        self.note.setWordWrap(True)
        self.note.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._build()
        follow_language(self, self._retranslate)

    @property
    def composing(self) -> bool:
        """Whether an input method holds an unfinished syllable in one of the two fields."""
        return self.score.composition.active or self.comment.composing

    def show_text(self, key: str, text: str) -> None:
        """Show ``text`` in one of the two fields without telling that it was edited."""
        if key == self.comment_key:
            self.comment.show_text(text)
        elif text != self.score.text():
            self._silent = True
            self.score.setText(text)
            self._silent = False
        self.show_refusal(key, "")

    def text(self, key: str) -> str:
        """What stands in one of the two fields."""
        return self.score.text() if key == self.score_key else self.comment.plain

    def show_refusal(self, key: str, text: str) -> None:
        """Say at a field why the server refused it, until it is changed; empty: it did not."""
        self._refusals[key] = text
        if key == self.comment_key:
            self._note_comment()
        else:
            self._note_score()

    def set_read_only(self, read_only: bool) -> None:
        """Let everything be read but not changed."""
        self.score.set_read_only(read_only)
        self.comment.set_read_only(read_only)

    @property
    def last_field(self) -> QWidget:
        """The field after which Tab leaves the row."""
        return self.comment.text if self.comment.unfolded else self.score

    def focus(self, key: str) -> None:
        """Put the keyboard into a field."""
        if key == self.comment_key:
            self.comment.write()
        else:
            self.score.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.score.selectAll()

    def finish_composition(self) -> None:
        """Have a syllable that is being composed join its text."""
        self.score.composition.finish()
        self.comment.finish_composition()

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.name)
        if self.criterion.description:
            words.addWidget(_words(self.criterion.description, "muted"))
        words.addWidget(self.comment)
        words.addStretch(1)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.score)
        line.addWidget(self._scale)
        line.addStretch(1)
        marks = QVBoxLayout()
        marks.setSpacing(4)
        marks.addLayout(line)
        marks.addWidget(self._weight)
        marks.addWidget(self.note)
        marks.addStretch(1)
        grid = QGridLayout(self)
        grid.setContentsMargins(16, 12, 16, 12)
        grid.setHorizontalSpacing(24)
        grid.addLayout(words, 0, WORDS)
        grid.addWidget(self.guide, 0, GUIDE, Qt.AlignmentFlag.AlignTop)
        grid.addLayout(marks, 0, SCORE)
        set_columns(grid)

    def _on_score_changed(self, text: str) -> None:
        if self._silent:
            return
        self._refusals.pop(self.score_key, None)
        self._note_score()
        self.edited.emit(self.score_key, text)

    def _on_comment_made(self, editor: QWidget) -> None:
        QWidget.setTabOrder(self.score, editor)
        self.field_made.emit(editor)

    def _on_comment_edited(self, text: str) -> None:
        self._refusals.pop(self.comment_key, None)
        self._note_comment()
        self.edited.emit(self.comment_key, text)

    def _note_score(self) -> None:
        own = read_score(self.criterion, self.score.text()).problem
        text = own.text() if own is not None else self._refusals.get(self.score_key, "")
        if text == self.note.text():
            return  # most keys change nothing here, and a label that is set is laid out anew
        self.note.setText(text)
        set_look(self.note, "role", "problem" if text else "caption")
        set_look(self.score, "problem", "true" if text else "false")
        self.score.setAccessibleDescription(text or self._step_text())

    def _note_comment(self) -> None:
        own = read_comment(self.comment_key, self.comment.plain).problem
        self.comment.show_problem(
            own.text() if own is not None else self._refusals.get(self.comment_key, "")
        )

    def _step_text(self) -> str:
        step = written(self.criterion.step)
        return "" if step == "1" else _("In steps of {step}").format(step=step)

    def _retranslate(self) -> None:
        criterion = self.criterion
        highest = written(criterion.max_score)
        self._scale.setText(_("of {highest}").format(highest=highest))
        weight = _("Weight {weight} %").format(weight=written(criterion.weight))
        self._weight.setText(" · ".join(part for part in (weight, self._step_text()) if part))
        self.score.setAccessibleName(
            _("Score for {criterion}, 0 to {highest}").format(
                criterion=criterion.name, highest=highest
            )
        )
        self.comment.set_name(_("Comment on {criterion}").format(criterion=criterion.name))
        self._note_score()
        self._note_comment()


def set_columns(grid: QGridLayout) -> None:
    """The widths of the columns, alike for the rows and for the headings over them."""
    grid.setColumnStretch(WORDS, 5)
    grid.setColumnStretch(GUIDE, 4)
    grid.setColumnMinimumWidth(SCORE, SCORE_WIDTH)


def _words(text: str, role: str) -> QLabel:
    label = plain_label(text, role=role)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
