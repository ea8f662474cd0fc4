"""What a selftest found: one verdict per screen, one for the whole."""

from __future__ import annotations

import platform
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """One screen or dialog: its picture's file name, what is wrong with it, how long it took."""

    name: str
    picture: str = ""
    findings: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(slots=True, kw_only=True)
class SelftestResult:
    """A whole run. ``unavailable`` says why nothing could be measured, if so."""

    language: str
    theme: str
    screens: list[Screen] = field(default_factory=list)
    unavailable: str = ""
    seconds: float = 0.0

    @property
    def findings(self) -> int:
        """How many things are wrong."""
        return sum(len(screen.findings) for screen in self.screens)

    @property
    def passed(self) -> bool:
        """Whether everything was opened and nothing is wrong."""
        return not self.unavailable and bool(self.screens) and not self.findings

    def as_json(self) -> dict[str, Any]:
        """The result as JSON values, with where it was measured."""
        return {
            "passed": self.passed,
            "unavailable": self.unavailable,
            "language": self.language,
            "theme": self.theme,
            "seconds": round(self.seconds, 1),
            "system": platform.platform(),
            "findings": self.findings,
            "screens": [
                {
                    "name": screen.name,
                    "picture": screen.picture,
                    "seconds": round(screen.seconds, 2),
                    "findings": list(screen.findings),
                }
                for screen in self.screens
            ],
        }
