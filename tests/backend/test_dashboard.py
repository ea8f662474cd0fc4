"""The dashboard's figures, within each reader's reach."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

import httpx

from tests.backend.conftest import SignIn
from tests.backend.hall import OTHER, Hall
from tests.fixtures.server import RunningServer


def test_administrator_sees_all_figures_and_what_waits(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    api_server.insert_users(7)
    soon = datetime.now(UTC) + timedelta(hours=1)
    users, companies = api_server.documents["users"], api_server.documents["companies"]
    users.update_one({"_id": "sample-0000001"}, {"$set": {"locked_until": soon}})
    users.update_one({"_id": "sample-0000002"}, {"$set": {"company_id": None}})
    users.update_one({"_id": "sample-0000003"}, {"$set": {"is_active": False}})
    companies.update_one({"_id": "company-test"}, {"$set": {"settings.max_users": 5}})
    body = admin.get("/api/analytics/dashboard").json()
    statistics = body["statistics"]
    assert (statistics["users"], statistics["active_users"]) == (11, 10)
    assert statistics["users_by_role"] == {
        "admin": 1,
        "manager": 1,
        "secretary": 1,
        "evaluator": 8,
    }
    assert (statistics["companies"], statistics["templates"]) == (2, 2)
    assert {item["code"]: item["count"] for item in body["attention"]} == {
        "locked_accounts": 1,
        "users_without_password": 7,
        "companies_over_limit": 1,
        "users_without_company": 1,
    }
    assert [item["entry"]["operation"] for item in body["activity"]] == ["auth.login"]


def test_an_import_is_one_activity_however_many_rows_it_has(admin: httpx.Client) -> None:
    batch = str(uuid.uuid4())
    for first in (0, 30):
        rows = [
            {
                "row": n,
                "values": {
                    "login_id": f"kim{n:02}",
                    "name": "김하늘",
                    "email": f"kim{n:02}@example.com",
                    "role": "evaluator",
                    "company_id": "company-test",
                },
            }
            for n in range(first, first + 30)
        ]
        body = {
            "import_id": batch,
            "file_name": "users.xlsx",
            "update_existing": False,
            "issue_passwords": False,
            "rows": rows,
        }
        admin.post("/api/users/import?dry_run=false", json=body).raise_for_status()
    activity = admin.get("/api/analytics/dashboard").json()["activity"]
    assert [(item["entry"]["operation"], item["count"]) for item in activity] == [
        ("users.import", 60),
        ("auth.login", 1),
    ]


def test_manager_sees_the_own_company_and_no_trail(sign_in: SignIn) -> None:
    body = sign_in("manager1").get("/api/analytics/dashboard").json()
    assert body["statistics"]["users"] == 3
    assert body["statistics"]["companies"] == 1
    assert body["activity"] == []


def test_manager_counts_the_sheets_of_the_own_projects(sign_in: SignIn, hall: Hall) -> None:
    hall.sheet("evaluator1")
    hall.finished("eva2", "beta")
    hall.finished("eva2", "beta", "project-other")
    figures = sign_in("manager1").get("/api/analytics/dashboard").json()["statistics"]
    assert figures["evaluations_by_status"] == {"assigned": 1, "submitted": 1}
    assert (figures["evaluations"], figures["projects"]) == (2, 1)


def test_an_assignment_is_one_activity_however_many_sheets_it_made(
    admin: httpx.Client, hall: Hall
) -> None:
    people = ("user-evaluator1", "user-eva2", "user-eva3")
    pairs = [{"company_id": "alpha", "evaluator_id": id_} for id_ in people]
    path = "/api/projects/project-own/assignments"
    admin.post(path, json={"pairs": pairs}).raise_for_status()
    [newest, *_] = admin.get("/api/analytics/dashboard").json()["activity"]
    assert (newest["entry"]["operation"], newest["count"]) == ("projects.assign", 3)


def test_what_is_counted_of_templates_and_projects_is_what_the_lists_hold(
    sign_in: SignIn, hall: Hall
) -> None:
    past = datetime.now(UTC) - timedelta(minutes=1)
    hall.change_project(OTHER, deadline=past)
    hall.finished("eva2", project=OTHER)
    for login_id, projects, waiting in (("admin", 2, 1), ("manager1", 1, 0)):
        person = sign_in(login_id)
        body = person.get("/api/analytics/dashboard").json()
        assert body["statistics"]["projects"] == projects
        assert body["statistics"]["templates"] == person.get("/api/templates").json()["total"] == 2
        counts = {item["code"]: item["count"] for item in body["attention"]}
        assert counts.get("projects_overdue", 0) == waiting
        overdue = person.get("/api/projects", params={"is_overdue": "true"}).json()
        assert overdue["total"] == waiting
