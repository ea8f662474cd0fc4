"""``evalconsole load-worker``: take part in a load run that another computer directs."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from desktop_app.cli import exits
from desktop_app.cli.secret_file import secret_from
from desktop_app.cli.telling import say
from desktop_app.cli.usage import WrongUsage
from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import N_, _
from desktop_app.core.load.distribution import LEAST_CODE, joined_at, parse_address, plain_code
from desktop_app.engines.loadtest.distributed.extra import missing

VARIABLE = "EVALCONSOLE_JOIN_CODE"

_ENDS = {
    "done": (exits.PASSED, N_("The run is over.")),
    "strange": (
        exits.WRONG_USAGE,
        N_("The master has no use for it: another code, another version, or all have joined."),
    ),
    "left": (exits.UNREACHABLE, N_("The master ended the run, or nothing is heard of it.")),
    "no master": (exits.UNREACHABLE, N_("No master answers at {address}.")),
}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _(
        "It takes part in one run, against the target that the master's operator confirmed and no "
        "other. Use it in a network that you trust: Locust's own messages are neither encrypted "
        "nor authenticated."
    )
    parser.add_argument(
        "--master", required=True, metavar="HOST[:PORT]", help=_("where the run is directed")
    )
    parser.add_argument(
        "--code-file",
        type=Path,
        metavar="FILE",
        help=_("holds the join code; else {variable}, else it is asked for").format(
            variable=VARIABLE
        ),
    )


def run(arguments: argparse.Namespace) -> int:
    """Take part in one run; the exit code."""
    lacking = missing()
    if lacking is not None:
        say(str(lacking))
        return exits.WRONG_USAGE
    try:
        host, port = parse_address(arguments.master)
    except ValueError:
        say(_("“{text}” is no address: HOST or HOST:PORT.").format(text=arguments.master))
        return exits.WRONG_USAGE
    try:
        code = _code(arguments.code_file)
    except ConsoleError as error:
        say(str(error))
        return exits.WRONG_USAGE
    address = joined_at(host, port)
    say(_("Joining {address} …").format(address=address))
    # Importing it hands this process' sockets and locks over to gevent.
    from desktop_app.engines.loadtest.distributed.worker import run as take_part

    exit_code, text = _ENDS[take_part(host, port, code)]
    say(_(text).format(address=address))
    return exit_code


def _code(path: Path | None) -> str:
    if path is not None:
        return checked(secret_from(path))
    if code := os.environ.get(VARIABLE):
        return checked(code)
    if sys.stdin is None or not sys.stdin.isatty():  # nobody is there to type it
        reason = _("Give the join code by --code-file or by {variable}.").format(variable=VARIABLE)
        raise WrongUsage(reason=reason)
    return checked(getpass.getpass(_("Join code: ")))


def checked(code: str) -> str:
    """The code, if it is long enough; raises ``WrongUsage``."""
    if len(plain_code(code)) < LEAST_CODE:
        raise WrongUsage(
            reason=_("A join code has at least {n} letters and digits.").format(n=LEAST_CODE)
        )
    return code
