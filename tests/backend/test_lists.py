"""Pages of lists: order, filters, search, totals, and the index that serves them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import httpx
import pytest

from desktop_app.backend.config import Lifetimes, ServerConfig
from desktop_app.backend.lists import SORTED_IN_MEMORY
from tests.backend.conftest import SignIn
from tests.fixtures.server import RunningServer


def page(client: httpx.Client, **params: Any) -> dict[str, Any]:
    answer = client.get("/api/users", params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def walk(client: httpx.Client, **params: Any) -> list[str]:
    """Every id, page by page."""
    ids: list[str] = []
    number = 1
    while True:
        found = page(client, page=number, **params)
        if not found["users"]:
            assert len(ids) == found["total"]
            return ids
        ids += [user["id"] for user in found["users"]]
        number += 1


@pytest.mark.parametrize("sort", ["-created_at", "created_at", "name", "-role", "email"])
def test_pages_cover_everything_once_and_backwards_is_the_reverse(
    shared_admin: httpx.Client, shared_api_server: RunningServer, sort: str
) -> None:
    users = shared_api_server.documents["users"]
    if users.count_documents({}) < 50:
        shared_api_server.insert_users(120)
        first = users.find_one({"_id": "sample-0000000"})
        assert first is not None
        # Many with the same moment: the order of equal keys must hold from page to page.
        users.update_many(
            {"_id": {"$lt": "sample-0000070"}}, {"$set": {"created_at": first["created_at"]}}
        )
    for filters in ({}, {"is_active": "true"}):
        ids = walk(shared_admin, sort=sort, page_size=25, **filters)
        assert len(set(ids)) == len(ids) == 124
        assert ids == walk(shared_admin, sort=sort, page_size=60, **filters)


def test_filters_are_combined(shared_admin: httpx.Client) -> None:
    found = page(shared_admin, role="manager", company_id="company-test", is_active="true")
    assert [user["login_id"] for user in found["users"]] == ["manager1"]
    assert page(shared_admin, role="manager", company_id="company-system")["total"] == 0
    assert page(shared_admin, company_id="")["total"] == 0


@pytest.mark.parametrize("name", ["users", "companies", "projects", "templates", "evaluations"])
def test_a_list_is_narrowed_to_one_document_by_its_id(
    shared_admin: httpx.Client, shared_api_server: RunningServer, name: str
) -> None:
    wanted = shared_api_server.documents[name].find_one({}, {"_id": 1})
    asked = wanted["_id"] if wanted else "nobody"
    answer = shared_admin.get(f"/api/{name}", params={"id": asked})
    assert answer.status_code == 200, answer.text
    assert [one["id"] for one in answer.json()[name]] == ([asked] if wanted else [])


def test_search_finds_korean_and_any_case(shared_admin: httpx.Client) -> None:
    assert [u["login_id"] for u in page(shared_admin, q="시스템 관")["users"]] == ["admin"]
    assert "manager1" in [u["login_id"] for u in page(shared_admin, q="MANAGER1@")["users"]]
    decomposed = "시스템"
    assert page(shared_admin, q=decomposed)["total"] == 1


@pytest.mark.parametrize("q", [".*", "^admin", "a|b", "$where", "(", "[a-z]", "\\", "admin\\"])
def test_search_takes_letters_not_patterns(shared_admin: httpx.Client, q: str) -> None:
    assert page(shared_admin, q=q)["total"] == 0


@pytest.mark.parametrize(
    ("params", "field", "code"),
    [
        ({"page": "0"}, "page", "type"),
        ({"page": "-1"}, "page", "type"),
        ({"page": "99999999999999999999"}, "page", "type"),
        ({"page": "1.5"}, "page", "type"),
        ({"page": "١"}, "page", "type"),
        ({"page_size": "201"}, "page_size", "type"),
        ({"sort": "password_hash"}, "sort", "choice"),
        ({"sort": ""}, "sort", "choice"),
        ({"sort": "--name"}, "sort", "choice"),
        ({"role": "root"}, "role", "type"),
        ({"is_active": "1"}, "is_active", "type"),
        ({"password_hash": "x"}, "password_hash", "unknown_field"),
        ({"role[$ne]": "x"}, "role[$ne]", "unknown_field"),
        ({"$where": "1"}, "$where", "unknown_field"),
        ({"q": "a\u0000"}, "q", "control_characters"),
        ({"role": ["admin", "manager"]}, "role", "unknown_field"),
    ],
)
def test_question_that_the_list_does_not_know_is_422(
    shared_admin: httpx.Client, params: dict[str, Any], field: str, code: str
) -> None:
    answer = shared_admin.get("/api/users", params=params)
    assert answer.status_code == 422
    assert (field, code) in [(p["field"], p["code"]) for p in answer.json()["problems"]]


def test_page_beyond_the_end_is_empty(shared_admin: httpx.Client) -> None:
    found = page(shared_admin, page=5000)
    assert found["users"] == []
    assert found["total"] >= 4


def stages(plan: dict[str, Any]) -> list[str]:
    inner = plan.get("inputStage")
    return [plan["stage"], *(stages(inner) if inner else [])]


def test_pages_walk_an_index_without_sorting(
    shared_api_server: RunningServer, shared_admin: httpx.Client
) -> None:
    """Asked of the profiler: the plan of what the server really sent."""
    database = shared_api_server.documents
    database.command("profile", 2)
    try:
        page(shared_admin, page_size=100)
        page(shared_admin, page_size=25, page=2)
    finally:
        database.command("profile", 0)
    sent = list(database["system.profile"].find({"op": "query", "command.find": "users"}))
    assert len(sent) == 2
    for query in sent:
        assert query["planSummary"] == "IXSCAN { created_at: -1 }"
        assert not query.get("hasSortStage")
        assert query["docsExamined"] <= 100


def test_large_filtered_list_walks_the_index_of_its_order(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    api_server.insert_users(SORTED_IN_MEMORY + 100)
    last = page(admin, role="evaluator", page_size=100, page=202)
    assert last["total"] == SORTED_IN_MEMORY + 101
    assert last["users"][-1]["login_id"] == "user0000000"
    database = api_server.documents
    database.command("profile", 2)
    page(admin, role="evaluator", page_size=100, page=3)
    database.command("profile", 0)
    query = database["system.profile"].find_one({"op": "query", "command.find": "users"})
    assert query is not None
    assert query["planSummary"] == "IXSCAN { created_at: -1 }"
    assert not query.get("hasSortStage")


class TestKeptPages:
    """Lists that are asked again and again come from memory, but never from before a change."""

    @pytest.fixture
    def server_config(self, server_config: ServerConfig) -> ServerConfig:
        return replace(server_config, lifetimes=Lifetimes(page_s=60, cached_s=60))

    def test_change_shows_at_once_and_scopes_do_not_mix(
        self, admin: httpx.Client, sign_in: SignIn, api_server: RunningServer
    ) -> None:
        manager = sign_in("manager1")
        assert page(admin)["total"] == page(admin)["total"] == 4
        assert page(manager)["total"] == 3
        pages = api_server.platform.pages
        assert pages.hits == 1
        admin.patch("/api/users/user-manager1", json={"name": "새"}, headers={"If-Match": "1"})
        assert "새" in [user["name"] for user in page(admin)["users"]]
        metrics = admin.get("/metrics").text
        assert 'cache_hits_total{cache="pages"} 1.0' in metrics
