"""What a command tells on standard error, and ``--quiet``."""

from __future__ import annotations

import sys


def say(text: str) -> None:
    """One line, at once; nothing for no text."""
    if text:
        sys.stderr.write(f"{text}\n")
        sys.stderr.flush()
