"""Definitions as canonical text: compared, hashed, kept in the journal, told apart by place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any

from bson import json_util

from desktop_app.db.migrations.events import Difference

_ABSENT = object()


def canonical(definition: Any) -> str:
    """``definition`` as JSON with sorted keys: equal definitions are equal texts.

    Text, because not every server keeps keys like ``$jsonSchema``. Whole numbers are alike
    whatever their BSON type: an old shell writes 1 as 1.0.
    """
    text: str = json_util.dumps(
        _plain(definition),
        json_options=json_util.RELAXED_JSON_OPTIONS,
        sort_keys=True,
        separators=(",", ":"),
        ensure_ascii=False,
    )
    return text


def parsed(text: str) -> Any:
    """The definition that ``canonical`` wrote."""
    return json_util.loads(text, json_options=json_util.RELAXED_JSON_OPTIONS)


def checksum(definition: Any) -> str:
    """SHA-256 (hex) of the canonical text."""
    return sha256(canonical(definition).encode("utf-8")).hexdigest()


def differences(present: Any, wanted: Any) -> tuple[Difference, ...]:
    """Every place where two definitions differ, in the order of their paths."""
    return tuple(_differences(present, wanted, ""))


def _differences(present: Any, wanted: Any, path: str) -> Iterator[Difference]:
    if isinstance(present, Mapping) and isinstance(wanted, Mapping):
        for key in sorted({*present, *wanted}, key=str):
            there, asked = present.get(key, _ABSENT), wanted.get(key, _ABSENT)
            yield from _differences(there, asked, f"{path}.{key}" if path else str(key))
    elif _is_list(present) and _is_list(wanted) and len(present) == len(wanted):
        for place, (there, asked) in enumerate(zip(present, wanted, strict=True)):
            yield from _differences(there, asked, f"{path}.{place}" if path else str(place))
    elif present is _ABSENT or wanted is _ABSENT or canonical(present) != canonical(wanted):
        yield Difference(
            path=path,
            present=None if present is _ABSENT else present,
            wanted=None if wanted is _ABSENT else wanted,
        )


def _is_list(value: Any) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if _is_list(value):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value
