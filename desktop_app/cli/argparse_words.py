"""What argparse says, in the language in use: help and wrong usage are read by people, too."""

from __future__ import annotations

import argparse

from desktop_app.core.language import N_, _, ngettext

SAID = (
    N_("usage: "),
    N_("options"),
    N_("positional arguments"),
    N_("show this help message and exit"),
    N_("show program's version number and exit"),
    N_("%(prog)s: error: %(message)s\n"),
    N_("argument %(argument_name)s: %(message)s"),
    N_("invalid choice: %(value)r (choose from %(choices)s)"),
    N_("invalid %(type)s value: %(value)r"),
    N_("expected one argument"),
    N_("expected at least one argument"),
    N_("the following arguments are required: %s"),
    N_("unrecognized arguments: %s"),
    N_("ambiguous option: %(option)s could match %(matches)s"),
    N_("ignored explicit argument %r"),
)
"""What argparse of Python 3.11 to 3.13 says of such arguments as ours."""


def speak() -> None:
    """Have argparse speak from our catalogue: it looks its texts up in its own module's names."""
    names = vars(argparse)
    names["_"], names["ngettext"] = _, ngettext
