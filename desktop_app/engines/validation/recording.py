"""An answer as evidence: redacted and clipped."""

from __future__ import annotations

import re

from desktop_app.core.redaction import MARK, is_secret_key, redact
from desktop_app.core.validation.findings import Exchange
from desktop_app.engines.validation.client import Answer

_HEADERS_KEPT = 16 * 1024
"""Characters of headers kept of one answer."""
_TELLING = 6
"""So many characters of a secret tell something of it."""
_TIMING_READ = 1_000
"""So much of Server-Timing is looked at: the pattern takes long with many spaces."""
_DURATION = re.compile(r"(?:^|,)\s*[^,]*?;\s*dur=([0-9.]+)")


def exchange_of(answer: Answer, kept_text: int, secrets: frozenset[str] = frozenset()) -> Exchange:
    """What went over the wire, for people: without secrets, at most ``kept_text`` characters.

    ``secrets`` are values (passwords, tokens) taken out wherever they stand.
    """
    request = answer.request

    def shown(text: str) -> str:
        clipped = text[: kept_text * 2]
        for secret in secrets:
            clipped = clipped.replace(secret, MARK)
        if len(text) > kept_text * 2:
            clipped = _without_beginning(clipped, secrets)
        return redact(clipped)[:kept_text]

    def headers(pairs: tuple[tuple[str, str], ...]) -> tuple[tuple[str, str], ...]:
        kept, room = [], _HEADERS_KEPT
        for name, value in pairs:
            told = MARK if is_secret_key(name) and value else shown(value)[:room]
            kept.append((name[:200], told))
            room -= len(name[:200]) + len(told)
            if room <= 0:
                break
        return tuple(kept)

    timing = _DURATION.search(answer.header("server-timing")[:_TIMING_READ])
    return Exchange(
        method=request.method[:100],
        url=shown(answer.url),
        by=request.by,
        request_headers=headers(request.headers),
        request_body=shown(request.content.decode("utf-8", errors="replace")),
        sent_bytes=len(request.content),
        status=answer.status,
        reason=answer.reason[:200],
        http_version=answer.http_version,
        response_headers=headers(answer.headers),
        response_body=shown(answer.text),
        received_bytes=len(answer.body),
        clipped=not answer.whole or len(answer.text) > kept_text,
        connect_ms=answer.connect_ms,
        first_byte_ms=answer.first_byte_ms,
        total_ms=answer.total_ms,
        server_ms=float(timing[1]) if timing else None,
        failure=answer.failure[:500],
        at=answer.at,
    )


def _without_beginning(text: str, secrets: frozenset[str]) -> str:
    """A text that was cut, without the beginning of a secret at its end."""
    for secret in secrets:
        for length in range(len(secret) - 1, _TELLING - 1, -1):
            if text.endswith(secret[:length]):
                return text[:-length]
    return text
