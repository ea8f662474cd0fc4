"""Broken requests that are not refused in order, and errors that tell too much."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

from tests.defects.backdoor import Backdoor
from tests.defects.catalogue.lists import RESOURCES, of
from tests.defects.exchange import Answered, Asked, Dropped, Fault, Sound
from tests.defects.matching import answering, anything, on, operation_of, plain_error, status
from tests.defects.registry import breaks

_COMPANIES = on("POST", "/api/companies")
_SUBJECT = "[POST /api/companies]"
_LISTS = (*RESOURCES, "evaluations", "files", "audit")


def crashing(at: Callable[[bytes, Any], bool]) -> Callable[[Backdoor], Fault]:
    """New companies with some bodies end in 500; what is sent, as bytes and read, says which."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if not _COMPANIES(asked) or not 400 <= answered.status < 500:
            return answered
        if asked.header("content-type") != "application/json" or not asked.token:
            return answered
        return answered.with_status(500) if at(await asked.body(), await asked.json()) else answered

    return lambda _backdoor: fault


def _no_json(body: bytes, _content: Any) -> bool:
    """What does not parse, but is text and not deep: Python's own parser says which."""
    try:
        text = body.decode()
        json.loads(text)
    except UnicodeDecodeError:
        return False
    except ValueError:
        return text.count("[") < _DEEP and text.count("{") < _DEEP
    except RecursionError:
        return False
    return "NaN" in text


_DEEP = 500
_HUGE = re.compile(rb"1e400|\d{300}")


def _no_object(_body: bytes, content: Any) -> bool:
    return content is not None and not isinstance(content, dict) and content != ""


def _nameless(_body: bytes, content: Any) -> bool:
    return isinstance(content, dict) and "name" not in content and len(content) > 0


def _null(_body: bytes, content: Any) -> bool:
    return isinstance(content, dict) and "name" in content and content["name"] is None


def _of_other_type(_body: bytes, content: Any) -> bool:
    return isinstance(content, dict) and isinstance(content.get("name"), int | list | dict)


def _too_long(_body: bytes, content: Any) -> bool:
    return isinstance(content, dict) and len(str(content.get("name"))) > 100


def _no_text(body: bytes, _content: Any) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return True
    return b"\\ud800" in body


def _falls_over(_backdoor: Backdoor) -> Fault:
    """Deep nesting ends the process that reads it."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        body = await asked.body()
        if _COMPANIES(asked) and (body.count(b"[") > _DEEP or body.count(b"{") > _DEEP):
            raise Dropped
        return await sound(asked)

    return fault


def _any_type_taken(_backdoor: Backdoor) -> Fault:
    """A sign-in is read as JSON whatever it says that it is."""
    login = on("POST", "/api/auth/login")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if login(asked):
            asked = asked.with_header("content-type", "application/json")
        return await sound(asked)

    return fault


def _lenient(_backdoor: Backdoor) -> Fault:
    """A list that does not understand its question gives its first page."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        operation = operation_of(asked)
        if answered.status == 422 and operation and operation.id.endswith(".list"):
            return await sound(asked.changed(query=""))
        return answered

    return fault


def _unversioned(_backdoor: Backdoor) -> Fault:
    """A change without a version is made."""
    changing = of("*.change")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if changing(asked) and not asked.header("if-match"):
            current = (await sound(asked.changed(method="GET"))).header("etag")
            asked = asked.with_header("if-match", current) if current else asked
        return await sound(asked)

    return fault


_TRACEBACK = (
    "Traceback (most recent call last):\n"
    '  File "/srv/app/backend/routes/users.py", line 84, in create_user\n'
    "    email = body['email'].strip()\n"
    "AttributeError: 'int' object has no attribute 'strip'\n"
)


def _with_traceback(answered: Answered) -> Answered:
    return answered.with_json({**answered.json, "detail": _TRACEBACK})


def _repeating(_backdoor: Backdoor) -> Fault:
    """An error repeats what was sent, the password too."""
    creating = on("POST", "/api/users")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if not creating(asked) or answered.status != 422:
            return answered
        return answered.with_json({**answered.json, "input": await asked.json()})

    return fault


def _is(wanted: int) -> Callable[[Answered], bool]:
    return lambda answered: answered.status == wanted


def _unallowed(answered: Answered) -> Answered:
    return answered.without_header("allow")


_SAME_BODY = "it sends such a body too"

breaks(
    "errors.malformed_json",
    "a body that is no JSON ends in 500",
    f"errors.malformed_json{_SUBJECT}",
    fault=crashing(_no_json),
    also={
        f"errors.huge_numbers{_SUBJECT}": _SAME_BODY,
        f"errors.bad_unicode{_SUBJECT}": _SAME_BODY,
    },
)
breaks(
    "errors.no_objects",
    "JSON that is no object ends in 500",
    f"errors.no_objects{_SUBJECT}",
    fault=crashing(_no_object),
    also={f"errors.malformed_json{_SUBJECT}": _SAME_BODY},
)
breaks(
    "errors.wrong_types",
    "a number in place of a text ends in 500",
    f"errors.wrong_types{_SUBJECT}",
    fault=crashing(_of_other_type),
    also={f"injection.nosql_fields{_SUBJECT}": _SAME_BODY},
)
breaks(
    "errors.nulls",
    "null in place of a text ends in 500",
    f"errors.nulls{_SUBJECT}",
    fault=crashing(_null),
)
breaks(
    "errors.missing_fields",
    "a missing field ends in 500",
    f"errors.missing_fields{_SUBJECT}",
    fault=crashing(_nameless),
)
breaks(
    "errors.beyond_limits",
    "a text that is too long ends in 500",
    f"errors.beyond_limits{_SUBJECT}",
    fault=crashing(_too_long),
)
breaks(
    "errors.huge_numbers",
    "a number that no machine holds ends in 500",
    f"errors.huge_numbers{_SUBJECT}",
    fault=crashing(lambda body, _content: _HUGE.search(body) is not None),
)
breaks(
    "errors.bad_unicode",
    "bytes that are no text end in 500",
    f"errors.bad_unicode{_SUBJECT}",
    fault=crashing(_no_text),
)
breaks(
    "errors.deep_nesting",
    "deep nesting ends the process that reads it",
    f"errors.deep_nesting{_SUBJECT}",
    fault=_falls_over,
)
breaks(
    "errors.oversize",
    "a body of any size is read before it is refused",
    fault=answering(anything, status(422), where=_is(413)),
    also={
        "upload.size": "what is too large is not answered 413",
        "errors.huge_numbers": _SAME_BODY,
    },
)
breaks(
    "errors.media_type",
    "any type of body is read as JSON",
    "errors.media_type[POST /api/auth/login]",
    fault=_any_type_taken,
)
breaks(
    "errors.methods",
    "a 405 does not say what is allowed",
    fault=answering(anything, _unallowed, where=_is(405)),
)
breaks(
    "errors.methods_404",
    "a method that is not offered is answered 404",
    "errors.methods",
    fault=answering(anything, status(404), where=_is(405)),
)
breaks(
    "errors.unknown_ids",
    "an id that nothing has ends in 500",
    "errors.unknown_ids[GET /api/templates/{id}]",
    fault=answering(on("GET", "/api/templates/{id}"), status(500), where=_is(404)),
    also={
        "crud.templates": "what was deleted is read again",
        "object.*": "what is out of reach is read",
    },
)
breaks(
    "errors.queries",
    "a question that makes no sense is answered by the first page",
    *(f"errors.queries[GET /api/{name}]" for name in _LISTS),
    fault=_lenient,
    also={
        "paging.*": "it asks for pages that there are none of",
        "filter.*": "it asks by fields that there are none of",
        "sort.*": "it asks for orders that there are none of",
    },
)
breaks(
    "errors.versions",
    "a change without a version is made",
    *(f"errors.versions[PATCH /api/{name}/{{id}}]" for name in RESOURCES),
    fault=_unversioned,
)
breaks(
    "errors.problem_details",
    "a conflict is no problem details",
    "errors.problem_details[409]",
    fault=answering(anything, plain_error, where=_is(409)),
    also={"versions.*": "the current document does not come with it"},
)
breaks(
    "errors.no_leaks",
    "an error shows the code that failed",
    "errors.no_leaks[POST /api/users]",
    fault=answering(on("POST", "/api/users"), _with_traceback, where=_is(422)),
)
breaks(
    "errors.no_leaks_secret",
    "an error repeats what was sent, the password too",
    "errors.no_leaks[POST /api/users]",
    fault=_repeating,
    also={"secrets.*": "the password comes back"},
)
breaks(
    "errors.still_well",
    "the platform says that its database is down",
    "errors.still_well",
    "health_002",
    "contract.endpoints[GET /api/health]",
    fault=answering(on("GET", "/api/health"), status(503)),
    also={"performance.*": "its health cannot be measured"},
)
