"""Requests that must be refused, one after another: what was answered otherwise is the finding."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import CheckContext
from desktop_app.engines.validation.expectations import called, is_limited, limited

_MOST_TOLD = 8


class Attempts:
    """All that is tried on one endpoint, and the one finding of it.

    Evidence is kept of what was not refused, and of the first that was.
    """

    def __init__(self, work: CheckContext, subject: str, expected: Collection[int]) -> None:
        self.work = work
        self.subject = subject
        self.expected = expected
        self.tried = 0
        self._wrong: list[Said] = []
        self._limited = 0
        work.forget()

    def send(self, what: str, method: str, path: str, **options: Any) -> Answer:
        """Try one request; ``what`` says for people what is wrong with it."""
        answer = self.work.try_send(method, path, **options)
        self.judge(what, answer)
        return answer

    def judge(self, what: str, answer: Answer, *problems: Said) -> None:
        """Whether an answer refuses as expected; ``problems`` are further ones."""
        self.tried += 1
        found = list(problems)
        if is_limited(answer) and answer.status not in self.expected:
            self._limited += 1
        elif answer.failure:
            found.append(
                say(
                    N_("{request} with {what} was not answered: {reason}."),
                    request=called(answer),
                    what=what,
                    reason=answer.failure,
                )
            )
        elif answer.status not in self.expected:
            found.append(
                say(
                    N_("{request} with {what} was answered {status}, not {expected}."),
                    request=called(answer),
                    what=what,
                    status=answer.status,
                    expected=" / ".join(map(str, sorted(self.expected))),
                )
            )
        if not found and self.tried > 1:
            self.work.forget(last=1)
        self._wrong += found

    def finding(self) -> Finding:
        """What came of it."""
        if not self.tried:
            return self.work.inconclusive(
                say(N_("There was nothing to try this on.")), subject=self.subject
            )
        if self._wrong:
            return self.work.failed(
                *self._wrong[:_MOST_TOLD],
                subject=self.subject,
                tried=self.tried,
                wrong=len(self._wrong),
            )
        if self._limited:
            return self.work.inconclusive(limited(), subject=self.subject, tried=self.tried)
        return self.work.passed(
            say(N_("All of {count} requests were refused as they should be."), count=self.tried),
            subject=self.subject,
            tried=self.tried,
        )
