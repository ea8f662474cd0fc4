"""What one person changes, another sees at the next look, although lists are kept for a moment."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest

from desktop_app.backend.config import Lifetimes, ServerConfig
from desktop_app.workspace.mongod import Mongod
from tests.backend.conftest import SignIn
from tests.backend.hall import FULL, Hall, at, body
from tests.fixtures.server import RunningServer, quick_config

NEW = {
    "login_id": "hong",
    "name": "홍길동",
    "email": "hong@example.com",
    "role": "evaluator",
    "company_id": "company-test",
}


@pytest.fixture
def server_config(mongo: Mongod, database_name: str) -> ServerConfig:
    """Lists are kept far longer than a test takes: only being told of changes keeps them right."""
    return replace(quick_config(mongo, database_name), lifetimes=Lifetimes(page_s=60))


@pytest.fixture
def other(sign_in: SignIn, admin: httpx.Client) -> httpx.Client:
    """Another administrator, whose lists the server has in its memory."""
    other = sign_in("admin")
    for path in ("users", "companies", "imports", "audit"):
        other.get(f"/api/{path}")
    return other


def listed(client: httpx.Client, path: str, **asked: str) -> list[dict[str, Any]]:
    answer = client.get(f"/api/{path}", params=asked)
    assert answer.status_code == 200, answer.text
    name = {"audit": "entries"}.get(path, path)
    found: list[dict[str, Any]] = answer.json()[name]
    assert answer.json()["total"] == len(found)
    return found


def user(client: httpx.Client, login_id: str) -> dict[str, Any] | None:
    return next((u for u in listed(client, "users") if u["login_id"] == login_id), None)


def sees(other: httpx.Client, **expected: Any) -> bool:
    """Whether the list shows the new user so, also when looked at twice."""
    for _ in range(2):
        found = user(other, "hong")
        if found is None or any(found[key] != value for key, value in expected.items()):
            return False
    return True


def test_a_user_from_beginning_to_end(admin: httpx.Client, other: httpx.Client) -> None:
    created = admin.post("/api/users", json=NEW).json()
    path, version = f"/api/users/{created['user_id']}", {"If-Match": "1"}
    assert sees(other, name="홍길동", company_name="테스트 회사")
    admin.patch(path, json={"name": "홍길순"}, headers=version).raise_for_status()
    assert sees(other, name="홍길순", version=2)
    admin.post(f"{path}/deactivate", headers={"If-Match": "2"}).raise_for_status()
    assert sees(other, is_active=False)
    assert listed(other, "users", is_active="false")
    admin.post(f"{path}/activate", headers={"If-Match": "3"}).raise_for_status()
    assert sees(other, is_active=True)
    assert not listed(other, "users", is_active="false")
    admin.post(f"{path}/reset-password", headers={"If-Match": "4"}).raise_for_status()
    assert sees(other, must_change_password=True, version=5)
    assert len(listed(other, "audit", target_id=created["user_id"])) == 5
    admin.delete(path, headers={"If-Match": "5"}).raise_for_status()
    assert user(other, "hong") is None


def test_a_companys_name_and_number_of_users(admin: httpx.Client, other: httpx.Client) -> None:
    admin.post("/api/users", json=NEW).raise_for_status()
    before = next(c for c in listed(other, "companies") if c["id"] == "company-test")
    assert before["user_count"] == 4
    change = {"name": "새 이름"}
    answer = admin.patch("/api/companies/company-test", json=change, headers={"If-Match": "1"})
    answer.raise_for_status()
    assert sees(other, company_name="새 이름")
    assert "새 이름" in {company["name"] for company in listed(other, "companies")}


def test_an_import_and_its_undo(admin: httpx.Client, other: httpx.Client) -> None:
    import_id = str(uuid.uuid4())
    body = {"import_id": import_id, "file_name": "a.csv", "rows": [{"row": 2, "values": NEW}]}
    admin.post("/api/users/import?dry_run=false", json=body).raise_for_status()
    assert sees(other, name="홍길동")
    assert [batch["id"] for batch in listed(other, "imports")] == [import_id]
    admin.post(f"/api/imports/{import_id}/undo").raise_for_status()
    assert user(other, "hong") is None
    assert listed(other, "imports")[0]["undone_at"] is not None


def test_an_import_of_which_nothing_was_good(admin: httpx.Client, other: httpx.Client) -> None:
    bad = {"row": 2, "values": {**NEW, "email": "none"}}
    body = {"import_id": str(uuid.uuid4()), "file_name": "a.csv", "rows": [bad]}
    admin.post("/api/users/import?dry_run=false", json=body).raise_for_status()
    assert [batch["counts"] for batch in listed(other, "imports")] == [{"invalid": 1}]


def test_an_account_that_wrong_passwords_locked(
    admin: httpx.Client, other: httpx.Client, anonymous: httpx.Client
) -> None:
    admin.post("/api/users", json={**NEW, "password": "right and long"}).raise_for_status()
    assert not listed(other, "users", is_locked="true")
    for _ in range(5):
        anonymous.post("/api/auth/login", json={"login_id": "hong", "password": "wrong"})
    assert [u["login_id"] for u in listed(other, "users", is_locked="true")] == ["hong"]
    assert sees(other, login_attempts=5)


def test_the_total_of_a_list_that_is_counted_while_it_changes(
    admin: httpx.Client, other: httpx.Client, api_server: RunningServer
) -> None:
    api_server.insert_users(30_000)
    asked = {"q": "user000", "page_size": "1"}
    with ThreadPoolExecutor(1) as pool:
        for gone in range(1, 6):
            counting = pool.submit(other.get, "/api/users", params={**asked, "page": str(gone)})
            path = f"/api/users/sample-{gone:07}"
            admin.delete(path, headers={"If-Match": "1"}).raise_for_status()
            counting.result().raise_for_status()
            assert other.get("/api/users", params=asked).json()["total"] == 10_000 - gone


def test_sheets_in_a_list_are_as_they_are_now(
    evaluator: httpx.Client, admin: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    path = f"/api/evaluations/{sheet}"

    def shown(client: httpx.Client) -> tuple[Any, ...]:
        for _ in range(2):
            [found] = listed(client, "evaluations")
        return found["status"], found["total_score"], found["reminded_at"] is not None

    assert shown(admin) == ("assigned", None, False)
    for version, score in enumerate((5, 10), start=1):
        content = body({"accuracy": score})
        evaluator.put(f"{path}/draft", json=content, headers=at(version)).raise_for_status()
        assert shown(admin) == ("in_progress", score * 0.4, False)
    ids = {"evaluation_ids": [sheet]}
    assert shown(evaluator)[2] is False
    admin.post("/api/projects/project-own/reminders", json=ids).raise_for_status()
    assert shown(evaluator)[2] is True
    evaluator.post(f"{path}/submit", json=body(FULL), headers=at(3)).raise_for_status()
    assert shown(admin)[0] == "submitted"
