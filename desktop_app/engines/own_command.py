"""How this program, from a checkout, installed or built, calls its own command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import desktop_app


def own_command(command: str) -> list[str]:
    """What to start for a (hidden) command of ``evalconsole``."""
    if not getattr(sys, "frozen", False):
        # -P: what lies in the folder it runs in must not be taken for a module.
        return [sys.executable, "-P", "-m", "desktop_app.cli", command]
    program = Path(sys.executable)
    found = program.with_name(f"evalconsole{program.suffix}")
    return [str(found if found.is_file() else program), command]


def own_environment(**more: str) -> dict[str, str]:
    """Its environment: it finds this package also when that is not installed."""
    return _finding({**os.environ, **more})


def apart() -> dict[str, Any]:
    """Options to start it with so that Ctrl+C, and the window's end, are its starter's affair."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.CREATE_NEW_PROCESS_GROUP}
    return {"start_new_session": True}


_NEEDED = frozenset(
    {
        # Windows: without these neither sockets nor random numbers nor temporary files work.
        "SYSTEMROOT",
        "SYSTEMDRIVE",
        "WINDIR",
        "COMSPEC",
        "PATHEXT",
        "TEMP",
        "TMP",
        "NUMBER_OF_PROCESSORS",
        "PROCESSOR_ARCHITECTURE",
        # Elsewhere
        "TMPDIR",
        "LANG",
        "LC_ALL",
        "LC_CTYPE",
        "LD_LIBRARY_PATH",
        "DYLD_LIBRARY_PATH",
        # Everywhere
        "PATH",
        "TZ",
        "PYTHONHOME",
    }
)
_OF_THE_BUILT_PROGRAM = "_PYI_"
"""What PyInstaller tells a program that starts itself."""


def bare_environment(home: str, **more: str) -> dict[str, str]:
    """What a process needs to run at all, and nothing else of this one's: no key, no proxy.

    ``home`` is the folder that it takes for the person's own.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name.upper() in _NEEDED or name.startswith(_OF_THE_BUILT_PROGRAM)
    }
    return _finding({**kept, "HOME": home, "USERPROFILE": home, **more})


def _finding(environment: dict[str, str]) -> dict[str, str]:
    """The same, so that this package is found also when it is not installed."""
    if not getattr(sys, "frozen", False):
        paths = [str(Path(desktop_app.__file__).parents[1]), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment
