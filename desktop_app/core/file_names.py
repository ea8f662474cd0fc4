"""Names of files: what a person or a stranger calls one, made into a name that is never a path."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable

LONGEST_NAME = 255

_RUNNABLE = (
    "exe com bat cmd ps1 psm1 vbs vbe js jse wsf wsh hta scr pif msi msp cpl lnk reg scf url jar "
    "dll sys"
)
RUNNABLE_ENDINGS = frozenset(_RUNNABLE.split())
"""Endings by which Windows runs a file that is double-clicked, whatever it holds."""

_NUMBERED = (f"{device}{n}" for device in ("COM", "LPT") for n in "0123456789¹²³")
_RESERVED = frozenset(
    ("CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$", "CLOCK$", *_NUMBERED),
)
"""Names of devices: Windows opens the device, with any ending behind them too."""
_SEPARATORS = re.compile(r"[\\/]")
_FORBIDDEN = re.compile(r'[<>:"|?*]')
_SPACES = re.compile(r"\s+")
_NOT_PRINTED = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")
"""Control characters and the invisible ones that turn the direction of writing."""


def clean_name(raw: str, *, longest: int = LONGEST_NAME) -> str:
    """``raw`` as a name that every file system takes and none reads as a path; "" for nothing left.

    Folders of both kinds of slashes are cut off, control and direction characters dropped, what
    Windows forbids becomes "_", devices' names get one in front. Korean is kept, in NFC.
    """
    composed = unicodedata.normalize("NFC", raw)
    text = "".join(c for c in composed if c.isspace() or _printed(c))
    text = next((part for part in reversed(_SEPARATORS.split(text)) if _bare(part)), "")
    text = _bare(_FORBIDDEN.sub("_", _SPACES.sub(" ", text)))
    if text.partition(".")[0].rstrip().upper() in _RESERVED:
        text = f"_{text}"
    return shortened(text, longest)


def shortened(name: str, longest: int, size: Callable[[str], int] = len) -> str:
    """``name`` no longer than ``longest`` by ``size``, cut before its ending."""
    stem, dot, ending = name.rpartition(".")
    if not stem or len(ending) > 16:
        stem, dot, ending = name, "", ""
    while stem and size(stem + dot + ending) > longest:
        stem = stem[:-1]
    return _bare(stem) + dot + ending


def local_name(name: str) -> str:
    """``name``, as a server gave it, as a name for a file of this computer; never empty.

    File systems of Linux count bytes, and Korean takes three for a syllable.
    """
    cleaned = clean_name(name) or "file"
    return shortened(cleaned, LONGEST_NAME - _ROOM, lambda text: len(text.encode("utf-8")))


def ending_of(name: str) -> str:
    """What stands behind the last dot, in lower case; empty without one."""
    stem, _, ending = name.rpartition(".")
    return ending.lower() if stem else ""


def is_runnable(name: str) -> bool:
    """Whether a double click on a file of this name runs it."""
    return ending_of(name) in RUNNABLE_ENDINGS


_ROOM = 24
"""Bytes left for what stands around the name of a file that is not complete yet."""


def _printed(character: str) -> bool:
    return unicodedata.category(character) not in _NOT_PRINTED


def _bare(text: str) -> str:
    """Windows drops dots and spaces at the end of a name: what differs by them would be one."""
    return text.lstrip(" \t\r\n").rstrip(". \t\r\n")
