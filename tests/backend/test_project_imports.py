"""Projects from files over the wire: names for ids, dates, limits, reach, undo."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.backend.conftest import SignIn
from tests.backend.hall import OWN, Hall, at
from tests.backend.test_imports import IMPORT, send, verdicts
from tests.fixtures.server import RunningServer

BASIC = "기본 평가 템플릿"
CRITERIA = [{"id": "a", "name": "정확도", "weight": 100}]


def row(number: int, **values: Any) -> dict[str, Any]:
    base = {"name": f"사업 {number}", "company_id": "테스트 회사"}
    return {"row": number, "values": {**base, **values}}


def import_rows(
    client: httpx.Client, rows: list[dict[str, Any]], **options: Any
) -> dict[int, dict[str, Any]]:
    answer = send(client, rows, resource="projects", **options)
    assert answer.status_code == 200, answer.text
    return {result["row"]: result for result in answer.json()["results"]}


def codes(result: dict[str, Any]) -> list[tuple[str, str]]:
    assert result["verdict"] == "invalid", result
    return [(problem["field"], problem["code"]) for problem in result["problems"]]


def test_names_and_korean_times_become_ids_and_moments(admin: httpx.Client) -> None:
    values = {
        "company_id": "111-11-11111",
        "manager_id": "manager1",
        "template_id": BASIC,
        "start_date": "2026-11-01 09:00",
        "deadline": "2026. 11. 30. 18:00",
        "status": "active",
        "results.cut_line": 60,
    }
    result = import_rows(admin, [row(2, **values)])[2]
    assert result["verdict"] == "create", result
    project = admin.get(f"/api/projects/{result['id']}").json()["project"]
    assert (project["company_id"], project["manager_id"]) == ("company-test", "user-manager1")
    assert (project["template_id"], project["template_revision"]) == ("template-basic", 1)
    assert project["start_date"] == "2026-11-01T00:00:00Z"
    assert project["deadline"] == result["after"]["deadline"] == "2026-11-30T09:00:00Z"
    assert project["results"]["cut_line"] == 60
    assert "template_revision" not in result["after"]


def test_every_bad_row_says_why_and_nothing_is_written_in_a_dry_run(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    rows = [
        row(2),
        row(3, company_id="없는 회사"),
        row(4, manager_id="nobody"),
        row(5, manager_id="evaluator1"),
        row(6, template_id="없는 템플릿"),
        row(7, deadline="2026-11-30"),
        row(8, deadline="2026-11-30 18:00", start_date="2026-11-30T09:00:00Z"),
        row(9, status="active"),
        row(10, panel_ids="x"),
        row(11, name="사업 2"),
        row(12, name=None),
        row(13, company_id="company-system"),
    ]
    results = import_rows(admin, rows, dry_run=True)
    assert {n: codes(results[n]) for n in range(3, 13)} == {
        3: [("company_id", "reference_unknown")],
        4: [("manager_id", "reference_unknown")],
        5: [("manager_id", "not_a_manager")],
        6: [("template_id", "reference_unknown")],
        7: [("deadline", "moment_form")],
        8: [("deadline", "before_start")],
        9: [("template_id", "needed_when_active"), ("deadline", "needed_when_active")],
        10: [("panel_ids", "unknown_field")],
        11: [("name", "duplicate_in_file")],
        12: [("name", "required")],
    }
    assert results[11]["problems"][0]["params"] == {"row": 2}
    assert (results[2]["verdict"], results[13]["verdict"]) == ("create", "create")
    assert api_server.documents["projects"].count_documents({}) == 0


def template(client: httpx.Client, name: str, company_id: str | None) -> str:
    body = {"name": name, "company_id": company_id, "criteria": CRITERIA}
    answer = client.post("/api/templates", json=body)
    assert answer.status_code == 201, answer.text
    id_: str = answer.json()["template_id"]
    return id_


def test_name_of_several_templates_is_a_problem_and_not_a_guess(admin: httpx.Client) -> None:
    own = template(admin, BASIC, "company-test")
    refused = import_rows(admin, [row(2, template_id=BASIC)])[2]
    assert codes(refused) == [("template_id", "reference_ambiguous")]
    by_id = import_rows(admin, [row(2, template_id=own)])[2]
    assert by_id["after"]["template_id"] == own


def test_only_templates_that_the_company_may_use_count(admin: httpx.Client) -> None:
    template(admin, "발표 평가", "company-system")
    refused = import_rows(admin, [row(2, template_id="발표 평가")])[2]
    assert codes(refused) == [("template_id", "reference_unknown")]
    mine = template(admin, "발표 평가", "company-test")
    old = template(admin, "발표 평가", "company-test")
    admin.post(f"/api/templates/{old}/deactivate", headers=at(1)).raise_for_status()
    assert import_rows(admin, [row(2, template_id="발표 평가")])[2]["after"]["template_id"] == mine


def test_business_number_of_several_companies_is_a_problem(admin: httpx.Client) -> None:
    for name in ("하나", "둘"):
        body = {"name": name, "business_number": "1234567891"}
        admin.post("/api/companies", json=body).raise_for_status()
    refused = import_rows(admin, [row(2, company_id="123-45-67891")])[2]
    assert codes(refused) == [("company_id", "reference_ambiguous")]


def test_existing_project_is_updated_only_when_asked_and_bound_anew(admin: httpx.Client) -> None:
    first = import_rows(admin, [row(2)])[2]["id"]
    again = {"import_id": str(uuid.UUID(int=2))}
    assert codes(import_rows(admin, [row(2)], **again)[2]) == [("name", "duplicate")]
    changed = import_rows(admin, [row(2, template_id=BASIC)], update_existing=True, **again)[2]
    assert (changed["verdict"], changed["id"]) == ("update", first)
    assert changed["before"] == {"template_id": None}
    project = admin.get(f"/api/projects/{first}").json()["project"]
    assert (project["template_revision"], project["version"]) == (1, 2)
    same = import_rows(
        admin, [row(3, name="사업 2")], update_existing=True, import_id=str(uuid.UUID(int=3))
    )
    assert same[3]["verdict"] == "unchanged"


def test_name_of_several_projects_is_a_problem(admin: httpx.Client) -> None:
    for _ in range(2):
        body = {"name": "사업 2", "company_id": "company-test"}
        admin.post("/api/projects", json=body).raise_for_status()
    refused = import_rows(admin, [row(2, description="x")], update_existing=True)[2]
    assert codes(refused) == [("name", "name_ambiguous")]


def test_import_stops_at_the_limit_of_the_company(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    api_server.documents["companies"].update_one(
        {"_id": "company-test"}, {"$set": {"settings.max_projects": 2}}
    )
    answer = send(admin, [row(n) for n in (2, 3, 4)], resource="projects", dry_run=True)
    assert answer.json()["rooms"] == {"company-test": {"maximum": 2, "free": 2}}
    results = import_rows(admin, [row(n) for n in (2, 3, 4)])
    assert codes(results[4]) == [("company_id", "projects_full_in_file")]
    assert results[4]["problems"][0]["params"] == {"maximum": 2, "free": 2}
    assert codes(import_rows(admin, [row(5)])[5]) == [("company_id", "projects_full")]


def test_manager_imports_into_the_own_company_alone(sign_in: SignIn, admin: httpx.Client) -> None:
    theirs = {"name": "사업 3", "company_id": "company-system"}
    other = admin.post("/api/projects", json=theirs).json()["project_id"]
    manager = sign_in("manager1")
    home = {"row": 2, "values": {"name": "사업 2", "manager_id": "manager1"}}
    rows = [home, row(3, company_id="시스템 회사", description="x"), row(4, manager_id="admin")]
    results = import_rows(manager, rows, update_existing=True)
    assert results[2]["after"]["company_id"] == "company-test"
    assert codes(results[3]) == [("company_id", "reference_unknown")]
    assert codes(results[4]) == [("manager_id", "reference_unknown")]
    assert admin.get(f"/api/projects/{other}").json()["project"]["version"] == 1


def test_manager_is_not_told_how_much_room_others_have(sign_in: SignIn) -> None:
    manager = sign_in("manager1")
    rows = [row(2), row(3, company_id="시스템 회사")]
    answer = send(manager, rows, resource="projects", dry_run=True)
    assert set(answer.json()["rooms"]) == {"company-test"}


def test_repeated_request_applies_nothing_twice(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    rows = [row(2, deadline="2026-11-30 18:00"), row(3, template_id=BASIC)]
    assert import_rows(admin, rows) == import_rows(admin, rows)
    assert api_server.documents["projects"].count_documents({}) == 2


def test_import_does_not_move_projects_that_have_sheets(admin: httpx.Client, hall: Hall) -> None:
    hall.sheet()
    values = {"name": f"{OWN} 사업", "company_id": "company-test", "template_id": "template-basic"}
    refused = import_rows(admin, [{"row": 2, "values": values}], update_existing=True)[2]
    assert codes(refused) == [("template_id", "has_sheets")]


def test_undo_removes_and_restores_but_keeps_what_has_sheets(
    admin: httpx.Client, hall: Hall
) -> None:
    changed = {"name": f"{OWN} 사업", "company_id": "company-test", "template_id": BASIC}
    moved = {"name": "project-other 사업", "company_id": "company-system", "template_id": BASIC}
    rows = [row(2), row(3), {"row": 4, "values": changed}, {"row": 5, "values": moved}]
    results = import_rows(admin, rows, update_existing=True)
    assert [results[n]["verdict"] for n in range(2, 6)] == ["create", "create", "update", "update"]
    hall.sheet("eva2", "alpha", OWN, template_id="template-basic")
    hall.sheet("eva2", "alpha", results[3]["id"], template_id="template-basic")
    undone = admin.post(f"/api/imports/{IMPORT}/undo").json()
    assert (undone["deleted"], undone["restored"]) == (1, 1)
    assert [(p["field"], p["code"]) for p in undone["kept"]] == [
        ("3", "in_use"),
        ("4", "has_sheets"),
    ]
    other = admin.get("/api/projects/project-other").json()["project"]
    assert (other["template_id"], other["template_revision"]) == ("template-ai-model", 1)
    assert admin.get(f"/api/projects/{results[2]['id']}").status_code == 404
    assert admin.get("/api/audit/verify").json()["intact"] is True


@pytest.mark.parametrize("value", [{"$gt": ""}, ["x"]])
def test_cells_are_plain_values(shared_admin: httpx.Client, value: object) -> None:
    rows = [row(2, deadline=value)]
    answer = send(shared_admin, rows, resource="projects")
    assert answer.status_code == 422


def test_imports_of_projects_are_listed_for_administrators(admin: httpx.Client) -> None:
    assert set(verdicts(send(admin, [row(2)], resource="projects")).values()) == {"create"}
    listed = admin.get("/api/imports", params={"resource": "projects"}).json()
    assert [batch["resource"] for batch in listed["imports"]] == ["projects"]
