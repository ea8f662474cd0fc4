"""A request and its answer as texts to choose from and to copy. What servers sent is data."""

from __future__ import annotations

from desktop_app.core.language import _
from desktop_app.core.validation.findings import Exchange
from desktop_app.services.validation import evidence

LONGEST = 48
"""So much of a path is shown in a list; all of it is in the request."""


def title_of(one: Exchange, place: int, total: int) -> str:
    """One line for a list: which, what was asked, how it was answered."""
    path = path_of(one.url)
    if len(path) > LONGEST:
        path = f"{path[: LONGEST // 2]}…{path[-LONGEST // 2 :]}"
    answer = str(one.status) if one.status else _("no answer")
    return f"{place}/{total}  {one.method} {path}  →  {answer}"


def whole_text(one: Exchange) -> str:
    """All of it, to be pasted into a ticket."""
    parts = (
        f"{evidence.request_title(one)}: {one.url}",
        evidence.request_text(one),
        f"{evidence.answer_title(one)} ({evidence.timing_text(one)})",
        evidence.answer_text(one),
    )
    return "\n\n".join(parts) + "\n"


def path_of(url: str) -> str:
    """An address without scheme and host."""
    _scheme, mark, rest = url.partition("://")
    if not mark:
        return url
    _host, slash, path = rest.partition("/")
    return slash + path or "/"
