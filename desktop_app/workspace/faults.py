"""What goes wrong with local servers, as errors that say what to do."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_

DISK_FULL = (
    N_("The disk that holds {folder} is full."),
    N_("Free some space there, then start again. Nothing that was saved is lost."),
)


class ServerFailed(LocalFailure):
    """A local server did not start or ended by itself.

    ``log_tail`` is the end of its log; ``lasting`` whether trying again is of no use until
    someone does something about it.
    """

    def __init__(
        self,
        *,
        what: str,
        advice: str,
        log_tail: str = "",
        lasting: bool = False,
        **params: Any,
    ) -> None:
        super().__init__(what=what, advice=advice, **params)
        self.log_tail = log_tail
        self.lasting = lasting


def from_os_error(error: OSError, folder: Path) -> LocalFailure:
    """What an error of the system, met while using ``folder``, means to a person."""
    if error.errno == errno.ENOSPC:
        what, advice = DISK_FULL
        return LocalFailure(what=what, advice=advice, folder=folder)
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return LocalFailure(
            what=N_("The folder {folder} cannot be written."),
            advice=N_("Give yourself the right to write there, or choose another data folder."),
            folder=folder,
        )
    return LocalFailure(
        what=N_("The folder {folder} cannot be used: {reason}."),
        advice=N_("Choose another data folder."),
        folder=folder,
        reason=error.strerror or str(error),
    )


def port_taken(port: int) -> LocalFailure:
    """A port that was asked for by number is taken."""
    return LocalFailure(
        what=N_("Port {port} is taken by another program."),
        advice=N_("End that program, or ask for another port."),
        port=port,
    )
