"""Requests of the test bed, and what the answer to a sign-in tells."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from desktop_app.engines.validation.client import Answer, Request

if TYPE_CHECKING:
    from desktop_app.engines.validation.bed import Actor


LOGIN = "/api/auth/login"
ME = "/api/auth/me"
HEALTH = "/health"


def unsent(method: str, path: str) -> Answer:
    """What came of a request that was never sent."""
    return Answer(request=Request(method=method, path=path), url=path)


def json_request(
    method: str,
    path: str,
    body: Any,
    actor: Actor | None = None,
    headers: Mapping[str, str] | None = None,
) -> Request:
    """A request with a JSON body (None for none); with an actor's token where there is one."""
    sent = dict(headers or {})
    if body is not None:
        sent["Content-Type"] = "application/json"
    if actor is not None:
        sent["Authorization"] = f"Bearer {actor.token}"
    return Request(
        method=method,
        path=path,
        headers=tuple(sent.items()),
        content=json.dumps(body, ensure_ascii=False).encode() if body is not None else b"",
        by=actor.name if actor else "nobody",
    )


def login_of(request: Request) -> str:
    """Who wants to sign in by a request; "" where it does not say."""
    try:
        found = json.loads(request.content)
    except (ValueError, RecursionError):
        return ""
    return str(found.get("login_id") or "") if isinstance(found, dict) else ""


def role_of(answer: Answer) -> str:
    """The role that the answer to a sign-in tells; "" for none."""
    found = answer.json
    user = found.get("user") if isinstance(found, dict) else None
    return str(user.get("role") or "") if isinstance(user, dict) else ""


def must_change_password(answer: Answer) -> bool:
    """Whether the answer to a sign-in says that the password has to be changed."""
    found = answer.json
    user = found.get("user") if isinstance(found, dict) else None
    return isinstance(user, dict) and user.get("must_change_password") is True
