"""Nested documents as flat values by dotted key, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def flatten(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """``{"profile": {"phone": 1}}`` as ``{"profile.phone": 1}``; lists stay values."""
    flat: dict[str, Any] = {}
    for key, value in document.items():
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[prefix + key] = value
    return flat


def nest(values: Mapping[str, Any]) -> dict[str, Any]:
    """``{"profile.phone": 1}`` as ``{"profile": {"phone": 1}}``: a merge patch (RFC 7396)."""
    document: dict[str, Any] = {}
    for key, value in values.items():
        *parents, last = key.split(".")
        place = document
        for parent in parents:
            place = place.setdefault(parent, {})
        place[last] = value
    return document


def changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """The flat values of ``after`` that differ from ``before``; None and "" are alike."""
    return {key: value for key, value in after.items() if not same(before.get(key), value)}


def same(one: Any, other: Any) -> bool:
    """Whether two field values are alike: equal, or both empty (None or "")."""
    return bool(one == other) or (one in (None, "") and other in (None, ""))
