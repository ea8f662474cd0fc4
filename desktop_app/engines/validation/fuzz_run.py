"""One fuzz of a target: the fuzzer's process makes requests up, this one sends them and listens."""

from __future__ import annotations

import base64
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Said, say
from desktop_app.engines.validation.bed import MARK, Actor
from desktop_app.engines.validation.client import Answer, NoAnswer, Request
from desktop_app.engines.validation.context import CheckContext
from desktop_app.engines.validation.fuzz_child import UNSENT
from desktop_app.engines.validation.fuzz_plan import MARKED, FuzzPlan
from desktop_app.engines.validation.fuzz_process import Ended, FuzzProcess
from desktop_app.engines.validation.made import if_match, version_of
from desktop_app.engines.validation.schemas import NoSchema, problems_by

NO_ANSWER = "no_answer"
"""The check that is ours: schemathesis takes a silent server for a broken line."""
_OURS = frozenset(
    ("host", "connection", "accept-encoding", "authorization", "content-length", "user-agent")
)
"""Headers that the client sets."""
_UNSENDABLE = re.compile(r"[^\t\x20-\x7e\x80-\xff]")
_GRACE_S = 20.0
_PROBLEMS = 5
_UNSENT: Mapping[str, Any] = {
    "number": UNSENT,
    "status": 422,
    "reason": "Not sent",
    "headers": [("content-type", "application/problem+json")],
    "body": "",
    "ms": 0.0,
}
"""What the fuzzer hears in place of an answer, and does not judge: it goes on with the next."""


@dataclass(slots=True, kw_only=True)
class Failed:
    """What failed at one endpoint: the smallest request that showed it, and how many did."""

    answer: Answer
    title: str
    message: str
    count: int = 1


@dataclass(slots=True, kw_only=True)
class Fuzzed:
    """What came of one endpoint: answers by status, how often each check looked, what failed."""

    statuses: Counter[int] = field(default_factory=Counter)
    tested: Counter[str] = field(default_factory=Counter)
    failed: dict[str, Failed] = field(default_factory=dict)

    @property
    def let_in(self) -> int:
        """How many requests were neither turned away at the door nor left without an answer."""
        return sum(n for status, n in self.statuses.items() if status not in (0, 401, 403, 429))

    def fail(self, check: str, answer: Answer, title: str, message: str) -> None:
        """Remember a failure, and of several the one with the smallest request."""
        before = self.failed.get(check)
        if before is None:
            self.failed[check] = Failed(answer=answer, title=title, message=message)
            return
        before.count += 1
        if _size(answer) < _size(before.answer):
            before.answer, before.title, before.message = answer, title, message


def _size(answer: Answer) -> int:
    return len(answer.request.path) + len(answer.request.content)


@dataclass(slots=True, kw_only=True)
class FuzzRun:
    """A whole fuzz. ``stopped`` says why it ended early, ``problems`` what could not be tried."""

    plan: FuzzPlan
    seed: int
    requests: int = 0
    endpoints: dict[str, Fuzzed] = field(default_factory=dict)
    stopped: Said | None = None
    problems: list[str] = field(default_factory=list)

    def of(self, endpoint: str) -> Fuzzed:
        """What came of one endpoint."""
        return self.endpoints.setdefault(endpoint, Fuzzed())


def fuzz(
    work: CheckContext, plan: FuzzPlan, who: Actor, *, seed: int, seconds: float, most: int
) -> FuzzRun:
    """Fuzz as ``plan`` says, ``most`` requests at most; raises ``Spent``, ``Cancelled``."""
    made = FuzzRun(plan=plan, seed=seed)
    if not plan.endpoints:
        return made
    try:
        process = FuzzProcess(seconds=seconds + _GRACE_S, watch=work.client.check)
    except OSError as error:
        made.stopped = say(N_("The fuzzer could not be started: {reason}."), reason=str(error))
        return made
    try:
        _Sender(work, made, who, most).converse(
            process,
            {
                "seed": seed,
                "seconds": seconds,
                "examples": int(work.params.get("examples", 20)),
                "described": plan.described,
            },
        )
    except Ended as ended:
        made.stopped = say(N_("The fuzzer was ended: {reason}."), reason=str(ended))
    finally:
        process.end()
    return made


class _Sender:
    """Sends what the fuzzer makes up, within bounds, and keeps what was found of the answers."""

    def __init__(self, work: CheckContext, made: FuzzRun, who: Actor, most: int) -> None:
        self._work = work
        self._made = made
        self._who = who
        self._most = most
        self._answers: dict[int, Answer] = {}
        self._versions: dict[str, int] = {}

    def converse(self, process: FuzzProcess, order: dict[str, Any]) -> None:
        process.tell(order)
        while True:
            said = process.hear()
            match said["kind"]:
                case "send" if self._made.requests >= self._most:
                    process.tell({"enough": True})
                case "send":
                    process.tell(self._answered(said))
                case "scenario":
                    self._judged(said)
                case "problem":
                    self._problem(said)
                case _:
                    return

    def _answered(self, said: Mapping[str, Any]) -> Mapping[str, Any]:
        method, path = str(said["method"]), str(said["path"])
        if not self._made.plan.may(method, path):
            return {"unsendable": f"{method} {path} is not to be sent"}
        headers = [(k, v) for k, v in said["headers"] if k.lower() not in _OURS]
        if wrong := next((k for k, v in headers if _UNSENDABLE.search(k + v)), None):
            return {"unsendable": f"the header {wrong[:50]!r} cannot be sent"}
        endpoint, content = self._endpoint(method, path), base64.b64decode(said["body"])
        if self._unmarked(endpoint, content):
            return _UNSENT
        answer = self._sent(method, path, headers, content)
        self._made.requests += 1
        if endpoint:
            came = self._made.of(endpoint)
            came.statuses[answer.status if not answer.failure else 0] += 1
            came.tested[NO_ANSWER] += 1
            if answer.failure:
                came.fail(NO_ANSWER, answer, answer.failure, "")
        if answer.failure:
            return {"failure": answer.failure}
        number = self._made.requests
        clip = self._work.client.limits.kept_text * 2
        self._answers[number] = replace(answer, body=answer.body[:clip], _json=[])
        return {
            "number": number,
            "status": answer.status,
            "reason": answer.reason,
            "headers": answer.headers,
            "body": base64.b64encode(answer.body).decode(),
            "ms": answer.total_ms,
        }

    def _sent(
        self, method: str, path: str, headers: list[tuple[str, str]], content: bytes
    ) -> Answer:
        """The answer; a change is sent with the version that the document has."""
        sent = [*headers, ("Authorization", f"Bearer {self._work.bed.fresh(self._who).token}")]
        place = path.partition("?")[0]
        changes = method != "GET" and self._made.plan.endpoints.get(f"{method} {place}", "") != (
            f"{method} {place}"
        )
        if changes:
            sent += if_match(self._version(place)).items()
        request = Request(
            method=method, path=path, headers=tuple(sent), content=content, by=self._who.name
        )
        try:
            answer = self._work.client.send(request)
        except NoAnswer as none:
            return none.answer
        self._work.bed.notice(answer)
        if changes and answer.status in (200, 201, 409, 412):
            self._versions.pop(_document(place), None)
        return answer

    def _version(self, place: str) -> int:
        document = _document(place)
        if document not in self._versions:
            found = self._work.try_send("GET", document, by=self._who)
            self._work.forget()
            self._versions[document] = version_of(found)
        return self._versions[document]

    def _endpoint(self, method: str, path: str) -> str:
        """Which endpoint a request is for, by the path as described; "" for none that is tried."""
        plan, place = self._made.plan, path.partition("?")[0]
        if (exact := plan.endpoints.get(f"{method} {place}")) is not None:
            return exact
        known = self._work.contract.described_path(method, path)
        return plan.endpoints.get(f"{method} {known}", "")

    def _judged(self, said: Mapping[str, Any]) -> None:
        endpoint = self._made.plan.endpoints.get(str(said["operation"]), "")
        if endpoint:
            came = self._made.of(endpoint)
            came.tested.update({str(k): int(v) for k, v in said["tested"].items()})
            for failure in said["failed"]:
                answer = self._answers.get(int(failure["number"]))
                if answer is None or self._in_order(failure["check"], endpoint, answer):
                    continue
                came.fail(failure["check"], answer, failure["title"], failure["message"])
        self._answers.clear()

    def _in_order(self, check: str, endpoint: str, answer: Answer) -> bool:
        """Whether what the fuzzer takes for broken is in order by the target's own description.

        It knows narrower bodies: names with the mark of test data, references to the run's own.
        """
        sent = replace(answer, body=answer.request.content, _json=[]).json
        return check == "negative_data_rejection" and self._is_described(endpoint, sent)

    def _unmarked(self, endpoint: str, content: bytes) -> bool:
        """Whether a server in order would give something a name without the mark of test data.

        Nobody could tell then whose it is, and it would be there for ever. (The fuzzer makes such
        names to break the rule that they have the mark, which is not the target's.)
        """
        try:
            sent = json.loads(content)
        except ValueError:
            return False
        named = [sent.get(key) for key in MARKED] if isinstance(sent, dict) else []
        if all(MARK in name for name in named if isinstance(name, str)):
            return False
        return self._is_described(endpoint, sent)

    def _is_described(self, endpoint: str, sent: Any) -> bool:
        """Whether a body is in order by the target's own description."""
        method, _space, path = endpoint.partition(" ")
        described = self._work.contract.described_operation(method, path) or {}
        body = described.get("requestBody")
        content = body.get("content", {}) if isinstance(body, dict) else {}
        schema = content.get("application/json", {}).get("schema")
        if not isinstance(schema, dict) or sent is None:
            return False
        try:
            return not problems_by(self._work.contract, schema, sent)
        except NoSchema:
            return False

    def _problem(self, said: Mapping[str, Any]) -> None:
        if len(self._made.problems) < _PROBLEMS:
            self._made.problems.append(f"{said['operation']} {said['reason']}".strip())


def _document(place: str) -> str:
    """The document that a path is about: "/api/projects/7/assignments" → "/api/projects/7"."""
    return "/".join(place.split("/")[:4])
