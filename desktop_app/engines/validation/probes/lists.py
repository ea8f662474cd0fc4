"""Lists: pages, order, filters and search, tried on three marked documents of a kind."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.expectations import is_limited, limited
from desktop_app.engines.validation.probes.samples import Three, named, three
from desktop_app.engines.validation.registry import probe


class _List:
    """The list of the check's resource, asked as the administrator."""

    def __init__(self, work: CheckContext) -> None:
        self.work = work
        self.kind = str(work.params["resource"])
        self.subject = f"GET /api/{self.kind}"
        self.three: Three = three(work.bed, self.kind)
        self.problems: list[Said] = []

    def ask(self, **query: Any) -> Answer:
        """A page; raises ``NoAnswer``, and ``Blocked`` where the rate is limited."""
        admin = self.work.bed.actor(Role.ADMIN)
        answer = self.work.send("GET", f"/api/{self.kind}", by=admin, query=query)
        if is_limited(answer):
            raise Blocked(limited())
        return answer

    def want(self, expected: list[str], **query: Any) -> None:
        """Note a problem where the page for this question is not this one.

        Raises ``Blocked`` where an answer says it worked, and holds no list.
        """
        answer = self.ask(**query)
        if answer.status >= 400:
            self.problems.append(
                say(
                    N_("The list was answered {status} for {query}."),
                    status=answer.status,
                    query=_told(query),
                )
            )
            return
        found = [str(one.get("name")) for one in named(answer.json, self.kind)]
        if found != expected:
            self.problems.append(
                say(
                    N_("{query} gave {found}, not {expected}."),
                    query=_told(query),
                    found=_listed(found),
                    expected=_listed(expected),
                )
            )

    def want_total(self, total: int, **query: Any) -> None:
        """Note a problem where the total is another one."""
        found = self.ask(**query).json
        told = found.get("total") if isinstance(found, dict) else None
        if told != total:
            self.problems.append(
                say(
                    N_("{query} told a total of {found}, not {expected}."),
                    query=_told(query),
                    found=repr(told)[:50],
                    expected=total,
                )
            )

    def want_refused(self, **query: Any) -> None:
        """Note a problem where this question is not refused."""
        status = self.ask(**query).status
        if status not in (400, 422):
            self.problems.append(
                say(
                    N_("{query} was answered {status}, not 422."),
                    query=_told(query),
                    status=status,
                )
            )

    def finding(self) -> Finding:
        """What came of it all."""
        if self.problems:
            return self.work.failed(*self.problems, subject=self.subject)
        return self.work.passed(
            say(N_("The list answered as asked, tried on three marked entries.")),
            subject=self.subject,
        )


@probe("lists.paging")
def paging(work: CheckContext) -> Iterator[Finding]:
    """Three entries on pages of two: 2, 1, none; the total on each; nonsense is refused."""
    asked = _List(work)
    names = list(asked.three.names)
    q, sort = asked.three.prefix, "name"
    asked.want(names[:2], q=q, sort=sort, page=1, page_size=2)
    asked.want(names[2:], q=q, sort=sort, page=2, page_size=2)
    asked.want([], q=q, sort=sort, page=3, page_size=2)
    asked.want_total(3, q=q, page=2, page_size=2)
    for nonsense in ({"page": 0}, {"page": "x"}, {"page_size": 0}, {"page_size": 10**9}):
        asked.want_refused(**nonsense)
    yield asked.finding()


@probe("lists.sort")
def sort(work: CheckContext) -> Iterator[Finding]:
    """Upwards and downwards by name and by creation; an unknown field is refused."""
    asked = _List(work)
    names = list(asked.three.names)
    q = asked.three.prefix
    asked.want(names, q=q, sort="name")
    asked.want(names[::-1], q=q, sort="-name")
    made = [names[1], names[2], names[0]]
    asked.want(made, q=q, sort="created_at")
    asked.want(made[::-1], q=q, sort="-created_at")
    asked.want_refused(sort="no_such_field")
    yield asked.finding()


@probe("lists.filter")
def filtered(work: CheckContext) -> Iterator[Finding]:
    """By id and by name: that entry alone, or none; an unknown filter is refused."""
    asked = _List(work)
    first, second = asked.three.names[:2]
    asked.want([first], name=first)
    asked.want([second], id=asked.three.ids[1])
    asked.want([], name=f"{first}-not")
    asked.want([], name=first, id=asked.three.ids[1])
    asked.want_total(1, name=first)
    asked.want_refused(no_such_field="x")
    yield asked.finding()


@probe("lists.search")
def search(work: CheckContext) -> Iterator[Finding]:
    """A part of the name in any case finds it; nothing else does; no pattern is understood."""
    asked = _List(work)
    names = list(asked.three.names)
    q = asked.three.prefix
    asked.want(names, q=q, sort="name")
    asked.want(names[:1], q=names[0].upper(), sort="name")
    asked.want([], q=f"{names[0]}-not")
    asked.want([], q=f"{q}.*")
    asked.want_total(3, q=q)
    yield asked.finding()


def _told(query: dict[str, Any]) -> str:
    return "&".join(f"{key}={value}" for key, value in query.items())[:200]


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:5]) + (f" … ({len(names)})" if len(names) > 5 else "")
    return f"[{shown[:300]}]"
