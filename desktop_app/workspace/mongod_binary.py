"""Where the mongod program is: configured, installed, or from the wheel that comes with us."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.workspace.child import outside_environment

VARIABLE = "EVALCONSOLE_MONGOD"
"""Environment variable that names a mongod to use before any other."""

OLDEST, NEWEST = 6, 8
"""Major versions of MongoDB that the local workspace is made for, both included."""

_NAME = "mongod.exe" if sys.platform == "win32" else "mongod"
_VERSION = re.compile(r"db version v(\d+)\.(\d+)\.(\d+)")


@dataclass(frozen=True, slots=True)
class MongodVersion:
    """A version of MongoDB."""

    major: int
    minor: int
    patch: int

    @property
    def feature(self) -> str:
        """The feature compatibility version that belongs to it, as in "6.0"."""
        return f"{self.major}.{self.minor}"

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"


def find_mongod(configured: Path | None = None) -> Path:
    """The mongod to run.

    In this order: ``configured``, the one that ``EVALCONSOLE_MONGOD`` names, an installed one on
    PATH whose version suits, the one bundled with the program, the one from the wheel. Raises
    ``LocalFailure`` when there is none, or when the one that was asked for is not there.
    """
    named = configured or _from_environment()
    if named is not None:
        if named.is_file():
            return named
        raise LocalFailure(
            what=N_("There is no mongod at {path}."),
            advice=N_("Correct the setting, or remove it to use the one that comes along."),
            path=named,
        )
    for candidate in (*_installed(), *_bundled()):
        return candidate
    raise LocalFailure(
        what=N_("The database program mongod was not found on this computer."),
        advice=N_("Install the program anew, or install MongoDB {oldest} to {newest}."),
        oldest=OLDEST,
        newest=NEWEST,
    )


def mongod_version(binary: Path) -> MongodVersion:
    """The version of ``binary``; raises ``LocalFailure`` if it does not run or does not suit."""
    try:
        answer = subprocess.run(
            [binary, "--version"],
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=outside_environment(),
            stdin=subprocess.DEVNULL,
            timeout=20,
            check=False,
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise _does_not_run(binary, str(error)) from error
    found = _VERSION.search(answer.stdout)
    if answer.returncode != 0 or found is None:
        raise _does_not_run(binary, (answer.stderr or answer.stdout).strip()[:300])
    version = MongodVersion(*(int(part) for part in found.groups()))
    if not OLDEST <= version.major <= NEWEST:
        raise LocalFailure(
            what=N_("mongod at {path} is version {version}."),
            advice=N_("Use MongoDB {oldest} to {newest}, or remove the setting that names it."),
            path=binary,
            version=version,
            oldest=OLDEST,
            newest=NEWEST,
        )
    return version


def _from_environment() -> Path | None:
    named = os.environ.get(VARIABLE, "").strip()
    return Path(named).expanduser() if named else None


def _installed() -> Iterator[Path]:
    """mongod on PATH, if it is of a version that suits; another one is passed over.

    Not by ``shutil.which``, which on Windows looks into the current folder first: whatever lies
    there must not be run.
    """
    for folder in os.get_exec_path():
        found = Path(folder) / _NAME
        if not Path(folder).is_absolute() or not found.is_file():
            continue
        try:
            mongod_version(found)
        except LocalFailure:
            continue  # another one, or the one that comes along, is taken instead
        yield found


def _bundled() -> Iterator[Path]:
    """mongod inside the built program, then inside the wheel, without importing the package."""
    inside = getattr(sys, "_MEIPASS", None)
    roots = [Path(inside), Path(sys.executable).parent] if inside else []
    for root in roots:
        yield from _there(root / "fiftyone" / "db" / "bin" / _NAME)
        yield from _there(root / "mongod" / _NAME)
    spec = importlib.util.find_spec("fiftyone")  # a namespace package: nothing of it is run
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        yield from _there(Path(folder) / "db" / "bin" / _NAME)


def _there(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path


def _does_not_run(binary: Path, reason: str) -> LocalFailure:
    return LocalFailure(
        what=N_("mongod at {path} does not run: {reason}"),
        advice=N_("Install the program anew, or name another mongod in {variable}."),
        path=binary,
        reason=reason or "no output",
        variable=VARIABLE,
    )
