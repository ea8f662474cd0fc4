"""What can go wrong with a file of this computer, in words that say what to do."""

from __future__ import annotations

import errno
from pathlib import Path

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_ROOM_ON_WINDOWS = (39, 112, 223)
"""ERROR_HANDLE_DISK_FULL, ERROR_DISK_FULL, ERROR_FILE_TOO_LARGE."""


def unreadable(path: Path, error: OSError) -> LocalFailure:
    """The failure to raise where ``path`` cannot be read."""
    if isinstance(error, FileNotFoundError):
        return LocalFailure(
            what=N_("“{file}” is not there any more."),
            advice=N_("Look where it went, or plug in the drive that holds it."),
            file=str(path),
        )
    if isinstance(error, PermissionError):
        return LocalFailure(
            what=N_("“{file}” may not be read."),
            advice=N_("Close the program that holds it, or ask for the right to read it."),
            file=str(path),
        )
    return LocalFailure(
        what=N_("“{file}” cannot be read: {reason}."),
        advice=N_("Check that it can be opened on this computer."),
        file=str(path),
        reason=error.strerror or str(error),
    )


def unwritable(path: Path, error: OSError) -> LocalFailure:
    """The failure to raise where ``path`` cannot be written."""
    if error.errno in _NO_ROOM or getattr(error, "winerror", None) in _NO_ROOM_ON_WINDOWS:
        return no_room(path)
    if isinstance(error, PermissionError):
        return LocalFailure(
            what=N_("“{file}” cannot be written."),
            advice=N_("Close it if it is open in a program, or choose another name or folder."),
            file=str(path),
        )
    return LocalFailure(
        what=N_("“{file}” cannot be written: {reason}."),
        advice=N_("Choose another name or folder."),
        file=str(path),
        reason=error.strerror or str(error),
    )


def no_room(path: Path) -> LocalFailure:
    """The failure to raise where the disk is full."""
    return LocalFailure(
        what=N_("There is no room left for “{file}”."),
        advice=N_("Free some space, or choose another folder."),
        file=str(path),
    )
