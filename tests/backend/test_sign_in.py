"""Signing in and out, tokens, lockout, passwords."""

from __future__ import annotations

import base64
import json
import warnings
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import pytest

from desktop_app.backend.config import Lockout, ServerConfig
from desktop_app.backend.tokens import AUDIENCE, ISSUER, TYPE
from tests.backend.conftest import SignIn
from tests.fixtures.server import SECRET, RunningServer


@pytest.fixture
def server_config(server_config: ServerConfig) -> ServerConfig:
    return replace(server_config, lockout=Lockout(failures=3, first_lock_s=60))


def login(client: httpx.Client, login_id: str, password: str) -> httpx.Response:
    return client.post("/api/auth/login", json={"login_id": login_id, "password": password})


def me_with(client: httpx.Client, token: str) -> httpx.Response:
    return client.get("/api/auth/me", headers={"Authorization": f"Bearer {token}"})


def test_administrator_signs_in_and_is_known(anonymous: httpx.Client) -> None:
    answer = login(anonymous, "admin", "admin123!").json()
    assert answer["token_type"] == "bearer"
    assert answer["user"]["login_id"] == "admin"
    me = me_with(anonymous, answer["access_token"]).json()
    assert (me["login_id"], me["name"], me["role"]) == ("admin", "시스템 관리자", "admin")
    assert "password_hash" not in me


def test_signing_out_ends_access_and_refresh_tokens(anonymous: httpx.Client) -> None:
    tokens = login(anonymous, "admin", "admin123!").json()
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert anonymous.post("/api/auth/logout", headers=headers).status_code == 200
    assert me_with(anonymous, tokens["access_token"]).status_code == 401
    body = {"refresh_token": tokens["refresh_token"]}
    assert anonymous.post("/api/auth/refresh", json=body).status_code == 401


def test_wrong_password_unknown_name_and_deactivated_account_look_alike(
    anonymous: httpx.Client, api_server: RunningServer
) -> None:
    api_server.documents["users"].update_one(
        {"login_id": "secretary1"}, {"$set": {"is_active": False}}
    )
    answers = [
        login(anonymous, "admin", "wrong"),
        login(anonymous, "nobody", "wrong"),
        login(anonymous, "secretary1", "test123!"),
    ]
    bodies = [{k: v for k, v in a.json().items() if k != "request_id"} for a in answers]
    assert {answer.status_code for answer in answers} == {401}
    assert bodies[0] == bodies[1] == bodies[2]
    assert bodies[0]["type"].endswith("/sign-in-refused")


@pytest.mark.parametrize("login_id", ["manager1", "nobody"])
def test_repeated_failures_lock_known_and_unknown_names_alike(
    anonymous: httpx.Client, login_id: str
) -> None:
    kinds = [login(anonymous, login_id, "wrong").json()["type"][-14:] for _ in range(4)]
    assert kinds == ["ign-in-refused", "ign-in-refused", "account-locked", "account-locked"]
    locked = login(anonymous, login_id, "test123!")
    assert locked.status_code == 401
    assert 0 < locked.json()["retry_after_s"] <= 60
    assert int(locked.headers["Retry-After"]) == locked.json()["retry_after_s"]


def test_lock_doubles_with_each_further_failure_and_ends(
    anonymous: httpx.Client, api_server: RunningServer
) -> None:
    users = api_server.documents["users"]
    for _ in range(3):
        login(anonymous, "manager1", "wrong")
    past = datetime.now(UTC) - timedelta(seconds=1)
    users.update_one({"login_id": "manager1"}, {"$set": {"locked_until": past}})
    assert 60 < login(anonymous, "manager1", "wrong").json()["retry_after_s"] <= 120
    users.update_one({"login_id": "manager1"}, {"$set": {"locked_until": past}})
    assert login(anonymous, "manager1", "test123!").status_code == 200
    after = users.find_one({"login_id": "manager1"})
    assert after is not None
    assert (after["login_attempts"], after["locked_until"]) == (0, None)


def test_administrator_unlocks_an_account(anonymous: httpx.Client, admin: httpx.Client) -> None:
    for _ in range(3):
        login(anonymous, "manager1", "wrong")
    user = admin.get("/api/users", params={"is_locked": "true"}).json()["users"][0]
    assert user["login_id"] == "manager1"
    unlocked = admin.post(f"/api/users/{user['id']}/unlock", headers={"If-Match": "1"})
    assert unlocked.json()["user"]["locked_until"] is None
    assert login(anonymous, "manager1", "test123!").status_code == 200


def test_refresh_rotates_and_a_spent_token_ends_the_session(anonymous: httpx.Client) -> None:
    first = login(anonymous, "admin", "admin123!").json()
    second = anonymous.post("/api/auth/refresh", json={"refresh_token": first["refresh_token"]})
    assert second.status_code == 200
    assert second.json()["refresh_token"] != first["refresh_token"]
    assert me_with(anonymous, second.json()["access_token"]).status_code == 200
    again = anonymous.post("/api/auth/refresh", json={"refresh_token": first["refresh_token"]})
    assert again.status_code == 401
    assert me_with(anonymous, second.json()["access_token"]).status_code == 401


def test_refresh_tokens_are_kept_only_as_hashes(
    anonymous: httpx.Client, api_server: RunningServer
) -> None:
    token = login(anonymous, "admin", "admin123!").json()["refresh_token"]
    kept = json.dumps(list(api_server.documents["sessions"].find()), default=str)
    assert token.partition(".")[2] not in kept


def forged(changes: dict[str, Any], key: str = SECRET, algorithm: str = "HS256") -> str:
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "user-admin",
        "sid": "unknown",
        "jti": "1",
        "iat": now,
        "nbf": now,
        "exp": now + timedelta(minutes=5),
        **changes,
    }
    kept = {key: value for key, value in claims.items() if value is not None}
    return jwt.encode(kept, key, algorithm, headers={"typ": TYPE})


def forged_with_other_algorithm(session: dict[str, Any]) -> str:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the key is meant to be short for this algorithm
        return forged(session, algorithm="HS512")


def test_a_token_with_any_claim_out_of_order_is_refused(
    anonymous: httpx.Client, api_server: RunningServer
) -> None:
    good = login(anonymous, "admin", "admin123!").json()["access_token"]
    session = {"sid": jwt.decode(good, options={"verify_signature": False})["sid"]}
    past, future = datetime.now(UTC) - timedelta(hours=1), datetime.now(UTC) + timedelta(hours=1)
    assert me_with(anonymous, forged(session)).status_code == 200
    changes: list[dict[str, Any]] = [
        {"iss": "other"},
        {"aud": "other"},
        {"aud": [AUDIENCE, "other"]},
        {"exp": past},
        {"nbf": future},
        {"iat": future},
        {"sub": "user-manager1"},
        {"sid": "unknown"},
        *({name: None} for name in ("iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp")),
    ]
    for change in changes:
        answer = me_with(anonymous, forged({**session, **change}))
        assert answer.status_code == 401, change
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    header, payload, signature = good.split(".")
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"at+jwt"}').rstrip(b"=").decode()
    bad = [
        forged(session, key="another key of enough length, but wrong"),
        forged(session, key=SECRET * 2),
        forged_with_other_algorithm(session),
        f"{none}.{payload}.",
        f"{header}.{payload}.{signature[:-4]}AAAA",
        "x",
        "a.b.c",
        "é.é.é",
        "x" * 10_000,
    ]
    for token in bad:
        raw = b"Bearer " + token.encode("utf-8")
        answer = anonymous.get("/api/auth/me", headers={b"Authorization": raw})
        assert answer.status_code == 401, token[:40]


def test_changing_the_password_ends_other_sessions_at_once(sign_in: SignIn) -> None:
    one, other = sign_in("manager1"), sign_in("manager1")
    assert other.get("/api/auth/me").status_code == 200
    body = {"current_password": "test123!", "new_password": "correct horse battery"}
    answer = one.post("/api/auth/password", json=body)
    assert answer.status_code == 200
    assert other.get("/api/auth/me").status_code == 401
    assert one.get("/api/auth/me").status_code == 401
    assert me_with(one, answer.json()["access_token"]).status_code == 200
    assert sign_in("manager1", "correct horse battery")


@pytest.mark.parametrize(
    ("current", "new", "field", "code"),
    [
        ("wrong", "correct horse battery", "current_password", "password_wrong"),
        ("test123!", "test123!", "new_password", "password_same"),
        ("test123!", "short", "new_password", "too_short"),
        ("test123!", "Password1234", "new_password", "password_common"),
        ("test123!", "my MANAGER1 word", "new_password", "password_contains_login"),
    ],
)
def test_bad_new_password_is_refused(
    shared_api_server: RunningServer, current: str, new: str, field: str, code: str
) -> None:
    body = {"current_password": current, "new_password": new}
    with httpx.Client(base_url=shared_api_server.url) as client:
        token = login(client, "manager1", "test123!").json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.post("/api/auth/password", json=body, headers=headers)
    assert answer.status_code == 422
    assert [(p["field"], p["code"]) for p in answer.json()["problems"]] == [(field, code)]


def test_reset_password_must_be_changed_before_anything_else(
    sign_in: SignIn, admin: httpx.Client
) -> None:
    manager = sign_in("manager1")
    answer = admin.post("/api/users/user-manager1/reset-password", headers={"If-Match": '"1"'})
    password = answer.json()["password"]
    assert manager.get("/api/auth/me").status_code == 401
    again = sign_in("manager1", password)
    assert again.get("/api/auth/me").json()["must_change_password"] is True
    refused = again.get("/api/users")
    assert refused.status_code == 403
    assert refused.json()["type"].endswith("/must-change-password")
    body = {"current_password": password, "new_password": "correct horse battery"}
    token = again.post("/api/auth/password", json=body).json()["access_token"]
    again.headers["Authorization"] = f"Bearer {token}"
    assert again.get("/api/users").status_code == 200


def test_sign_in_writes_no_version_so_open_edits_do_not_conflict(
    sign_in: SignIn, admin: httpx.Client
) -> None:
    sign_in("manager1")
    assert admin.get("/api/users/user-manager1").json()["user"]["version"] == 1
