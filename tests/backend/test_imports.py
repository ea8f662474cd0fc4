"""Bulk imports over the wire: verdicts, applying once, corrections, undo."""

from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from tests.backend.conftest import SignIn
from tests.fixtures.server import RunningServer

IMPORT = str(uuid.UUID(int=1))


def row(number: int, **values: Any) -> dict[str, Any]:
    base = {
        "login_id": f"kim{number}",
        "name": "김민준",
        "email": f"kim{number}@example.com",
        "role": "evaluator",
        "company_id": "테스트 회사",
    }
    return {"row": number, "values": {**base, **values}}


def send(
    client: httpx.Client, rows: list[dict[str, Any]], *, resource: str = "users", **options: Any
) -> httpx.Response:
    dry_run = {"dry_run": str(options.pop("dry_run", False)).lower()}
    body = {"import_id": IMPORT, "file_name": "사용자.xlsx", "rows": rows, **options}
    return client.post(f"/api/{resource}/import", params=dry_run, json=body)


def verdicts(answer: httpx.Response) -> dict[int, str]:
    assert answer.status_code == 200, answer.text
    return {result["row"]: result["verdict"] for result in answer.json()["results"]}


def test_dry_run_judges_every_row_and_changes_nothing(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    rows = [
        row(2),
        row(3, company_id="111-11-11111"),
        row(4, company_id="company-system"),
        row(5, company_id="없는 회사"),
        row(6, email="nowhere"),
        row(7, login_id="kim2"),
        row(8, login_id="manager1"),
        row(9, surprise=1),
        row(10, email="kim2@example.com"),
    ]
    answer = send(admin, rows, dry_run=True)
    results = {r["row"]: r for r in answer.json()["results"]}
    assert [verdicts(answer)[n] for n in (2, 3, 4)] == ["create"] * 3
    assert results[2]["after"]["company_id"] == "company-test"
    assert results[4]["after"]["company_id"] == "company-system"
    codes = {n: [(p["field"], p["code"]) for p in results[n]["problems"]] for n in range(5, 11)}
    assert codes == {
        5: [("company_id", "reference_unknown")],
        6: [("email", "email_form")],
        7: [("login_id", "duplicate_in_file")],
        8: [("login_id", "duplicate")],
        9: [("surprise", "unknown_field")],
        10: [("email", "duplicate")],
    }
    assert results[7]["problems"][0]["params"] == {"row": 2}
    assert answer.json()["batch"] is None
    assert api_server.documents["users"].count_documents({}) == 4
    assert api_server.documents["import_batches"].count_documents({}) == 0


def test_dry_run_tells_the_room_in_the_companies_of_its_rows(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    limit = {"$set": {"settings.max_users": 4}}
    api_server.documents["companies"].update_one({"_id": "company-test"}, limit)
    rows = [row(2), row(3), row(4, company_id="없는 회사")]
    answer = send(admin, rows, dry_run=True)
    assert verdicts(answer) == {2: "create", 3: "invalid", 4: "invalid"}
    assert answer.json()["rooms"] == {"company-test": {"maximum": 4, "free": 1}}
    assert send(admin, rows).json()["rooms"] == {}


def test_good_rows_are_applied_and_bad_ones_can_be_sent_again_corrected(
    admin: httpx.Client,
) -> None:
    first = send(admin, [row(2), row(3, email="bad")])
    assert verdicts(first) == {2: "create", 3: "invalid"}
    assert first.json()["batch"]["counts"] == {"create": 1, "invalid": 1}
    second = send(admin, [row(3)])
    assert verdicts(second) == {3: "create"}
    assert second.json()["batch"]["counts"] == {"create": 2}
    batches = admin.get("/api/imports").json()
    assert batches["total"] == 1
    assert batches["imports"][0] == admin.get(f"/api/imports/{IMPORT}").json()
    assert batches["imports"][0]["created_by"] == "시스템 관리자"


def test_imported_rows_are_listed_in_the_order_of_the_file(admin: httpx.Client) -> None:
    assert len(set(verdicts(send(admin, [row(n) for n in range(2, 32)])).values())) == 1
    in_file = [f"kim{n}" for n in range(2, 32)]
    for searched in ({}, {"q": "kim"}):
        users = admin.get("/api/users", params={"sort": "-created_at", **searched}).json()["users"]
        assert [u["login_id"] for u in users if u["login_id"] in in_file] == in_file
        users = admin.get("/api/users", params={"sort": "created_at", **searched}).json()["users"]
        assert [u["login_id"] for u in users if u["login_id"] in in_file] == in_file[::-1]


def test_repeated_request_applies_nothing_twice_and_gives_the_same_passwords(
    admin: httpx.Client, api_server: RunningServer, sign_in: SignIn
) -> None:
    rows = [row(2), row(3)]
    first = send(admin, rows, issue_passwords=True)
    second = send(admin, rows, issue_passwords=True)
    assert first.json()["results"] == second.json()["results"]
    assert api_server.documents["users"].count_documents({}) == 6
    password = first.json()["results"][0]["initial_password"]
    assert password not in str(list(api_server.documents["import_rows"].find()))
    assert sign_in("kim2", password).get("/api/auth/me").json()["must_change_password"] is True


def test_existing_users_are_updated_only_when_asked(admin: httpx.Client, sign_in: SignIn) -> None:
    manager = sign_in("manager1")
    values = {"login_id": "manager1", "name": "새 이름", "role": "secretary"}
    same = {"login_id": "secretary1", "name": "테스트 간사"}
    rows = [{"row": 2, "values": values}, {"row": 3, "values": same}]
    answer = send(admin, rows, update_existing=True)
    assert verdicts(answer) == {2: "update", 3: "unchanged"}
    result = answer.json()["results"][0]
    assert result["before"] == {"name": "테스트 관리자", "role": "manager"}
    assert result["after"] == {"name": "새 이름", "role": "secretary"}
    user = admin.get("/api/users/user-manager1").json()["user"]
    assert (user["name"], user["email"], user["version"]) == ("새 이름", "manager1@example.com", 2)
    assert manager.get("/api/auth/me").status_code == 401


def test_import_cannot_take_the_own_role_away(admin: httpx.Client) -> None:
    rows = [{"row": 2, "values": {"login_id": "admin", "role": "evaluator"}}]
    answer = send(admin, rows, update_existing=True)
    assert answer.json()["results"][0]["problems"][0]["code"] == "own_account"


def test_import_stops_at_the_limit_of_the_company(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    api_server.documents["companies"].update_one(
        {"_id": "company-test"}, {"$set": {"settings.max_users": 5}}
    )
    answer = send(admin, [row(2), row(3), row(4)])
    assert verdicts(answer) == {2: "create", 3: "create", 4: "invalid"}
    full = {"code": "company_full_in_file", "params": {"maximum": 5, "free": 2}}
    assert answer.json()["results"][2]["problems"] == [{"field": "company_id", **full}]
    assert verdicts(send(admin, [row(5)])) == {5: "invalid"}


def test_undo_removes_and_restores_but_keeps_what_was_changed_or_is_used(
    admin: httpx.Client,
) -> None:
    changed = {"row": 9, "values": {"login_id": "manager1", "name": "새 이름"}}
    send(admin, [row(2), row(3), changed], update_existing=True)
    users = {u["login_id"]: u for u in admin.get("/api/users").json()["users"]}
    path = f"/api/users/{users['kim3']['id']}"
    admin.patch(path, json={"name": "다른"}, headers={"If-Match": "1"}).raise_for_status()
    undone = admin.post(f"/api/imports/{IMPORT}/undo")
    assert undone.json() == {
        "deleted": 1,
        "restored": 1,
        "kept": [{"field": "3", "code": "changed_since", "params": {}}],
    }
    names = {u["login_id"]: u["name"] for u in admin.get("/api/users").json()["users"]}
    assert names["manager1"] == "테스트 관리자"
    assert "kim2" not in names
    assert "kim3" in names
    assert admin.get(f"/api/imports/{IMPORT}").json()["undone_at"] is not None
    assert admin.post(f"/api/imports/{IMPORT}/undo").status_code == 409
    assert send(admin, [row(2)]).status_code == 409
    assert admin.get("/api/audit/verify").json()["intact"] is True


def test_undo_keeps_a_company_that_has_users_by_now(admin: httpx.Client) -> None:
    rows = [{"row": 2, "values": {"name": "새 회사", "business_number": "1234567891"}}]
    company = send(admin, rows, resource="companies").json()["results"][0]["id"]
    user = {**row(5)["values"], "company_id": company}
    admin.post("/api/users", json=user).raise_for_status()
    undone = admin.post(f"/api/imports/{IMPORT}/undo").json()
    assert undone["deleted"] == 0
    assert [(p["field"], p["code"]) for p in undone["kept"]] == [("2", "in_use")]


def test_undo_does_not_bring_back_a_company_that_is_gone(admin: httpx.Client) -> None:
    body = {"name": "옛 회사", "business_number": "1234567891"}
    company = admin.post("/api/companies", json=body).json()["company_id"]
    user = {**row(5)["values"], "company_id": company}
    id_ = admin.post("/api/users", json=user).json()["user_id"]
    moved = {"row": 2, "values": {"login_id": "kim5", "company_id": "company-test"}}
    assert verdicts(send(admin, [moved], update_existing=True)) == {2: "update"}
    admin.delete(f"/api/companies/{company}", headers={"If-Match": "1"}).raise_for_status()
    undone = admin.post(f"/api/imports/{IMPORT}/undo").json()
    assert (undone["restored"], [p["code"] for p in undone["kept"]]) == (0, ["reference_unknown"])
    assert admin.get(f"/api/users/{id_}").json()["user"]["company_id"] == "company-test"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"import_id": "x"}, "import_id"),
        ({"import_id": 5}, "import_id"),
        ({"file_name": ""}, "file_name"),
        ({"update_existing": "yes"}, "update_existing"),
        ({"rows": {}}, "rows"),
        ({"rows": [1]}, "rows.0"),
        ({"rows": [{"row": -1, "values": {}}]}, "rows.0.row"),
        ({"rows": [{"row": 1, "values": {"name": {"$gt": ""}}}]}, "rows.0.values"),
        ({"rows": [row(2), row(2)]}, "rows"),
        ({"rows": [row(n) for n in range(501)]}, "rows"),
        ({"more": 1}, "more"),
    ],
)
def test_import_that_is_not_one_is_422(
    shared_admin: httpx.Client, changes: dict[str, Any], field: str
) -> None:
    body = {"import_id": IMPORT, "file_name": "a.csv", "rows": [], **changes}
    answer = shared_admin.post("/api/users/import", json=body)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["field"] == field


def test_import_may_be_larger_than_other_bodies(shared_admin: httpx.Client) -> None:
    rows = [row(n, name="x" * 5000) for n in range(500)]
    assert set(verdicts(send(shared_admin, rows, dry_run=True)).values()) == {"invalid"}
