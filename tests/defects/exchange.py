"""A request and an answer inside the server, as defects see and alter them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from starlette.types import Message, Receive, Scope

Header = tuple[bytes, bytes]


_LONG = 64 * 1024 * 1024


def _value(headers: list[Header], name: str) -> str:
    wanted = name.lower().encode()
    return ", ".join(value.decode("latin-1") for key, value in headers if key.lower() == wanted)


def _without(headers: list[Header], name: str) -> list[Header]:
    return [(key, value) for key, value in headers if key.lower() != name.lower().encode()]


class Dropped(Exception):
    """The connection is cut without an answer."""


@dataclass(slots=True)
class Asked:
    """One request, on its way to the sound application."""

    scope: Scope
    receive: Receive
    _body: list[bytes] = field(default_factory=list)
    """The body once it was read: shared by the copies of this request that leave it as it is."""

    @property
    def method(self) -> str:
        """The method, as it came."""
        return str(self.scope["method"])

    @property
    def path(self) -> str:
        """The path, decoded, without the query."""
        return str(self.scope["path"])

    @property
    def query(self) -> str:
        """The query string as it came, without "?"."""
        return bytes(self.scope["query_string"]).decode("latin-1")

    @property
    def headers(self) -> list[Header]:
        """The headers as they came."""
        return list(self.scope["headers"])

    def header(self, name: str) -> str:
        """One header's value; "" where it did not come."""
        return _value(self.headers, name)

    @property
    def token(self) -> str:
        """What stands after "Bearer"; "" without it."""
        kind, _, token = self.header("authorization").partition(" ")
        return token.strip() if kind.lower() == "bearer" else ""

    async def body(self) -> bytes:
        """The whole body; nothing of one that is declared as very long: it may never come."""
        length = self.header("content-length")
        if not self._body and length.isdigit() and int(length) > _LONG:
            return b""
        if not self._body:
            body, more = bytearray(), True
            while more:
                message = await self.receive()
                if message["type"] == "http.disconnect":
                    raise Dropped
                body += message.get("body", b"")
                more = message.get("more_body", False)
            self._body.append(bytes(body))
        return self._body[0]

    async def json(self) -> Any:
        """The body as JSON; None where it is none."""
        return _json(await self.body())

    def changed(
        self,
        *,
        method: str | None = None,
        path: str | None = None,
        query: str | None = None,
        body: bytes | None = None,
    ) -> Asked:
        """The same request but for what is given."""
        scope = dict(self.scope)
        if method is not None:
            scope["method"] = method
        if path is not None:
            scope["path"], scope["raw_path"] = path, path.encode()
        if query is not None:
            scope["query_string"] = query.encode("latin-1")
        asked = Asked(scope, self.receive, self._body if body is None else [body])
        return asked if body is None else asked.with_header("content-length", str(len(body)))

    def with_json(self, content: Any) -> Asked:
        """The same request with another JSON body."""
        return self.changed(body=json.dumps(content).encode())

    def with_header(self, name: str, value: str) -> Asked:
        """The same request with one header set."""
        headers = [
            *_without(self.headers, name),
            (name.lower().encode(), value.encode("latin-1")),
        ]
        return Asked({**self.scope, "headers": headers}, self.receive, self._body)

    def without_header(self, name: str) -> Asked:
        """The same request without one header."""
        scope = {**self.scope, "headers": _without(self.headers, name)}
        return Asked(scope, self.receive, self._body)

    def with_token(self, token: str) -> Asked:
        """The same request of somebody else."""
        return self.with_header("authorization", f"Bearer {token}")

    async def replayed(self) -> Receive:
        """What the application receives: the body, as often as it is asked to answer."""
        body = await self.body()
        if not self._body:
            return self.receive
        first = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> Message:
            return first.pop() if first else await self.receive()

        return receive


@dataclass(slots=True)
class Answered:
    """One answer, on its way to the client, whole."""

    status: int
    headers: list[Header] = field(default_factory=list)
    body: bytes = b""

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none."""
        return _json(self.body)

    def header(self, name: str) -> str:
        """One header's value; "" where it is not there."""
        return _value(self.headers, name)

    def with_status(self, status: int) -> Answered:
        """The same answer under another status."""
        return replace(self, status=status)

    def with_json(self, content: Any) -> Answered:
        """The same answer with another JSON body."""
        return replace(self, body=json.dumps(content, ensure_ascii=False).encode())

    def with_header(self, name: str, value: str) -> Answered:
        """The same answer with one header set."""
        header = (name.lower().encode(), value.encode("latin-1"))
        return replace(self, headers=[*_without(self.headers, name), header])

    def without_header(self, name: str) -> Answered:
        """The same answer without one header."""
        return replace(self, headers=_without(self.headers, name))

    def with_text(self, text: str, content_type: str) -> Answered:
        """The same answer with another body, which is not JSON."""
        return replace(self, body=text.encode()).with_header("content-type", content_type)


def _json(body: bytes) -> Any:
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError):
        return None


Sound = Callable[[Asked], Awaitable[Answered]]
"""What the sound application answers to a request."""

Fault = Callable[[Asked, Sound], Awaitable[Answered]]
"""A defect at work: gets each request, asks the sound application what it likes, answers."""
