"""A file that takes its place whole, or not at all."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from desktop_app.config.json_file import replace_file
from desktop_app.services.local_files import unwritable


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Write to the path given; at the end it replaces ``path`` in one step.

    An exception inside leaves an older file as it was. Raises ``LocalFailure`` when the disk is
    full or the file is open elsewhere.
    """
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        yield temporary
        replace_file(temporary, path)
    except OSError as error:
        raise unwritable(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
