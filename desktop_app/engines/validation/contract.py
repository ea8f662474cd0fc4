"""What the target should be: the operations of contract v1, and what it says of itself."""

from __future__ import annotations

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
