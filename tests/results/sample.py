"""A project with sheets, written into the database as the server would have kept it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo.database import Database

from desktop_app.core.scoring import weighted_total
from desktop_app.core.templates import Criterion

START = datetime(2026, 11, 1, 9, tzinfo=UTC)
PROJECT = "project-sample"
_FAMILY = "김이박최정강조윤장임"
_GIVEN = ("민준", "서연", "도윤", "지우", "하준", "수아", "예준", "하은", "시우", "지민")


def sample_criteria(count: int) -> tuple[Criterion, ...]:
    """Criteria scored from 0 to 100 in steps of 1; the weights differ and sum to 100."""
    weights = [round(100 / count, 2)] * count
    weights[0] = round(100 - sum(weights[1:]), 2)
    return tuple(
        Criterion(id=f"criterion-{at:02}", name=f"평가 항목 {at + 1}", weight=weight)
        for at, weight in enumerate(weights)
    )


def insert_project(
    documents: Database[dict[str, Any]],
    *,
    companies: int = 8,
    evaluators: int = 7,
    criteria: tuple[Criterion, ...] | None = None,
    open_every: int = 0,
    rules: dict[str, Any] | None = None,
    owner: str = "company-test",
    project_id: str = PROJECT,
    seed: int = 1,
) -> str:
    """A project with all its sheets; every ``open_every``-th one is not handed in.

    The last evaluator is generous: 12 points above the others. Returns the project's id.
    """
    chance = random.Random(seed)
    asked = criteria or sample_criteria(5)
    base: dict[str, Any] = {"version": 1, "created_at": START, "updated_at": START}
    candidates = [f"{project_id}-c{at:03}" for at in range(companies)]
    panel = [f"{project_id}-e{at:02}" for at in range(evaluators)]
    documents["companies"].insert_many(
        {"_id": id_, "name": f"평가대상 {at + 1:03} {project_id[8:]}", "is_active": True, **base}
        for at, id_ in enumerate(candidates)
    )
    documents["users"].insert_many(
        {
            "_id": id_,
            "login_id": id_,
            "name": _FAMILY[at % 10] + _GIVEN[at * 3 % 10],
            "email": f"{id_}@example.com",
            "role": "evaluator",
            "is_active": True,
            **base,
        }
        for at, id_ in enumerate(panel)
    )
    template = f"template-{project_id}"
    content = {
        "name": "AI 모델 평가표",
        "criteria": [
            {"id": c.id, "name": c.name, "weight": c.weight, "max_score": c.max_score}
            for c in asked
        ],
        "revision": 1,
    }
    documents["templates"].insert_one({"_id": template, **content, "is_active": True, **base})
    documents["template_revisions"].insert_one(
        {"_id": f"{template}:1", "template_id": template, "saved_at": START, **content}
    )
    documents["projects"].insert_one(
        {
            "_id": project_id,
            "name": "2026 AI 바우처 사업 평가",
            "company_id": owner,
            "template_id": template,
            "template_revision": 1,
            "status": "active",
            "deadline": START + timedelta(days=30),
            "results": {
                "basis": "trimmed_mean",
                "minimum_panel": 5,
                "cut_line": 70,
                **(rules or {}),
            },
            "candidate_ids": candidates,
            "panel_ids": panel,
            **base,
        }
    )
    sheets: list[dict[str, Any]] = []
    for company in candidates:
        worth = chance.gauss(70, 10)
        for place, person in enumerate(panel):
            generous = 12 if place == evaluators - 1 else 0
            scores = {c.id: _score(chance.gauss(worth + generous, 6), c) for c in asked}
            finished = not open_every or (len(sheets) + 1) % open_every
            sheets.append(
                {
                    "_id": f"{company}-{place}",
                    "project_id": project_id,
                    "template_id": template,
                    "template_revision": 1,
                    "company_id": company,
                    "evaluator_id": person,
                    "status": "submitted" if finished else "in_progress",
                    "scores": [
                        {"criterion_id": id_, "score": score, "comment": None}
                        for id_, score in scores.items()
                    ],
                    "total_score": float(weighted_total(asked, scores)),
                    "submitted_at": START if finished else None,
                    **base,
                }
            )
    documents["evaluations"].insert_many(sheets)
    return project_id


def _score(points: float, criterion: Criterion) -> float:
    return float(min(criterion.max_score, max(0, round(points * criterion.max_score / 100))))
