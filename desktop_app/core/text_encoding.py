"""Texts of unknown encoding: by mark, or by trial of UTF-8, UTF-16 and CP949."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f]")
_LOOKED_AT = 64 * 1024


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and the encoding that it was in, as Python calls it."""

    text: str
    encoding: str


def decoded(head: bytes, *, whole: bool) -> Decoded | None:
    """``head`` as a text; None when it is none.

    Unless ``head`` is the ``whole`` content, it may end within a character.
    """
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return _tried(head[len(mark) :], encoding, whole=whole)
    if b"\x00" in head:
        wide = _wide_encoding(head)
        return _tried(head, wide, whole=whole) if wide else None
    found = _tried(head, "utf-8", whole=whole)
    if found is None:
        found = _tried(head, "cp949", whole=whole)
        return found if found is not None and _is_korean(found.text) else None
    return found


def _tried(content: bytes, encoding: str, *, whole: bool) -> Decoded | None:
    try:
        text = codecs.getincrementaldecoder(encoding)().decode(content, whole)
    except UnicodeDecodeError:
        return None
    return None if _NOT_IN_TEXT.search(text) else Decoded(text, encoding)


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 without a mark: every other byte of what is mostly ASCII is zero."""
    start = head[:4096]
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = max(1, len(start) // 2)
    if odd > half * 0.3 and even < half * 0.02:
        return "utf-16-le"
    if even > half * 0.3 and odd < half * 0.02:
        return "utf-16-be"
    return None


def _is_korean(text: str) -> bool:
    """Any bytes may happen to be CP949: a text is, when its characters are mostly Hangul."""
    high = [c for c in text[:_LOOKED_AT] if ord(c) > 0x7F]
    korean = sum("가" <= c <= "힣" or "ㄱ" <= c <= "ㆎ" for c in high)
    return bool(high) and korean >= 0.7 * len(high)
