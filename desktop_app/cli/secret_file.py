"""A password or a key from a file: other users of a computer see a command's arguments."""

from __future__ import annotations

from pathlib import Path

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_


def secret_from(file: Path) -> str:
    """The file's text without white space around it; raises ``LocalFailure``."""
    try:
        return file.read_text(encoding="utf-8-sig").strip()
    except (OSError, UnicodeError) as error:
        raise LocalFailure(
            what=N_("The password file “{file}” cannot be read."),
            advice=N_("Check its name and your rights to it."),
            file=file,
        ) from error
