"""A request and its answer as texts to read and to copy. What servers sent is data."""

from __future__ import annotations

import json

from desktop_app.core.language import _
from desktop_app.core.validation.findings import Exchange, Header

_LARGEST = 64 * 1024


def pretty(body: str) -> str:
    """A JSON body with one value a line; anything else as it came."""
    text = body.strip()
    if not text.startswith(("{", "[")) or len(text) > _LARGEST:
        return body
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body


def request_text(one: Exchange) -> str:
    """What was sent: the request's line, headers, the body."""
    return _message(f"{one.method} {one.url}", one.request_headers, one.request_body)


def response_text(one: Exchange) -> str:
    """What came back, or why nothing did."""
    if not one.status:
        return one.failure or _("No answer came.")
    line = " ".join(part for part in (one.http_version, str(one.status), one.reason) if part)
    text = _message(line, one.response_headers, one.response_body)
    if one.failure:
        text = f"{text}\n\n{one.failure}"
    if one.clipped:
        text = f"{text}\n\n… {_('only the beginning is kept')}"
    return text


def times_text(one: Exchange) -> str:
    """Its times in words."""
    parts = [
        (_("connect"), one.connect_ms),
        (_("first byte"), one.first_byte_ms),
        (_("total"), one.total_ms),
        (_("server's own"), one.server_ms),
    ]
    return " · ".join(f"{name} {ms(value)}" for name, value in parts if value is not None)


def ms(value: float) -> str:
    """Milliseconds, as exact as they are of use: 0.84 ms, 12.3 ms, 1,204 ms."""
    digits = 2 if value < 1 else 1 if value < 100 else 0
    return f"{value:,.{digits}f} ms"


def status_text(one: Exchange) -> str:
    """How it was answered, in a few words."""
    if not one.status:
        return one.failure or _("No answer came.")
    return f"{one.status} {one.reason}".strip()


def title_of(one: Exchange, place: int, total: int) -> str:
    """One line for a list: which, what was asked by whom, how it was answered."""
    text = _("{place}/{total}  {method} {path}  →  {answer}, by {who}")
    return text.format(
        place=place,
        total=total,
        method=one.method,
        path=path_of(one.url),
        answer=status_text(one),
        who=who(one),
    )


def who(one: Exchange) -> str:
    """Who asked."""
    return _("nobody") if one.by == "nobody" else one.by


def whole_text(one: Exchange) -> str:
    """All of it, to be pasted into a ticket."""
    asked = _("Asked by {who}, {times}").format(who=who(one), times=times_text(one))
    return f"{asked}\n\n{request_text(one)}\n\n---\n\n{response_text(one)}\n"


def path_of(url: str) -> str:
    """An address without scheme and host."""
    _scheme, mark, rest = url.partition("://")
    if not mark:
        return url
    _host, slash, path = rest.partition("/")
    return slash + path or "/"


def _message(line: str, headers: tuple[Header, ...], body: str) -> str:
    lines = [line, *(f"{name}: {value}" for name, value in headers)]
    text = "\n".join(lines)
    return f"{text}\n\n{pretty(body)}" if body else text
