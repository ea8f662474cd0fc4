"""Bodies with one thing wrong, made from a sound one and the declared fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

from desktop_app.core.companies import COMPANY_FIELDS
from desktop_app.core.fields import Field, Kind
from desktop_app.core.files import UPLOAD_FIELDS
from desktop_app.core.projects import PROJECT_FIELDS
from desktop_app.core.templates import TEMPLATE_FIELDS
from desktop_app.core.users import USER_FIELDS

Sound = Mapping[str, Any]
Broken = Iterator[tuple[str, bytes]]
"""What is wrong, in a few words that are the same in every language, and the body."""

_CREDENTIALS = (
    Field(key="login_id", kind=Kind.TEXT, label="", required=True),
    Field(key="password", kind=Kind.TEXT, label="", required=True),
)
FIELDS: Mapping[str, tuple[Field, ...]] = {
    "login": _CREDENTIALS,
    "users": USER_FIELDS,
    "companies": COMPANY_FIELDS,
    "templates": TEMPLATE_FIELDS,
    "projects": PROJECT_FIELDS,
    "files": UPLOAD_FIELDS,
}

_NUMBERS = frozenset({Kind.INTEGER, Kind.DECIMAL})
_LONG = frozenset({Kind.TEXT, Kind.MULTILINE, Kind.EMAIL, Kind.PHONE, Kind.BUSINESS_NUMBER})
_DEEP = 2_000
_CLEANED = frozenset({"file_name"})
"""Names of files are made harmless rather than refused."""


def malformed(_kind: str, sound: Sound, _new: bool) -> Broken:
    """Texts that are no JSON."""
    text = json.dumps(sound, ensure_ascii=False)
    for what, body in {
        "half a body": text[: len(text) // 2],
        "a comma too many": text[:-1] + ",}",
        "single quotes": text.replace('"', "'"),
        "a bare word": "nope",
        "two objects": text + text,
        "a comment": "/* c */" + text,
        "NaN": text[:-1] + ', "x": NaN}',
        "a line break in a text": '{"name": "a\nb"}',
        "nothing": "",
        "blanks": "   ",
    }.items():
        yield what, body.encode()


def no_objects(_kind: str, _sound: Sound, _new: bool) -> Broken:
    """JSON that is no object."""
    for body in ("[]", '"text"', "1", "true", "null", "[{}]"):
        yield body, body.encode()


def wrong_types(kind: str, sound: Sound, _new: bool) -> Broken:
    """Each field with values of other types."""
    for field in FIELDS[kind]:
        others: tuple[Any, ...] = (7, ["x"], {"x": 1})
        if field.kind in _NUMBERS:
            others = ("7", True, [1])
        elif field.kind is Kind.FLAG:
            others = ("true", 1)
        for value in others:
            yield f"{field.key} = {json.dumps(value)}", _with(sound, field.key, value)
    if kind == "templates":
        for value in ("x", {"x": 1}, [1], [{"name": 1, "weight": "100"}]):
            yield f"criteria = {json.dumps(value)}", _with(sound, "criteria", value)


def nulls(kind: str, sound: Sound, _new: bool) -> Broken:
    """Each required field as null."""
    for field in FIELDS[kind]:
        if field.required:
            yield f"{field.key} = null", _with(sound, field.key, None)


def missing_fields(kind: str, sound: Sound, new: bool) -> Broken:
    """Each required field left out; a change may leave out what it likes."""
    for field in FIELDS[kind]:
        if new and field.required and field.default is None:
            without = {key: value for key, value in sound.items() if key != field.key}
            yield f"no {field.key}", _encoded(without)


def beyond_limits(kind: str, sound: Sound, _new: bool) -> Broken:
    """Texts longer than they may be, numbers beyond their bounds, choices that are none."""
    for field in FIELDS[kind]:
        if field.kind in _LONG and kind != "login" and field.key not in _CLEANED:
            long = "a" * (field.max_length + 1)
            yield f"{field.key}: {len(long)} characters", _with(sound, field.key, long)
        for bound, beyond in ((field.minimum, -1), (field.maximum, 1)):
            if bound is not None and field.kind in _NUMBERS:
                value = bound + beyond
                yield f"{field.key} = {value}", _with(sound, field.key, value)
        if field.choices:
            yield f"{field.key} = unheard-of", _with(sound, field.key, "unheard-of")


def huge_numbers(kind: str, sound: Sound, _new: bool) -> Broken:
    """Numbers that no machine type holds, where numbers belong."""
    for field in FIELDS[kind]:
        if field.kind in _NUMBERS:
            for number in ("1e400", "-1e400", "9" * 400, "9" * 5_000):
                shown = number if len(number) < 10 else f"{len(number)} digits"
                body = _with(sound, field.key, "@number@").replace(b'"@number@"', number.encode())
                yield f"{field.key} = {shown}", body


def bad_unicode(kind: str, sound: Sound, _new: bool) -> Broken:
    """Bytes that are no UTF-8, half characters, characters that no name has."""
    key = next(field.key for field in FIELDS[kind] if _is_text(field))
    marked = _with(sound, key, "@text@")
    for what, text in {
        "bytes that are no UTF-8": b"\xff\xfe",
        "an overlong encoding": b"\xc0\xaf",
        "half a surrogate pair": b"\\ud800",
        "a NUL": b"a\\u0000b",
        "a control character": b"a\\u0007b",
    }.items():
        yield what, marked.replace(b"@text@", text)
    yield "UTF-16", json.dumps(sound).encode("utf-16")


def deep_nesting(kind: str, sound: Sound, _new: bool) -> Broken:
    """Lists and objects within each other, thousands deep."""
    key = FIELDS[kind][0].key
    marked = _with(sound, key, "@deep@")
    lists = b"[" * _DEEP + b"]" * _DEEP
    objects = b'{"a":' * _DEEP + b"1" + b"}" * _DEEP
    for what, deep in {
        f"{_DEEP} lists": lists,
        f"{_DEEP} objects": objects,
        f"{_DEEP * 3} open lists": b"[" * _DEEP * 3,
    }.items():
        yield what, marked.replace(b'"@deep@"', deep)


KINDS: Mapping[str, Callable[[str, Sound, bool], Broken]] = {
    "malformed": malformed,
    "no_objects": no_objects,
    "wrong_types": wrong_types,
    "nulls": nulls,
    "missing_fields": missing_fields,
    "beyond_limits": beyond_limits,
    "huge_numbers": huge_numbers,
    "bad_unicode": bad_unicode,
    "deep_nesting": deep_nesting,
}


def _is_text(field: Field) -> bool:
    return field.kind not in _NUMBERS and field.key not in _CLEANED


def _with(sound: Sound, key: str, value: Any) -> bytes:
    changed = deepcopy(dict(sound))
    inner = changed
    *way, last = key.split(".")
    for step in way:
        inner = inner.setdefault(step, {})
    inner[last] = value
    return _encoded(changed)


def _encoded(body: Any) -> bytes:
    return json.dumps(body, ensure_ascii=False).encode()
