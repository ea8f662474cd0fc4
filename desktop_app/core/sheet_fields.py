"""The fields of a sheet as a form shows them: texts by key, what they mean, what may be sent.

A sheet has three kinds of fields: ``scores.<criterion id>``, ``comments.<criterion id>``, and
``comment`` for the sheet as a whole. What stands in them is text, also while it is unfinished.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from desktop_app.core.evaluations import COMMENT, Draft, Score, Sheet, check_scores
from desktop_app.core.fields import check_value, normalised
from desktop_app.core.problems import Problem
from desktop_app.core.templates import Criterion, exact

SCORES, COMMENTS = "scores.", "comments."
GENERAL_COMMENT = "comment"

Value = float | str | None

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")


@dataclass(frozen=True, slots=True)
class Reading:
    """One field's text as the server would take it: its value, or the rule that it breaks."""

    value: Value = None
    problem: Problem | None = None


def score_key(criterion: Criterion) -> str:
    """The key of a criterion's score."""
    return SCORES + criterion.id


def comment_key(criterion: Criterion) -> str:
    """The key of a criterion's comment."""
    return COMMENTS + criterion.id


def field_keys(criteria: Iterable[Criterion]) -> tuple[str, ...]:
    """The keys of all fields, in the order in which they stand on the sheet."""
    pairs = ((score_key(criterion), comment_key(criterion)) for criterion in criteria)
    return (*(key for pair in pairs for key in pair), GENERAL_COMMENT)


def written(score: float | None) -> str:
    """A score as a person writes it: 7, 7.5; nothing for none."""
    return "" if score is None else f"{exact(score).normalize():f}"


def texts_of(content: Draft | Sheet) -> dict[str, str]:
    """What the fields show of ``content``; empty ones are left out."""
    texts: dict[str, str] = {}
    for entry in content.scores:
        if entry.score is not None:
            texts[SCORES + entry.criterion_id] = written(entry.score)
        if entry.comment:
            texts[COMMENTS + entry.criterion_id] = entry.comment
    if content.comment:
        texts[GENERAL_COMMENT] = content.comment
    return texts


def read_score(criterion: Criterion, text: str) -> Reading:
    """A score's text: a number within 0…max_score in steps, or nothing yet."""
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain:
        return Reading()
    key = score_key(criterion)
    if not _NUMBER.fullmatch(plain) or len(plain) > 32:
        return Reading(problem=Problem(field=key, code="number_form"))
    value = float(plain)
    found = check_scores((criterion,), [{"criterion_id": criterion.id, "score": value}])
    return Reading(problem=_plain(found[0])) if found else Reading(value)


def read_comment(key: str, text: str) -> Reading:
    """A comment's text as it is kept: trimmed, in Unicode NFC, empty as None."""
    plain = normalised(COMMENT, text)
    problem = check_value(COMMENT, plain)
    if problem is not None:
        return Reading(problem=Problem(field=key, code=problem.code, params=problem.params))
    return Reading(plain)


def read_fields(criteria: Sequence[Criterion], texts: Mapping[str, str]) -> dict[str, Reading]:
    """Every field of the sheet, read; texts of fields that it does not have are left out."""
    readings: dict[str, Reading] = {}
    for criterion in criteria:
        key = score_key(criterion)
        readings[key] = read_score(criterion, texts.get(key, ""))
        key = comment_key(criterion)
        readings[key] = read_comment(key, texts.get(key, ""))
    readings[GENERAL_COMMENT] = read_comment(GENERAL_COMMENT, texts.get(GENERAL_COMMENT, ""))
    return readings


def field_values(criteria: Sequence[Criterion], texts: Mapping[str, str]) -> dict[str, Value]:
    """What to compare versions by: each field's value, or its text where it breaks a rule."""
    return {
        key: texts.get(key) if reading.problem is not None else reading.value
        for key, reading in read_fields(criteria, texts).items()
    }


def scores_given(
    criteria: Iterable[Criterion], texts: Mapping[str, str]
) -> dict[str, float | None]:
    """The score of each criterion by its id; None where there is none that counts."""
    found: dict[str, float | None] = {}
    for criterion in criteria:
        value = read_score(criterion, texts.get(score_key(criterion), "")).value
        found[criterion.id] = value if isinstance(value, float) else None
    return found


def problems_of(criteria: Sequence[Criterion], texts: Mapping[str, str]) -> tuple[Problem, ...]:
    """The rules that the texts break, in the order of the fields."""
    readings = read_fields(criteria, texts).values()
    return tuple(reading.problem for reading in readings if reading.problem is not None)


def draft_of(criteria: Sequence[Criterion], texts: Mapping[str, str], kept: Draft | Sheet) -> Draft:
    """What can be sent of ``texts``; a field that breaks a rule stays as it is in ``kept``."""
    readings = read_fields(criteria, texts)
    before = read_fields(criteria, texts_of(kept))
    values = {
        key: (reading if reading.problem is None else before[key]).value
        for key, reading in readings.items()
    }
    scores = []
    for criterion in criteria:
        score, comment = values[score_key(criterion)], values[comment_key(criterion)]
        if score is not None or comment is not None:
            scores.append(
                Score(
                    criterion_id=criterion.id,
                    score=score if isinstance(score, float) else None,
                    comment=comment if isinstance(comment, str) else None,
                )
            )
    general = values[GENERAL_COMMENT]
    return Draft(scores=tuple(scores), comment=general if isinstance(general, str) else None)


def named_problem(problem: Problem) -> Problem:
    """A problem of the server's, under the key of the field that shows it.

    The server names a comment ``scores.<id>.comment``; here it is ``comments.<id>``.
    """
    if problem.field.startswith(SCORES) and problem.field.endswith(".comment"):
        id_ = problem.field[len(SCORES) : -len(".comment")]
        return Problem(field=COMMENTS + id_, code=problem.code, params=problem.params)
    return _plain(problem)


def _plain(problem: Problem) -> Problem:
    """With its numbers as a person writes them."""
    params = dict(problem.params)
    for key, value in problem.params.items():
        if isinstance(value, float):
            params[key] = written(value)
    return Problem(field=problem.field, code=problem.code, params=params)
