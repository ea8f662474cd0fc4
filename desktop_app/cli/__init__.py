"""The command line ``evalconsole``: without a command it opens the window.

Each command is a module here with ``configure(parser)`` and ``run(arguments) -> int``; it is
imported only when it is asked for. Exit codes: see ``exits``.
"""

from __future__ import annotations

import argparse
import importlib
import io
import sys
from collections.abc import Sequence
from dataclasses import dataclass

from desktop_app import __version__
from desktop_app.cli import argparse_words, exits
from desktop_app.core.errors import Cancelled, ConsoleError
from desktop_app.core.language import N_, _


@dataclass(frozen=True, slots=True)
class Command:
    """A command: its name, the module that does it, and one line about it."""

    name: str
    module: str
    purpose: str


COMMANDS = (
    Command("workspace", "desktop_app.cli.workspace", N_("run the local workspace")),
    Command(
        "migrate",
        "desktop_app.cli.migrate",
        N_("plan, apply, verify and undo migrations of a database; back up and restore it"),
    ),
    Command(
        "validate",
        "desktop_app.cli.validate",
        N_("check an API: functions, errors, security, speed; report what is wrong"),
    ),
    Command(
        "load",
        "desktop_app.cli.load",
        N_("put an API under load: latencies, throughput, errors, held to thresholds"),
    ),
    Command(
        "load-worker",
        "desktop_app.cli.load_worker",
        N_("take part in a load run that another computer directs"),
    ),
    Command(
        "selftest", "desktop_app.cli.selftest", N_("open every screen and check that it works")
    ),
)

_SERVE_API = "serve-api"
"""Hidden: the API server's process; its settings come by standard input."""
_GENERATE_LOAD = "generate-load"
"""Hidden: a load generator's process; its plan comes by standard input."""
_HOST_LOAD = "host-load"
"""Hidden: the master of a load run from several computers."""
_GENERATE_REQUESTS = "generate-requests"
"""Hidden: the process that makes up the requests of the fuzz suite."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return the exit code. ``argv`` is without the program's name."""
    _speak_utf8()
    words = list(sys.argv[1:] if argv is None else argv)
    if words[:1] == [_SERVE_API]:
        from desktop_app.workspace.api_child import run

        return run()
    if words[:1] == [_GENERATE_LOAD]:
        from desktop_app.engines.loadtest.generator_main import run as generate

        return generate()
    if words[:1] == [_HOST_LOAD]:
        from desktop_app.engines.loadtest.distributed.master_main import run as host

        return host()
    if words[:1] == [_GENERATE_REQUESTS]:
        from desktop_app.engines.validation.fuzz_child import run as make_up

        return make_up()
    from desktop_app.config.catalogues import use_language

    use_language("system")
    argparse_words.speak()
    if not words:
        return _open_window()
    try:
        arguments = _parser(words[0]).parse_args(words)
        return int(arguments.run(arguments))
    except SystemExit as end:  # argparse has printed help, the version, or what is wrong
        return int(end.code or 0)
    except KeyboardInterrupt:
        return exits.INTERRUPTED
    except Cancelled as error:
        _complain(error)
        return exits.INTERRUPTED
    except ConsoleError as error:
        _complain(error)
        return exits.UNREACHABLE


def _open_window() -> int:
    from desktop_app.app.console import main as open_window

    return int(open_window([]))


def _parser(asked_for: str) -> argparse.ArgumentParser:
    """The parser; only the command ``asked_for`` is imported and knows its arguments."""
    parser = argparse.ArgumentParser(
        prog="evalconsole",
        description=_("Evaluation Console. Without a command it opens the window."),
        epilog=_(
            "Exit codes: 0 passed, 1 a gate failed, 2 wrong usage, 3 the target could not be "
            "reached or measured, 130 interrupted."
        ),
    )
    parser.add_argument("--version", action="version", version=f"evalconsole {__version__}")
    commands = parser.add_subparsers(metavar=_("COMMAND"), required=True)
    for command in COMMANDS:
        purpose = _(command.purpose)
        one = commands.add_parser(command.name, help=purpose, description=purpose)
        if command.name == asked_for:
            module = importlib.import_module(command.module)
            module.configure(one)
            one.set_defaults(run=module.run)
    return parser


def _complain(error: ConsoleError) -> None:
    sys.stderr.write(f"evalconsole: {error}\n")
    sys.stderr.flush()


def _speak_utf8() -> None:
    """Write UTF-8 whatever the console's code page; what reads our output expects it."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # None in a built window program
            stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="\n")
