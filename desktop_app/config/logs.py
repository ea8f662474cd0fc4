"""Log files: rotating, in UTF-8, with every secret taken out before it is written."""

from __future__ import annotations

import logging
import logging.handlers
from pathlib import Path

from desktop_app.core.redaction import redact

_MEGABYTE = 1024 * 1024
_NAME = "evalconsole-file"


class RedactingFormatter(logging.Formatter):
    """Formats a record, traceback included, and redacts the result."""

    def format(self, record: logging.LogRecord) -> str:
        """The line to write."""
        return redact(super().format(record))


def start_logging(folder: Path, name: str) -> None:
    """Write this process's log to ``folder/name.log``: five files of 2 MB at most.

    Each process needs its own ``name``: Windows cannot rotate a file that another holds open.
    Calling it again moves the log there. Raises ``OSError`` when the folder cannot be written.
    """
    stop_logging()
    folder.mkdir(parents=True, exist_ok=True)
    handler = logging.handlers.RotatingFileHandler(
        folder / f"{name}.log", maxBytes=2 * _MEGABYTE, backupCount=4, encoding="utf-8"
    )
    handler.name = _NAME
    handler.setFormatter(
        RedactingFormatter("%(asctime)s %(levelname)s %(process)d %(name)s: %(message)s")
    )
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    for chatty in ("httpx", "httpcore", "pymongo", "keyring"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def stop_logging() -> None:
    """Close the log file that ``start_logging`` opened, if any."""
    root = logging.getLogger()
    for handler in [handler for handler in root.handlers if handler.name == _NAME]:
        root.removeHandler(handler)
        handler.close()
