"""The sheet of one company, driven by keys, wheel and an input method."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.core.evaluations import Draft, Score
from desktop_app.core.problems import Problem
from desktop_app.core.templates import Criterion
from desktop_app.ui.scoring.sheet_form import SheetForm
from desktop_app.ui.tab import TabTools
from tests.ui.records.stage import compose

CRITERIA = (
    Criterion(id="q", name="품질", weight=50, guide="90점 이상: 우수", description="결과물의 품질"),
    Criterion(id="e", name="효율성", weight=30, max_score=10, step=0.5),
    Criterion(id="t", name="<b>팀워크</b>", weight=20),
)


@pytest.fixture
def form(qtbot: QtBot, tools: TabTools) -> SheetForm:
    """An empty sheet on screen, with the keyboard in its first score."""
    form = SheetForm(CRITERIA)
    qtbot.addWidget(form)
    form.resize(900, 600)
    form.show()
    qtbot.waitExposed(form)
    form.activateWindow()
    form.focus_first()
    qtbot.waitUntil(lambda: form.rows[0].score.hasFocus())
    return form


def edits(form: SheetForm) -> list[tuple[str, str]]:
    """What the form tells from now on."""
    told: list[tuple[str, str]] = []
    form.edited.connect(lambda key, text: told.append((key, text)))
    return told


def wheel(widget: QWidget, notches: int) -> None:
    """Turn the wheel over ``widget``; positive is away from the person."""
    centre = widget.rect().center()
    event = QWheelEvent(
        QPointF(centre),
        QPointF(widget.mapToGlobal(centre)),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


def keys(text: str) -> None:
    """Type into whatever has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClicks(widget, text)


def press(key: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    """Press a key in whatever has the keyboard."""
    widget = QApplication.focusWidget()
    assert widget is not None
    QTest.keyClick(widget, key, modifier)


def test_typing_and_enter_score_the_whole_sheet(form: SheetForm) -> None:
    told = edits(form)
    keys("80")
    press(Qt.Key.Key_Return)
    keys("7.5")
    press(Qt.Key.Key_Enter)
    keys("100")
    press(Qt.Key.Key_Return)
    keys("fine")
    assert form.general.toPlainText() == "fine"
    assert told[:2] == [("scores.q", "8"), ("scores.q", "80")]
    assert told[-1] == ("comment", "fine")
    assert f"{form.weighted_total:.2f}" == "82.50"
    assert form.missing == ()
    assert "3 of 3" in form.answered.text()


def test_tab_goes_from_score_to_score_past_folded_comments(form: SheetForm) -> None:
    press(Qt.Key.Key_Tab)
    assert form.rows[1].score.hasFocus()
    form.rows[1].comment.unfold(True)
    press(Qt.Key.Key_Tab)
    assert form.rows[1].comment.text.hasFocus()
    press(Qt.Key.Key_Tab)
    assert form.rows[2].score.hasFocus()


def test_up_and_down_count_by_the_step_within_the_scale(form: SheetForm) -> None:
    form.focus_field("scores.e")
    press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Up)
    assert form.rows[1].score.text() == "0.5"
    press(Qt.Key.Key_Down)
    press(Qt.Key.Key_Down)
    assert form.rows[1].score.text() == "0"
    form.put({"scores.e": "9.5"})
    press(Qt.Key.Key_Up)
    press(Qt.Key.Key_Up)
    assert form.rows[1].score.text() == "10"


def test_counting_leaves_unfinished_text_alone(form: SheetForm) -> None:
    keys("7x")
    press(Qt.Key.Key_Up)
    assert form.rows[0].score.text() == "7x"


def test_the_wheel_changes_a_score_only_with_the_keyboard_in_it(form: SheetForm) -> None:
    form.put({"scores.q": "50", "scores.e": "5"})
    wheel(form.rows[1].score, 1)
    assert form.rows[1].score.text() == "5"
    wheel(form.rows[0].score, 1)
    assert form.rows[0].score.text() == "51"


def test_a_score_out_of_its_scale_says_so_and_does_not_count(form: SheetForm) -> None:
    keys("101")
    assert form.rows[0].note.text() == "At most 100."
    assert form.missing[0].id == "q"
    press(Qt.Key.Key_Backspace)
    assert form.rows[0].note.text() == ""
    assert f"{form.weighted_total:.2f}" == "5.00"


def test_control_enter_opens_the_comment_and_leaves_it_again(form: SheetForm) -> None:
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert form.rows[0].comment.text.hasFocus()
    told = edits(form)
    keys("a")
    press(Qt.Key.Key_Return)
    keys("b")
    press(Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert told[-1] == ("comments.q", "a\nb")
    assert form.rows[1].score.hasFocus()


def test_next_missing_goes_round(form: SheetForm) -> None:
    form.put({"scores.q": "1", "scores.t": "1"})
    form.focus_field("scores.t")
    assert form.focus_next_missing()
    assert form.rows[1].score.hasFocus()
    form.put({"scores.e": "1"})
    assert not form.focus_next_missing()


def test_a_draft_is_shown_with_its_comments_and_nothing_is_told(form: SheetForm) -> None:
    told = edits(form)
    form.show_draft(
        Draft(scores=(Score(criterion_id="q", score=85, comment="자료가 충실함"),), comment="전체")
    )
    assert form.rows[0].score.text() == "85"
    assert form.rows[0].comment.unfolded
    assert not form.rows[1].comment.unfolded
    assert form.texts()["comment"] == "전체"
    assert told == []


def test_a_read_only_sheet_takes_no_keys(form: SheetForm) -> None:
    form.put({"scores.q": "50"})
    form.set_read_only(True)
    told = edits(form)
    form.rows[0].score.setFocus()
    keys("9")
    press(Qt.Key.Key_Up)
    wheel(form.rows[0].score, 1)
    assert form.rows[0].score.text() == "50"
    assert told == []
    assert form.rows[0].comment.button.isHidden()


def test_refusals_show_at_their_fields_until_they_are_changed(form: SheetForm) -> None:
    form.show_refusals(
        (
            Problem(field="scores.q", code="step", params={"step": 5}),
            Problem(field="comments.e", code="too_long", params={"maximum": 3}),
            Problem(field="comment", code="control_characters"),
        )
    )
    assert form.rows[0].note.text() == "In steps of 5."
    assert form.rows[1].comment.unfolded
    keys("5")
    assert form.rows[0].note.text() == ""


def test_names_of_criteria_are_never_markup(form: SheetForm) -> None:
    assert form.rows[2].name.textFormat() is Qt.TextFormat.PlainText


# -- input method ------------------------------------------------------------------------------


def test_an_unfinished_syllable_is_no_change(form: SheetForm) -> None:
    form.focus_field("comments.q")
    told = edits(form)
    text = form.rows[0].comment.text
    compose(text, "ㅎ", "하", "한")
    assert told == []
    compose(text, commit="한")
    compose(text, "ㄱ", "그", "글", commit="글")
    assert told == [("comments.q", "한"), ("comments.q", "한글")]


def test_the_general_comment_is_told_by_whole_syllables_too(form: SheetForm) -> None:
    form.focus_field("comment")
    told = edits(form)
    compose(form.general, "ㅎ", "하", commit="하")
    assert told == [("comment", "하")]


@pytest.mark.parametrize("key", ["comments.q", "comment"])
def test_a_syllable_being_composed_is_kept_when_the_keyboard_goes_elsewhere(
    form: SheetForm, key: str
) -> None:
    form.focus_field(key)
    editor = QApplication.focusWidget()
    assert editor is not None
    told = edits(form)
    compose(editor, "ㅎ", "하", "한")
    form.focus_field("scores.t")
    assert told == [(key, "한")]
    compose(editor, commit="한")  # an input method that hands it over afterwards
    assert told == [(key, "한")]


def test_a_syllable_given_before_the_focus_leaves_is_taken_once(form: SheetForm) -> None:
    form.focus_field("comments.q")
    told = edits(form)
    compose(form.rows[0].comment.text, "한", commit="한")
    form.focus_field("scores.t")
    form.focus_field("comments.q")
    compose(form.rows[0].comment.text, "한", commit="한")
    assert told == [("comments.q", "한"), ("comments.q", "한한")]


def test_leaving_the_sheet_finishes_what_is_composed(form: SheetForm) -> None:
    form.focus_field("comments.e")
    told = edits(form)
    compose(form.rows[1].comment.text, "ㄱ", "가")
    form.finish_composition()
    assert told == [("comments.e", "가")]


def test_korean_typed_into_a_score_is_kept_as_text_and_refused(form: SheetForm) -> None:
    score = form.rows[0].score
    assert isinstance(score, QLineEdit)
    told = edits(form)
    compose(score, "ㅂ", "바", commit="밥")
    assert told == [("scores.q", "밥")]
    assert form.rows[0].note.text() == "Write a number, as in 7 or 7.5."


MANY = tuple(Criterion(id=f"c{n}", name=f"항목 {n}", weight=2.5) for n in range(40))


@pytest.fixture
def long_form(qtbot: QtBot, tools: TabTools) -> SheetForm:
    """A sheet of 40 criteria on screen, of which only the first are there yet."""
    scored = tuple(Score(criterion_id=f"c{n}", score=50) for n in range(30))
    form = SheetForm(MANY, Draft(scores=scored, comment="총평"))
    qtbot.addWidget(form)
    form.resize(900, 600)
    form.show()
    form.activateWindow()
    assert not form.whole
    return form


def test_a_long_sheet_counts_before_all_its_rows_are_there(
    qtbot: QtBot, long_form: SheetForm
) -> None:
    assert long_form.weighted_total == 37.5
    assert long_form.texts()["scores.c29"] == "50"
    assert len(long_form.missing) == 10
    assert not long_form.whole
    qtbot.waitUntil(lambda: long_form.whole)
    assert long_form.rows[29].score.text() == "50"
    assert long_form.rows[39].y() > long_form.rows[38].geometry().bottom()


def test_keys_wait_for_a_row_that_is_still_to_come(qtbot: QtBot, long_form: SheetForm) -> None:
    told = edits(long_form)
    long_form.focus_first()
    assert not long_form.whole
    keys("7")
    press(Qt.Key.Key_Return)
    keys("85")
    qtbot.waitUntil(lambda: long_form.whole)
    assert [row.score.text() for row in long_form.rows[30:32]] == ["7", "85"]
    assert long_form.rows[31].score.hasFocus()
    assert told[-1] == ("scores.c31", "85")


def test_who_goes_elsewhere_is_not_brought_back(qtbot: QtBot, long_form: SheetForm) -> None:
    long_form.focus_first()
    long_form.general.setFocus()
    qtbot.waitUntil(lambda: long_form.whole)
    assert long_form.general.hasFocus()


def test_a_row_that_comes_later_knows_what_was_said_before(
    qtbot: QtBot, long_form: SheetForm
) -> None:
    long_form.put({"comments.c38": "근거"})
    long_form.show_refusals([Problem(field="scores.c39", code="step", params={"step": 5})])
    long_form.set_read_only(True)
    assert not long_form.whole
    qtbot.waitUntil(lambda: long_form.whole)
    assert long_form.rows[38].comment.text.toPlainText() == "근거"
    assert long_form.rows[39].note.text()
    assert long_form.rows[39].score.isReadOnly()


def test_tab_goes_through_rows_in_their_order_whenever_they_came(
    qtbot: QtBot, long_form: SheetForm
) -> None:
    qtbot.waitUntil(lambda: long_form.whole)
    long_form.rows[7].score.setFocus()
    for row in long_form.rows[8:]:
        press(Qt.Key.Key_Tab)
        assert row.score.hasFocus()
    press(Qt.Key.Key_Tab)
    assert long_form.general.hasFocus()


def test_a_comment_that_unfolds_moves_the_rows_below(qtbot: QtBot, long_form: SheetForm) -> None:
    qtbot.waitUntil(lambda: long_form.whole)
    first, second = long_form.rows[:2]
    before = second.y()
    first.comment.write()
    qtbot.waitUntil(lambda: second.y() > before)
    qtbot.waitUntil(lambda: first.height() >= first.minimumSizeHint().height())
