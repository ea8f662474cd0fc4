"""Places in a JSON document: ``user.role``, ``users.0.id``, ``users.*.id``."""

from __future__ import annotations

import random
from typing import Any

MISSING = object()
"""What is found where there is nothing."""

ANY = "*"
"""An element of a list, drawn by chance."""


def at(document: Any, place: str, draw: random.Random) -> Any:
    """What is at ``place``, or ``MISSING``. An empty place is the whole document."""
    for part in place.split(".") if place else ():
        if isinstance(document, dict):
            document = document.get(part, MISSING)
        elif isinstance(document, list) and part == ANY and document:
            document = draw.choice(document)
        elif isinstance(document, list) and part.isdecimal() and int(part) < len(document):
            document = document[int(part)]
        else:
            return MISSING
        if document is MISSING:
            return MISSING
    return document
