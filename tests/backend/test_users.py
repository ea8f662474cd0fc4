"""Users over the wire: create, change, deactivate, delete, and the rules between them."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.backend.conftest import SignIn
from tests.fixtures.server import RunningServer

NEW: dict[str, Any] = {
    "login_id": "kim.minjun",
    "name": " 김민준 ",
    "email": "Minjun@Example.com",
    "role": "evaluator",
    "company_id": "company-test",
    "profile": {"phone": "010-1234-5678", "department": "평가팀"},
}


def problems(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.headers["Content-Type"] == "application/problem+json"
    return [(p["field"], p["code"]) for p in answer.json()["problems"]]


def create(admin: httpx.Client, **changes: Any) -> httpx.Response:
    return admin.post("/api/users", json={**NEW, **changes})


def test_created_user_is_kept_normalised_and_signs_in_with_the_one_time_password(
    admin: httpx.Client, sign_in: SignIn
) -> None:
    answer = create(admin)
    assert answer.status_code == 201
    body = answer.json()
    user = body["user"]
    assert body["user_id"] == user["id"]
    assert body["message"]
    assert (user["name"], user["email"]) == ("김민준", "minjun@example.com")
    assert user["company_name"] == "테스트 회사"
    assert answer.headers["Location"] == f"/api/users/{user['id']}"
    assert answer.headers["ETag"] == '"1"'
    assert admin.get(answer.headers["Location"]).json()["user"] == user
    signed_in = sign_in("kim.minjun", body["initial_password"])
    assert signed_in.get("/api/auth/me").json()["must_change_password"] is True


def test_password_of_the_body_is_taken_and_never_shown(
    admin: httpx.Client, sign_in: SignIn
) -> None:
    answer = create(admin, password="correct horse battery")
    assert answer.json()["initial_password"] is None
    assert "correct horse" not in answer.text
    assert sign_in("kim.minjun", "correct horse battery")


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"login_id": "1x"}, [("login_id", "login_id_form")]),
        ({"email": "nowhere"}, [("email", "email_form")]),
        ({"name": ""}, [("name", "required")]),
        ({"name": 7}, [("name", "type")]),
        ({"name": "a\u0000b"}, [("name", "control_characters")]),
        ({"role": "root"}, [("role", "choice")]),
        ({"role": {"$ne": None}}, [("role.$ne", "unknown_field")]),
        ({"company_id": None}, [("company_id", "company_needed")]),
        ({"company_id": "nothing"}, [("company_id", "reference_unknown")]),
        ({"profile": "x"}, [("profile", "type")]),
        ({"profile": {"phone": "abc"}}, [("profile.phone", "phone_form")]),
        ({"profile": {"x": 1}}, [("profile.x", "unknown_field")]),
        ({"is_active": False}, [("is_active", "unknown_field")]),
        ({"password_hash": "x"}, [("password_hash", "unknown_field")]),
        ({"password": "password123"}, [("password", "password_common")]),
        ({"password": 12345678}, [("password", "type")]),
        ({"login_id": "admin"}, [("login_id", "duplicate")]),
        ({"email": "admin@example.com"}, [("email", "duplicate")]),
    ],
)
def test_body_that_breaks_a_rule_is_refused_by_field(
    shared_admin: httpx.Client, changes: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    answer = create(shared_admin, **changes)
    assert answer.status_code == 422
    assert problems(answer) == expected


def test_same_idempotency_key_creates_once_and_answers_the_same(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    headers = {"Idempotency-Key": "form-1"}
    first = admin.post("/api/users", json=NEW, headers=headers)
    second = admin.post("/api/users", json=NEW, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    other = admin.post("/api/users", json={**NEW, "name": "다른"}, headers=headers)
    assert other.status_code == 422
    assert other.json()["type"].endswith("/idempotency-key-reused")
    assert api_server.documents["users"].count_documents({"login_id": "kim.minjun"}) == 1
    kept = str(list(api_server.documents["idempotency_keys"].find()))
    assert first.json()["initial_password"] not in kept


def test_change_carries_only_what_changed_and_raises_the_version(admin: httpx.Client) -> None:
    id_ = create(admin).json()["user_id"]
    answer = admin.patch(
        f"/api/users/{id_}",
        json={"profile": {"phone": None, "position": "팀장"}},
        headers={"If-Match": '"1"'},
    )
    user = answer.json()["user"]
    assert user["profile"] == {"phone": None, "department": "평가팀", "position": "팀장"}
    assert user["version"] == 2
    assert answer.headers["ETag"] == '"2"'


def test_stale_version_gets_the_current_document(admin: httpx.Client) -> None:
    path = f"/api/users/{create(admin).json()['user_id']}"
    admin.patch(path, json={"name": "첫째"}, headers={"If-Match": "1"}).raise_for_status()
    stale = admin.patch(path, json={"name": "둘째"}, headers={"If-Match": "1"})
    assert stale.status_code == 409
    assert stale.json()["type"].endswith("/stale-version")
    assert stale.json()["current"] == admin.get(path).json()["user"]
    assert admin.delete(path, headers={"If-Match": "1"}).status_code == 409


@pytest.mark.parametrize(
    ("header", "status"), [(None, 428), ("x", 422), ("*", 422), ("9" * 99, 422)]
)
def test_change_needs_a_version(
    shared_admin: httpx.Client, header: str | None, status: int
) -> None:
    headers = {} if header is None else {"If-Match": header}
    answer = shared_admin.patch("/api/users/user-manager1", json={"name": "x"}, headers=headers)
    assert answer.status_code == status


def test_sign_in_name_is_fixed(shared_admin: httpx.Client) -> None:
    answer = shared_admin.patch(
        "/api/users/user-manager1", json={"login_id": "other"}, headers={"If-Match": "1"}
    )
    assert problems(answer) == [("login_id", "read_only")]


def test_two_changes_at_once_never_both_win(admin: httpx.Client) -> None:
    def rename(name: str) -> int:
        with httpx.Client(base_url=admin.base_url, headers=admin.headers) as client:
            path = "/api/users/user-manager1"
            return client.patch(path, json={"name": name}, headers={"If-Match": "1"}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(pool.map(rename, [f"이름 {i}" for i in range(8)]))
    assert statuses == [200] + [409] * 7


def test_user_in_use_is_not_deleted(admin: httpx.Client, api_server: RunningServer) -> None:
    now = datetime.now(UTC)
    evaluation = {
        "project_id": "p",
        "template_id": "t",
        "company_id": "company-test",
        "evaluator_id": "user-evaluator1",
        "status": "assigned",
        "version": 1,
        "created_at": now,
        "updated_at": now,
    }
    api_server.documents["evaluations"].insert_many(
        [{**evaluation, "_id": f"e{n}", "project_id": f"p{n}"} for n in range(3)]
    )
    path = "/api/users/user-evaluator1"
    assert admin.get(f"{path}/usage").json() == {"usage": {"evaluations": 3}}
    refused = admin.delete(path, headers={"If-Match": "1"})
    assert refused.status_code == 409
    assert refused.json()["type"].endswith("/in-use")
    assert refused.json()["usage"] == {"evaluations": 3}


def test_deleted_user_is_gone_and_signed_out(admin: httpx.Client, sign_in: SignIn) -> None:
    manager = sign_in("manager1")
    assert admin.delete("/api/users/user-manager1", headers={"If-Match": "1"}).status_code == 204
    assert admin.get("/api/users/user-manager1").status_code == 404
    assert manager.get("/api/auth/me").status_code == 401


def refusals(client: httpx.Client, id_: str) -> Iterable[tuple[str, str]]:
    version = {"If-Match": "1"}
    path = f"/api/users/{id_}"
    for answer in (
        client.delete(path, headers=version),
        client.post(f"{path}/deactivate", headers=version),
        client.patch(path, json={"role": "evaluator"}, headers=version),
    ):
        assert answer.status_code == 422
        yield from problems(answer)


def test_nobody_removes_their_own_account(shared_admin: httpx.Client) -> None:
    assert list(refusals(shared_admin, "user-admin")) == [
        ("", "own_account"),
        ("", "own_account"),
        ("role", "own_account"),
    ]


def test_two_administrators_cannot_remove_each_other(admin: httpx.Client, sign_in: SignIn) -> None:
    second = create(admin, role="admin", password="correct horse battery").json()
    other = sign_in("kim.minjun", "correct horse battery")
    aims = ((admin, second["user_id"]), (other, "user-admin"))

    def deactivate(aim: tuple[httpx.Client, str]) -> int:
        client, target = aim
        path = f"/api/users/{target}/deactivate"
        return client.post(path, headers={"If-Match": "1"}).status_code

    with ThreadPoolExecutor(2) as pool:
        statuses = sorted(pool.map(deactivate, aims))
    assert statuses[0] == 200
    assert statuses[1] in (401, 422)  # signed out meanwhile, or the last one


def test_full_company_takes_nobody_more_even_at_once(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    api_server.documents["companies"].update_one(
        {"_id": "company-test"}, {"$set": {"settings.max_users": 5}}
    )

    def add(number: int) -> int:
        body = {**NEW, "login_id": f"kim{number}", "email": f"kim{number}@example.com"}
        with httpx.Client(base_url=admin.base_url, headers=admin.headers) as client:
            return client.post("/api/users", json=body).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(add, range(6)))
    assert statuses == [201, 201, 422, 422, 422, 422]
    assert problems(create(admin)) == [("company_id", "company_full")]


def test_user_cannot_join_a_deactivated_company(admin: httpx.Client) -> None:
    admin.post("/api/companies/company-test/deactivate", headers={"If-Match": "1"})
    assert problems(create(admin)) == [("company_id", "reference_inactive")]
