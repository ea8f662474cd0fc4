"""What makes a suite usable beyond its types: known names everywhere, patterns that compile."""

from __future__ import annotations

import base64
import binascii
import dataclasses
import re
import typing
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from desktop_app.core.users import Role
from desktop_app.core.validation.suites import SCHEMA, Check, Risk, Step, Suite
from desktop_app.engines.validation import bed_data
from desktop_app.engines.validation.places import names_in
from desktop_app.engines.validation.registry import probes
from desktop_app.engines.validation.steps import MADE_UP, NOBODY, OTHER, OWN, TOKEN

_ROLES = frozenset(role.value for role in Role)
_RISKS = tuple(Risk)
"""The least first."""
_READING = frozenset(("GET", "HEAD", "OPTIONS"))
_SESSIONS = frozenset(("/api/auth/login", "/api/auth/logout", "/api/auth/refresh"))
_ID = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)*")


def strays(found: Any, kind: Any, place: str) -> Iterator[str]:
    """Names in ``found`` that ``kind`` does not have, each with its place in words."""
    if dataclasses.is_dataclass(kind) and isinstance(found, dict):
        known = typing.get_type_hints(kind)
        for name, value in found.items():
            if name not in known:
                yield f"{place} has “{name}”, which is no name there"
            else:
                yield from strays(value, known[name], f"{_called(place, found)}, {name}")
    elif isinstance(found, list | tuple):
        inner = typing.get_args(kind)[:1]
        for number, value in enumerate(found, 1):
            if inner:
                yield from strays(value, inner[0], f"{place} {number}")
    elif isinstance(found, dict) and len(inner := typing.get_args(kind)) == 2:
        for name, value in found.items():
            yield from strays(value, inner[1], f"{place} {name}")


def _called(place: str, found: Mapping[str, Any]) -> str:
    """A check by its id rather than by its number."""
    name = found.get("id")
    return f"check {name}" if isinstance(name, str) and ", checks" in place else place


def problem_of(suite: Suite) -> str:
    """The first thing that keeps a suite from being used; "" where nothing does."""
    if suite.schema != SCHEMA:
        return f"schema {suite.schema} (this program reads {SCHEMA})"
    seen: set[str] = set()
    for check in suite.checks:
        if check.id in seen:
            return f"{check.id} twice"
        seen.add(check.id)
        if problem := _problem_of_check(check, suite):
            return f"check {check.id}: {problem}"
    return ""


def problem_of_risks(suite: Suite, known: Iterable[Suite]) -> str:
    """The first check that says it does less than its probe does in a ``known`` suite; ""."""
    least: dict[str, Risk] = {}
    for check in (check for other in known for check in other.checks if check.probe):
        least[check.probe] = min(check.risk, least.get(check.probe, check.risk), key=_RISKS.index)
    for check in suite.checks:
        needed = least.get(check.probe, Risk.READS)
        if _RISKS.index(check.risk) < _RISKS.index(needed):
            return f"check {check.id}: risk of the probe {check.probe} is {needed}"
    return ""


def _problem_of_check(check: Check, suite: Suite) -> str:
    if not _ID.fullmatch(check.id):
        return "an id is small letters, digits, _ and dots"
    if check.category not in suite.categories:
        return f"no category {check.category}"
    if bool(check.steps) == bool(check.probe):
        return "either steps or a probe"
    if check.probe and check.probe not in probes():
        return f"no probe {check.probe}"
    if check.steps and all(step.setup for step in check.steps):
        return "every step is setup: nothing would be tested"
    if check.risk is Risk.READS and any(map(_writes, check.steps)):
        return "it writes: risk is writes or attacks"
    known = set(MADE_UP | bed_data.names())
    for number, step in enumerate(check.steps, 1):
        if problem := _problem_of_step(step, known):
            return f"step {number}: {problem}"
        known |= set(step.save)
    return ""


def _writes(step: Step) -> bool:
    """Whether a step may change something beyond sessions: consent is asked for by the risk."""
    return step.method.upper() not in _READING and step.path not in _SESSIONS


def _problem_of_step(step: Step, known: set[str]) -> str:
    if not step.path.startswith("/"):
        return "a path begins with /"
    if problem := _problem_of_by(step.by, known):
        return problem
    if sum(given is not None for given in (step.json, step.body, step.body_base64)) > 1:
        return "one of json, body, body_base64"
    sent = (step.path, step.query, step.headers, step.json, step.expect.json)
    for name in (name for value in sent for name in names_in(value)):
        if name not in known:
            return f"nothing is called {{{name}}}"
    for pattern in (*step.expect.headers.values(), *step.expect.absent):
        try:
            re.compile(pattern)
        except re.error as error:
            return f"pattern {pattern}: {error}"
    try:
        base64.b64decode(step.body_base64 or "", validate=True)
    except binascii.Error as error:
        return f"body_base64: {error}"
    return ""


def _problem_of_by(by: str, known: set[str]) -> str:
    if by.startswith(TOKEN):
        name = by.removeprefix(TOKEN)
        return "" if name in known else f"no token was saved as {name}"
    role = by.removeprefix(OWN).removeprefix(OTHER)
    return "" if by == NOBODY or role in _ROLES else f"nobody is called {by}"
