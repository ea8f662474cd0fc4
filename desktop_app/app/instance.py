"""One console per user and data folder: a second start brings the first to the front."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEventLoop, QLockFile, QObject, QTimer, Signal

if TYPE_CHECKING:
    from PySide6.QtNetwork import QLocalServer

_PATIENCE_MS = 3000
"""How long the first console may take to answer: it may just be starting."""
_TRY_MS = 200
_COME_FORWARD = b"come forward\n"
_ASFW_ANY = -1


class SingleInstance(QObject):
    """Holds the data folder's lock while this console runs.

    The lock file names its process, so one left by a crash is recognised and replaced.
    ``raise_asked``: another start wants this window in front.
    """

    raise_asked = Signal()

    def __init__(self, data_folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = data_folder
        self._lock = QLockFile(str(data_folder / "console.lock"))
        # Only the end of its process makes a lock stale, never its age.
        self._lock.setStaleLockTime(0)
        self._server: QLocalServer | None = None

    def claim(self) -> bool:
        """Whether this is the only console of the folder; ``listen`` then hears of others.

        Raises ``PermissionError`` when nothing can be written there.
        """
        if self._lock.tryLock(0):
            return True
        if self._lock.error() is not QLockFile.LockError.LockFailedError:
            reason = os.strerror(errno.EACCES)
            raise PermissionError(errno.EACCES, reason, str(self._folder))
        return False

    def listen(self) -> None:
        """Hear of other starts from now on.

        Apart from ``claim``, as the window need not wait for Qt's network code to load.
        """
        from PySide6.QtNetwork import QLocalServer

        name = _server_name(self._folder)
        QLocalServer.removeServer(name)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        self._server.newConnection.connect(self._on_new_connection)
        self._server.listen(name)

    def call_first(self) -> bool:
        """Have the console that runs come to the front; False when it does not answer."""
        if sys.platform == "win32":
            import ctypes

            # Windows lets a process come to the front only if the one in front allows it.
            ctypes.windll.user32.AllowSetForegroundWindow(_ASFW_ANY)
        from PySide6.QtNetwork import QLocalSocket

        name = _server_name(self._folder)
        for _attempt in range(_PATIENCE_MS // _TRY_MS):
            socket = QLocalSocket()
            socket.connectToServer(name)
            if socket.waitForConnected(_TRY_MS):
                socket.write(_COME_FORWARD)
                heard = socket.waitForReadyRead(_PATIENCE_MS)
                socket.disconnectFromServer()
                return heard
            _let_pass(_TRY_MS)  # a refusal comes at once
        return False

    def release(self) -> None:
        """Let another console have the folder."""
        if self._server is not None:
            self._server.close()
        self._lock.unlock()

    def _on_new_connection(self) -> None:
        assert self._server is not None
        socket = self._server.nextPendingConnection()
        socket.disconnected.connect(socket.deleteLater)

        def on_ready() -> None:
            if bytes(socket.readAll().data()).startswith(_COME_FORWARD):
                socket.write(b"here\n")
                socket.flush()
                self.raise_asked.emit()

        socket.readyRead.connect(on_ready)


def _let_pass(milliseconds: int) -> None:
    loop = QEventLoop()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()


def _server_name(data_folder: Path) -> str:
    import getpass  # neither is needed before the window is on screen
    import hashlib

    owner = f"{getpass.getuser()}\n{data_folder.resolve()}"
    return f"evalconsole-{hashlib.sha256(owner.encode()).hexdigest()[:16]}"
