"""Where the window was: remembered, and brought back onto a screen that still exists."""

from __future__ import annotations

import binascii
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QRect, QSize
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from desktop_app.config.settings import UiState

STATE = "window_geometry"
PREFERRED = QSize(1280, 800)
SMALLEST = QSize(960, 600)
FRAME_ALLOWANCE = QSize(16, 40)
"""Room left for borders and title bar, whose size is not known before the window is shown."""
_VISIBLE_ENOUGH = 64


def restore_geometry(window: QWidget, state: UiState) -> None:
    """Put ``window`` where it was, or in the middle of the main screen."""
    kept = state.get(STATE)
    restored = isinstance(kept, str) and window.restoreGeometry(_bytes(kept))
    if not restored:
        window.resize(PREFERRED)
    if not restored or not _reachable(window.frameGeometry()):
        _centre(window)


def keep_geometry(window: QWidget, state: UiState) -> None:
    """Remember where ``window`` is."""
    state.set(STATE, bytes(window.saveGeometry().data()).hex())


def _bytes(text: str) -> QByteArray:
    try:
        return QByteArray(bytes.fromhex(text))
    except (ValueError, binascii.Error):
        return QByteArray()


def _reachable(frame: QRect) -> bool:
    """Whether enough of the title bar is on a screen to take hold of the window."""
    bar = QRect(frame.left(), frame.top(), frame.width(), _VISIBLE_ENOUGH)
    seen = (bar.intersected(s.availableGeometry()) for s in QGuiApplication.screens())
    return any(s.width() >= _VISIBLE_ENOUGH and s.height() >= _VISIBLE_ENOUGH // 2 for s in seen)


def _centre(window: QWidget) -> None:
    room = QGuiApplication.primaryScreen().availableGeometry()
    size = window.size().boundedTo(room.size() - FRAME_ALLOWANCE)
    window.resize(size)
    window.move(
        room.left() + (room.width() - size.width()) // 2,
        room.top() + (room.height() - size.height() - FRAME_ALLOWANCE.height()) // 2,
    )
