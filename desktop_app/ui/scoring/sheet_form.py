"""The sheet of one company as its evaluator sees it; also the preview of a template."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal

from PySide6.QtCore import QEvent, QObject, QPoint, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.evaluations import Draft
from desktop_app.core.language import _
from desktop_app.core.problems import Problem
from desktop_app.core.scoring import weighted_total
from desktop_app.core.sheet_fields import (
    GENERAL_COMMENT,
    comment_key,
    field_keys,
    read_comment,
    score_key,
    scores_given,
    texts_of,
)
from desktop_app.core.templates import Criterion
from desktop_app.ui.scoring.comment_field import CommentText
from desktop_app.ui.scoring.criterion_row import GUIDE, SCORE, WORDS, CriterionRow, set_columns
from desktop_app.ui.scoring.sheet_rows import SheetRows, line
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import set_look, set_role
from desktop_app.ui.widgets.plain_text import plain_label

MOST_IN_VIEW = 120
"""Of a field that gets the keyboard: how much room is kept visible around it."""


class SheetForm(QWidget):
    """Criteria with their guides, scores and comments; the weighted total goes along.

    Needs neither server nor journal: ``SheetForm(criteria)`` is an empty sheet to look at and to
    try. ``edited`` carries key (``core.sheet_fields``) and text of each change that a person makes;
    what an input method still composes is no change yet. ``left`` says that a field lost the
    keyboard to another. ``progressed`` follows every change of the total, also one that ``put``
    makes. ``end_reached``: the person is done with the last field.
    """

    edited = Signal(str, str)
    left = Signal()
    progressed = Signal()
    end_reached = Signal()

    def __init__(
        self,
        criteria: Sequence[Criterion],
        draft: Draft | None = None,
        *,
        read_only: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.criteria = tuple(criteria)
        # From the outside in: a subtree that moves is styled anew as a whole.
        self.area = QScrollArea(self)
        self.area.setWidgetResizable(True)
        self._content = QWidget()
        self._content.setObjectName("scrolled")
        self.area.setWidget(self._content)
        self._surface = QFrame(self._content)
        self._surface.setProperty("role", "surface")
        self.general = CommentText()
        self._rows = SheetRows(self.criteria, self.general, self._surface)
        self._criterion_of = {
            key: c for c in self.criteria for key in (score_key(c), comment_key(c))
        }
        self._keys = field_keys(self.criteria)
        self._given: dict[str, float | None] = scores_given(self.criteria, {})
        self._total = Decimal("0.00")
        self._read_only = False
        self._refusal = ""
        self._silent = False
        self._general_last = ""
        self._headings = [plain_label(role="caption") for _column in range(3)]
        self._general_title = plain_label(role="strong")
        self._general_note = plain_label(role="problem")
        self._general_note.hide()
        self.total = plain_label(role="section")
        self.answered = plain_label(role="muted")
        self.bar = QProgressBar()
        self.footer = QHBoxLayout()
        self._build()
        self._connect()
        follow_language(self, self._retranslate)
        self.show_draft(draft or Draft())
        self.set_read_only(read_only)
        self._rows.begin()

    @property
    def rows(self) -> list[CriterionRow]:
        """The rows of all criteria; asking for them makes those that are still to come."""
        return self._rows.all

    @property
    def whole(self) -> bool:
        """Whether all rows are there: those out of sight come from the event loop."""
        return self._rows.whole

    @property
    def read_only(self) -> bool:
        """Whether nothing can be changed."""
        return self._read_only

    @property
    def composing(self) -> bool:
        """Whether an input method holds an unfinished syllable in a field."""
        return self.general.composition.active or self._rows.composing

    @property
    def weighted_total(self) -> Decimal:
        """The total of what is scored so far."""
        return self._total

    @property
    def missing(self) -> tuple[Criterion, ...]:
        """The criteria without a score that counts, in their order."""
        return tuple(c for c in self.criteria if self._given[c.id] is None)

    def texts(self) -> dict[str, str]:
        """What stands in the fields now, by key."""
        texts = {key: self._rows.text(key) for key in self._criterion_of}
        texts[GENERAL_COMMENT] = self.general.toPlainText()
        return texts

    def show_draft(self, draft: Draft) -> None:
        """Show another content in every field; nothing is told as edited."""
        self.put_all(texts_of(draft))

    def put_all(self, texts: Mapping[str, str]) -> None:
        """Show ``texts`` in the fields, nothing where there is none, and forget all refusals."""
        for key in self._keys:
            self._show(key, texts.get(key, ""))
        self._count()

    def put(self, texts: Mapping[str, str]) -> None:
        """Show ``texts`` in their fields, the others stay."""
        for key in self._keys:
            if key in texts:
                self._show(key, texts[key])
        self._count()

    def show_refusals(self, problems: Iterable[Problem]) -> None:
        """Say at each field why the server refused it."""
        for problem in problems:
            if problem.field in self._rows:
                self._rows.show_refusal(problem.field, problem.text())
            elif problem.field == GENERAL_COMMENT:
                self._refusal = problem.text()
                self._note_general()

    def mark_missing(self) -> None:
        """Say at each criterion without a score that it needs one."""
        for criterion in self.missing:
            self._rows.show_refusal(score_key(criterion), _("This criterion has no score yet."))

    def set_read_only(self, read_only: bool) -> None:
        """Let everything be read, selected and copied, but not changed."""
        self._read_only = read_only
        self._rows.set_read_only(read_only)
        self.general.set_read_only(read_only)

    def focus_field(self, key: str) -> None:
        """Put the keyboard into a field and bring it into view."""
        if key == GENERAL_COMMENT:
            self.general.setFocus()
        elif key in self._rows:
            self._rows.focus(key)

    def focus_first(self) -> None:
        """Put the keyboard where scoring goes on: the first criterion without a score."""
        first = next(iter(self.missing or self.criteria), None)
        if first is not None:
            self._rows.focus(score_key(first))

    def focus_next_missing(self) -> bool:
        """Go to the next criterion without a score, from the top again after the last one."""
        after = self._rows.current + 1
        order = (*self.criteria[after:], *self.criteria[:after])
        criterion = next((c for c in order if self._given[c.id] is None), None)
        if criterion is None:
            return False
        self._rows.focus(score_key(criterion))
        return True

    def finish_composition(self) -> None:
        """Have a syllable that an input method still holds join its text."""
        self._rows.finish_composition()
        self.general.composition.finish()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A field that gets the keyboard comes into view; one that loses it is told as left."""
        if isinstance(event, QFocusEvent) and isinstance(watched, QWidget):
            if event.type() == QEvent.Type.FocusIn:
                self._bring_into_view(watched)
            else:
                self.left.emit()
        return super().eventFilter(watched, event)

    def _build(self) -> None:
        inside = QVBoxLayout(self._surface)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.setSpacing(0)
        inside.addWidget(self._rows)
        inside.addWidget(line())
        general = QVBoxLayout()
        general.setContentsMargins(16, 12, 16, 16)
        general.setSpacing(8)
        for widget in (self._general_title, self.general, self._general_note):
            general.addWidget(widget)
        inside.addLayout(general)
        headings = QGridLayout()
        headings.setContentsMargins(17, 0, 17, 4)
        headings.setHorizontalSpacing(24)
        for place, heading in zip((WORDS, GUIDE, SCORE), self._headings, strict=True):
            headings.addWidget(heading, 0, place)
        set_columns(headings)
        sheet = QVBoxLayout(self._content)
        sheet.setContentsMargins(0, 0, 8, 0)
        sheet.setSpacing(4)
        sheet.addLayout(headings)
        sheet.addWidget(self._surface)
        sheet.addStretch(1)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.bar.setTextVisible(False)
        self.bar.setMaximum(max(1, len(self.criteria)))
        self.bar.setMaximumWidth(200)
        self.bar.setMinimumWidth(64)
        self.total.setMinimumWidth(120)
        self.footer.setContentsMargins(0, 12, 0, 0)
        self.footer.setSpacing(12)
        self.footer.addWidget(self.total)
        self.footer.addWidget(self.bar, 1)
        self.footer.addWidget(self.answered)
        self.footer.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.area, 1)
        column.addLayout(self.footer)

    def _connect(self) -> None:
        self._rows.edited.connect(self._on_row_edited)
        self._rows.next_asked.connect(self._on_next_asked)
        self._rows.field_made.connect(lambda field: field.installEventFilter(self))
        self.general.installEventFilter(self)
        self.general.textChanged.connect(self._on_general_changed)
        self.general.next_asked.connect(self.end_reached)

    def _show(self, key: str, text: str) -> None:
        if key == GENERAL_COMMENT:
            self._refusal = ""
            if text != self.general.toPlainText():
                self._general_last = text
                self.general.setPlainText(text)
            self._note_general()
            return
        self._rows.show_text(key, text)
        self._give(key, text)

    def _count(self) -> None:
        scored = sum(score is not None for score in self._given.values())
        self._total = weighted_total(self.criteria, self._given)
        self.total.setText(_("Total {total}").format(total=f"{self._total:.2f}"))
        self.answered.setText(
            _("{scored} of {all} scored").format(scored=scored, all=len(self.criteria))
        )
        set_role(self.answered, "ok" if self.criteria and not self.missing else "muted")
        self.bar.setValue(scored)
        self.progressed.emit()

    def _on_row_edited(self, key: str, text: str) -> None:
        if self._give(key, text):
            self._count()
        self.edited.emit(key, text)

    def _give(self, key: str, text: str) -> bool:
        """Take the score that ``text`` stands for; whether it is another one than before."""
        criterion = self._criterion_of[key]
        if key != score_key(criterion):
            return False
        before = self._given[criterion.id]
        self._given.update(scores_given((criterion,), {key: text}))
        return self._given[criterion.id] != before

    def _on_general_changed(self) -> None:
        text = self.general.toPlainText()
        if text == self._general_last:
            return  # what an input method composes is no text yet
        self._general_last = text
        self._refusal = ""
        self._note_general()
        self.edited.emit(GENERAL_COMMENT, text)

    def _note_general(self) -> None:
        own = read_comment(GENERAL_COMMENT, self.general.toPlainText()).problem
        text = own.text() if own is not None else self._refusal
        if text != self._general_note.text():
            self._general_note.setText(text)
            self._general_note.setVisible(bool(text))
            set_look(self.general, "problem", "true" if text else "false")
            self.general.setAccessibleDescription(text)

    def _on_next_asked(self, key: str) -> None:
        """After a score or its comment comes the next criterion's score; at last the comment."""
        place = self._rows.place(key) + 1
        if place < len(self.criteria):
            self._rows.focus(score_key(self.criteria[place]))
        else:
            self.general.setFocus()

    def _bring_into_view(self, field: QWidget) -> None:
        top = field.mapTo(self._content, QPoint(0, 0))
        self.area.ensureVisible(top.x(), top.y() + field.height() // 2, 0, MOST_IN_VIEW)

    def _retranslate(self) -> None:
        for heading, text in zip(
            self._headings, (_("Criterion"), _("Guide"), _("Score")), strict=True
        ):
            heading.setText(text)
        self._general_title.setText(_("Comment on the whole"))
        self.general.setAccessibleName(_("Comment on the whole"))
        self.bar.setAccessibleName(_("Criteria scored"))
        self._note_general()
        self._count()
