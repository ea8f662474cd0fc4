"""Secrets of the local workspace, kept in files that only their owner may read."""

from __future__ import annotations

import os
import re
import secrets
import sys
from dataclasses import dataclass
from pathlib import Path

_SOUND = re.compile(r"[0-9A-Za-z]{32,1000}")  # what a key file of MongoDB may hold, too


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret, and whether it had to be made now (there was none, or a damaged one)."""

    value: str
    made_now: bool

    def __repr__(self) -> str:
        return f"Secret(made_now={self.made_now})"


def kept_secret(path: Path) -> Secret:
    """The secret kept at ``path``; made and written (mode 0600) if there is no sound one.

    A file that others may read is narrowed to its owner. Raises ``OSError``.
    """
    try:
        value = path.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, UnicodeDecodeError):
        value = ""
    if _SOUND.fullmatch(value):
        _only_for_owner(path)
        return Secret(value, made_now=False)
    value = secrets.token_hex(32)
    write_private(path, value)
    return Secret(value, made_now=True)


def holds(path: Path, text: str) -> bool:
    """Whether the file at ``path`` is there and holds exactly ``text``."""
    try:
        return path.read_bytes() == text.encode()
    except FileNotFoundError:
        return False


def write_private(path: Path, text: str) -> None:
    """Write ``text`` to ``path`` whole or not at all, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f"{path.name}.{os.getpid()}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _only_for_owner(path: Path) -> None:
    if sys.platform != "win32" and path.stat().st_mode & 0o077:
        path.chmod(0o600)
