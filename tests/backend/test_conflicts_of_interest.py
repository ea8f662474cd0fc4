"""Conflicts of interest: declared, shown, and withdrawn by whom they concern."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from tests.backend.conftest import SignIn
from tests.backend.hall import OWN, Hall, at

PATH = f"/api/projects/{OWN}/conflicts"
ALPHA = {"company_id": "alpha", "reason": "주식 보유"}


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(p["field"], p["code"]) for p in answer.json()["problems"]]


def test_evaluator_declares_and_withdraws(evaluator: httpx.Client, hall: Hall) -> None:
    answer = evaluator.post(PATH, json=ALPHA)
    assert answer.status_code == 201
    conflict = answer.json()["conflict"]
    assert {**conflict, "declared_at": None} == {
        "project_id": OWN,
        "evaluator_id": "user-evaluator1",
        "company_id": "alpha",
        "reason": "주식 보유",
        "declared_by_name": "테스트 평가자",
        "declared_at": None,
    }
    shown = evaluator.get(f"/api/projects/{OWN}/candidates").json()
    assert shown["conflicts"] == [conflict]
    assert shown["project_name"] == f"{OWN} 사업"
    assert [entry["name"] for entry in shown["candidates"]] == ["알파", "베타"]
    assert evaluator.delete(PATH, params={"company_id": "alpha"}).status_code == 204
    assert evaluator.delete(PATH, params={"company_id": "alpha"}).status_code == 404
    changes = [
        entry["changes"]["reason"]
        for operation in ("projects.declare", "projects.withdraw")
        for entry in hall.trail(operation)
    ]
    assert changes == [[None, "주식 보유"], ["주식 보유", None]]


def test_declared_again_it_has_the_new_reason(evaluator: httpx.Client, hall: Hall) -> None:
    for reason in ("주식 보유", "주식 보유", "친족"):
        declared = evaluator.post(PATH, json={**ALPHA, "reason": reason})
        assert declared.status_code == 201
    assert declared.json()["conflict"]["reason"] == "친족"
    kept = hall.server.documents["conflicts_of_interest"]
    assert kept.count_documents({}) == 1
    assert len(hall.trail("projects.declare")) == 2


def test_declaration_after_the_assignment_flags_the_sheet(
    evaluator: httpx.Client, sign_in: SignIn, hall: Hall
) -> None:
    sheet = hall.sheet()
    hall.sheet(company="beta")
    evaluator.post(PATH, json=ALPHA).raise_for_status()
    for client in (evaluator, sign_in("manager1")):
        found = client.get("/api/evaluations").json()["evaluations"]
        assert {s["company_id"]: s["conflict"] for s in found} == {"alpha": True, "beta": False}
    read = evaluator.get(f"/api/evaluations/{sheet}").json()["sheet"]
    assert read["evaluation"]["conflict"] is True


def test_evaluator_speaks_for_nobody_else(
    evaluator: httpx.Client, sign_in: SignIn, hall: Hall
) -> None:
    sign_in("eva2").post(PATH, json=ALPHA).raise_for_status()
    others = {**ALPHA, "evaluator_id": "user-eva2"}
    assert codes(evaluator.post(PATH, json=others)) == [("evaluator_id", "reference_unknown")]
    asked = {"company_id": "alpha", "evaluator_id": "user-eva2"}
    assert codes(evaluator.delete(PATH, params=asked)) == [("evaluator_id", "reference_unknown")]
    assert evaluator.get(f"/api/projects/{OWN}/candidates").json()["conflicts"] == []
    assert evaluator.delete(PATH, params={"company_id": "alpha"}).status_code == 404


def test_what_staff_declared_only_staff_withdraw(
    evaluator: httpx.Client, sign_in: SignIn, hall: Hall
) -> None:
    secretary = sign_in("secretary1")
    theirs = {**ALPHA, "evaluator_id": "user-evaluator1"}
    declared = secretary.post(PATH, json=theirs).json()["conflict"]
    assert declared["declared_by_name"] == "테스트 간사"
    again = evaluator.post(PATH, json={**ALPHA, "reason": "아님"})
    assert again.json()["conflict"] == declared
    refused = evaluator.delete(PATH, params={"company_id": "alpha"})
    assert codes(refused) == [("company_id", "read_only")]
    asked = {"company_id": "alpha", "evaluator_id": "user-evaluator1"}
    assert secretary.delete(PATH, params=asked).status_code == 204


@pytest.mark.parametrize(
    ("content", "field", "code"),
    [
        ({"company_id": "gamma", "reason": "x"}, "company_id", "not_a_candidate"),
        ({"company_id": "alpha", "reason": " "}, "reason", "required"),
        ({"company_id": "alpha"}, "reason", "required"),
        ({"reason": "x"}, "company_id", "required"),
        ({"company_id": "alpha", "reason": "x" * 1001}, "reason", "too_long"),
        ({"company_id": 5, "reason": "x"}, "company_id", "type"),
        ({**ALPHA, "declared_by": "user-eva2"}, "declared_by", "unknown_field"),
    ],
)
def test_malformed_declaration_is_refused(
    evaluator: httpx.Client, hall: Hall, content: Any, field: str, code: str
) -> None:
    assert codes(evaluator.post(PATH, json=content)) == [(field, code)]
    assert hall.server.documents["conflicts_of_interest"].count_documents({}) == 0


def test_staff_name_somebody_of_the_panel(sign_in: SignIn, hall: Hall) -> None:
    hall.change_project(panel_ids=["user-eva2"])
    manager = sign_in("manager1")
    assert codes(manager.post(PATH, json=ALPHA)) == [("evaluator_id", "required")]
    others = {**ALPHA, "evaluator_id": "user-eva3"}
    assert codes(manager.post(PATH, json=others)) == [("evaluator_id", "not_on_panel")]


def test_project_that_an_evaluator_has_no_part_in_does_not_exist(
    evaluator: httpx.Client, hall: Hall
) -> None:
    hall.change_project(panel_ids=["user-eva2"])
    assert evaluator.get(f"/api/projects/{OWN}/candidates").status_code == 404
    assert evaluator.post(PATH, json=ALPHA).status_code == 404
    hall.sheet("evaluator1")  # a sheet is a part, on the panel or not
    assert evaluator.get(f"/api/projects/{OWN}/candidates").status_code == 200


def test_conflict_bars_the_assignment(
    evaluator: httpx.Client, admin: httpx.Client, hall: Hall
) -> None:
    evaluator.post(PATH, json=ALPHA).raise_for_status()
    sheet = hall.sheet("eva2")
    change = {"evaluator_id": "user-evaluator1", "reason": "출장"}
    refused = admin.post(f"/api/evaluations/{sheet}/reassign", json=change, headers=at(1))
    assert codes(refused) == [("evaluator_id", "conflict_of_interest")]
