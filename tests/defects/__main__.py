"""A defect server to try the console on by hand, the list of defects, and the full matrix."""

from __future__ import annotations

import argparse
import contextlib
import logging
import shutil
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from desktop_app.backend.config import ServerConfig
from desktop_app.core.errors import LocalFailure
from desktop_app.workspace.mongod import Mongod
from tests.defects.registry import defects
from tests.defects.server import DefectServer
from tests.fixtures.server import SECRET

_DATABASE = "online_evaluation"
_LOOK_S = 0.3


def main(argv: Sequence[str]) -> int:
    """Do one of the commands; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.defects", description=__doc__)
    commands = parser.add_subparsers(required=True)
    serve = commands.add_parser("serve", help="serve with a defect on 127.0.0.1 until Ctrl+C")
    serve.add_argument("--defect", default="", metavar="NAME", help="none by default")
    serve.add_argument("--list", action="store_true", help="list the defects instead")
    serve.add_argument(
        "--switch",
        type=Path,
        metavar="FILE",
        help="watch this file for the name of a defect; by default lines on the standard input "
        "are read (an empty one: the sound server)",
    )
    serve.set_defaults(run=_serve)
    commands.add_parser("list", help="list the defects").set_defaults(run=_list)
    arguments = parser.parse_args(argv)
    code: int = arguments.run(arguments)
    return code


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _list(_arguments: argparse.Namespace) -> int:
    for name, defect in defects().items():
        noticed = ", ".join(sorted(defect.fails | defect.warns))
        _say(f"{name:<32} {defect.does} [{noticed}]")
    return 0


def _serve(arguments: argparse.Namespace) -> int:
    if arguments.list:
        return _list(arguments)
    if arguments.defect and arguments.defect not in defects():
        _say(f"there is no defect {arguments.defect}; see --list")
        return 2
    logging.basicConfig(level=logging.ERROR)
    with contextlib.suppress(KeyboardInterrupt), fresh_server() as server:
        people = {server.admin[0]: server.admin[1], **server.users}
        _say(f"API       {server.url}")
        _say(f"MongoDB   {server.config.mongo_uri} (database {server.database})")
        _say(f"key       {server.config.secret_key}")
        for login_id, password in people.items():
            _say(f"sign in   {login_id} {password}")
        _switch(server, arguments.defect)
        for name in _names(arguments.switch):
            _switch(server, name)
    return 0


def _switch(server: DefectServer, name: str) -> None:
    if name and name not in defects():
        _say(f"there is no defect {name}")
        return
    defect = defects()[name] if name else None
    server.switch(defect)
    _say(f"now       {defect.name}: {defect.does}" if defect else "now       sound")


def _names(file: Path | None) -> Iterator[str]:
    """The names of defects as somebody writes them; never ends but by Ctrl+C."""
    if file is None:
        yield from (line.strip() for line in sys.stdin)
        _say("the standard input has ended; Ctrl+C ends the server")
    known = None
    while not threading.Event().wait(_LOOK_S):
        if file is not None and file.exists():
            name = file.read_text(encoding="utf-8").strip()
            if name != known:
                known = name
                yield name


@contextlib.contextmanager
def fresh_server() -> Iterator[DefectServer]:
    """A defect server set up as the product's, on a mongod of its own that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="evalconsole-defects-"))
    try:
        mongod = Mongod.start(folder)
        try:
            with MongoClient[dict[str, Any]](mongod.uri) as client:
                config = ServerConfig(mongo_uri=mongod.uri, secret_key=SECRET, database=_DATABASE)
                server = DefectServer(config, _DATABASE, client[_DATABASE])
                server.start()
                try:
                    yield server
                finally:
                    server.stop()
        finally:
            mongod.kill()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LocalFailure as failure:
        sys.exit(str(failure))
