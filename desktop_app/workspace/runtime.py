"""What the running workspace writes down so that others find it, and its successor cleans up."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
import psutil

from desktop_app.config.json_file import JsonFile
from desktop_app.workspace.api_server import Condition, condition
from desktop_app.workspace.child import created_at, same_process
from desktop_app.workspace.places import Places
from desktop_app.workspace.ports import HOST

_GONE_S = 10.0


@dataclass(frozen=True, slots=True)
class Running:
    """One process: a pid alone is not enough, as pids are used again."""

    pid: int
    created: float

    @classmethod
    def of(cls, pid: int) -> Running:
        """The process that has ``pid`` now."""
        return cls(pid, created_at(pid))

    def process(self) -> psutil.Process | None:
        """The process, while it is alive."""
        return same_process(self.pid, self.created)


@dataclass(frozen=True, slots=True, kw_only=True)
class Runtime:
    """The workspace's processes and ports. ``ready`` is false while they start or recover."""

    ready: bool
    owner: Running
    mongod: Running
    mongod_port: int
    api: Running
    api_port: int

    def write(self, places: Places) -> None:
        """Keep it in the data folder. Raises ``LocalFailure``."""
        JsonFile(places.runtime, durable=False).save(asdict(self))

    @classmethod
    def read(cls, places: Places) -> Runtime | None:
        """What was written last; None where there is nothing, or nothing that makes sense."""
        return _decoded(JsonFile(places.runtime).load())

    @property
    def api_url(self) -> str:
        """The base address of the API."""
        return f"http://{HOST}:{self.api_port}"

    def usable(self) -> bool:
        """Whether all of it is alive and the API answers."""
        return (
            self.ready
            and all(part.process() for part in (self.owner, self.mongod, self.api))
            and condition(self.api_port, timeout_s=3) is Condition.HEALTHY
        )


def end_leftovers(places: Places) -> None:
    """End servers that outlived the one who ran this workspace.

    To be called by whoever holds the folder's lock: then whatever still works on this data
    belongs to nobody.
    """
    orphans = list(_orphans(places))
    for orphan in orphans:
        try:
            orphan.kill()
        except psutil.NoSuchProcess:
            continue
    psutil.wait_procs(orphans, timeout=_GONE_S)
    forget(places)


def forget(places: Places) -> None:
    """Remove the note: nothing runs."""
    # Windows refuses while someone reads it; it names processes that are gone, which is harmless.
    with contextlib.suppress(PermissionError):
        places.runtime.unlink(missing_ok=True)


def _orphans(places: Places) -> Iterator[psutil.Process]:
    runtime = Runtime.read(places)
    for part in (runtime.api, runtime.mongod) if runtime else ():
        process = part.process()
        if process is not None and part.pid != os.getpid():
            yield process
    # mongod notes its own pid, so it is found even if our record was damaged.
    try:
        pid = int((places.mongo / "data" / "mongod.lock").read_text(encoding="ascii"))
        process = psutil.Process(pid)
        if str(places.mongo / "data") in process.cmdline():
            yield process
    except (OSError, ValueError, psutil.Error):
        return


def _decoded(value: Any) -> Runtime | None:
    try:
        return msgspec.convert(value, Runtime)
    except msgspec.ValidationError:
        return None
