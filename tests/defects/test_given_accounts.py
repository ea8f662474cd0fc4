"""A run changes nothing of the people whose sign-ins it is given, however careless the server."""

from __future__ import annotations

from typing import Any

import pytest

from desktop_app.engines.validation.suite_files import shipped
from tests.defects.backdoor import Backdoor
from tests.defects.examining import examine
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import on
from tests.defects.registry import Defect
from tests.defects.server import DefectServer

pytestmark = pytest.mark.logs("Invalid HTTP request received")  # checks send such, and are refused

SECURITY = tuple(suite for suite in shipped() if suite.id == "security")
PASSWORD = on("POST", "/api/auth/password")
KEPT = ("password_hash", "role", "company_id", "is_active", "locked_until", "must_change_password")


def _taking_any(backdoor: Backdoor) -> Fault:
    """Whoever is signed in gets the new password that a request holds, whatever else it holds."""
    platform = backdoor.platform

    async def fault(asked: Asked, sound: Sound) -> Answered:
        content = await asked.json() if PASSWORD(asked) else None
        user = await backdoor.user_of(asked.token) if isinstance(content, dict) else None
        if user is None or content is None or not isinstance(content.get("new_password"), str):
            return await sound(asked)
        kept = {"password_hash": await platform.passwords.hash(content["new_password"])}
        await platform.store.users.update_one({"_id": user["_id"]}, {"$set": kept})
        platform.sessions.users.clear()
        return (await sound(asked)).with_status(200)

    return fault


CARELESS = Defect(
    name="made up", does="", fails=frozenset({"lockout.current_password"}), fault=_taking_any
)


def _people(server: DefectServer) -> dict[str, dict[str, Any]]:
    given = {"login_id": {"$in": ["admin", *server.users]}}
    found = server.documents["users"].find(given)
    return {one["login_id"]: {name: one.get(name) for name in KEPT} for one in found}


@pytest.mark.long
def test_a_server_that_takes_any_new_password_takes_none_for_them(
    defect_server: DefectServer,
) -> None:
    before = _people(defect_server)

    with defect_server.broken_by(CARELESS):
        examine(defect_server, SECURITY)

    assert len(before) > 3
    assert _people(defect_server) == before
