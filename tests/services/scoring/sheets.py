"""Sheets as values, for tests that need neither server nor window."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from desktop_app.core.evaluations import Draft, Evaluation, EvaluationStatus, Score, Sheet
from desktop_app.core.projects import ProjectStatus
from desktop_app.core.sheet_fields import COMMENTS, GENERAL_COMMENT, SCORES
from desktop_app.core.templates import Criterion

CRITERIA = (
    Criterion(id="a", name="A", weight=60, max_score=100),
    Criterion(id="b", name="B", weight=40, max_score=10, step=0.5),
)
NOW = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)


def sheet(version: int = 1, **changes: Any) -> Sheet:
    """A sheet in progress; ``a``, ``b`` are scores, ``words`` the comment on a, ``comment``."""
    draft = content(**{k: changes.pop(k) for k in ("a", "b", "words", "comment") if k in changes})
    values = {
        "id": "s1",
        "project_id": "p1",
        "project_name": "프로젝트",
        "project_status": ProjectStatus.ACTIVE,
        "template_id": "t1",
        "template_revision": 1,
        "company_id": "c1",
        "company_name": "가나다",
        "evaluator_id": "u1",
        "status": EvaluationStatus.IN_PROGRESS,
        "version": version,
        **changes,
    }
    return Sheet(
        evaluation=Evaluation(**values),
        criteria=CRITERIA,
        scores=draft.scores,
        comment=draft.comment,
        server_time=NOW,
    )


def content(
    a: float | None = None,
    b: float | None = None,
    words: str | None = None,
    comment: str | None = None,
) -> Draft:
    """A draft."""
    scores = []
    if a is not None or words:
        scores.append(Score(criterion_id="a", score=a, comment=words))
    if b is not None:
        scores.append(Score(criterion_id="b", score=b))
    return Draft(scores=tuple(scores), comment=comment)


A, B, WORDS, COMMENT = SCORES + "a", SCORES + "b", COMMENTS + "a", GENERAL_COMMENT
