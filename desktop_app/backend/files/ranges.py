"""Which bytes of a content are asked for (RFC 9110 §14: one range of bytes)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from desktop_app.backend.problem_details import ApiProblem

_RANGE = re.compile(r"bytes=([0-9]{0,15})-([0-9]{0,15})")


@dataclass(frozen=True, slots=True)
class Span:
    """The bytes ``start`` to ``end`` (not included) of ``size``; ``whole``: all of it, unasked."""

    start: int
    end: int
    size: int
    whole: bool = False

    @property
    def headers(self) -> dict[str, str]:
        """What the answer says of it."""
        told = {"Content-Length": str(self.end - self.start), "Accept-Ranges": "bytes"}
        if not self.whole:
            told["Content-Range"] = f"bytes {self.start}-{self.end - 1}/{self.size}"
        return told


def span_of(asked: str | None, size: int) -> Span:
    """The span that a Range header asks for; raises 416 where the content has none of it.

    What is not one range of bytes is passed over, as the standard says.
    """
    found = _RANGE.fullmatch(asked.replace(" ", "")) if asked else None
    if found is None or found.groups() == ("", ""):
        return Span(0, size, size, whole=True)
    first, last = found.groups()
    if first and last and int(last) < int(first):
        return Span(0, size, size, whole=True)
    start = int(first) if first else max(0, size - int(last))
    end = min(size, int(last) + 1) if first and last else size
    if start >= end:
        raise ApiProblem(
            416,
            "no-such-range",
            f"The content has {size} bytes.",
            headers={"Content-Range": f"bytes */{size}"},
        )
    return Span(start, end, size)
