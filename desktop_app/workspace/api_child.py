"""Inside the API server's process: takes its settings and orders from its parent, and serves."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import N_
from desktop_app.workspace.child import same_process

LOG = "api"
"""Name of the log (``api.log``) that the server keeps in the folder it is told."""


def run() -> int:
    """Serve until the parent orders an end or is gone. Returns the exit code."""
    stop = threading.Event()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides about Ctrl+C
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    # Imported before the settings come: the database starts at the same time.
    from pymongo.errors import PyMongoError

    from desktop_app.backend.config import ServerConfig
    from desktop_app.backend.serve import serve
    from desktop_app.config.logs import start_logging

    lines = _lines(sys.stdin.fileno())
    settings = next(lines, None)
    if settings is None:
        return 0  # the parent ended before it had a use for this process
    config = ServerConfig(
        mongo_uri=settings["mongo_uri"],
        secret_key=settings["secret_key"],
        database=settings["database"],
        port=settings["port"],
    )
    try:
        start_logging(Path(settings["log_folder"]), LOG)
        _Parent(lines, settings["mongod_pid"], settings["mongod_created"], stop).listen()
        serve(config, lambda port: _answer({"port": port}), should_stop=stop.is_set)
    except ConsoleError as error:
        _fail(error.what, error.advice, lasting=False, **error.params)
        return 1
    except (OSError, PyMongoError) as error:
        _fail(
            N_("The API server cannot start: {reason}"),
            N_("The end of its log says more; then start again."),
            lasting=False,
            reason=str(error)[:500],
        )
        raise
    return 0


class _Parent:
    """Listens to the parent for as long as this process runs."""

    def __init__(
        self, lines: Iterator[dict[str, Any]], pid: int, created: float, stop: threading.Event
    ) -> None:
        self._lines = lines
        self._mongod = (pid, created)
        self._stop = stop

    def listen(self) -> None:
        # A daemon thread: it waits for input that may never come while the process may end.
        threading.Thread(target=self._listen, name="parent", daemon=True).start()  # noqa: TID251

    def _listen(self) -> None:
        for order in self._lines:
            if "mongod_pid" in order:
                self._mongod = (order["mongod_pid"], order["mongod_created"])
            if order.get("stop"):
                break
        else:
            self._end_mongod()  # the parent died without a word: nobody else ends its database
        self._stop.set()

    def _end_mongod(self) -> None:
        mongod = same_process(*self._mongod)
        if mongod is not None:
            mongod.terminate()


def _lines(descriptor: int) -> Iterator[dict[str, Any]]:
    """The parent's messages, until it closes the pipe.

    Read without Python's buffered reader: a thread that waits inside that at the end of the
    process makes the interpreter abort.
    """
    rest = b""
    while chunk := os.read(descriptor, 65536):
        *complete, rest = (rest + chunk).split(b"\n")
        yield from (json.loads(line) for line in complete)


def _answer(message: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps(message) + "\n")
    sys.stdout.flush()


def _fail(what: str, advice: str, *, lasting: bool, **params: object) -> None:
    texts = {name: str(value) for name, value in params.items()}
    _answer({"failed": {"what": what, "advice": advice, "lasting": lasting, "params": texts}})
