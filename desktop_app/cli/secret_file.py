"""A password or a key from a file: other users of a computer see a command's arguments."""

from __future__ import annotations

import codecs
from pathlib import Path

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_


def secret_from(file: Path) -> str:
    """The file's text without white space around it; raises ``LocalFailure``.

    UTF-8, or the UTF-16 that ``>`` of Windows PowerShell 5 writes.
    """
    try:
        content = file.read_bytes()
        utf16 = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        return content.decode("utf-16" if utf16 else "utf-8-sig").strip()
    except (OSError, UnicodeError) as error:
        raise LocalFailure(
            what=N_("The password file “{file}” cannot be read."),
            advice=N_("Check its name and your rights to it."),
            file=file,
        ) from error
