"""Real answers about sheets and assignments are what /openapi.json declares."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec

from desktop_app.core.evaluations import Candidates, Matrix, Sheet
from desktop_app.core.permissions import OPERATIONS
from tests.backend.conftest import SignIn
from tests.backend.hall import FULL, OWN, Hall, at, body
from tests.backend.test_contract import Checker


def test_real_answers_are_what_the_description_declares(
    admin: httpx.Client, sign_in: SignIn, hall: Hall
) -> None:
    evaluator = sign_in("evaluator1")
    taking_part = {"candidate_ids": ["alpha", "beta"], "panel_ids": ["user-evaluator1"]}
    sheet, other = hall.sheet("evaluator1"), hall.sheet("eva2")
    pair = {"company_id": "beta", "evaluator_id": "user-evaluator1"}
    given = {"evaluator_id": "user-eva3", "reason": "출장"}
    conflict = {"company_id": "beta", "reason": "주주"}
    sent: list[tuple[httpx.Client, str, str, int, Any]] = [
        (admin, "projects.assign", OWN, 0, {"pairs": [pair]}),
        (evaluator, "projects.declare", OWN, 0, conflict),
        (evaluator, "projects.candidates", OWN, 0, None),
        (admin, "projects.remind", OWN, 0, {"evaluation_ids": [other]}),
        (evaluator, "evaluations.draft", sheet, 1, body({"accuracy": 7}, "의견")),
        (evaluator, "evaluations.submit", sheet, 2, body(FULL)),
        (evaluator, "evaluations.read", sheet, 0, None),
        (evaluator, "evaluations.list", "", 0, None),
        (evaluator, "evaluations.peers", sheet, 0, None),
        (admin, "evaluations.confirm", sheet, 3, None),
        (admin, "evaluations.reopen", sheet, 4, {"reason": "오기"}),
        (admin, "evaluations.reassign", other, 1, given),
        (admin, "evaluations.read", sheet, 0, None),
        (admin, "projects.matrix", OWN, 0, None),
        (admin, "evaluations.delete", other, 2, None),
        (evaluator, "projects.withdraw", OWN, 0, None),
        (admin, "projects.participants", OWN, 1, taking_part),
    ]
    description = admin.get("/openapi.json").json()
    checker = Checker(description)
    for client, id_, target, version, content in sent:
        operation = OPERATIONS[id_]
        path = operation.path.replace("{id}", target)
        params = {"company_id": "beta"} if id_ == "projects.withdraw" else None
        answer = client.request(
            operation.method, path, json=content, params=params, headers=at(version)
        )
        declared = description["paths"][operation.path][operation.method.lower()]["responses"]
        assert str(answer.status_code) in declared, (id_, answer.text)
        if answer.status_code != 204:
            schema = declared[str(answer.status_code)]["content"]["application/json"]["schema"]
            assert checker.problems(answer.json(), schema) == [], id_


def test_answers_are_read_by_the_models_that_clients_use(
    evaluator: httpx.Client, admin: httpx.Client, hall: Hall
) -> None:
    sheet = hall.finished("evaluator1")
    answer = evaluator.get(f"/api/evaluations/{sheet}").json()["sheet"]
    assert msgspec.convert(answer, Sheet, strict=False).evaluation.id == sheet
    matrix = msgspec.json.decode(admin.get(f"/api/projects/{OWN}/matrix").content, type=Matrix)
    assert [cell.id for cell in matrix.sheets] == [sheet]
    told = evaluator.get(f"/api/projects/{OWN}/candidates").content
    assert msgspec.json.decode(told, type=Candidates).candidates[0].name == "알파"
