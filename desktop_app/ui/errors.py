"""The last net: errors that nobody handled, on any thread, and what Qt itself complains of."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from desktop_app.ui.messages import MessageCentre

_log = logging.getLogger(__name__)
_qt_log = logging.getLogger("qt")

_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}

_KNOWN_CHATTER = (
    "This plugin does not support propagateSizeHints",
    "This plugin does not support raise()",
    "This plugin does not support grabbing the keyboard",
)
"""What the offscreen platform says of every window."""


def catch_everything(messages: MessageCentre) -> Callable[[], None]:
    """Show and log every unhandled error from now on; the result ends that."""
    before = (sys.excepthook, threading.excepthook)

    def on_error(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, KeyboardInterrupt):
            before[0](kind, error, trace)
        elif isinstance(error, Exception):
            messages.post_error(error)
        else:
            _log.critical("unhandled", exc_info=(kind, error, trace))

    def on_thread_error(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not issubclass(args.exc_type, SystemExit):
            on_error(args.exc_type, args.exc_value, args.exc_traceback)

    sys.excepthook = on_error
    threading.excepthook = on_thread_error
    qInstallMessageHandler(_on_qt_message)

    def restore() -> None:
        sys.excepthook, threading.excepthook = before
        qInstallMessageHandler(None)

    return restore


def _on_qt_message(kind: QtMsgType, _context: QMessageLogContext, text: str) -> None:
    if not text.startswith(_KNOWN_CHATTER):
        _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s", text)
