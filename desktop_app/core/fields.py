"""Declared fields: one declaration of a document's editable fields.

Forms, import mappings, the API client and the API server all read the same table, so a value
that the form lets through is one that the server takes, and a refusal shows in the same place.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from desktop_app.core.moments import moment_of
from desktop_app.core.problems import Problem

Code = str
Rule = Callable[[Any], Code | None]
"""Looks at one value (never None or empty) and returns a code of ``problems.TEXTS``, or None."""


class Kind(StrEnum):
    """What a field holds; each kind has one editor in the window."""

    TEXT = "text"
    MULTILINE = "multiline"
    EMAIL = "email"
    PHONE = "phone"
    BUSINESS_NUMBER = "business_number"
    CHOICE = "choice"
    REFERENCE = "reference"
    FLAG = "flag"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DATETIME = "datetime"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value that a field may have, with its label (a message id).

    ``aliases`` are further words under which an imported file may carry the value.
    """

    value: str
    label: str
    aliases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One editable field of a document.

    ``key`` is dotted for nested fields. ``label`` and ``hint`` are message ids. ``reference``
    names the resource that a reference points into. ``minimum`` and ``maximum`` bound numbers;
    ``max_length`` bounds texts, in characters. ``aliases`` are further headings under which an
    imported file may carry the field. ``fixed`` fields are set on creation and never again.
    """

    key: str
    kind: Kind
    label: str
    hint: str = ""
    required: bool = False
    max_length: int = 200
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[Choice, ...] = ()
    reference: str = ""
    rules: tuple[Rule, ...] = ()
    aliases: tuple[str, ...] = ()
    fixed: bool = False
    default: Any = None


_TEXT_KINDS = frozenset(
    {
        Kind.TEXT,
        Kind.MULTILINE,
        Kind.EMAIL,
        Kind.PHONE,
        Kind.BUSINESS_NUMBER,
        Kind.CHOICE,
        Kind.REFERENCE,
        Kind.DATETIME,
    }
)


def normalised(field: Field, value: Any) -> Any:
    """``value`` as it is kept: trimmed, in Unicode NFC, e-mail in lower case, empty as None."""
    if not isinstance(value, str) or field.kind not in _TEXT_KINDS:
        return value
    text = unicodedata.normalize("NFC", value).strip()
    if field.kind is Kind.EMAIL:
        text = text.lower()
    return text or None


def check_value(field: Field, value: Any) -> Problem | None:
    """The first problem of one value, or None."""

    def problem(code: Code, **params: Any) -> Problem:
        return Problem(field=field.key, code=code, params=params)

    if value is None or value == "":
        return problem("required") if field.required else None
    if field.kind is Kind.FLAG:
        return None if isinstance(value, bool) else problem("type")
    if field.kind in (Kind.INTEGER, Kind.DECIMAL):
        kinds = (int,) if field.kind is Kind.INTEGER else (int, float)
        if isinstance(value, bool) or not isinstance(value, kinds) or _is_endless(value):
            return problem("type")
        if field.minimum is not None and value < field.minimum:
            return problem("too_small", minimum=field.minimum)
        if field.maximum is not None and value > field.maximum:
            return problem("too_large", maximum=field.maximum)
    elif not isinstance(value, str):
        return problem("type")
    else:
        if len(value) > field.max_length:
            return problem("too_long", maximum=field.max_length)
        if _has_control_characters(value, multiline=field.kind is Kind.MULTILINE):
            return problem("control_characters")
        if field.choices and value not in {choice.value for choice in field.choices}:
            return problem("choice")
        if field.kind is Kind.DATETIME and moment_of(value) is None:
            return problem("moment_form")
    for rule in field.rules:
        if code := rule(value):
            return problem(code)
    return None


def check_fields(
    fields: Iterable[Field], values: Mapping[str, Any], *, only: Iterable[str] | None = None
) -> tuple[Problem, ...]:
    """All problems of ``values`` (flat, by dotted key), in the order of ``fields``.

    ``only`` limits the check to the keys that a change carries.
    """
    wanted = None if only is None else set(only)
    found = (
        check_value(field, values.get(field.key))
        for field in fields
        if wanted is None or field.key in wanted
    )
    return tuple(problem for problem in found if problem)


def _is_endless(value: float) -> bool:
    """NaN or infinite; a whole number of any length is neither, but may be no float."""
    return isinstance(value, float) and not math.isfinite(value)


# Unicode's categories Cc, Cs and Co. A pattern: this is asked of every field at every key press.
_UNPRINTABLE = r"\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
_UNPRINTABLE_IN_LINES = re.compile(f"[{_UNPRINTABLE}]")
_UNPRINTABLE_IN_A_LINE = re.compile(rf"[{_UNPRINTABLE}\t\n]")


def _has_control_characters(text: str, *, multiline: bool) -> bool:
    pattern = _UNPRINTABLE_IN_LINES if multiline else _UNPRINTABLE_IN_A_LINE
    return pattern.search(text) is not None


_LOGIN_ID = re.compile(r"[A-Za-z][A-Za-z0-9._-]{2,63}")
_EMAIL = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@"
    r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}"
)
_PHONE = re.compile(r"\+?[0-9]{1,4}(?:[- ]?[0-9]{2,4}){1,4}")


def login_id_form(value: str) -> Code | None:
    """A sign-in name: 3–64 ASCII letters, digits, dots, dashes, underscores; a letter first."""
    return None if _LOGIN_ID.fullmatch(value) else "login_id_form"


def email_form(value: str) -> Code | None:
    """An e-mail address as HTML's ``input type=email`` takes it, with a dotted domain."""
    ok = _EMAIL.fullmatch(value) and ".." not in value and not value.startswith(".")
    return None if ok else "email_form"


def phone_form(value: str) -> Code | None:
    """A telephone number: digits in groups, dashes or spaces between, a country code if any."""
    return None if _PHONE.fullmatch(value) else "phone_form"
