"""Who may do what: every route is an operation of the table, and every role gets its due."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute

from desktop_app.core.permissions import OPERATIONS, Operation, Scope
from desktop_app.core.users import Role
from tests.backend.access_targets import Scene, sound_request, targets
from tests.backend.conftest import SignIn
from tests.backend.hall import Hall
from tests.fixtures.server import RunningServer

PEOPLE = {
    Role.ADMIN: "admin",
    Role.MANAGER: "manager1",
    Role.SECRETARY: "secretary1",
    Role.EVALUATOR: "evaluator1",
}


def test_routes_are_exactly_the_operations_of_the_table(api_server: RunningServer) -> None:
    routes = [
        (method, route.path, route.name)
        for route in api_server.app.routes
        if isinstance(route, APIRoute)
        for method in route.methods or ()
    ]
    declared = [(o.method, o.path, o.id) for o in OPERATIONS.values()]
    assert sorted(routes) == sorted(declared)
    assert len(api_server.app.routes) == len(declared)


def request_of(client: httpx.Client, operation: Operation) -> httpx.Response:
    """A request that does nothing even where it is allowed: its body or version is wrong."""
    path = operation.path.replace("{id}", "nothing-of-this-name")
    return client.request(operation.method, path, json=None)


def test_role_and_route_agree_with_the_table(sign_in: SignIn, anonymous: httpx.Client) -> None:
    clients = {role: sign_in(login_id) for role, login_id in PEOPLE.items()}
    for operation in OPERATIONS.values():
        if operation.public:
            continue
        assert request_of(anonymous, operation).status_code == 401, operation.id
        if operation.id == "auth.logout":
            continue  # it would end the sessions of this test
        for role, client in clients.items():
            answer = request_of(client, operation)
            allowed = role in operation.allowed
            assert (answer.status_code != 403) == allowed, (operation.id, role, answer.text)
            assert answer.status_code not in (401, 405, 500), (operation.id, role)


def test_everyone_may_sign_out(sign_in: SignIn) -> None:
    for login_id in PEOPLE.values():
        assert sign_in(login_id).post("/api/auth/logout").status_code == 200


ELSEWHERE = ("files.upload_", "files.download")
"""Covered by tests of their own: what they need is more than a document."""


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SECRETARY, Role.EVALUATOR])
def test_documents_of_another_company_do_not_exist(hall: Hall, sign_in: SignIn, role: Role) -> None:
    client, scene = sign_in(PEOPLE[role]), Scene(hall)
    limited = (Scope.OWN_COMPANY, Scope.SELF)
    for operation in OPERATIONS.values():
        if "{id}" not in operation.path or operation.allowed.get(role) not in limited:
            continue
        if operation.id.startswith(ELSEWHERE):
            continue
        own, other = targets(operation)
        sent = sound_request(operation, role)
        for target, expected in ((own, {200, 201, 204}), (other, {404})):
            scene.set_for(operation, f"user-{PEOPLE[role]}")
            answer = client.request(
                operation.method,
                operation.path.replace("{id}", target),
                json=sent.body,
                params=sent.params,
                headers={"If-Match": "1"},
            )
            assert answer.status_code in expected, (operation.id, target, answer.text)


@pytest.mark.parametrize("role", [Role.MANAGER, Role.SECRETARY, Role.EVALUATOR])
def test_what_is_beyond_is_answered_like_what_is_not_there(
    hall: Hall, sign_in: SignIn, role: Role
) -> None:
    client, scene = sign_in(PEOPLE[role]), Scene(hall)
    for operation in OPERATIONS.values():
        if "{id}" not in operation.path or role not in operation.allowed:
            continue
        if operation.id.startswith(ELSEWHERE) or operation.allowed[role] is Scope.ALL:
            continue
        scene.set_for(operation, f"user-{PEOPLE[role]}")
        sent, told = sound_request(operation, role), []
        for target in (targets(operation)[1], "nothing-of-this-name"):
            path = operation.path.replace("{id}", target)
            answer = client.request(
                operation.method,
                path,
                json=sent.body,
                params=sent.params,
                headers={"If-Match": "1"},
            )
            told.append({**answer.json(), "request_id": None})
        assert told[0] == told[1], operation.id


def test_colleagues_have_no_sheet_of_each_other(hall: Hall, sign_in: SignIn) -> None:
    others, client = hall.finished("eva2"), sign_in("evaluator1")
    for operation in OPERATIONS.values():
        if operation.id.startswith("evaluations.") and "{id}" in operation.path:
            sent = sound_request(operation, Role.EVALUATOR)
            path = operation.path.replace("{id}", others)
            headers = {"If-Match": "1"}
            answer = client.request(operation.method, path, json=sent.body, headers=headers)
            expected = 404 if Role.EVALUATOR in operation.allowed else 403
            assert answer.status_code == expected, (operation.id, answer.text)


def test_administrator_has_no_sheet_of_their_own(hall: Hall, admin: httpx.Client) -> None:
    scene = Scene(hall)
    for operation in OPERATIONS.values():
        if "{id}" in operation.path and operation.allowed.get(Role.ADMIN) is Scope.SELF:
            scene.set_for(operation, "user-admin")
            path = operation.path.replace("{id}", targets(operation)[0])
            body = sound_request(operation, Role.ADMIN).body
            answer = admin.request(operation.method, path, json=body, headers={"If-Match": "1"})
            assert answer.status_code == 404, (operation.id, answer.text)


def test_evaluator_sees_nobody_else_even_of_the_own_company(sign_in: SignIn) -> None:
    assert sign_in("evaluator1").get("/api/users/user-manager1").status_code == 404


def test_lists_hold_only_the_own_company_whatever_is_asked(sign_in: SignIn) -> None:
    manager = sign_in("manager1")
    asked: list[dict[str, Any]] = [{}, {"company_id": "company-system"}, {"q": "admin"}]
    for params in asked:
        users = manager.get("/api/users", params=params).json()
        assert {u["company_id"] for u in users["users"]} <= {"company-test"}
        assert users["total"] == len(users["users"])
    companies = manager.get("/api/companies").json()["companies"]
    assert [company["id"] for company in companies] == ["company-test"]


def test_somebody_without_a_company_reaches_none(
    sign_in: SignIn, api_server: RunningServer
) -> None:
    people = api_server.documents["users"]
    people.update_many(
        {"_id": {"$in": ["user-manager1", "user-evaluator1"]}}, {"$set": {"company_id": None}}
    )
    manager = sign_in("manager1")
    assert manager.get("/api/users").json()["users"] == []
    assert manager.get("/api/companies").json()["companies"] == []


def test_manager_cannot_raise_the_limits_of_the_own_company(sign_in: SignIn) -> None:
    client = sign_in("manager1")
    path, version = "/api/companies/company-test", {"If-Match": "1"}
    refused = client.patch(path, json={"settings": {"max_users": 5000}}, headers=version)
    assert refused.status_code == 422
    assert refused.json()["problems"][0]["code"] == "read_only"
    changed = client.patch(path, json={"address": "서울"}, headers=version)
    assert changed.json()["company"]["address"] == "서울"


def test_change_of_role_ends_the_sessions_at_once(sign_in: SignIn, admin: httpx.Client) -> None:
    manager = sign_in("manager1")
    assert manager.get("/api/users").status_code == 200
    admin.patch(
        "/api/users/user-manager1", json={"role": "evaluator"}, headers={"If-Match": "1"}
    ).raise_for_status()
    assert manager.get("/api/auth/me").status_code == 401


def test_deactivation_ends_the_sessions_at_once(sign_in: SignIn, admin: httpx.Client) -> None:
    manager = sign_in("manager1")
    assert manager.get("/api/auth/me").status_code == 200
    admin.post("/api/users/user-manager1/deactivate", headers={"If-Match": "1"}).raise_for_status()
    assert manager.get("/api/auth/me").status_code == 401


def test_users_of_a_deactivated_company_are_out_at_once(
    sign_in: SignIn, admin: httpx.Client
) -> None:
    manager = sign_in("manager1")
    assert manager.get("/api/auth/me").status_code == 200
    path = "/api/companies/company-test"
    admin.post(f"{path}/deactivate", headers={"If-Match": "1"}).raise_for_status()
    assert manager.get("/api/auth/me").status_code == 401
    body = {"login_id": "manager1", "password": "test123!"}
    assert manager.post("/api/auth/login", json=body).status_code == 401
    admin.post(f"{path}/activate", headers={"If-Match": "2"}).raise_for_status()
    assert manager.post("/api/auth/login", json=body).status_code == 200
