"""What may be done with sheets in a project of which status: one table, every cell tried."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from desktop_app.core.permissions import OPERATIONS
from tests.backend.conftest import SignIn
from tests.backend.hall import FULL, OWN, Hall, at, body

CONFLICT = {"company_id": "alpha", "evaluator_id": "user-eva3"}
PEOPLE = {"candidate_ids": ["alpha", "beta"], "panel_ids": ["user-evaluator1", "user-eva2"]}
PAIRS = {"pairs": [{"company_id": "beta", "evaluator_id": "user-eva2"}]}
REASON = {"reason": "오기"}

OPEN = {"draft", "active"}
TABLE: dict[str, tuple[set[str], str, Any]] = {
    # operation: where it is done, what it is done to, what is sent
    "projects.participants": (OPEN, OWN, PEOPLE),
    "projects.assign": (OPEN, OWN, PAIRS),
    "projects.declare": (OPEN, OWN, {**CONFLICT, **REASON}),
    "projects.withdraw": (OPEN, OWN, None),
    "projects.remind": ({"active"}, OWN, {"evaluation_ids": ["untouched"]}),
    "evaluations.reassign": (OPEN, "untouched", {"evaluator_id": "user-eva2", **REASON}),
    "evaluations.delete": (OPEN, "untouched", None),
    "evaluations.draft": ({"active"}, "untouched", body({"accuracy": 1})),
    "evaluations.submit": ({"active"}, "untouched", body(FULL)),
    "evaluations.reopen": ({"active"}, "finished", REASON),
    "evaluations.confirm": ({"draft", "active", "closed"}, "finished", None),
}


def test_the_table_holds_every_change_of_sheets_and_participants() -> None:
    ours = {o.id for o in OPERATIONS.values() if o.method != "GET" and "{id}" in o.path}
    of_sheets = {id_ for id_ in ours if id_.startswith("evaluations.")}
    assert of_sheets <= set(TABLE)
    assert set(TABLE) <= ours


@pytest.mark.parametrize("status", ["draft", "active", "closed", "archived"])
@pytest.mark.parametrize("operation_id", TABLE)
def test_change_is_made_where_the_table_says_and_nowhere_else(
    sign_in: SignIn, admin: httpx.Client, hall: Hall, operation_id: str, status: str
) -> None:
    operation = OPERATIONS[operation_id]
    allowed, target, sent = TABLE[operation_id]
    sheets = {"untouched": hall.sheet("evaluator1"), "finished": hall.finished("eva3")}
    if operation_id == "projects.withdraw":
        declared = {**CONFLICT, **REASON}
        admin.post(f"/api/projects/{OWN}/conflicts", json=declared).raise_for_status()
    if operation_id == "projects.participants":
        hall.server.documents["evaluations"].delete_one({"_id": sheets["finished"]})
    if operation_id == "projects.remind":
        sent = {"evaluation_ids": [sheets["untouched"]]}
    hall.change_project(status=status)
    own = operation_id in ("evaluations.draft", "evaluations.submit")
    client = sign_in("evaluator1") if own else admin
    answer = client.request(
        operation.method,
        operation.path.replace("{id}", sheets.get(target, target)),
        json=sent,
        params=CONFLICT if operation_id == "projects.withdraw" else None,
        headers=at(1),
    )
    if status in allowed:
        assert answer.status_code in (200, 201, 204), answer.text
    else:
        assert answer.status_code == 422, answer.text
        assert [p["code"] for p in answer.json()["problems"]] == ["project_not_active"]
