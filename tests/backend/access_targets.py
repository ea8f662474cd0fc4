"""For every operation on one document: one within reach, one beyond it, and a sound request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.core.permissions import Operation
from desktop_app.core.users import Role
from tests.backend.hall import CRITERIA, FULL, FULL_TOTAL, OTHER, OWN, Hall, body

_SHEET, _SHEET_ELSEWHERE = f"sheet-{OWN}-alpha-evaluator1", f"sheet-{OTHER}-alpha-eva2"
_TARGETS = {
    "users": ("user-evaluator1", "user-admin"),
    "companies": ("company-test", "company-system"),
    "templates": ("template-own", "template-other"),
    "projects": (OWN, OTHER),
    "results": (OWN, OTHER),
    "evaluations": (_SHEET, _SHEET_ELSEWHERE),
    "files": ("file-own", "file-other"),
}
"""By resource: what is of company-test and of its evaluator1, and what is of others."""

_DRAFT = body(FULL)
_REASON = {"reason": "담당 분야가 다릅니다."}
_BODIES: Mapping[str, dict[str, Any]] = {
    "projects.participants": {
        "candidate_ids": ["alpha", "beta"],
        "panel_ids": ["user-evaluator1"],
    },
    "projects.assign": {"pairs": [{"company_id": "beta", "evaluator_id": "user-evaluator1"}]},
    "projects.remind": {"evaluation_ids": [_SHEET]},
    "projects.declare": {"company_id": "beta", **_REASON},
    "evaluations.draft": _DRAFT,
    "evaluations.submit": _DRAFT,
    "evaluations.reassign": {"evaluator_id": "user-eva3", **_REASON},
}
_SAID_BY_STAFF = {"evaluator_id": "user-evaluator1"}
"""Whose conflict of interest it is: evaluators speak for themselves."""

_WITH_SHEETS = frozenset({"projects.matrix", "projects.remind"})
_FINISHED = frozenset({"evaluations.peers", "evaluations.confirm"})
"""Operations on a sheet that is handed in."""


@dataclass(frozen=True)
class Sent:
    """A request on one document, but for its id."""

    body: dict[str, Any] | None = None
    params: dict[str, str] = field(default_factory=dict)


def targets(operation: Operation) -> tuple[str, str]:
    """Something of one's own company or self, and something of another one."""
    return _TARGETS[operation.id.partition(".")[0]]


def sound_request(operation: Operation, role: Role) -> Sent:
    """A request that is done where its document is within reach."""
    said = {} if role is Role.EVALUATOR else _SAID_BY_STAFF
    if operation.id == "projects.declare":
        return Sent({**_BODIES[operation.id], **said})
    if operation.id == "projects.withdraw":
        return Sent(params={"company_id": "gamma", **said})
    if operation.method == "PATCH":
        return Sent({})
    return Sent(_BODIES.get(operation.id))


class Scene:
    """Puts both documents of an operation there as they were, whatever was done to them."""

    def __init__(self, hall: Hall) -> None:
        self._hall = hall
        self._documents = hall.server.documents
        self._projects = list(self._documents["projects"].find())

    def set_for(self, operation: Operation, me: str) -> None:
        """Ready for one request of ``operation`` by the user of the id ``me``."""
        subject = operation.id.partition(".")[0]
        for name in ("projects", "templates", "evaluations", "conflicts_of_interest", "files"):
            self._documents[name].delete_many({"_id": {"$not": {"$regex": "^template-(basic|ai)"}}})
        panels = {OWN: ["user-evaluator1", "user-eva3"], OTHER: ["user-eva2", "user-eva3"]}
        self._documents["projects"].insert_many(
            [
                {**project, "panel_ids": panels[project["_id"]]}
                | ({"candidate_ids": ["alpha", "beta", "gamma"]})
                for project in self._projects
            ]
        )
        stamps = {key: self._projects[0][key] for key in ("version", "created_at", "updated_at")}
        self._put_templates(stamps)
        if subject in ("evaluations", "files") or operation.id in _WITH_SHEETS:
            self._put_sheets(finished=operation.id in _FINISHED)
        if operation.id == "projects.withdraw":
            self._put_conflicts()
        if subject == "files":
            self._put_files(stamps, me)

    def _put_templates(self, stamps: dict[str, Any]) -> None:
        criteria = [{"id": key, "name": key, "weight": 25, "max_score": 100} for key in CRITERIA]
        self._documents["templates"].insert_many(
            [
                {
                    "_id": id_,
                    "name": id_,
                    "company_id": company,
                    "criteria": criteria,
                    "is_active": True,
                    "revision": 1,
                    **stamps,
                }
                for id_, company in (
                    ("template-own", "company-test"),
                    ("template-other", "company-system"),
                )
            ]
        )

    def _put_sheets(self, *, finished: bool) -> None:
        values: dict[str, Any] = {}
        if finished:
            values = {
                "status": "submitted",
                "scores": body(FULL)["scores"],
                "total_score": FULL_TOTAL,
                "submitted_at": self._projects[0]["created_at"],
                "receipt": "0" * 64,
            }
        self._hall.sheet("evaluator1", "alpha", OWN, **values)
        self._hall.sheet("eva2", "alpha", OTHER, **values)

    def _put_conflicts(self) -> None:
        for project, evaluator in ((OWN, "evaluator1"), (OTHER, "evaluator1")):
            self._documents["conflicts_of_interest"].insert_one(
                {
                    "_id": f"{project}:user-{evaluator}:gamma",
                    "project_id": project,
                    "evaluator_id": f"user-{evaluator}",
                    "company_id": "gamma",
                    "reason": "친족",
                    "declared_by": f"user-{evaluator}",
                    "declared_by_name": evaluator,
                    "declared_at": self._projects[0]["created_at"],
                }
            )

    def _put_files(self, stamps: dict[str, Any], me: str) -> None:
        at = stamps["created_at"]
        places = (("file-own", OWN, me), ("file-other", OTHER, "user-admin"))
        for number, (id_, project, uploader) in enumerate(places):
            place = {
                "file_name": "자료.txt",
                "company_id": None,
                "project_id": project,
                "uploaded_by": uploader,
                "uploaded_at": at,
            }
            self._documents["files"].insert_one(
                {
                    "_id": id_,
                    "file_type": "text/plain",
                    "size": 1,
                    "file_hash": str(number) * 64,
                    **place,
                    "places": [{"id": id_, "version": 1, "updated_at": at, **place}],
                    **stamps,
                }
            )
