"""The audit trail: what is noted, and that tampering shows."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
from bson import ObjectId
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.audit_chain import GENESIS, Verifier, chained
from tests.fixtures.server import RunningServer


def test_change_is_noted_with_before_after_and_request(admin: httpx.Client) -> None:
    answer = admin.patch(
        "/api/users/user-manager1",
        json={"name": "새 이름"},
        headers={"If-Match": "1", "X-Request-ID": "request-0001"},
    )
    assert answer.status_code == 200
    found = admin.get("/api/audit", params={"operation": "users.change"}).json()
    assert found["total"] == 1
    entry = found["entries"][0]
    assert entry["actor"] == "user-admin"
    assert entry["target_id"] == "user-manager1"
    assert entry["target_name"] == "manager1"
    assert entry["changes"] == {"name": ["테스트 관리자", "새 이름"]}
    assert entry["request_id"] == "request-0001"


def test_refused_change_leaves_no_trace(admin: httpx.Client, api_server: RunningServer) -> None:
    before = api_server.documents["audit_log"].count_documents({})
    admin.patch("/api/users/user-manager1", json={"name": ""}, headers={"If-Match": "1"})
    admin.patch("/api/users/user-manager1", json={"name": "x"}, headers={"If-Match": "7"})
    assert api_server.documents["audit_log"].count_documents({}) == before


def test_no_password_reaches_the_trail(admin: httpx.Client, api_server: RunningServer) -> None:
    answer = admin.post("/api/users/user-manager1/reset-password", headers={"If-Match": "1"})
    user = api_server.documents["users"].find_one({"_id": "user-manager1"})
    assert user is not None
    trail = str(list(api_server.documents["audit_log"].find()))
    assert answer.json()["password"] not in trail
    assert user["password_hash"] not in trail


def test_failed_sign_ins_are_noted_without_what_was_typed(
    admin: httpx.Client, anonymous: httpx.Client, api_server: RunningServer
) -> None:
    for login_id in ("manager1", "My-Secret-1"):
        body = {"login_id": login_id, "password": "wrong"}
        anonymous.post("/api/auth/login", json=body)
    trail = list(api_server.documents["audit_log"].find({"changes.outcome": "refused"}))
    assert [entry["target_name"] for entry in trail] == ["manager1", None]
    attention = admin.get("/api/analytics/dashboard").json()["attention"]
    assert {"code": "sign_in_failures_24h", "count": 2} in attention


@pytest.mark.parametrize(
    "tampering", ["alter", "remove", "cut", "insert", "behead", "set_back", "empty", "foreign"]
)
def test_tampering_breaks_the_chain(
    admin: httpx.Client, api_server: RunningServer, tampering: str
) -> None:
    for version in (1, 2, 3):
        admin.patch(
            "/api/users/user-manager1",
            json={"name": f"이름 {version}"},
            headers={"If-Match": str(version)},
        ).raise_for_status()
    verdict = admin.get("/api/audit/verify").json()
    assert verdict == {"entries": 4, "intact": True, "broken_at": None}
    log = api_server.documents["audit_log"]
    if tampering == "alter":
        log.update_one({"_id": 2}, {"$set": {"actor": "user-manager1"}})
    elif tampering == "remove":
        log.delete_one({"_id": 2})
    elif tampering == "cut":
        log.delete_one({"_id": 4})
    elif tampering == "behead":
        api_server.documents["audit_head"].delete_one({})
    elif tampering == "set_back":
        third = log.find_one({"_id": 3})
        assert third is not None
        head = {"sequence": 3, "hash": third["hash"]}
        api_server.documents["audit_head"].update_one({}, {"$set": head})
    elif tampering in ("empty", "foreign"):
        api_server.documents.command("collMod", "audit_log", validationLevel="off")
        change: dict[str, dict[str, Any]] = {
            "empty": {"$unset": {"hash": 1}},
            "foreign": {"$set": {"changes": ObjectId()}},
        }
        log.update_one({"_id": 2}, change[tampering])
        api_server.documents.command("collMod", "audit_log", validationLevel="strict")
    else:
        last = log.find_one({"_id": 4})
        assert last is not None
        log.insert_one({**last, "_id": 5, "sequence": 5, "hash": GENESIS})
        api_server.documents["audit_head"].update_one({}, {"$set": {"sequence": 5}})
    later = {"cut": 4, "insert": 5, "behead": 1, "set_back": 4}
    broken_at = later.get(tampering, 2)
    assert admin.get("/api/audit/verify").json()["broken_at"] == broken_at


AT = datetime(2026, 1, 1, tzinfo=UTC)


@given(st.lists(st.text(max_size=5), min_size=1, max_size=8), st.data())
def test_any_altered_entry_is_found(names: list[str], data: st.DataObject) -> None:
    entries: list[dict[str, Any]] = [{"at": AT, "actor": name, "changes": {}} for name in names]
    links = chained(entries, 0, GENESIS)
    whole = Verifier()
    whole.take(links)
    whole.finish(len(links), links[-1]["hash"], len(links))
    assert whole.broken_at is None
    place = data.draw(st.integers(0, len(links) - 1))
    links[place] = {**links[place], "actor": links[place]["actor"] + "x"}
    altered = Verifier()
    altered.take(links)
    assert altered.broken_at == place + 1
