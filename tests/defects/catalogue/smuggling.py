"""Fields that a request has no business to set, and secrets that answers have none to hold."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any

from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import About, on
from tests.defects.registry import breaks


def smuggling(
    about: About, collection: str, fields: Collection[str], found: Callable[[Asked, Any], Any]
) -> Callable[[Backdoor], Fault]:
    """Some fields of a request are written as they come; ``found`` is the document's id."""

    def make(backdoor: Backdoor) -> Fault:
        platform = backdoor.platform

        async def fault(asked: Asked, sound: Sound) -> Answered:
            content = await asked.json() if about(asked) else None
            if not isinstance(content, dict):
                return await sound(asked)
            smuggled = {k: v for k, v in content.items() if k in fields}
            if not smuggled:
                return await sound(asked)
            honest = {k: v for k, v in content.items() if k not in smuggled}
            answered = await sound(asked.with_json(honest))
            if answered.status < 300:
                id_ = found(asked, answered.json)
                values = {key: _kept(value) for key, value in smuggled.items()}
                await platform.store[collection].update_one({"_id": id_}, {"$set": values})
                for cache in (*platform.sessions.caches, platform.pages, platform.revisions):
                    cache.clear()
            return answered

        return fault

    return make


def _kept(value: Any) -> Any:
    """A moment as the database keeps it."""
    if isinstance(value, str) and value.endswith("Z") and value[:4].isdigit():
        return datetime.fromisoformat(value)
    return value


def _in_path(place: int) -> Callable[[Asked, Any], Any]:
    return lambda asked, _content: asked.path.split("/")[place]


def _myself(_asked: Asked, content: Any) -> Any:
    return content["user"]["id"]


def _with_key(backdoor: Backdoor) -> Fault:
    """The health tells how the database is reached, password included."""
    detailed = on("GET", "/api/health/detailed")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if not detailed(asked) or answered.status != 200:
            return answered
        address = "mongodb://api:hunter2hunter2@db.internal/platform"
        return answered.with_json({**answered.json, "database": address})

    return fault


def _echoing(_backdoor: Backdoor) -> Fault:
    """A sign-in that is refused repeats what was typed."""
    login = on("POST", "/api/auth/login")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        sent: Mapping[str, Any] | None = await asked.json() if login(asked) else None
        if not isinstance(sent, dict) or answered.status != 401:
            return answered
        detail = f"The password {sent.get('password')} is wrong."
        return answered.with_json({**answered.json, "detail": detail})

    return fault


_BEYOND = "the answers are not as they are described"

breaks(
    "mass.privilege",
    "a change of the password may bring a role along",
    "mass.privilege[POST /api/auth/password]",
    fault=smuggling(on("POST", "/api/auth/password"), "users", {"role"}, _myself),
)
breaks(
    "mass.change",
    "a change of a company may set when it was made",
    "mass.change[PATCH /api/companies/{id}]",
    fault=smuggling(on("PATCH", "/api/companies/{id}"), "companies", {"created_at"}, _in_path(3)),
)
breaks(
    "secrets.address",
    "the health tells how the database is reached",
    "secrets.answers[GET /api/health/detailed]",
    fault=_with_key,
    also={"contract.schemas*": _BEYOND, "fuzz.*": _BEYOND},
)
breaks(
    "secrets.sign_in",
    "a sign-in that is refused repeats the password",
    "secrets.errors",
    "errors.no_leaks[POST /api/auth/login]",
    fault=_echoing,
    also={"lockout.enumeration": "every answer is another"},
)
