"""Checks that are lists of requests: send each, hold the answer against what is expected."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, say
from desktop_app.core.validation.suites import Check, Step
from desktop_app.engines.validation import bed_data
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.contract import endpoint
from desktop_app.engines.validation.expectations import (
    called,
    is_limited,
    limited,
    problems_of,
)
from desktop_app.engines.validation.places import MISSING, at, filled, filled_path

NOBODY = "nobody"
TOKEN = "token:"  # noqa: S105 - how a step says whose token it uses
OWN, OTHER = "own:", "other:"
"""Before a role: somebody of the test company, of the other company."""

_COUNTED = tuple(f"{name}{number}" for name in ("unique", "secret") for number in ("", "_2", "_3"))
MADE_UP = frozenset((*_COUNTED, "business_number", "business_number_2", "now", "in_a_week"))
"""Names that stand for something new in each check, the same in all of its steps."""


def run(work: CheckContext) -> Iterator[Finding]:
    """One finding for a check of steps: it ends at the first step that is not as expected."""
    values = _Values(work)
    subject = subject_of(work.check)
    for step in work.check.steps:
        answer = _sent(work, step, values)
        if answer.failure:
            said = say(
                N_("{request} was not answered: {reason}."),
                request=called(answer),
                reason=answer.failure,
            )
            yield _wrong(work, step, subject, [said])
            return
        if is_limited(answer) and answer.status not in step.expect.status:
            yield work.inconclusive(limited(), subject=subject)
            return
        expected = replace(step.expect, json=filled(step.expect.json, values.get))
        problems = problems_of(answer, expected, work.contract)
        for name, place in step.save.items():
            found = at(answer.json, place)
            if found in (MISSING, None, ""):
                problems.append(
                    say(
                        N_("The answer of {request} has no “{key}”."),
                        request=called(answer),
                        key=place,
                    )
                )
            else:
                values.keep(name, found)
        if problems:
            yield _wrong(work, step, subject, problems)
            return
    yield work.passed(
        say(N_("{request} was answered {status}."), request=called(answer), status=answer.status),
        subject=subject,
        total_ms=round(answer.total_ms, 1),
    )


def subject_of(check: Check) -> str:
    """The endpoint that a check of steps is about: that of its first main step."""
    step = next((step for step in check.steps if not step.setup), check.steps[0])
    return endpoint(step.method, step.path)


def _wrong(work: CheckContext, step: Step, subject: str, said: list[Any]) -> Finding:
    if step.setup:
        why = say(N_("What has to be there before could not be had."))
        return work.inconclusive(why, *said, subject=subject)
    return work.failed(*said, subject=subject)


def _sent(work: CheckContext, step: Step, values: _Values) -> Answer:
    by, token = _who(work, step.by, values)
    headers = {key: str(filled(value, values.get)) for key, value in step.headers.items()}
    if token and not any(key.lower() == "authorization" for key in headers):
        headers["Authorization"] = f"Bearer {token}"
    content: bytes | None = None
    if step.body_base64 is not None:
        content = base64.b64decode(step.body_base64)
    elif step.body is not None:
        content = str(filled(step.body, values.get_if_known)).encode()
    return work.try_send(
        step.method,
        filled_path(step.path, values.get),
        by=by,
        query={key: filled(value, values.get) for key, value in step.query.items()},
        headers=headers,
        json_body=filled(step.json, values.get),
        content=content,
        caller=step.by if token else "",
    )


def _who(work: CheckContext, by: str, values: _Values) -> tuple[Actor | None, str]:
    """The actor that ``by`` names, or a token that was saved."""
    if by == NOBODY:
        return None, ""
    if by.startswith(TOKEN):
        return None, str(values.get(by.removeprefix(TOKEN)))
    if by.startswith(OWN):
        return work.bed.insider(Role(by.removeprefix(OWN))), ""
    if by.startswith(OTHER):
        return work.bed.stranger(Role(by.removeprefix(OTHER))), ""
    return work.bed.actor(Role(by)), ""


@dataclass(slots=True)
class _Values:
    """What the names in a check's steps stand for."""

    work: CheckContext
    _saved: dict[str, Any] = field(default_factory=dict)

    def keep(self, name: str, value: Any) -> None:
        if not isinstance(value, str | int | float | bool):
            raise Blocked(say(N_("What was to be saved as {name} is no plain value."), name=name))
        self._saved[name] = value
        if "token" in name or "password" in name:
            self.work.bed.hide(str(value))

    def get(self, name: str) -> Any:
        """The value of a name; the loader has seen to it that there is one."""
        if name not in self._saved and name in MADE_UP:
            self._saved[name] = self._made_up(name)
        if name in self._saved:
            return self._saved[name]
        return self.work.bed.value(name)

    def get_if_known(self, name: str) -> Any:
        """The same; what is no name stays as it is (a body may hold braces of its own)."""
        known = name in self._saved or name in MADE_UP or name in bed_data.names()
        return self.get(name) if known else f"{{{name}}}"

    def _made_up(self, name: str) -> str:
        if name.startswith("unique"):
            return self.work.bed.unique()
        if name.startswith("secret"):
            return self.work.bed.secret()
        if name.startswith("business_number"):
            return bed_data.business_number()
        moment = datetime.now(UTC) + timedelta(days=7 if name == "in_a_week" else 0)
        return moment.isoformat(timespec="seconds")
