"""What the target should be: the operations of contract v1, and what it says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.core.permissions import OPERATIONS, Operation

VERSION = "v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """The operations by id, and the target's /openapi.json (None where there is none)."""

    operations: Mapping[str, Operation] = field(default_factory=lambda: OPERATIONS)
    described: Mapping[str, Any] | None = None

    def described_operation(self, method: str, path: str) -> Mapping[str, Any] | None:
        """What /openapi.json says of an operation (``path`` with its places: ``{id}``)."""
        if self.described is None:
            return None
        item = self.described.get("paths", {}).get(path, {})
        found = item.get(method.lower()) if isinstance(item, dict) else None
        return found if isinstance(found, dict) else None

    def described_path(self, method: str, path: str) -> str:
        """Which path of /openapi.json serves this one ("/api/users/7" → "/api/users/{id}"); ""."""
        paths = self.described.get("paths") if self.described else None
        if not isinstance(paths, dict):
            return ""
        asked = path.partition("?")[0].split("/")
        fitting = [
            known
            for known, item in paths.items()
            if isinstance(item, dict) and method.lower() in item and fits(known.split("/"), asked)
        ]
        # A path spelled out goes before one with places.
        return min(fitting, key=lambda known: known.count("{"), default="")


_PLACE = re.compile(r"\{[^{}]*\}")


def endpoint(method: str, path: str) -> str:
    """How findings call an endpoint: ``path`` with any places, its query left out."""
    return f"{method} {_PLACE.sub('{id}', path.partition('?')[0])}"


def fits(known: list[str], asked: list[str]) -> bool:
    """Whether a path serves another one, both by their segments: a place fits anything."""
    return len(known) == len(asked) and all(
        _PLACE.fullmatch(one) or one == other for one, other in zip(known, asked, strict=True)
    )
