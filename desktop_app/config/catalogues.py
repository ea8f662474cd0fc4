"""Which language the program speaks, and where its compiled catalogue comes from."""

from __future__ import annotations

import os
import struct
import sys
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from desktop_app.config.resources import resource
from desktop_app.core import language

DOMAIN = "evalconsole"
PSEUDO = "xx"
"""A language for tests only: every text twice as long, so that clipped layouts show."""

_KOREAN_LANGUAGE_ID = 0x12
"""The primary language of a Windows LANGID (winnt.h: LANG_KOREAN)."""


class _Doubled(NullTranslations):
    """English source texts, each doubled."""

    def gettext(self, message: str) -> str:
        return f"{message}·{message}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


def use_language(choice: str) -> str:
    """Speak ``choice`` from now on and return the code of what is spoken.

    "system" follows the operating system; English is the source and needs no catalogue. A
    language whose compiled catalogue is missing or unreadable leaves English in use, and "en" is
    returned.
    """
    code = system_language() if choice == "system" else choice
    catalogue: NullTranslations = _Doubled() if code == PSEUDO else NullTranslations()
    if code not in ("en", PSEUDO):
        loaded = _load(code)
        code, catalogue = (code, loaded) if loaded else ("en", catalogue)
    language.use(code, catalogue)
    return code


def in_every_language(message: str) -> tuple[str, ...]:
    """A message id and its translations: files that people bring are in any of them."""
    korean = _load("ko")
    return (message, korean.gettext(message)) if korean else (message,)


def system_language() -> str:
    """ "ko" where the operating system speaks Korean, otherwise "en"."""
    return "ko" if _system_is_korean() else "en"


def _system_is_korean() -> bool:
    if sys.platform == "win32":
        import ctypes

        # The language of the interface, which differs from the one of dates and numbers.
        langid: int = ctypes.windll.kernel32.GetUserDefaultUILanguage()
        return langid & 0x3FF == _KOREAN_LANGUAGE_ID
    # The order of gettext(3).
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        if spoken := os.environ.get(name):
            return spoken.lower().startswith("ko")
    if sys.platform == "darwin":
        import locale

        return (locale.getlocale()[0] or "").lower().startswith("ko")
    return False


def _load(code: str) -> GNUTranslations | None:
    return _read(resource("locale", code, "LC_MESSAGES", f"{DOMAIN}.mo"))


@cache
def _read(path: Path) -> GNUTranslations | None:
    try:
        with path.open("rb") as file:
            return GNUTranslations(file)
    except (OSError, ValueError, struct.error):
        return None
