"""Places in JSON (``user.company_id``, ``users.0.id``) and ``{names}`` in texts that are sent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

MISSING = object()
NAME = re.compile(r"\{([a-z][a-z0-9_]*)\}")


def at(found: Any, place: str) -> Any:
    """What is at a place; ``MISSING`` where there is nothing."""
    for part in place.split("."):
        if isinstance(found, Mapping) and part in found:
            found = found[part]
        elif isinstance(found, list) and part.isdigit() and int(part) < len(found):
            found = found[int(part)]
        else:
            return MISSING
    return found


def filled(value: Any, known: Callable[[str], Any]) -> Any:
    """``value`` with each ``{name}`` replaced, in texts at any depth.

    A text that is one name alone becomes what it stands for, a number too.
    """
    if isinstance(value, str):
        if alone := NAME.fullmatch(value):
            return known(alone[1])
        return NAME.sub(lambda match: str(known(match[1])), value)
    if isinstance(value, Mapping):
        return {key: filled(item, known) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [filled(item, known) for item in value]
    return value


def filled_path(path: str, known: Callable[[str], Any]) -> str:
    """A path with each ``{name}`` replaced; what a server said stays one segment of it."""
    return NAME.sub(lambda match: quote(str(known(match[1])), safe=""), path)


def names_in(value: Any) -> Iterator[str]:
    """Every name that a value holds."""
    if isinstance(value, str):
        yield from NAME.findall(value)
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from names_in(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from names_in(item)
