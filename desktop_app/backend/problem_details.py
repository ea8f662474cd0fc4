"""Errors of the API as RFC 9457 problem details: one exception, one answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from starlette.responses import Response

from desktop_app.core.problems import Problem

TYPE_ROOT = "https://evalconsole.invalid/problems/"
MEDIA_TYPE = "application/problem+json"

TITLES: Mapping[int, str] = {
    400: "The request is malformed.",
    401: "Not signed in.",
    403: "Not allowed.",
    404: "Not found.",
    405: "This method is not offered here.",
    408: "The request took too long.",
    409: "Conflict.",
    413: "The content is too large.",
    415: "The content is of another type.",
    416: "The content has no such range.",
    421: "Meant for another server.",
    422: "The content breaks rules.",
    428: "The version is missing.",
    429: "Too many requests.",
    500: "The server failed.",
    503: "A service is not available.",
}


class ApiProblem(Exception):
    """An answer that is an error: raise it anywhere below a route.

    ``kind`` ends the problem's type; ``extra`` are further members of the answer.
    """

    def __init__(
        self,
        status: int,
        kind: str,
        detail: str = "",
        *,
        problems: Iterable[Problem] = (),
        headers: Mapping[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(f"{status} {kind}: {detail}")
        self.status = status
        self.kind = kind
        self.detail = detail
        self.problems = tuple(problems)
        self.headers = dict(headers or {})
        self.extra = extra

    def body(self, request_id: str) -> dict[str, Any]:
        """The members of the answer."""
        body: dict[str, Any] = {
            "type": TYPE_ROOT + self.kind,
            "title": TITLES[self.status],
            "status": self.status,
            "detail": self.detail or TITLES[self.status],
            "request_id": request_id,
            **self.extra,
        }
        if self.problems or self.status in (400, 413, 415, 422):
            body["problems"] = self.problems
        return body

    def response(self, request_id: str) -> Response:
        """The answer itself."""
        return Response(
            msgspec.json.encode(self.body(request_id)),
            self.status,
            self.headers,
            media_type=MEDIA_TYPE,
        )


def broken_rules(problems: Iterable[Problem]) -> ApiProblem:
    """422: the content parses but breaks rules."""
    return ApiProblem(422, "broken-rules", problems=problems)


def broken_rule(field: str, code: str, **params: Any) -> ApiProblem:
    """422 with a single problem."""
    return broken_rules((Problem(field=field, code=code, params=params),))


def not_found() -> ApiProblem:
    """404: not there, or not within the caller's reach (which is not told apart)."""
    return ApiProblem(404, "not-found")


def forbidden() -> ApiProblem:
    """403: the role may not use this operation."""
    return ApiProblem(403, "forbidden", "Your role may not do this.")


def not_signed_in(kind: str = "not-signed-in", detail: str = "") -> ApiProblem:
    """401: no token, or one that is not (any more) good."""
    return ApiProblem(401, kind, detail, headers={"WWW-Authenticate": "Bearer"})
