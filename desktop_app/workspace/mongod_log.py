"""What mongod's log says: when it listens, and why it gave up."""

from __future__ import annotations

import json
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktop_app.core.language import N_
from desktop_app.workspace.faults import DISK_FULL, ServerFailed

LISTENING = 23016
"""Log id of "Waiting for connections"; stable since MongoDB 4.4."""

_GRAVE = re.compile(r'"s":"[EF]"|^[^{]')
"""Errors, fatal errors, and what is said outside the log: before it is opened, or dying."""

_BACKTRACE = re.compile(r'"msg":"(Frame|BACKTRACE)"')
_ROTATE_BYTES = 8_000_000
_READ_BYTES = 2_000_000
_KEPT_LINES = 3000
_FULL_BYTES = 8_000_000


class LogReader:
    """Follows a log that grows: each call gives the complete lines written since the last one.

    ``lines`` keeps the last of them.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = path.stat().st_size if path.exists() else 0
        self._rest = b""
        self.lines: list[str] = []

    def read(self) -> list[str]:
        """The new lines; of very many only the last ones."""
        try:
            with self._path.open("rb") as file:
                end = file.seek(0, os.SEEK_END)
                file.seek(max(self._offset, end - _READ_BYTES))
                fresh = file.read()
        except FileNotFoundError:
            return []
        self._offset = max(self._offset, end)
        *complete, self._rest = (self._rest + fresh).split(b"\n")
        lines = [line.decode("utf-8", errors="replace") for line in complete]
        self.lines = (self.lines + lines)[-_KEPT_LINES:]
        return lines


def set_aside_if_long(path: Path) -> None:
    """Keep one older log beside ``path`` and start a new one once it has grown long."""
    if path.exists() and path.stat().st_size > _ROTATE_BYTES:
        path.replace(path.with_name(f"{path.name}.1"))


def tail(path: Path, lines: int = 40, at_most_bytes: int = 32_000) -> str:
    """The last lines of a log, readable; empty if there is none."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - at_most_bytes))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
    return _for_people(text.splitlines(), lines)


def readable(line: str) -> str:
    """A line of mongod's log (JSON) as "time severity message details"; others as they are."""
    try:
        entry = json.loads(line)
        time, message = entry["t"]["$date"], entry["msg"]
        details = json.dumps(entry["attr"], ensure_ascii=False) if entry.get("attr") else ""
        return f"{time[11:23]} {entry['s']} {message} {details[:300]}".rstrip()
    except (ValueError, KeyError, TypeError):
        return line


def _for_people(lines: list[str], last: int) -> str:
    """The last lines that say something, without the frames of a crash."""
    telling = [line for line in lines if line.strip() and not _BACKTRACE.search(line)]
    return "\n".join(readable(line) for line in telling[-last:])


def is_listening(lines: list[str]) -> bool:
    """Whether one of ``lines`` says that mongod accepts connections."""
    return any(f'"id":{LISTENING},' in line for line in lines)


@dataclass(frozen=True, slots=True)
class _Sign:
    """Words in the log that give a fault away, and what to tell about it."""

    words: tuple[str, ...]
    what: str
    advice: str
    lasting: bool = True


_SIGNS = (
    _Sign(
        ("No space left on device", "There is not enough space on the disk", "error 28", "ENOSPC"),
        *DISK_FULL,
    ),
    _Sign(
        ("Address already in use", "SocketException: Only one usage of each socket address"),
        N_("Port {port} is taken by another program."),
        N_("Start again: another port will be chosen; or end the other program."),
        lasting=False,
    ),
    _Sign(
        (
            "invalid featureCompatibilityVersion document",
            "Invalid featureCompatibilityVersion",
            "Wrong mongod version",
            "UPGRADE PROBLEM",
            "DOWNGRADE",
            "unsupported WiredTiger file version",
            "requires a newer version",
            "incompatible with this version",
        ),
        N_("The data in {folder} was written by another version of MongoDB than {version}."),
        N_("Use the version of the program that wrote it, or choose another data folder."),
    ),
    _Sign(
        ("DBPathInUse", "Unable to lock the lock file"),
        N_("Another mongod is using the data in {folder}."),
        N_("End that program, or choose another data folder."),
    ),
    _Sign(
        (
            "WT_PANIC",
            "WT_TRY_SALVAGE",
            "WT_ERROR: non-specific WiredTiger error",
            "checksum error",
            "file does not appear to be a WiredTiger file",
            "Failed to start up WiredTiger under any compatibility version",
            "Unable to read the storage engine metadata file",
            "WT_NOTFOUND: item not found",
        ),
        N_("The database files in {folder} are damaged."),
        N_("Restore a backup into a new data folder. Keep the damaged one: it is left as it is."),
    ),
    _Sign(
        ("Permission denied", "Operation not permitted", "Access is denied", "Read-only file"),
        N_("The database may not write in {folder}."),
        N_("Give yourself the right to write there, or choose another data folder."),
    ),
)


def explain(lines: list[str], *, returncode: int | None, **params: Any) -> ServerFailed:
    """Why mongod ended, from the lines of its log.

    ``params``: ``folder``, ``port``, ``version``. On a full disk the log may say nothing.
    """
    grave = "\n".join(line for line in lines if _GRAVE.search(line))
    log_tail = _for_people(lines, 40)
    for sign in _SIGNS:
        if any(word in grave for word in sign.words):
            return ServerFailed(
                what=sign.what,
                advice=sign.advice,
                log_tail=log_tail,
                lasting=sign.lasting,
                **params,
            )
    if _is_full(params["folder"]):
        what, advice = DISK_FULL
        return ServerFailed(what=what, advice=advice, log_tail=log_tail, lasting=True, **params)
    return ServerFailed(
        what=N_("The database ended unexpectedly (code {returncode})."),
        advice=N_("The end of its log says more; then start again."),
        returncode=returncode,
        log_tail=log_tail,
        **params,
    )


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _FULL_BYTES
    except OSError:
        return False
