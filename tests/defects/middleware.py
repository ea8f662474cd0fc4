"""The layer around the sound application in which one defect at a time is at work."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tests.defects.exchange import Answered, Asked, Dropped, Fault

_BODILESS = (204, 304)


class Faulty:
    """Passes everything on untouched while ``fault`` is None."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.fault: Fault | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        fault = self.fault
        if scope["type"] != "http" or fault is None:
            await self._app(scope, receive, send)
            return
        asked = Asked(scope, receive)
        try:
            answered = await fault(asked, self._sound)
        except Dropped:
            await _cut(receive)
            return
        await _send(answered, send)

    async def _sound(self, asked: Asked) -> Answered:
        """What the sound application answers, whole."""
        answered = Answered(500)
        body = bytearray()

        async def keep(message: Message) -> None:
            if message["type"] == "http.response.start":
                answered.status = message["status"]
                answered.headers = [(bytes(k), bytes(v)) for k, v in message.get("headers", [])]
            else:
                body.extend(message.get("body", b""))

        # A scope of its own: a fault may ask twice, and the application writes into it.
        scope = {**asked.scope, "state": dict(asked.scope.get("state", {}))}
        await self._app(scope, await asked.replayed(), keep)
        answered.body = bytes(body)
        return answered


async def _send(answered: Answered, send: Send) -> None:
    if answered.status in _BODILESS:
        answered = Answered(answered.status, answered.without_header("content-length").headers)
    else:
        answered = answered.with_header("content-length", str(len(answered.body)))
    await send(
        {
            "type": "http.response.start",
            "status": answered.status,
            "headers": answered.headers,
        }
    )
    await send({"type": "http.response.body", "body": answered.body})


async def _cut(receive: Receive) -> None:
    """End the connection as a crashed server would: uvicorn's own ``receive`` belongs to it."""
    cycle = receive.__self__  # type: ignore[attr-defined]
    cycle.transport.abort()
    while not cycle.disconnected:
        await asyncio.sleep(0)
