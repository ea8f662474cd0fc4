"""A request and its answer as texts to choose from and to copy. What servers sent is data."""

from __future__ import annotations

from desktop_app.core.language import _
from desktop_app.core.validation.findings import Exchange
from desktop_app.services.validation import evidence, words


def title_of(one: Exchange, place: int, total: int) -> str:
    """One line for a list: which, what was asked by whom, how it was answered."""
    text = _("{place}/{total}  {method} {path}  →  {answer}, by {who}")
    return text.format(
        place=place,
        total=total,
        method=one.method,
        path=path_of(one.url),
        answer=f"{one.status} {one.reason}".strip() if one.status else words.answer_text(one),
        who=words.role(one.by),
    )


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
