"""A small JSON file of ours: written whole or not at all, and kept aside when damaged."""

from __future__ import annotations

import contextlib
import json
import os
import threading
from pathlib import Path
from typing import Any

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_

_ATTEMPTS = 20
_PAUSE_S = 0.025
"""A virus scanner or an indexer may hold a file on Windows for a moment: half a second in all."""


def replace_file(source: Path, target: Path) -> None:
    """Put ``source`` in the place of ``target`` in one step; waits out a short sharing violation.

    Raises ``OSError`` when it does not work after half a second.
    """
    for attempt in range(_ATTEMPTS):
        try:
            source.replace(target)
        except PermissionError:
            if os.name != "nt" or attempt == _ATTEMPTS - 1:
                raise
            threading.Event().wait(_PAUSE_S)
        else:
            return


class JsonFile:
    """One JSON file. ``notice`` says what was wrong with it at the last ``load``, if anything."""

    def __init__(self, path: Path, *, durable: bool = True) -> None:
        self.path = path
        self.notice: LocalFailure | None = None
        self._durable = durable

    def load(self) -> Any:
        """The file's content; None where there is no file or it is damaged.

        A damaged file is moved aside, so that nothing a person might still need is overwritten;
        ``notice`` then names where it went.
        """
        self.notice = None
        try:
            return json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, RecursionError):
            self.set_aside()
        except OSError as error:
            self.notice = LocalFailure(
                what=N_("“{file}” cannot be read: {reason}."),
                advice=N_("The standard settings are used until it can be read again."),
                file=str(self.path),
                reason=error.strerror or str(error),
            )
        return None

    def set_aside(self) -> None:
        """Move the file out of the way because its content makes no sense; sets ``notice``."""
        aside = self._free_name()
        try:
            replace_file(self.path, aside)
        except OSError:
            aside = self.path
        self.notice = LocalFailure(
            what=N_("“{file}” was damaged and was not used."),
            advice=N_("It is kept as “{aside}”; the standard settings are in use."),
            file=str(self.path),
            aside=str(aside),
        )

    def save(self, value: Any) -> None:
        """Write ``value`` atomically. Raises ``LocalFailure`` when the file cannot be written."""
        text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
        temporary = self.path.with_name(f".{self.path.name}.{os.getpid()}.tmp")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with temporary.open("w", encoding="utf-8", newline="\n") as file:
                file.write(text)
                file.flush()
                if self._durable:
                    os.fsync(file.fileno())
            replace_file(temporary, self.path)
        except OSError as error:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
            raise LocalFailure(
                what=N_("“{file}” cannot be written: {reason}."),
                advice=N_("Check that the folder may be written and the disk is not full."),
                file=str(self.path),
                reason=error.strerror or str(error),
            ) from error

    def _free_name(self) -> Path:
        number = 1
        while (aside := self.path.with_suffix(f".damaged-{number}.json")).exists():
            number += 1
        return aside
