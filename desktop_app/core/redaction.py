"""Secrets taken out of texts and mappings before they reach a log, a report or a screen.

Rather too much is taken out than too little; what was there stays recognisable by its key.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

MARK = "***"

_WORDS = (
    r"password|passwd|passphrase|passcode|pwd|secret|token|otp|credentials?|api[_-]?key|"
    r"secret[_-]?key|private[_-]?key|access[_-]?key|signing[_-]?key|비밀번호|암호"
)
_KEY = re.compile(rf"[\w.-]*(?:{_WORDS})(?:[_-](?:hash|value|old|new))?", re.IGNORECASE)
_LINE_KEY = re.compile(r"(?:proxy-)?authorization|(?:set-)?cookie", re.IGNORECASE)

_QUOTED = r'\\"(?:[^"\\]|\\[^"])*(?:\\"|$)|"(?:[^"\\]|\\.)*(?:"|$)|\'(?:[^\'\\]|\\.)*(?:\'|$)'
_HARMLESS = r"(?!(?:true|false|null|none)\b)"
_SEPARATOR = r"\\?[\"']?\s*[:=]\s*[bu]?"

_PATTERNS: tuple[tuple[re.Pattern[str], str], ...] = (
    (
        re.compile(
            r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
            re.DOTALL,
        ),
        MARK,
    ),
    # The last "@" before the path ends the password, which may hold others.
    (re.compile(r"(\b[a-z][a-z0-9+.-]{0,30}://[^\s/:@]*):[^\s/]*@", re.IGNORECASE), rf"\1:{MARK}@"),
    (
        re.compile(
            rf"(\b(?:{_LINE_KEY.pattern}){_SEPARATOR})(?:{_QUOTED}|[^\r\n\"']+)", re.IGNORECASE
        ),
        rf"\1{MARK}",
    ),
    (
        re.compile(
            rf"((?<![\w.-]){_KEY.pattern}{_SEPARATOR}){_HARMLESS}(?:{_QUOTED}|[^\s&\"'<>]+)",
            re.IGNORECASE,
        ),
        rf"\1{MARK}",
    ),
    (re.compile(r"\b(bearer|basic|digest) +[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE), rf"\1 {MARK}"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), MARK),
)


def redact(text: str) -> str:
    """``text`` with passwords, tokens, keys and the passwords inside addresses replaced by ***.

    Understands ``key=value``, ``key: value`` and JSON, headers, JSON web tokens, PEM keys, and
    ``scheme://user:password@host``.
    """
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


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
