"""The key file at a path that mongod can open.

mongod for Windows opens its key file, and nothing else of ours, by the system's code page, while
it takes its arguments for UTF-8: below a folder such as ``C:\\Users\\홍길동`` it does not find it.
There the key is lent to it at another path for the time of its start.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


class KeyFile:
    """The key file ``kept`` as mongod is told of it: ``path``; to be given back once it is read."""

    def __init__(self, kept: Path) -> None:
        """Raises ``OSError``."""
        self.path = kept
        self._lent: Path | None = None
        if sys.platform == "win32" and not str(kept.absolute()).isascii():
            self._lent = _private_folder(kept)
            self.path = Path(shutil.copy(kept, self._lent))

    def give_back(self) -> None:
        """Remove what was lent; mongod reads its key once, when it starts."""
        if self._lent is not None:
            shutil.rmtree(self._lent, ignore_errors=True)
            self._lent = None


if sys.platform == "win32":
    import hashlib
    import os
    import secrets

    import pywintypes
    import win32file
    import win32security

    _OWNER_ONLY = "D:P(A;OICI;FA;;;OW)"
    """Security descriptor: nobody but the owner, and nothing taken over from the folder above."""

    def _private_folder(kept: Path) -> Path:
        """A new folder for this user alone, where every user of the computer may make one."""
        parent = Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData"))
        name = f"evalconsole-{hashlib.sha256(str(kept.absolute()).encode()).hexdigest()[:16]}-"
        for left in parent.glob(f"{name}*"):  # by a start that was killed
            shutil.rmtree(left, ignore_errors=True)
        folder = parent / f"{name}{secrets.token_hex(8)}"
        attributes = win32security.SECURITY_ATTRIBUTES()
        attributes.SECURITY_DESCRIPTOR = (
            win32security.ConvertStringSecurityDescriptorToSecurityDescriptor(
                _OWNER_ONLY, win32security.SDDL_REVISION_1
            )
        )
        try:
            win32file.CreateDirectory(str(folder), attributes)
        except pywintypes.error as error:
            raise OSError(0, error.strerror, str(folder), error.winerror) from error
        return folder
