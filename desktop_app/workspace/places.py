"""Where a local workspace keeps what: one data folder, usable as a whole or not at all."""

from __future__ import annotations

import errno
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.language import _
from desktop_app.workspace.faults import from_os_error

NEEDED_BYTES = 64_000_000
"""What the database needs at the least to start."""

LITTLE_BYTES = 1_000_000_000
"""Below this much free space a person is warned."""


@dataclass(frozen=True, slots=True)
class Places:
    """The files of the workspace in the data folder ``root``."""

    root: Path

    @property
    def lock(self) -> Path:
        """Locked, by the system, by the process that runs the workspace."""
        return self.root / "workspace.lock"

    @property
    def runtime(self) -> Path:
        """What runs now: see ``runtime.Runtime``."""
        return self.root / "runtime.json"

    @property
    def ports(self) -> Path:
        """The ports used last, to be used again."""
        return self.root / "ports.json"

    @property
    def mongo(self) -> Path:
        """The database: data, log, key, passwords of its users."""
        return self.root / "mongo"

    @property
    def api(self) -> Path:
        """The API server: logs, signing key."""
        return self.root / "api"

    @property
    def token_key(self) -> Path:
        """What the API server signs its tokens with."""
        return self.api / "token.key"

    @property
    def admin_password(self) -> Path:
        """The password that the workspace's administrator starts with."""
        return self.root / "admin.password"

    def prepare(self) -> str:
        """Make the folder; returns a warning when there is little space, else nothing.

        Raises ``LocalFailure`` when it cannot be made or written, or the disk is full.
        """
        try:
            self.root.mkdir(parents=True, exist_ok=True)
            probe = self.root / f".write-probe-{os.getpid()}"
            probe.write_bytes(b"\0")
            probe.unlink()
            free = shutil.disk_usage(self.root).free
            if free < NEEDED_BYTES:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        except OSError as error:
            raise from_os_error(error, self.root) from error
        if free >= LITTLE_BYTES:
            return ""
        return _("Only {megabytes} MB are free on the disk that holds {folder}.").format(
            megabytes=free // 1_000_000, folder=self.root
        )
