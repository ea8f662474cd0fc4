"""Runs that were made, of one kind: a file each in a folder, the newest kept and those pinned.

A file has two lines of JSON: what a list shows (its head), then the whole run.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import msgspec

from desktop_app.config.json_file import replace_file
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.services.local_files import unreadable
from desktop_app.services.whole_file import whole_file

KEPT = 30
"""How many runs of one target are kept, besides those pinned."""

ROOM = 512 * 1024 * 1024
"""How many bytes the runs of all targets may take, besides those pinned."""

LARGEST = 256 * 1024 * 1024
_LARGEST_HEAD = 256 * 1024
_ID = re.compile(r"[0-9A-Za-z]{1,64}")


class Head(Protocol):
    """What every head says, whatever else it does."""

    @property
    def run_id(self) -> str:
        """The run's id: letters and digits."""

    @property
    def url(self) -> str:
        """The target."""

    @property
    def started_at(self) -> datetime:
        """When it began."""

    @property
    def pinned(self) -> bool:
        """Whether it is kept whatever comes after it."""

    @property
    def format(self) -> int:
        """The version of the whole run's JSON."""


class TooLarge(LocalFailure):
    """A run that could not be read again."""

    what = N_("The run is too large to be kept.")
    advice = N_("Shorten it, or have fewer steps.")


H = TypeVar("H", bound=Head)
R = TypeVar("R")


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[H, R]):
    """One kind of runs: how its files end, and what is in them up to which ``format``."""

    ending: str
    head: type[H]
    run: type[R]
    format: int
    revised: Callable[..., H]
    """``dataclasses.replace``, but for the head's type."""


class KeptRuns(Generic[H, R]):
    """The runs kept in ``folder``. Every method reads or writes files: call it from a worker.

    ``notices`` tells which files made no sense and were set aside.
    """

    def __init__(
        self, folder: Path, kind: Kind[H, R], *, kept: int = KEPT, room: int = ROOM
    ) -> None:
        self._folder = folder
        self._kind = kind
        self._kept = kept
        self._room = room
        self.notices: list[LocalFailure] = []

    def add(self, head: H, run: R) -> None:
        """Keep a run, and let the oldest of its target go.

        Raises ``LocalFailure``: ``TooLarge`` where it could not be read again.
        """
        encoded = msgspec.json.encode(run, enc_hook=str)
        if len(encoded) > LARGEST - _LARGEST_HEAD:
            raise TooLarge()
        self._write(self._path(head), head, encoded)
        self._trim(head.url)

    def heads(self, url: str | None = None) -> tuple[H, ...]:
        """The runs, newest first; those of one target alone where ``url`` is given."""
        found = [head for path in self._paths() if (head := self._head(path)) is not None]
        wanted = [head for head in found if url is None or head.url == url.rstrip("/")]
        return tuple(sorted(wanted, key=lambda head: head.started_at, reverse=True))

    def whole(self, run_id: str) -> R:
        """A whole run; raises ``LocalFailure`` where it is not there or makes no sense."""
        path = self._find(run_id)
        try:
            if path.stat().st_size > LARGEST:
                raise ValueError("too large")
            _first, _newline, rest = path.read_bytes().partition(b"\n")
            return msgspec.json.decode(rest, type=self._kind.run)
        except OSError as error:  # another program has it open: it is there again next time
            advice = N_("Try again in a moment.")
            raise _unreadable(run_id, error.strerror or str(error), advice) from error
        except (msgspec.MsgspecError, UnicodeDecodeError, ValueError) as error:
            self._set_aside(path)
            advice = N_("It was set aside; choose another one.")
            raise _unreadable(run_id, str(error), advice) from error

    def pin(self, run_id: str, *, pinned: bool = True) -> H:
        """Keep a run whatever comes after it, or no longer. Raises ``LocalFailure``."""
        return self.revise(run_id, pinned=pinned)

    def revise(self, run_id: str, **changes: Any) -> H:
        """Change what a list shows of a run (a note, a mark). Raises ``LocalFailure``."""
        path = self._find(run_id)
        head = self._head(path)
        if head is None:
            raise _not_there(run_id)
        head = self._kind.revised(head, **changes)
        try:
            whole = path.read_bytes()
        except OSError as error:
            raise unreadable(path, error) from error
        self._write(path, head, whole.partition(b"\n")[2].rstrip(b"\n"))
        return head

    def remove(self, run_id: str) -> None:
        """Forget a run; harmless where it is not there."""
        with contextlib.suppress(LocalFailure), contextlib.suppress(OSError):
            self._find(run_id).unlink(missing_ok=True)

    def _write(self, path: Path, head: H, run: bytes) -> None:
        with whole_file(path) as part:
            part.parent.mkdir(parents=True, exist_ok=True)
            part.touch(mode=0o600)  # evidence names people, and is nobody else's
            part.write_bytes(msgspec.json.encode(head) + b"\n" + run + b"\n")

    def _trim(self, url: str) -> None:
        """Let go of the oldest that is not pinned; what is open elsewhere goes next time."""
        heads = [head for head in self.heads() if not head.pinned]
        gone = [head for head in heads if head.url == url][self._kept :]
        room = self._room
        for place, head in enumerate(one for one in heads if one not in gone):
            with contextlib.suppress(OSError):
                room -= self._path(head).stat().st_size
            if room < 0 and place:  # the newest stays, whatever its size
                gone.append(head)
        for head in gone:
            with contextlib.suppress(OSError):
                self._path(head).unlink(missing_ok=True)

    def _path(self, head: H) -> Path:
        moment = head.started_at.astimezone(UTC).strftime("%Y%m%dT%H%M%S")
        return self._folder / f"{moment}-{head.run_id}{self._kind.ending}"

    def _paths(self) -> list[Path]:
        return sorted(self._folder.glob(f"*{self._kind.ending}")) if self._folder.is_dir() else []

    def _find(self, run_id: str) -> Path:
        # An id may come from a file or a command line: it must not lead anywhere else.
        found = (
            list(self._folder.glob(f"*-{run_id}{self._kind.ending}"))
            if _ID.fullmatch(run_id) and self._folder.is_dir()
            else []
        )
        if not found:
            raise _not_there(run_id)
        return found[0]

    def _head(self, path: Path) -> H | None:
        try:
            with path.open("rb") as file:
                line = file.readline(_LARGEST_HEAD)
            head = msgspec.json.decode(line, type=self._kind.head)
        except FileNotFoundError:
            return None  # let go of meanwhile
        except OSError:
            return None  # another program has it open: it is there again next time
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self._set_aside(path)
            return None
        if head.format > self._kind.format:
            return None  # a newer version of this program wrote it
        if not _ID.fullmatch(head.run_id) or not path.name.endswith(
            f"-{head.run_id}{self._kind.ending}"
        ):
            self._set_aside(path)
            return None
        return head

    def _set_aside(self, path: Path) -> None:
        aside = path.with_name(f"{path.name}.damaged")
        with contextlib.suppress(OSError):
            replace_file(path, aside)
        self.notices.append(
            LocalFailure(
                what=N_("“{file}” was damaged and was not used."),
                advice=N_("It is kept as “{aside}”."),
                file=path.name,
                aside=aside.name,
            )
        )


def _unreadable(run_id: str, reason: str, advice: str) -> LocalFailure:
    what = N_("The run {run} cannot be read: {reason}.")
    return LocalFailure(what=what, advice=advice, run=run_id, reason=reason)


def _not_there(run_id: str) -> LocalFailure:
    return LocalFailure(
        what=N_("There is no run {run}."),
        advice=N_("It may have been let go of: the newest are kept, and those pinned."),
        run=run_id,
    )
