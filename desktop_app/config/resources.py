"""Files that ship with the program: icons, themes, catalogues."""

from __future__ import annotations

import sys
from pathlib import Path

_ROOT = (
    Path(getattr(sys, "_MEIPASS", "")) / "resources"
    if getattr(sys, "frozen", False)
    else Path(__file__).resolve().parents[2] / "resources"
)


def resource(*parts: str) -> Path:
    """The path of a shipped file or folder, in a checkout and in a frozen build alike."""
    return _ROOT.joinpath(*parts)
