"""Secrets taken out of texts and mappings before they reach a log, a report or a screen.

Rather too much is taken out than too little; what was there stays recognisable by its key.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote, quote_plus

MARK = "***"

_WORDS = (
    r"password|passwd|passphrase|passcode|pwd|secret|token|otp|credentials?|api[_-]?key|"
    r"secret[_-]?key|private[_-]?key|access[_-]?key|signing[_-]?key|비밀번호|암호"
)
_HINTS = ("pass", "pwd", "secret", "token", "otp", "credential", "key", "비밀번호", "암호")
"""Each of the words above holds one of these."""
_KEY = re.compile(rf"[\w.-]*(?:{_WORDS})(?:[_-](?:hash|value|old|new))?", re.IGNORECASE)
_LINE_KEY = re.compile(r"(?:proxy-)?authorization|(?:set-)?cookie", re.IGNORECASE)

_QUOTED = r'\\"(?:[^"\\]|\\[^"])*(?:\\"|$)|"(?:[^"\\]|\\.)*(?:"|$)|\'(?:[^\'\\]|\\.)*(?:\'|$)'
_DONE = r"(?!\s*\*\*\*(?:[\s\"'&<>,;:)\]}\\]|$))"
"""Not what was taken out before: a text may come by here twice, and what follows must stay."""
_HARMLESS = rf"(?!(?:true|false|null|none)\b){_DONE}"
_SEPARATOR = r"\\?[\"']?\s*[:=]\s*[bu]?"

PATTERNS: tuple[tuple[tuple[str, ...], re.Pattern[str], str], ...] = (
    (
        ("private key",),
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
            re.DOTALL,
        ),
        MARK,
    ),
    # The last "@" before the path ends the password, which may hold others.
    (
        ("://",),
        re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@]*):[^\s/]*@", re.IGNORECASE),
        rf"\1:{MARK}@",
    ),
    (
        ("authorization", "cookie"),
        re.compile(
            rf"(\b(?:{_LINE_KEY.pattern}){_SEPARATOR}){_DONE}(?:{_QUOTED}|[^\r\n\"']+)",
            re.IGNORECASE,
        ),
        rf"\1{MARK}",
    ),
    (
        _HINTS,
        re.compile(
            rf"((?<![\w.-]){_KEY.pattern}{_SEPARATOR}){_HARMLESS}(?:{_QUOTED}|[^\s&\"'<>]+)",
            re.IGNORECASE,
        ),
        rf"\1{MARK}",
    ),
    (
        ("bearer", "basic", "digest"),
        re.compile(r"\b(bearer|basic|digest) +[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE),
        rf"\1 {MARK}",
    ),
    (
        ("$argon2", "$2", "$scrypt", "$pbkdf2", "pbkdf2_sha", "$1$", "$5$", "$6$"),
        re.compile(
            r"(?:\$(?:argon2(?:id|i|d)?|2[abxy]?|scrypt|pbkdf2[\w-]*|[156])|\bpbkdf2_sha\d+)"
            r"\$[\w./$=,+-]{8,}",
            re.IGNORECASE,
        ),
        MARK,
    ),
    (("eyj",), re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), MARK),
)
"""What to look for, and one of which words is in a text where it can be found: most texts have
none, and a report of validation holds very many."""

_ODD_LETTERS = "\u0130\u0131\u017f"
"""They match i and s where case is ignored, and fold to something else."""


def redact(text: str) -> str:
    """``text`` with passwords, tokens, keys and the passwords inside addresses replaced by ***.

    Understands ``key=value``, ``key: value`` and JSON, headers, JSON web tokens, PEM keys, and
    ``scheme://user:password@host``.
    """
    folded = text.casefold()
    odd = not text.isascii() and any(letter in text for letter in _ODD_LETTERS)
    for hints, pattern, replacement in PATTERNS:
        if odd or any(hint in folded for hint in hints):
            text = pattern.sub(replacement, text)
    return text


def spellings(secret: str) -> frozenset[str]:
    """A secret as texts may hold it: as it is, inside JSON, inside addresses and forms."""
    escaped = (json.dumps(secret, ensure_ascii=plain)[1:-1] for plain in (True, False))
    quoted = () if _is_half(secret) else (quote(secret, safe=""), quote(secret), quote_plus(secret))
    return frozenset((secret, *escaped, *quoted))


def _is_half(text: str) -> bool:
    """Whether it holds half a surrogate pair, which has no bytes that could be quoted."""
    return any("\ud800" <= letter <= "\udfff" for letter in text)


def is_secret_key(key: str) -> bool:
    """Whether the value under ``key`` is a secret by the key's name.

    ``access_token`` and ``newPassword`` are; ``token_type`` and ``idempotency_key`` are not.
    """
    return bool(_KEY.fullmatch(key) or _LINE_KEY.fullmatch(key))


def redact_mapping(mapping: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of ``mapping`` with secrets replaced, in nested mappings and lists too.

    Flags (``has_password: True``) and None tell nothing and stay.
    """
    return {str(key): _redact_value(str(key), value) for key, value in mapping.items()}


def _redact_value(key: str, value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if is_secret_key(key):
        return MARK
    if isinstance(value, Mapping):
        return redact_mapping(value)
    if isinstance(value, list | tuple):
        return [_redact_value("", item) for item in value]
    if isinstance(value, bytes):
        return redact(value.decode("utf-8", errors="replace"))
    return redact(value) if isinstance(value, str) else value
