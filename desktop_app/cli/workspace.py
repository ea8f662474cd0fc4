"""``evalconsole workspace serve``: the local workspace in the foreground, without a window."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from dataclasses import asdict
from pathlib import Path
from types import FrameType

from desktop_app.cli import exits
from desktop_app.cli.telling import say
from desktop_app.cli.values import whole
from desktop_app.core.language import _
from desktop_app.workspace.events import WorkspaceEvent
from desktop_app.workspace.local import LocalWorkspace

_LOOK_S = 0.5


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    actions = parser.add_subparsers(metavar=_("ACTION"), required=True)
    serve = actions.add_parser(
        "serve",
        help=_("run it in the foreground"),
        description=_(
            "Runs the local workspace until it is stopped (Ctrl+C). Once it can be used, prints "
            "one line of JSON: api_url, mongo_uri, admin_login, admin_password_file, pids."
        ),
    )
    serve.add_argument(
        "--data",
        type=Path,
        required=True,
        metavar="DIR",
        help=_("the folder that keeps the data; made if it is not there"),
    )
    serve.add_argument(
        "--api-port",
        type=_port,
        metavar="N",
        help=_("the port of the API; by default the last one used, or a free one"),
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until a signal or a failure ends it."""
    session = _Session()
    workspace = LocalWorkspace(
        arguments.data, on_event=session.on_event, api_port=arguments.api_port
    )
    session.listen_to_signals()
    workspace.start()
    try:
        return session.wait()
    finally:
        workspace.stop()


class _Session:
    """One run of ``serve``: what it prints and why it ends."""

    def __init__(self) -> None:
        self._ended = threading.Event()
        self._code = exits.PASSED
        self._announced = False
        self._warned = ""

    def on_event(self, event: WorkspaceEvent) -> None:
        """Tell people on stderr, and programs on stdout, what the workspace is doing."""
        if event.warning != self._warned:
            self._warned = event.warning
            say(event.warning)
        say(str(event.error) if event.error else event.text)
        if event.log_tail:
            say(event.log_tail)
        if event.state == "ready" and event.info is not None and not self._announced:
            self._announced = True
            line = asdict(event.info)
            sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
            sys.stdout.flush()
        if event.state == "failed":
            self._end(exits.UNREACHABLE)

    def listen_to_signals(self) -> None:
        """End in order on Ctrl+C, Ctrl+Break and a request to terminate."""
        signal.signal(signal.SIGINT, self._on_signal)
        signal.signal(signal.SIGTERM, self._on_signal)
        if sys.platform == "win32":
            signal.signal(signal.SIGBREAK, self._on_signal)
        else:
            signal.signal(signal.SIGHUP, self._on_signal)  # the terminal was closed

    def wait(self) -> int:
        """Wait for the end; the exit code."""
        # In short steps: Windows handles Ctrl+C only between them.
        while not self._ended.wait(_LOOK_S):
            continue
        return self._code

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        keys = {signal.SIGINT, getattr(signal, "SIGBREAK", signal.SIGINT)}
        self._end(exits.INTERRUPTED if number in keys else exits.PASSED)

    def _end(self, code: int) -> None:
        if not self._ended.is_set():
            self._code = code
            self._ended.set()


def _port(text: str) -> int:
    port = whole(text)
    if port > 65535:
        raise argparse.ArgumentTypeError(_("“{text}” is no port.").format(text=text))
    return port
