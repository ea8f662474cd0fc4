"""Texts that follow the language: a widget says once how it is worded, and is reworded on a switch.

The wording is kept on the widget itself, so it lives exactly as long as the widget does.
"""

from __future__ import annotations

from collections.abc import Callable
from weakref import WeakSet

from PySide6.QtCore import QObject
from shiboken6 import isValid

_ATTRIBUTE = "_wordings"
_followers: WeakSet[QObject] = WeakSet()


def follow_language(owner: QObject, apply: Callable[[], object]) -> None:
    """Call ``apply`` now and after each switch of the language, while ``owner`` lives."""
    wordings: list[Callable[[], object]] = getattr(owner, _ATTRIBUTE, [])
    wordings.append(apply)
    setattr(owner, _ATTRIBUTE, wordings)
    _followers.add(owner)
    apply()


def retranslate_all() -> None:
    """Word everything anew, after the language in use has changed."""
    for owner in list(_followers):
        for apply in list(getattr(owner, _ATTRIBUTE, [])):
            if isValid(owner):
                apply()
