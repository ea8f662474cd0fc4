"""Where participants are found: companies by name or business number, evaluators by account."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from desktop_app.api.companies import Companies
from desktop_app.api.users import Users
from desktop_app.core import business_number
from desktop_app.core.evaluations import MOST_AT_ONCE, MOST_PANELISTS
from desktop_app.core.language import _
from desktop_app.core.paging import Page, PageQuery
from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role, User
from desktop_app.ui.assignment.chooser import Entry, Found, Source
from desktop_app.ui.assignment.paste_dialog import Resolved

_SHOWN = 100
_PAGE = 200


def company_source(companies: Companies) -> Source:
    """Active companies, all of them whatever the role: whom one may evaluate is no secret."""

    def page(query: PageQuery) -> Page[Entry]:
        found = companies.names(query)
        return _mapped(found, [Entry(named.id, named.name) for named in found.items])

    def resolve(lines: Sequence[str], context: TaskContext) -> Resolved:
        by_name = _by_word(_all(page, "", context), lambda entry: (entry.name,))
        return _resolved(lines, by_name, lambda line: _by_number(page, line), context)

    return Source(
        find=lambda text: _first(page, text),
        everything=lambda text, context: _all(page, text, context),
        resolve=resolve,
        search_hint=_("Search companies by name"),
        paste_hint=_("One company a line: its name or its business number."),
        nothing=_("No company is chosen yet."),
        most=MOST_AT_ONCE,
    )


def evaluator_source(users: Users) -> Source:
    """Active evaluators within reach: those of one's own company, for administrators all."""
    filters = {"role": Role.EVALUATOR.value, "is_active": "true"}

    def page(query: PageQuery) -> Page[Entry]:
        asked = PageQuery(
            page=query.page, page_size=query.page_size, q=query.q, sort="name", filters=filters
        )
        found = users.page(asked)
        return _mapped(found, [person_entry(user) for user in found.items])

    def resolve(lines: Sequence[str], context: TaskContext) -> Resolved:
        by_word = _by_word(
            _all(page, "", context), lambda entry: (entry.name, *entry.note.split(" · "))
        )
        return _resolved(lines, by_word, lambda _line: None, context)

    return Source(
        find=lambda text: _first(page, text),
        everything=lambda text, context: _all(page, text, context),
        resolve=resolve,
        search_hint=_("Search evaluators by name, sign-in name or e-mail"),
        paste_hint=_("One evaluator a line: name, sign-in name or e-mail address."),
        nothing=_("No evaluator is chosen yet."),
        most=MOST_PANELISTS,
    )


def person_entry(user: User) -> Entry:
    """An evaluator as an entry to choose."""
    return Entry(user.id, user.name, f"{user.login_id} · {user.email}")


def _mapped(page: Page[Any], entries: Iterable[Entry]) -> Page[Entry]:
    return Page(items=tuple(entries), total=page.total, page=page.page, page_size=page.page_size)


def _first(page: Callable[[PageQuery], Page[Entry]], text: str) -> Found:
    found = page(PageQuery(page_size=_SHOWN, q=text))
    return Found(found.items, found.total)


def _all(
    page: Callable[[PageQuery], Page[Entry]], text: str, context: TaskContext
) -> tuple[Entry, ...]:
    entries: list[Entry] = []
    query = PageQuery(page_size=_PAGE, q=text)
    while True:
        found = page(query)
        entries += found.items
        if not found.items or query.page >= found.pages:
            return tuple(entries)
        context.report(len(entries), found.total)
        query = query.at(query.page + 1)


def _by_number(page: Callable[[PageQuery], Page[Entry]], line: str) -> Entry | None:
    """The company of a business number, if the server finds just one by it."""
    digits = business_number.digits_of(unicodedata.normalize("NFKC", line))
    if len(digits) != 10 or set(line) - set("0123456789- "):
        return None
    found = page(PageQuery(page_size=_SHOWN, q=business_number.formatted(digits)))
    return found.items[0] if found.total == 1 else None


def _by_word(
    entries: Iterable[Entry], words_of: Callable[[Entry], Iterable[str]]
) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for word in {_folded(word) for word in words_of(entry)}:
            found[word].append(entry)
    return found


def _resolved(
    lines: Sequence[str],
    by_word: dict[str, list[Entry]],
    otherwise: Callable[[str], Entry | None],
    context: TaskContext,
) -> Resolved:
    entries: dict[str, Entry] = {}
    unknown: list[str] = []
    for number, line in enumerate(lines):
        context.report(number, len(lines))
        same = by_word.get(_folded(line), [])
        found = same[0] if len(same) == 1 else otherwise(line)
        if found is None:
            unknown.append(line)
        else:
            entries[found.id] = found
    return Resolved(tuple(entries.values()), tuple(unknown))


def _folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
