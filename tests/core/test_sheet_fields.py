"""What is typed on a sheet, read: values, problems, and what of it may be sent."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.evaluations import LONGEST_COMMENT, Draft, Score, check_scores
from desktop_app.core.problems import TEXTS, Problem
from desktop_app.core.sheet_fields import (
    draft_of,
    field_keys,
    field_values,
    named_problem,
    problems_of,
    read_comment,
    read_score,
    scores_given,
    texts_of,
    written,
)
from desktop_app.core.templates import Criterion

CRITERIA = (
    Criterion(id="a", name="A", weight=60, max_score=100),
    Criterion(id="b", name="B", weight=40, max_score=10, step=0.5),
)
NOTHING = Draft()


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("  ", None), ("7", 7.0), (" 7. ", 7.0), ("07.5", 7.5), (".5", 0.5), ("７", 7.0)],
)
def test_a_score_is_read_as_it_is_typed(text: str, value: float | None) -> None:
    assert read_score(CRITERIA[1], text).value == value
    assert read_score(CRITERIA[1], text).problem is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("x", "number_form"),
        ("1,5", "number_form"),
        ("1e1", "number_form"),
        ("nan", "number_form"),
        ("9" * 40, "number_form"),
        ("-1", "too_small"),
        ("10.5", "too_large"),
        ("7.3", "step"),
    ],
)
def test_what_is_no_score_says_why(text: str, code: str) -> None:
    reading = read_score(CRITERIA[1], text)
    assert reading.value is None
    assert reading.problem is not None
    assert (reading.problem.field, reading.problem.code) == ("scores.b", code)
    assert code in TEXTS


def test_a_limit_is_written_as_a_person_would() -> None:
    as_decoded = Criterion(id="a", name="A", weight=100.0, max_score=100.0)
    problem = read_score(as_decoded, "101").problem
    assert problem is not None
    assert problem.text() == "At most 100."


def test_a_comment_is_trimmed_composed_and_limited() -> None:
    assert read_comment("comment", " 각\n ").value == "각"
    assert read_comment("comment", " \n").value is None
    too_long = read_comment("comment", "가" * (LONGEST_COMMENT + 1))
    assert too_long.problem is not None
    assert too_long.problem.code == "too_long"


def test_what_breaks_a_rule_is_not_sent_and_leaves_what_the_server_has() -> None:
    kept = Draft(scores=(Score(criterion_id="a", score=50), Score(criterion_id="b", score=3)))
    texts = {"scores.a": "105", "scores.b": "4", "comments.a": "말"}
    sent = draft_of(CRITERIA, texts, kept)
    assert sent.scores == (
        Score(criterion_id="a", score=50.0, comment="말"),
        Score(criterion_id="b", score=4.0),
    )
    assert scores_given(CRITERIA, texts) == {"a": None, "b": 4.0}
    assert [problem.field for problem in problems_of(CRITERIA, texts)] == ["scores.a"]


def test_unfinished_text_is_told_from_every_value() -> None:
    assert field_values(CRITERIA, {"scores.a": "7."})["scores.a"] == 7.0
    assert field_values(CRITERIA, {"scores.a": "7x"})["scores.a"] == "7x"
    assert tuple(field_values(CRITERIA, {})) == field_keys(CRITERIA)


def test_problems_of_the_server_find_their_fields() -> None:
    of_comment = Problem(field="scores.a.comment", code="too_long", params={"maximum": 1})
    assert named_problem(of_comment).field == "comments.a"
    assert named_problem(Problem(field="scores.a", code="step")).field == "scores.a"


_TEXTS = st.dictionaries(st.sampled_from([*field_keys(CRITERIA), "scores.gone"]), st.text())
_DRAFTS = st.builds(
    lambda a, b, words, comment: Draft(
        scores=(
            Score(criterion_id="a", score=a, comment=words),
            Score(criterion_id="b", score=b),
        ),
        comment=comment,
    ),
    st.none() | st.integers(0, 100).map(float),
    st.none() | st.integers(0, 20).map(lambda half: half / 2),
    st.none() | st.text("가나 a\n", min_size=1).map(str.strip),
    st.none() | st.text("가나 a\n", min_size=1).map(str.strip),
)


@given(_TEXTS, _DRAFTS)
def test_whatever_is_typed_can_be_sent(texts: dict[str, str], kept: Draft) -> None:
    sent = draft_of(CRITERIA, texts, kept)
    plain = [
        {"criterion_id": s.criterion_id, "score": s.score, "comment": s.comment}
        for s in sent.scores
    ]
    assert check_scores(CRITERIA, plain) == ()


@given(_DRAFTS)
def test_a_draft_shown_and_read_again_is_the_same(draft: Draft) -> None:
    again = draft_of(CRITERIA, texts_of(draft), NOTHING)
    assert field_values(CRITERIA, texts_of(again)) == field_values(CRITERIA, texts_of(draft))
    assert {s.criterion_id: s.score for s in again.scores if s.score is not None} == {
        s.criterion_id: s.score for s in draft.scores if s.score is not None
    }


@given(st.integers(0, 10_000))
def test_scores_are_written_without_ornament(hundredths: int) -> None:
    text = written(hundredths / 100)
    assert float(text) == hundredths / 100
    assert "e" not in text.lower()
