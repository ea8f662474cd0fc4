"""Where the commands keep what the window shows later."""

from __future__ import annotations

from pathlib import Path

from desktop_app.config.folders import HOME_VARIABLE, user_folders
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_


def data_folder() -> Path:
    """The user's data folder; raises ``LocalFailure`` where it cannot be made."""
    try:
        return user_folders().data
    except OSError as error:
        raise LocalFailure(
            what=N_("The console's folder cannot be made: {reason}."),
            advice=N_("Name another one in the environment variable {variable}."),
            reason=str(error),
            variable=HOME_VARIABLE,
        ) from error
