"""What an answer must be like: each demand of ``Expected`` is one row of a table."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Said, say
from desktop_app.core.validation.suites import Expected
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked
from desktop_app.engines.validation.contract import Contract
from desktop_app.engines.validation.places import MISSING, at
from desktop_app.engines.validation.schemas import NoSchema, schema_problems

PROBLEM_TYPE = "application/problem+json"
_SHOWN = 200


def problems_of(answer: Answer, expected: Expected, contract: Contract) -> list[Said]:
    """What of an answer is not as expected; raises ``Blocked`` where that cannot be told."""
    found = [said for demand in _DEMANDS for said in demand(answer, expected, contract)]
    # What is wrong already is so also where there is no schema.
    return found or list(_schema(answer, expected, contract))


def _status(answer: Answer, expected: Expected, _contract: Contract) -> Iterator[Said]:
    if expected.status and answer.status not in expected.status:
        yield say(
            N_("{request} was answered {status}, not {expected}."),
            request=called(answer),
            status=answer.status,
            expected=" / ".join(map(str, expected.status)),
        )


def _content_type(answer: Answer, expected: Expected, _contract: Contract) -> Iterator[Said]:
    if expected.content_type and answer.content_type != expected.content_type.lower():
        yield say(
            N_("The content type of {request} is “{found}”, not “{expected}”."),
            request=called(answer),
            found=answer.content_type[:_SHOWN],
            expected=expected.content_type,
        )


def _keys(answer: Answer, expected: Expected, _contract: Contract) -> Iterator[Said]:
    for key in expected.keys:
        if at(answer.json, key) in (MISSING, None):
            yield say(
                N_("The answer of {request} has no “{key}”."), request=called(answer), key=key
            )


def _json(answer: Answer, expected: Expected, _contract: Contract) -> Iterator[Said]:
    for place, wanted in expected.json.items():
        found = at(answer.json, place)
        if found is MISSING:
            yield say(
                N_("The answer of {request} has no “{key}”."), request=called(answer), key=place
            )
        elif not _same(found, wanted):
            yield say(
                N_("In the answer of {request} “{key}” is {found}, not {expected}."),
                request=called(answer),
                key=place,
                found=_shown(found),
                expected=_shown(wanted),
            )


def _headers(answer: Answer, expected: Expected, _contract: Contract) -> Iterator[Said]:
    for name, pattern in expected.headers.items():
        found = answer.header(name)
        if not answer.all_headers(name):
            yield say(N_("{request} came without {header}."), request=called(answer), header=name)
        elif not re.search(pattern, found, re.IGNORECASE):
            yield say(
                N_("{header} of {request} is “{found}”."),
                request=called(answer),
                header=name,
                found=found[:_SHOWN],
            )
    for name in expected.without:
        if answer.all_headers(name):
            yield say(N_("{request} came with {header}."), request=called(answer), header=name)


def _absent(answer: Answer, expected: Expected, _contract: Contract) -> Iterator[Said]:
    for pattern in expected.absent:
        if found := re.search(pattern, answer.text):
            yield say(
                N_("The answer of {request} holds “{found}”."),
                request=called(answer),
                found=found[0][:80],
            )


def _problem(answer: Answer, expected: Expected, _contract: Contract) -> Iterator[Said]:
    if expected.problem:
        yield from problem_details_problems(answer)


def _schema(answer: Answer, expected: Expected, contract: Contract) -> Iterator[Said]:
    if not expected.schema:
        return
    try:
        found = schema_problems(contract, answer)
    except NoSchema as none:
        raise Blocked(
            say(N_("The answer cannot be held against a schema: {reason}."), reason=str(none))
        ) from none
    for problem in found:
        yield say(
            N_("The answer of {request} is not as /openapi.json says: {problem}."),
            request=called(answer),
            problem=problem,
        )


_DEMANDS: tuple[Callable[[Answer, Expected, Contract], Iterator[Said]], ...] = (
    _status,
    _content_type,
    _keys,
    _json,
    _headers,
    _absent,
    _problem,
)


def problem_details_problems(answer: Answer) -> Iterator[Said]:
    """What keeps an error from being problem details (RFC 9457) as contract v1 has them."""
    if answer.content_type != PROBLEM_TYPE:
        yield say(
            N_("The error of {request} is “{found}”, not problem details."),
            request=called(answer),
            found=answer.content_type[:_SHOWN],
        )
        return
    body = answer.json
    if not isinstance(body, dict):
        yield say(
            N_("The problem details of {request} are no JSON object."), request=called(answer)
        )
        return
    for key in ("type", "title"):
        if not isinstance(body.get(key), str) or not body[key]:
            yield say(
                N_("The problem details of {request} have no “{key}”."),
                request=called(answer),
                key=key,
            )
    if body.get("status") != answer.status:
        yield say(
            N_("The problem details of {request} say {found}, the answer {status}."),
            request=called(answer),
            found=_shown(body.get("status")),
            status=answer.status,
        )


def is_limited(answer: Answer) -> bool:
    """Whether the target limited the rate, and looked at nothing."""
    return answer.status == 429


def limited() -> Said:
    """What is said of it: it is no answer to what was asked."""
    return say(N_("The target limited the requests (429) before it looked at them."))


def called(answer: Answer) -> str:
    """How sentences call what was asked: method and path."""
    return f"{answer.request.method} {answer.request.path.partition('?')[0]}"[:_SHOWN]


def _same(found: Any, wanted: Any) -> bool:
    """JSON's equality: true is not 1."""
    return bool(found == wanted) and isinstance(found, bool) == isinstance(wanted, bool)


def _shown(value: Any) -> str:
    return repr(value)[:_SHOWN]
