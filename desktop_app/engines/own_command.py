"""How this program, from a checkout, installed or built, calls its own command line."""

from __future__ import annotations

import os
import sys
from pathlib import Path

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
    environment = {**os.environ, **more}
    if not getattr(sys, "frozen", False):
        paths = [str(Path(desktop_app.__file__).parents[1]), environment.get("PYTHONPATH", "")]
        environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    return environment
