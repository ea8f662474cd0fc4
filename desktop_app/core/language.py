"""The one catalogue of messages that window, command line and reports speak from.

English source texts are the message ids. ``config.catalogues`` loads the compiled catalogue of a
language and puts it in use here; until then every text is its English source.
"""

from __future__ import annotations

from gettext import NullTranslations

_in_use: NullTranslations = NullTranslations()
_code = "en"


def use(code: str, catalogue: NullTranslations) -> None:
    """Speak ``code`` ("ko" or "en") from now on, in the whole process."""
    global _in_use, _code
    _in_use, _code = catalogue, code


def language() -> str:
    """The code of the language in use: "ko" or "en"."""
    return _code


def _(message: str) -> str:
    """``message`` in the language in use."""
    return _in_use.gettext(message) if message else ""


def ngettext(singular: str, plural: str, n: int) -> str:
    """The form of a counted message that fits ``n``, in the language in use."""
    return _in_use.ngettext(singular, plural, n)


def NN_(singular: str, plural: str) -> tuple[str, str]:
    """Mark a counted message where it is declared; ``ngettext(*pair, n)`` where it is shown."""
    return singular, plural


def N_(message: str) -> str:
    """Mark ``message`` for translation where it is declared; translate it where it is shown."""
    return message
