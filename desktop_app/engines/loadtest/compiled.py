"""A scenario made ready to be sent: requests as bytes where they can be, checks as quick tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from typing import Any
from urllib.parse import quote, urlsplit

from desktop_app import __version__
from desktop_app.core.load.counts import Failure
from desktop_app.core.load.plan import LoadPlan
from desktop_app.core.load.scenario import Scenario, Step
from desktop_app.core.load.templates import (
    LASTING,
    Part,
    Template,
    body_template,
    header_template,
    json_template,
    path_template,
)

OK, REDIRECTED = 0, 1
OUTCOMES: tuple[Failure | None, ...] = (None, None, *Failure)
"""What an outcome's number means; the first two are answers in order."""
OUTCOME_OF = {kind: number for number, kind in enumerate(OUTCOMES) if kind is not None}
WIDTH = 16
"""A sample's code is ``step number × WIDTH + outcome``."""

_IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"})
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "DELETE", "TRACE"})

_IN_ADDRESSES = "%/?#[]@!$&'()*+,;=:|{}^`\"<>\\"
"""What is left as it is written in paths: letters beyond ASCII are not."""

Value = Callable[[str], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PreparedStep:
    """One step. ``fixed``: its bytes, where they are always the same; ``lasting``: where they are
    for one user until it signs in anew.
    """

    number: int
    flow: str
    step: Step
    fixed: bytes | None
    lasting: bool
    before: Template
    """Request line and headers, without the length of the body and the empty line."""
    body: Template | None
    is_head: bool
    idempotent: bool
    statuses: frozenset[int]
    reads: bool
    signs_in: bool
    """It sends the user's name or password."""
    simple: bool
    """Any status below 400 is in order, and nothing is read."""

    def rendered(self, value: Value) -> bytes:
        """The request's bytes."""
        return _bytes(self.before, self.body, value)


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A whole scenario."""

    steps: tuple[PreparedStep, ...]
    setup: tuple[PreparedStep, ...]
    flows: tuple[tuple[PreparedStep, ...], ...]
    bounds: tuple[float, ...]
    """Sums of the flows' weights, up to 1: where a number drawn from 0 to 1 falls is the flow."""
    reads: bool
    """Whether any step reads bodies."""


def compiled(plan: LoadPlan) -> Compiled:
    """The plan's scenario, ready to be sent to the plan's target."""
    scenario = plan.scenario
    lasting = LASTING | {name for step in scenario.setup for name in step.save}
    lasting -= {name for flow in scenario.flows for step in flow.steps for name in step.save}
    steps = tuple(
        _prepared(number, flow, step, plan, lasting)
        for number, (flow, step) in enumerate(scenario.steps())
    )
    count = len(scenario.setup)
    flows = []
    for flow in scenario.flows:
        flows.append(steps[count : count + len(flow.steps)])
        count += len(flow.steps)
    return Compiled(
        steps=steps,
        setup=steps[: len(scenario.setup)],
        flows=tuple(flows),
        bounds=_bounds(scenario),
        reads=any(step.reads for step in steps),
    )


def _bounds(scenario: Scenario) -> tuple[float, ...]:
    whole = sum(flow.weight for flow in scenario.flows)
    return tuple(accumulate(flow.weight / whole for flow in scenario.flows))


def _prepared(
    number: int, flow: str, step: Step, plan: LoadPlan, lasting: frozenset[str] | set[str]
) -> PreparedStep:
    method = step.method.upper()
    before, body = _templates(method, flow, step, plan)
    names = before.names | (body.names if body else frozenset())
    expect = step.expect
    reads = expect.reads_json or bool(step.save)
    return PreparedStep(
        number=number,
        flow=flow,
        step=step,
        fixed=None if names else _bytes(before, body, str),
        lasting=names <= lasting,
        before=before,
        body=body,
        is_head=method == "HEAD",
        idempotent=method in _IDEMPOTENT,
        statuses=frozenset(expect.status),
        reads=reads,
        signs_in=not names.isdisjoint(("login_id", "password")),
        simple=not reads and not expect.status,
    )


def _templates(
    method: str, flow: str, step: Step, plan: LoadPlan
) -> tuple[Template, Template | None]:
    parts = urlsplit(plan.target.url)
    headers: dict[str, tuple[str, Template]] = {}

    def put(given: Mapping[str, str]) -> None:
        for name, text in given.items():
            headers[name.lower()] = (name, header_template(text))

    put({"Host": parts.netloc.rpartition("@")[2]})
    put({"User-Agent": f"evalconsole/{__version__} (load run)", "Accept": "*/*"})
    body: Template | None = None
    if step.json is not None:
        body = json_template(step.json)
        put({"Content-Type": "application/json"})
    elif step.body is not None:
        body = body_template(step.body)
    elif method not in _BODILESS:
        body = body_template("")
    if flow:
        put(plan.scenario.headers)
    put(step.headers)
    for name in ("content-length", "transfer-encoding"):  # ours to say
        headers.pop(name, None)
    line: list[Part] = [f"{method} {quote(parts.path.rstrip('/'), safe=_IN_ADDRESSES)}"]
    line += [
        quote(part, safe=_IN_ADDRESSES) if isinstance(part, str) else part
        for part in path_template(step.path).parts
    ]
    line.append(" HTTP/1.1\r\n")
    for name, text in headers.values():
        line += [f"{name}: ", *text.parts, "\r\n"]
    return Template(parts=_joined(line)), body


def _joined(parts: list[Part]) -> tuple[Part, ...]:
    """The same with neighbouring texts put together: fewer to join at each request."""
    joined: list[Part] = []
    for part in parts:
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        else:
            joined.append(part)
    return tuple(joined)


def _bytes(before: Template, body: Template | None, value: Value) -> bytes:
    head = before.text(value).encode()
    if body is None:
        return head + b"\r\n"
    content = body.text(value).encode()
    return b"%bContent-Length: %d\r\n\r\n%b" % (head, len(content), content)
