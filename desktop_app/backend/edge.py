"""The outermost layer of the server: what holds for every request and every answer."""

from __future__ import annotations

import logging
import re
import time
import uuid
from collections.abc import Collection, Mapping

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktop_app.backend.metrics import Metrics
from desktop_app.backend.problem_details import ApiProblem
from desktop_app.backend.rate_limits import RateLimiter

log = logging.getLogger(__name__)

SECURITY_HEADERS: Mapping[str, str] = {
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=()",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "no-store",
}
STRICT_TRANSPORT = "max-age=31536000; includeSubDomains"
_PORT = re.compile(r":[0-9]*$")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")


class Edge:
    """Numbers requests, limits their rate, adds headers to answers, measures, ends in words.

    An exception that nobody expected is logged with its traceback and answered 500 without it.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        metrics: Metrics,
        limiter: RateLimiter,
        tls: bool,
        names: Collection[str] = (),
    ) -> None:
        """``names``: how the server may be called; anything by default."""
        self._app = app
        self._metrics = metrics
        self._limiter = limiter
        self._names = names
        headers = dict(SECURITY_HEADERS)
        if tls:
            headers["strict-transport-security"] = STRICT_TRANSPORT
        self._headers = [(k.encode("ascii"), v.encode("ascii")) for k, v in headers.items()]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request (ASGI)."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.perf_counter()
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                took_ms = (time.perf_counter() - started) * 1000
                message["headers"] = [
                    *message["headers"],
                    *self._headers,
                    (b"x-request-id", request_id.encode("ascii")),
                    (b"server-timing", b"app;dur=%.1f" % took_ms),
                ]
            await send(message)

        self._metrics.in_flight.inc()
        try:
            client = scope.get("client")
            self._limiter.request(client[0] if client else "")
            self._check_name(scope)
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            status = status or 499
        except ApiProblem as problem:
            await problem.response(request_id)(scope, receive, send_with_headers)
        except Exception:  # the boundary: logged in full, answered without details
            log.exception("Request %s failed", request_id)
            if status:
                raise
            fault = ApiProblem(500, "server-fault", f"Request {request_id} failed.")
            await fault.response(request_id)(scope, receive, send_with_headers)
        finally:
            self._metrics.in_flight.dec()
            seconds = time.perf_counter() - started
            template = scope.get("state", {}).get("route", "unmatched")
            method = scope["method"] if template != "unmatched" else "any"
            self._metrics.answered(method, template, status, seconds)

    def _check_name(self, scope: Scope) -> None:
        """Refuse a server's name that is not ours; raises 421.

        A web page whose name was made to point to this computer (DNS rebinding) would otherwise
        reach a local server with the browser's blessing.
        """
        host = Headers(scope=scope).get("host", "")
        name = host.rpartition(":")[0] if _PORT.search(host) else host
        if self._names and name and name.strip("[]").lower() not in self._names:
            raise ApiProblem(421, "misdirected", "This server is not called that.")


def _request_id(scope: Scope) -> str:
    """The client's own number when it is a plain one, so that both sides' logs meet."""
    asked = Headers(scope=scope).get("x-request-id", "")
    return asked if _REQUEST_ID.fullmatch(asked) else uuid.uuid4().hex
