"""How much work a schema makes of a value: a hostile one doubles it with each of its references."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from typing import Any

_IN_PLACE = frozenset(
    ("allOf", "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "$ref")
)
"""What is held against the same value again; all other schemas are for what is inside it."""
_OF_NAMES = frozenset(("dependentSchemas", "properties", "patternProperties"))
"""What holds schemas by name."""
_INSIDE = frozenset(
    (
        *("items", "prefixItems", "additionalProperties", "unevaluatedProperties"),
        *("unevaluatedItems", "contains", "propertyNames", "properties", "patternProperties"),
    )
)
_DEEPEST = 64
_MOST = 200_000
"""So many schemas are looked at, at each depth of the value once; more are too dear whatever."""
_LOCAL = "#/"


class _TooMany(Exception):
    """There are more schemas than are looked at."""


def cost(whole: Mapping[str, Any], value: Any) -> int:
    """At most how often a schema is held against something in ``value``; rather too much.

    ``whole`` holds what its local references name.
    """
    depth, nodes = _extent(value)
    try:
        return _Costs(whole).of(whole, min(depth, _DEEPEST)) * nodes
    except (_TooMany, RecursionError):
        return sys.maxsize


def _extent(value: Any) -> tuple[int, int]:
    """How deep a value is, and how many values there are in its widest level."""
    depth, level, widest = 0, [value], 1
    while level:
        inner = [one for held in level for one in _held(held)]
        depth, widest, level = depth + 1, max(widest, len(inner)), inner
    return depth, widest


def _held(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


class _Costs:
    """The costs of schemas by how deep the value is, each found out once."""

    def __init__(self, whole: Mapping[str, Any]) -> None:
        self._whole = whole
        self._known: dict[tuple[int, int], int] = {}

    def of(self, schema: Any, depth: int) -> int:
        """The cost of one; a schema that comes back to itself for the same value is let go."""
        if not isinstance(schema, Mapping) or depth < 0:
            return 0
        key = (id(schema), depth)
        if key not in self._known:
            if len(self._known) >= _MOST:
                raise _TooMany
            self._known[key] = 0
            self._known[key] = 1 + sum(self.of(*one) for one in self._parts(schema, depth))
        return self._known[key]

    def _parts(self, schema: Mapping[str, Any], depth: int) -> Iterator[tuple[Any, int]]:
        for name, part in schema.items():
            if name not in _IN_PLACE and name not in _INSIDE:
                continue
            below = depth if name in _IN_PLACE else depth - 1
            if name == "$ref":
                yield self._named(part), below
            elif name in _OF_NAMES and isinstance(part, Mapping):
                yield from ((one, below) for one in part.values())
            elif isinstance(part, list):
                yield from ((one, below) for one in part)
            else:
                yield part, below

    def _named(self, reference: Any) -> Any:
        found: Any = self._whole
        if not isinstance(reference, str) or not reference.startswith(_LOCAL):
            return None
        for name in reference.removeprefix(_LOCAL).split("/"):
            plain = name.replace("~1", "/").replace("~0", "~")
            found = found.get(plain) if isinstance(found, Mapping) else None
        return found
