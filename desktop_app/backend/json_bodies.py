"""Strict reading of JSON bodies: limits while streaming, one meaning per body, no surprises."""

from __future__ import annotations

import asyncio
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NoReturn

from starlette.requests import Request

from desktop_app.backend.problem_details import ApiProblem, broken_rules
from desktop_app.core.documents import flatten
from desktop_app.core.fields import Field, check_fields
from desktop_app.core.problems import Problem

_MOST_PROBLEMS = 100
"""Unknown names told at once: an answer must not be many times as long as what was sent."""


async def read_body(request: Request, limit: int, patience_s: float) -> bytes:
    """The body's bytes; raises 413 as soon as it exceeds ``limit``, without keeping the rest.

    Raises 408 when it is not complete after ``patience_s`` seconds.
    """
    too_large = ApiProblem(413, "too-large", f"At most {limit} bytes are taken here.")
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > limit:
        raise too_large
    body = bytearray()
    try:
        async with asyncio.timeout(patience_s):
            async for chunk in request.stream():
                body += chunk
                if len(body) > limit:
                    raise too_large
    except TimeoutError:
        raise ApiProblem(408, "too-slow", headers={"Connection": "close"}) from None
    return bytes(body)


async def read_object(request: Request, limit: int, patience_s: float) -> dict[str, Any]:
    """The body as a JSON object; raises 415, 413, 408, 400 or 422."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in ("application/json", "application/merge-patch+json"):
        raise ApiProblem(415, "not-json", headers={"Accept-Post": "application/json"})
    value = parse(await read_body(request, limit, patience_s))
    if not isinstance(value, dict):
        raise broken_rules([Problem(field="", code="type")])
    return value


def parse(body: bytes) -> Any:
    """``body`` as JSON (RFC 8259) in UTF-8.

    Refuses with 400 what parsers read differently: duplicate names, NaN and infinities, numbers
    out of range, lone surrogates, nesting beyond the interpreter's depth.
    """
    try:
        text = body.decode("utf-8")
        value = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_constant=_no_constant,
            parse_float=_finite,
        )
        if "\\u" in text:
            json.dumps(value, ensure_ascii=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise ApiProblem(400, "malformed-json", "The body is not valid JSON.") from error
    return value


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("duplicate name")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError("number out of range")
    return number


def flat_values(body: Mapping[str, Any], allowed: Iterable[str]) -> dict[str, Any]:
    """``body`` flat by dotted key; raises 422 naming every key that is not ``allowed``."""
    known = set(allowed)
    parents = {key.rpartition(".")[0] for key in known} - {""}
    try:
        values = flatten(body)
        empty = [key for key in _empty_objects(body) if key not in parents]
    except RecursionError as error:
        raise ApiProblem(400, "malformed-json", "The body is nested too deeply.") from error
    wrong = [
        Problem(field=key[:200], code="type" if key in parents else "unknown_field")
        for key in values
        if key not in known
    ]
    # An empty object has no values: where a value belongs it would vanish unnoticed.
    wrong += [
        Problem(field=key[:200], code="type" if key in known else "unknown_field") for key in empty
    ]
    if wrong:
        raise broken_rules(wrong[:_MOST_PROBLEMS])
    return values


def _empty_objects(body: Mapping[str, Any], prefix: str = "") -> Iterator[str]:
    for key, value in body.items():
        if isinstance(value, Mapping):
            if value:
                yield from _empty_objects(value, f"{prefix}{key}.")
            else:
                yield prefix + key


def checked(body: Mapping[str, Any], fields: tuple[Field, ...]) -> dict[str, Any]:
    """``body`` as flat values of ``fields``, unknown ones refused and all rules kept (422)."""
    values = flat_values(body, (field.key for field in fields))
    if problems := check_fields(fields, values):
        raise broken_rules(problems)
    return values
