"""A project with a panel and companies to evaluate, put into the database past the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.fixtures.server import RunningServer, sample_user

OWN, OTHER = "project-own", "project-other"
PASSWORD = "test123!"
CRITERIA = ("accuracy", "performance", "robustness", "interpretability")
FULL = {"accuracy": 80, "performance": 90, "robustness": 70, "interpretability": 100}
FULL_TOTAL = 83.0
"""80 × 0.4 + 90 × 0.3 + 70 × 0.2 + 100 × 0.1"""


def body(scores: Mapping[str, float], comment: str | None = None) -> dict[str, Any]:
    """What an evaluator sends of these scores."""
    entries = [{"criterion_id": key, "score": score} for key, score in scores.items()]
    return {"scores": entries, "comment": comment}


def at(version: int) -> dict[str, str]:
    """The header that says which version is to change."""
    return {"If-Match": f'"{version}"'}


@dataclass
class Hall:
    """``OWN`` is a project of company-test, ``OTHER`` one of company-system; both are active.

    Three evaluators of three companies sit on both panels: evaluator1 (company-test), eva2 and
    eva3, all with the same password. ``alpha`` and ``beta`` are evaluated. Nobody has a sheet.
    """

    server: RunningServer

    def build(self) -> None:
        """Put it all there."""
        documents, now = self.server.documents, datetime.now(UTC)
        stamps = {"version": 1, "created_at": now, "updated_at": now}
        documents["companies"].insert_many(
            [
                {"_id": id_, "name": name, "is_active": True, **stamps}
                for id_, name in (("alpha", "알파"), ("beta", "베타"), ("gamma", "감마"))
            ]
        )
        users = documents["users"]
        known = users.find_one({"_id": "user-evaluator1"}) or {}
        for number, login_id in ((2, "eva2"), (3, "eva3")):
            user = sample_user(number, "company-system", now)
            person = {"_id": f"user-{login_id}", "login_id": login_id}
            users.insert_one({**user, **person, "password_hash": known["password_hash"]})
        for id_, company in ((OWN, "company-test"), (OTHER, "company-system")):
            documents["projects"].insert_one(
                {
                    "_id": id_,
                    "name": f"{id_} 사업",
                    "company_id": company,
                    "template_id": "template-ai-model",
                    "template_revision": 1,
                    "status": "active",
                    "deadline": now + timedelta(days=7),
                    "candidate_ids": ["alpha", "beta"],
                    "panel_ids": ["user-evaluator1", "user-eva2", "user-eva3"],
                    **stamps,
                }
            )

    def sheet(
        self,
        evaluator: str = "evaluator1",
        company: str = "alpha",
        project: str = OWN,
        **values: Any,
    ) -> str:
        """A sheet that nobody has written on, but for ``values``; its id."""
        now = datetime.now(UTC)
        id_ = f"sheet-{project}-{company}-{evaluator}"
        self.server.documents["evaluations"].insert_one(
            {
                "_id": id_,
                "project_id": project,
                "template_id": "template-ai-model",
                "template_revision": 1,
                "company_id": company,
                "evaluator_id": f"user-{evaluator}",
                "status": "assigned",
                "scores": [],
                "history": [],
                "version": 1,
                "created_at": now,
                "updated_at": now,
                **values,
            }
        )
        return id_

    def finished(self, evaluator: str, company: str = "alpha", project: str = OWN) -> str:
        """A sheet that is handed in."""
        values = {
            "status": "submitted",
            "scores": body(FULL)["scores"],
            "total_score": FULL_TOTAL,
            "submitted_at": datetime.now(UTC),
            "receipt": "0" * 64,
        }
        return self.sheet(evaluator, company, project, **values)

    def change_project(self, project: str = OWN, **values: Any) -> None:
        """Set fields of a project."""
        self.server.documents["projects"].update_one({"_id": project}, {"$set": values})

    def kept(self, sheet: str) -> dict[str, Any]:
        """A sheet's document."""
        document = self.server.documents["evaluations"].find_one({"_id": sheet})
        assert document is not None
        return document

    def trail(self, operation: str) -> list[dict[str, Any]]:
        """The audit entries of an operation, the oldest first."""
        entries = self.server.documents["audit_log"].find({"operation": operation})
        return list(entries.sort("_id", 1))
