"""``python -m desktop_app``: the window."""

from __future__ import annotations

import gc
import multiprocessing
import sys


def main() -> int:
    """Open the window; returns the process's exit code when it is closed."""
    multiprocessing.freeze_support()
    # What a start makes stays; the window's own collector takes over once it is built.
    gc.disable()
    from desktop_app.app.console import main as open_console

    return open_console()


if __name__ == "__main__":
    sys.exit(main())
