"""Answers, descriptions, files and figures that are not as the contract promises."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import Change, answering, anything, on, without_key
from tests.defects.registry import breaks


def edited(change: Callable[[Any], Any]) -> Change:
    """A change of what an answer says in JSON; what is none stays as it is."""

    def apply(answered: Answered) -> Answered:
        content = answered.json
        if answered.status >= 400 or content is None:
            return answered
        return answered.with_json(change(content))

    return apply


def _any_password(backdoor: Backdoor) -> Fault:
    """A name is enough to sign in."""
    login = on("POST", "/api/auth/login")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        content = await asked.json() if login(asked) and answered.status == 401 else None
        login_id = content.get("login_id") if isinstance(content, dict) else None
        user = await backdoor.platform.store.users.find_one({"login_id": login_id})
        if not isinstance(login_id, str) or user is None:
            return answered
        tokens = await backdoor.platform.sessions.start(user)
        me = asked.changed(method="GET", path="/api/auth/me", body=b"")
        who = await sound(me.with_token(str(tokens["access_token"])))
        return who.with_json({**tokens, "user": who.json})

    return fault


def _misses(method: str, path: str) -> Callable[[Backdoor], Fault]:
    """An operation of the contract that this server does not have."""
    about = on(method, path)

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if about(asked):
            return await sound(asked.changed(path="/api/nonexistent"))
        return await sound(asked)

    return lambda _backdoor: fault


def _without_path(path: str) -> Change:
    def change(content: Any) -> Any:
        content.get("paths", {}).pop(path, None)
        return content

    return edited(change)


def members(key: str, kind: type, change: Callable[[Any], Any]) -> Change:
    """A change of every member of that name and kind, however deep in the answer."""

    def apply(content: Any) -> Any:
        if isinstance(content, dict):
            return {
                name: change(value) if name == key and isinstance(value, kind) else apply(value)
                for name, value in content.items()
            }
        return [apply(item) for item in content] if isinstance(content, list) else content

    return edited(apply)


def _backwards(text: str) -> str:
    return text[::-1]


def _a_little_more(number: float) -> float:
    return number + 0.1


def _as_json(answered: Answered) -> Answered:
    return answered.with_json({"requests": 1}).with_header("content-type", "application/json")


def _emptied(key: str) -> Change:
    return edited(lambda content: {**content, key: [], "total": 0})


def _altered(answered: Answered) -> Answered:
    """Content that lost its last byte."""
    if answered.status != 200 or not answered.body:
        return answered
    return Answered(answered.status, answered.headers, answered.body[:-1] + b"?")


def _typed_plain(answered: Answered) -> Answered:
    if answered.header("content-type") != "application/json":
        return answered
    return answered.with_header("content-type", "text/plain; charset=utf-8")


_TYPE = "the type of the answer is wrong"

breaks(
    "auth.any_password",
    "any password signs in who exists",
    "auth.wrong_password",
    fault=_any_password,
    also={
        "lockout.*": "no password is wrong",
        "session.*": "no password is wrong",
        "secrets.*": "no password is wrong",
        "rate.*": "no sign-in fails",
    },
)
breaks(
    "auth.refresh",
    "renewing a session gives no new refresh token",
    fault=answering(on("POST", "/api/auth/refresh"), without_key("refresh_token")),
)
breaks(
    "health.detailed",
    "the detailed health says nothing of the host",
    fault=answering(on("GET", "/api/health/detailed"), without_key("host")),
    also={"contract.schemas*": "the answer is not as it is described"},
)
breaks(
    "health.metrics",
    "metrics come as JSON",
    fault=answering(on("GET", "/metrics"), _as_json),
    also={
        "performance.cache_*": "there are no counters to read",
        "contract.*": "the answer is not as it is described",
    },
)
breaks(
    "contract.absent",
    "the list of files is not there",
    "contract.endpoints",
    "files_001",
    "filter.files",
    "inventory.documented",
    "inventory.contract[absent]",
    fault=_misses("GET", "/api/files"),
    also={
        "errors.*": "a described route is not there",
        "injection.*": "a described route is not there",
        "contract.*": "a described route is not there",
        "performance.*": "a route that is measured is not there",
        "fuzz.*": "a described route is not there",
    },
)
breaks(
    "contract.openapi",
    "the description leaves the projects out",
    "contract.openapi",
    "inventory.contract[undocumented]",
    fault=answering(on("GET", "/openapi.json"), _without_path("/api/projects")),
    also={
        "contract.*": "the answers of projects are described nowhere",
        "inventory.*": "a route answers that is described nowhere",
    },
)
breaks(
    "contract.schemas",
    "versions are texts and not numbers",
    fault=answering(anything, members("version", int, str)),
    also={
        "crud.*": "a version is compared as a number",
        "fuzz.*": "the answers are not as they are described",
    },
)
breaks(
    "contract.content_types",
    "JSON is called plain text",
    "contract.content_types",
    "headers.content_type",
    fault=answering(anything, _typed_plain),
    also={
        "*_0*": _TYPE,
        "health.*": _TYPE,
        "contract.*": _TYPE,
        "fuzz.*": _TYPE,
        "errors.*": _TYPE,
        "crud.*": _TYPE,
    },
)
breaks(
    "crud.files_hash",
    "the hash of a file is not that of its content",
    "crud.files",
    fault=answering(anything, members("file_hash", str, _backwards)),
)
breaks(
    "crud.files_content",
    "a file comes back altered",
    "crud.files",
    fault=answering(on("GET", "/api/files/{id}/content"), _altered),
)
breaks(
    "scores.draft",
    "the weighted total of a sheet is a little too high",
    fault=answering(anything, members("total_score", float, _a_little_more)),
    also={"mass.*": "the total is not the one of the scores"},
)
breaks(
    "audit.trail",
    "the audit trail is empty",
    fault=answering(on("GET", "/api/audit"), _emptied("entries")),
)
