"""An exchange as people read it: what was sent, what came back, how long each part took."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import urlsplit

from desktop_app.core.language import _
from desktop_app.core.validation.findings import Exchange, Header
from desktop_app.services.validation import words


def request_text(exchange: Exchange, *, indented: bool = False) -> str:
    """The request as it went over the wire, redacted; ``indented`` JSON has a value a line."""
    parts = urlsplit(exchange.url)
    path = exchange.url.partition(parts.netloc)[2] if parts.netloc else exchange.url
    head = [f"{exchange.method} {path or '/'}", *_headers(exchange.request_headers)]
    return _whole(head, exchange.request_body, indented)


def answer_text(exchange: Exchange, *, indented: bool = False) -> str:
    """The answer as it came, redacted and clipped; or why none came."""
    head = [words.answer_text(exchange), *_headers(exchange.response_headers)]
    text = _whole(head, exchange.response_body, indented)
    if exchange.clipped:
        text += "\n" + _("[… not all of {bytes} bytes is shown]").format(
            bytes=f"{exchange.received_bytes:,}"
        )
    return text


def request_title(exchange: Exchange) -> str:
    """Who asked, and how much was sent."""
    sent = f"{exchange.sent_bytes:,}"
    if exchange.by == "nobody":
        return _("Request without signing in, {bytes} bytes").format(bytes=sent)
    return _("Request as {who}, {bytes} bytes").format(who=words.role(exchange.by), bytes=sent)


def answer_title(exchange: Exchange) -> str:
    """How long the answer took, and how much came."""
    if not exchange.status:
        return _("No answer after {time}").format(time=milliseconds(exchange.total_ms))
    return _("Answer after {time}, {bytes} bytes").format(
        time=milliseconds(exchange.total_ms), bytes=f"{exchange.received_bytes:,}"
    )


def timing_text(exchange: Exchange) -> str:
    """The parts of the time: connecting, the first byte, the whole, the server's own word."""
    known = (
        (_("connected"), exchange.connect_ms),
        (_("first byte"), exchange.first_byte_ms),
        (_("whole answer"), exchange.total_ms),
        (_("by the server's word"), exchange.server_ms),
    )
    return ", ".join(f"{name} {milliseconds(ms)}" for name, ms in known if ms is not None)


def milliseconds(ms: float) -> str:
    """A time in milliseconds, finer where it is short."""
    return f"{ms:.1f} ms" if ms < 10 else f"{ms:,.0f} ms"


def _headers(headers: Iterable[Header]) -> list[str]:
    return [f"{name}: {value}" for name, value in headers]


def _whole(head: list[str], body: str, indented: bool) -> str:
    lines = "\n".join(head)
    shown = _indented(body) if indented else body
    return f"{lines}\n\n{shown}" if body else lines


def _indented(body: str) -> str:
    """JSON with one value a line; anything else, a clipped one too, as it came."""
    if not body.lstrip().startswith(("{", "[")):
        return body
    try:
        return json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):
        return body
