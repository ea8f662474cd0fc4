"""What a probe works with: who may ask, what exists to be asked for, and how to say what it saw."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.core.validation.findings import Exchange, Finding, Said
from desktop_app.core.validation.suites import Check
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.bed import Actor, TestBed
from desktop_app.engines.validation.client import Answer, Client, NoAnswer, Request, query_string
from desktop_app.engines.validation.contract import Contract
from desktop_app.engines.validation.recording import exchange_of

KEPT_EXCHANGES = 6


class Blocked(Exception):
    """The check cannot reach the logic that it tests: inconclusive, and why."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.message)
        self.said = said


class DoesNotApply(Exception):
    """What is tested does not exist at this target: the sentence is the evidence."""

    def __init__(self, said: Said) -> None:
        super().__init__(said.message)
        self.said = said


@dataclass(slots=True, kw_only=True)
class CheckContext:
    """One check's hold on the run. Every request sent through it becomes evidence.

    ``only`` restricts to some subjects (a check run again for one endpoint). A probe yields
    ``Finding`` values, made by ``passed``, ``warned``, ``failed`` and their like; those take the
    evidence sent since the last one.
    """

    check: Check
    client: Client
    bed: TestBed
    contract: Contract
    only: frozenset[str] = frozenset()
    _evidence: list[Exchange] = field(default_factory=list)

    @property
    def params(self) -> Mapping[str, Any]:
        """The check's parameters from its suite."""
        return self.check.params

    def wants(self, subject: str) -> bool:
        """Whether this subject is asked for."""
        return not self.only or subject in self.only

    def send(
        self,
        method: str,
        path: str,
        *,
        by: Actor | None = None,
        query: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        json_body: Any = None,
        content: bytes | None = None,
        answer_s: float | None = None,
        fresh: bool = False,
        caller: str = "",
    ) -> Answer:
        """Send a request and keep it as evidence; raises ``NoAnswer`` where no whole answer came.

        ``json_body`` is sent as JSON, ``content`` as it is. ``by`` adds the actor's token;
        ``caller`` is how evidence calls who asks otherwise. What the answer says was created is
        removed at the end of the run.
        """
        sent = dict(headers or {})
        given = {name.lower() for name in sent}
        body = content or b""
        if json_body is not None:
            body = json.dumps(json_body, ensure_ascii=False).encode()
            if "content-type" not in given:
                sent["Content-Type"] = "application/json"
        if by is not None and by.token and "authorization" not in given:
            self.bed.fresh(by)
            sent["Authorization"] = f"Bearer {by.token}"
        request = Request(
            method=method,
            path=path + query_string(query or {}),
            headers=tuple(sent.items()),
            content=body,
            by=caller or (by.name if by else "nobody"),
        )
        try:
            answer = self.client.send(request, answer_s=answer_s, fresh=fresh)
        except NoAnswer as none:
            self.keep(none.answer)
            raise
        self.keep(answer)
        self.bed.notice(answer)
        return answer

    def try_send(self, method: str, path: str, **options: Any) -> Answer:
        """The same, where no answer is an answer too: its ``status`` is 0 then."""
        try:
            return self.send(method, path, **options)
        except NoAnswer as none:
            return none.answer

    def keep(self, answer: Answer) -> None:
        """Keep an answer as evidence for the next finding."""
        self._evidence.append(exchange_of(answer, self.client.limits.kept_text, self.bed.secrets()))

    def forget(self, last: int | None = None) -> None:
        """Drop the evidence so far, or its last few: it was preparation, or nothing to see."""
        del self._evidence[-last if last else 0 :]

    def show(self, *answers: Answer) -> None:
        """Let the evidence of the next finding be these answers alone: what it is about."""
        self.forget()
        for answer in answers:
            self.keep(answer)

    def finding(
        self, state: CheckState, *seen: Said, subject: str = "", **facts: float | int | str
    ) -> Finding:
        """A finding with the evidence since the last one: the first and the last few of it."""
        kept, self._evidence = self._evidence, []
        if len(kept) > KEPT_EXCHANGES:
            kept = kept[:2] + kept[-(KEPT_EXCHANGES - 2) :]
        return Finding(
            check=self.check.id,
            subject=subject,
            state=state,
            seen=seen,
            facts=facts,
            exchanges=tuple(kept),
        )

    def passed(self, *seen: Said, subject: str = "", **facts: float | int | str) -> Finding:
        """It was measured, and it is in order."""
        return self.finding(CheckState.PASS, *seen, subject=subject, **facts)

    def warned(self, *seen: Said, subject: str = "", **facts: float | int | str) -> Finding:
        """It was measured, and it is not as good as it should be."""
        return self.finding(CheckState.WARN, *seen, subject=subject, **facts)

    def failed(self, *seen: Said, subject: str = "", **facts: float | int | str) -> Finding:
        """It was measured, and it is wrong."""
        return self.finding(CheckState.FAIL, *seen, subject=subject, **facts)

    def inconclusive(self, *seen: Said, subject: str = "", **facts: float | int | str) -> Finding:
        """It could not be measured; ``seen`` says why."""
        return self.finding(CheckState.INCONCLUSIVE, *seen, subject=subject, **facts)

    def not_applicable(self, *seen: Said, subject: str = "", **facts: float | int | str) -> Finding:
        """It does not exist here; ``seen`` is the evidence."""
        return self.finding(CheckState.NOT_APPLICABLE, *seen, subject=subject, **facts)


Probe = Callable[[CheckContext], Iterator[Finding]]
