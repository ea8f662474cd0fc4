"""Routes, each bound to one operation of the permissions' table, and the call that it answers."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec
from fastapi import FastAPI, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from desktop_app.backend.json_bodies import read_body, read_object
from desktop_app.backend.parts import Platform
from desktop_app.backend.problem_details import ApiProblem, forbidden, not_signed_in
from desktop_app.backend.sessions import Caller, must_change_password
from desktop_app.backend.writes import Actor
from desktop_app.core.permissions import OPERATIONS, Operation, Scope

BEFORE_PASSWORD_CHANGE = frozenset({"auth.me", "auth.password", "auth.logout"})
"""What a person may do who has to change the password first."""

LONG = frozenset({"evaluations.draft", "evaluations.submit"})
"""Beside imports, what may be long: 200 criteria with 4,000 characters on each."""

_VERSION = re.compile(r'(?:W/)?"?([0-9]{1,15})"?')
_BEARER = "bearer "


@dataclass(frozen=True, slots=True)
class Call:
    """One admitted request: its operation, who makes it, and how far the operation reaches."""

    platform: Platform
    request: Request
    operation: Operation
    caller: Caller | None
    scope: Scope | None

    @property
    def me(self) -> Caller:
        """Who makes the request; only where the operation is not public."""
        if self.caller is None:
            raise not_signed_in()
        return self.caller

    @property
    def actor(self) -> Actor:
        """The caller as the audit trail names them."""
        return Actor(self.me.id, self.me.name, self.request_id)

    @property
    def request_id(self) -> str:
        """The number under which both sides' logs know the request."""
        return str(self.request.scope["state"]["request_id"])

    @property
    def client(self) -> str:
        """The client's address, as far as it can be trusted."""
        return self.request.client.host if self.request.client else ""

    @property
    def id(self) -> str:
        """The id in the path."""
        return str(self.request.path_params["id"])

    @property
    def version(self) -> int:
        """The version that the caller wants to change, from If-Match; raises 428 or 422."""
        header = self.request.headers.get("if-match")
        if header is None:
            raise ApiProblem(428, "version-missing", "Send the document's version in If-Match.")
        match = _VERSION.fullmatch(header.strip())
        if match is None:
            raise ApiProblem(422, "broken-rules", "If-Match holds no version.")
        return int(match[1])

    async def body(self) -> dict[str, Any]:
        """The body as a JSON object, within the limits of this operation."""
        config, limit = self.platform.config, self.platform.config.body_limit
        if self.operation.public:
            limit = config.public_body_limit
        elif self.operation.id.endswith(".import") or self.operation.id in LONG:
            limit = config.import_body_limit
        return await read_object(self.request, limit, config.body_s)

    async def no_body(self) -> None:
        """Read and drop a body where none is expected, within the limit."""
        config = self.platform.config
        await read_body(self.request, config.body_limit, config.body_s)

    def company_scope(self) -> str | None:
        """The one company the caller is limited to; None when there is no such limit.

        Somebody without a company gets a company that does not exist.
        """
        if self.scope is Scope.ALL:
            return None
        return self.me.company_id or ""


Handler = Callable[[Call], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class Route:
    """An operation's handler and the shape of its answer; path and method come from the table.

    An answer of ``bytes`` is content of any kind, as it is; one of ``str`` is plain text.
    ``request`` is the JSON schema of the body and ``parameters`` are further OpenAPI parameters.
    """

    operation_id: str
    handler: Handler
    answer: Any
    status: int = 200
    request: Mapping[str, Any] | None = None
    parameters: tuple[Mapping[str, Any], ...] = ()


class Content(Response):
    """How /openapi.json describes content of any kind."""

    media_type = "*/*"


_DESCRIBED: Mapping[Any, type[Response]] = {bytes: Content, str: PlainTextResponse}


def install(app: FastAPI, platform: Platform, routes: Iterable[Route]) -> None:
    """Add ``routes`` to ``app``; an operation that the table does not hold is a ``KeyError``."""
    for route in routes:
        operation = OPERATIONS[route.operation_id]
        app.add_api_route(
            operation.path,
            _endpoint(platform, operation, route.handler),
            methods=[operation.method],
            response_model=None if route.answer in _DESCRIBED else route.answer,
            response_class=_DESCRIBED.get(route.answer, JSONResponse),
            status_code=route.status,
            name=operation.id,
            operation_id=operation.id,
            openapi_extra=_openapi(operation, route),
        )


def answer(content: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """``content`` as JSON; straight from documents, without a model in between."""
    return Response(
        msgspec.json.encode(content), status, headers and dict(headers), "application/json"
    )


def etag(document: Mapping[str, Any]) -> dict[str, str]:
    """The header that tells a document's version."""
    return {"ETag": f'"{document["version"]}"'}


async def admit(platform: Platform, request: Request, operation: Operation) -> Call:
    """Let a request in: who makes it, and may they; raises 401 or 403."""
    if operation.public:
        return Call(platform, request, operation, None, None)
    header = request.headers.get("authorization", "")
    if header[: len(_BEARER)].lower() != _BEARER:
        raise not_signed_in()
    caller = await platform.sessions.caller(header[len(_BEARER) :].strip())
    if caller.user.get("must_change_password") and operation.id not in BEFORE_PASSWORD_CHANGE:
        raise must_change_password()
    scope = operation.allowed.get(caller.role)
    if scope is None:
        raise forbidden()
    return Call(platform, request, operation, caller, scope)


def _endpoint(
    platform: Platform, operation: Operation, handler: Handler
) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        request.scope["state"]["route"] = operation.path
        return await handler(await admit(platform, request, operation))

    return endpoint


def _openapi(operation: Operation, route: Route) -> dict[str, Any]:
    parameters = [dict(parameter) for parameter in route.parameters]
    for name in re.findall(r"\{(\w+)\}", operation.path):
        place = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        parameters.insert(0, place)
    extra: dict[str, Any] = {"parameters": parameters}
    if not operation.public:
        extra["security"] = [{"bearer": []}]
    if route.request is not None:
        content = {"application/json": {"schema": dict(route.request)}}
        extra["requestBody"] = {"required": True, "content": content}
    return extra
