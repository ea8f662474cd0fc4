"""What shows that a target tells requests apart: without it an attack that fails proves nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Said, say
from desktop_app.engines.validation.asking import ME
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.expectations import is_limited, limited

UNKNOWN_PATH = "/api/zz-evalcheck-nothing"


def administrator(work: CheckContext) -> Actor:
    """Who is signed in as administrator, and known as such: seen once per run.

    Raises ``BedProblem`` where nobody is, ``Blocked`` where the token is good for nothing: who
    refuses everybody proves nothing by refusing an attack.
    """
    admin = work.bed.actor(Role.ADMIN)
    if "administrator known" not in work.bed.kept:
        known = work.send("GET", ME, by=admin)
        if known.status != 200 or not isinstance(known.json, dict) or "login_id" not in known.json:
            raise Blocked(
                say(N_("With a good token {path} answers {status}."), path=ME, status=known.status)
            )
        work.forget(last=1)
        work.bed.kept["administrator known"] = True
    return admin


def known_person(work: CheckContext) -> Actor:
    """The administrator, once the target knows them by the token and refuses nobody's request.

    Raises ``Blocked`` where it answers both alike.
    """
    admin = administrator(work)
    known = work.send("GET", ME, by=admin)
    if known.status != 200 or not isinstance(known.json, dict) or "login_id" not in known.json:
        raise Blocked(
            say(N_("With a good token {path} answers {status}."), path=ME, status=known.status)
        )
    nobody = work.send("GET", ME)
    if nobody.status != 401:
        raise Blocked(
            say(N_("Without a token {path} answers {status}."), path=ME, status=nobody.status)
        )
    return admin


def unknown_path(work: CheckContext, by: Actor | None = None) -> Answer:
    """How a path that does not exist is answered; raises ``Blocked`` where it is not 404."""
    answer = work.send("GET", UNKNOWN_PATH, by=by)
    if answer.status != 404:
        raise Blocked(
            say(
                N_(
                    "A path that cannot exist was answered {status}, not 404: what is there cannot "
                    "be told from what is not."
                ),
                status=answer.status,
            )
        )
    return answer


def total_of(answer: Answer) -> int | None:
    """The ``total`` of a list; None where the answer is no list."""
    found = answer.json
    total = found.get("total") if isinstance(found, dict) and answer.status == 200 else None
    return total if isinstance(total, int) and not isinstance(total, bool) else None


def gives_token(answer: Answer) -> bool:
    """Whether somebody was signed in by it."""
    found = answer.json
    return (
        200 <= answer.status < 300 and isinstance(found, dict) and bool(found.get("access_token"))
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attack:
    """A request that a sound server refuses or takes for plain data."""

    method: str
    path: str
    options: Mapping[str, Any] = field(default_factory=dict)

    def send(self, work: CheckContext) -> Answer:
        """The answer; its status is 0 where none came."""
        return work.try_send(self.method, self.path, **self.options)


def not_refused(answer: Answer) -> Said | None:
    """Why an answer to an attack shows that it went too far: the server failed over it."""
    if answer.status >= 500 and answer.status != 501:
        return say(N_("The server failed over it: {status}."), status=answer.status)
    return None


def undecided(answers: Iterable[Answer]) -> Said | None:
    """Why answers do not say whether an attack was refused: limited, or none came."""
    for answer in answers:
        if is_limited(answer):
            return limited()
        if answer.status == 0:
            return say(N_("No answer came: {reason}."), reason=answer.failure)
    return None
