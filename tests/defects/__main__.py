"""A defect server to try the console on by hand, the list of defects, and the full matrix."""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
import threading
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from desktop_app.core.errors import LocalFailure
from desktop_app.engines.validation.suite_files import shipped
from tests.defects.matrix import Row, run, write
from tests.defects.registry import defects
from tests.defects.server import DefectServer
from tests.defects.serving import fresh_server

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
    matrix = commands.add_parser("matrix", help="try every defect on every check")
    matrix.add_argument("defects", nargs="*", metavar="PATTERN", help="all by default")
    matrix.add_argument(
        "--checks",
        nargs="+",
        default=(),
        metavar="PATTERN",
        help="beside each defect's own ones; all by default",
    )
    matrix.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N")
    matrix.add_argument("--table", type=Path, default=Path("build") / "honesty.csv", metavar="FILE")
    matrix.set_defaults(run=_matrix)
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
    secure = bool(arguments.defect) and defects()[arguments.defect].secure
    with contextlib.suppress(KeyboardInterrupt), fresh_server(secure=secure) as server:
        people = {server.admin[0]: server.admin[1], **server.users}
        _say(f"API       {server.url}")
        if server.authority is not None:
            _say(f"trust     {server.authority.file}")
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
    if defect is not None and defect.secure and server.authority is None:
        _say(f"{name} shows over TLS only: start with --defect {name}")
        return
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


def _matrix(arguments: argparse.Namespace) -> int:
    """The table of all defects and what notices them; 1 where it is not as the registry says."""
    names = [
        name
        for name in defects()
        if not arguments.defects or any(fnmatchcase(name, each) for each in arguments.defects)
    ]
    if not names:
        _say("there is no such defect; see list")
        return 2

    def told(row: Row, left: int) -> None:
        noticed = ", ".join(row.noticed)
        _say(f"{row.defect} ({row.seconds:.0f} s, {left} left): {noticed}")
        for problem in row.problems:
            _say(f"    NOT AS THE REGISTRY SAYS: {problem}")

    _say(f"{len(names)} defects in {arguments.jobs} processes")
    checks = frozenset(
        check.id
        for suite in shipped()
        for check in suite.checks
        if any(fnmatchcase(check.id, each) for each in arguments.checks)
    )
    rows = run(names, jobs=arguments.jobs, told=told, checks=checks)
    write(rows, arguments.table)
    wrong = [row.defect for row in rows if row.problems]
    _say(f"the table is in {arguments.table}")
    _say(f"{len(rows) - len(wrong)} of {len(rows)} defects are noticed by the right checks alone")
    if wrong:
        _say(f"not: {', '.join(wrong)}")
    return 1 if wrong else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except LocalFailure as failure:
        sys.exit(str(failure))
