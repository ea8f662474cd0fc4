"""Code that makes a database wait: sent in pairs with a control, judged by many small differences.

Each pair is the same request, one with a pause of ``d``, one with none, in turn. A vector is quiet
when every difference and the spread of the controls stay below d/2; it pauses the database when
every difference of two rounds is at least 0.7 d while the controls stay together. Whatever lies
between is tried with longer pauses, and is inconclusive in the end: noise proves nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any
from urllib.parse import urlencode

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.engines.validation.asking import LOGIN
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.probes.controls import (
    administrator,
    not_refused,
    total_of,
    undecided,
)
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.who import unmeasured

PAUSES_MS = (200, 400, 800)
PAIRS = 4
_LONGEST_S = 6.0


@dataclass(frozen=True, slots=True)
class _Vector:
    """Where the pause goes: ``{ms}`` and ``{s}`` stand for it, equally long in both requests."""

    path: str
    query: dict[str, str] = field(default_factory=dict)
    body: dict[str, str] | None = None

    @property
    def subject(self) -> str:
        return f"{'POST' if self.body else 'GET'} {self.path}"

    def send(self, work: CheckContext, by: Actor, pause_ms: int) -> Answer:
        """The answer with that pause asked for."""

        def filled(text: str) -> str:
            return text.replace("{ms}", f"{pause_ms:04}").replace("{s}", f"{pause_ms / 1000:.2f}")

        if self.body is not None:
            body = {key: filled(value) for key, value in self.body.items()}
            return work.try_send("POST", self.path, json_body=body, answer_s=_LONGEST_S)
        query = urlencode({key: filled(value) for key, value in self.query.items()})
        return work.try_send("GET", f"{self.path}?{query}", by=by, answer_s=_LONGEST_S)


_CODE = "sleep({ms}) || true"
VECTORS = (
    _Vector("/api/users", {"$where": _CODE}),
    _Vector("/api/users", {"q[$where]": _CODE}),
    _Vector("/api/users", {"login_id[$where]": _CODE}),
    _Vector("/api/users", {"q": "'; sleep({ms}); '"}),
    _Vector("/api/users", {"q": "' || SLEEP({s}) -- "}),
    _Vector("/api/companies", {"name": "'; return sleep({ms}) || true; //"}),
    _Vector(LOGIN, body={"login_id": "zz-evalcheck", "password": "", "$where": _CODE}),
)


@dataclass(frozen=True, slots=True)
class Round:
    """Some pairs of one vector: times with the pause less without it, and those without, in ms."""

    pause_ms: int
    differences: list[float]
    controls: list[float]
    broke: Answer | None = None
    """An answer that tells nothing: none, limited, or a failure."""

    @property
    def spread_ms(self) -> float:
        """How unequal the controls are among themselves."""
        return max(self.controls) - min(self.controls)

    @property
    def quiet(self) -> bool:
        """Whether it shows that nothing waited."""
        return max(*self.differences, self.spread_ms) < self.pause_ms / 2

    @property
    def pauses(self) -> bool:
        """Whether it shows that the database waited."""
        return min(self.differences) >= 0.7 * self.pause_ms and self.spread_ms < self.pause_ms / 2


@probe("injection.where")
def where(work: CheckContext) -> Iterator[Finding]:
    """Code in a query does not run in the database."""
    admin = administrator(work)
    if total_of(work.send("GET", "/api/users", by=admin, query={"page_size": 1})) is None:
        raise Blocked(say(N_("The list itself was not answered.")))
    for subject in dict.fromkeys(vector.subject for vector in VECTORS):
        if work.wants(subject):
            work.forget()
            vectors = [vector for vector in VECTORS if vector.subject == subject]
            yield _judged(work, admin, subject, vectors)


def _judged(work: CheckContext, admin: Actor, subject: str, vectors: list[_Vector]) -> Finding:
    """One finding of all ways to send a pause there: the first that says most."""
    rounds = []
    for vector in vectors:
        rounds.append(tried := _tried(work, admin, vector))
        if tried.pauses:
            return work.failed(
                say(
                    N_("A pause of {pause} ms sent as code delayed the answer by {delay} ms."),
                    pause=tried.pause_ms,
                    delay=round(median(tried.differences)),
                ),
                subject=subject,
                **_facts(tried),
            )
    if broken := next((tried.broke for tried in rounds if tried.broke is not None), None):
        work.show(broken)
        said = undecided([broken]) or not_refused(broken) or _answered(broken)
        return work.inconclusive(said, subject=subject)
    if noisy := next((tried for tried in rounds if not tried.quiet), None):
        return work.inconclusive(
            say(
                N_(
                    "The answers take too unequal a time ({jitter} ms) for a pause of {pause} ms "
                    "to show."
                ),
                jitter=round(noisy.spread_ms),
                pause=noisy.pause_ms,
            ),
            subject=subject,
            **_facts(noisy),
        )
    loudest = max(max(tried.differences) for tried in rounds)
    return work.passed(
        say(
            N_("{count} ways to send a pause as code delayed nothing (at most {delay} ms)."),
            count=len(rounds),
            delay=max(0, round(loudest)),
        ),
        subject=subject,
        pairs_each=PAIRS,
        largest_difference_ms=round(loudest, 1),
    )


def _answered(answer: Answer) -> Said:
    return say(N_("It was answered {status}, which says nothing."), status=answer.status)


def _tried(work: CheckContext, admin: Actor, vector: _Vector) -> Round:
    """The round that decides, or the last one."""
    tried = _round(work, admin, vector, PAUSES_MS[0])
    for pause_ms in PAUSES_MS:
        tried = tried if tried.pause_ms == pause_ms else _round(work, admin, vector, pause_ms)
        if tried.quiet:
            return tried
        if tried.pauses:
            again = _round(work, admin, vector, pause_ms)
            if again.pauses:
                return again
            tried = again
    return tried


def _round(work: CheckContext, admin: Actor, vector: _Vector, pause_ms: int) -> Round:
    differences, controls, broke = [], [], None
    for number in range(PAIRS):
        times = {}
        for pause in (0, pause_ms) if number % 2 else (pause_ms, 0):
            # No two alike: what a cache answers waits for nothing.
            answer = vector.send(work, admin, pause + number)
            times[pause] = answer.total_ms
            broke = answer if unmeasured(answer) else broke
        differences.append(times[pause_ms] - times[0])
        controls.append(times[0])
    return Round(pause_ms, differences, controls, broke)


def _facts(last: Round) -> dict[str, Any]:
    return {
        "pause_ms": last.pause_ms,
        "pairs": len(last.differences),
        "median_difference_ms": round(median(last.differences), 1),
        "least_difference_ms": round(min(last.differences), 1),
        "control_spread_ms": round(last.spread_ms, 1),
    }
