"""What an argument may hold: numbers and places, with a sentence for what is none."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path

from desktop_app.core.language import _


def integer(text: str) -> int:
    """A whole number."""
    try:
        return int(text)
    except ValueError as error:
        said = _("“{text}” is no whole number.").format(text=text)
        raise argparse.ArgumentTypeError(said) from error


def whole(text: str) -> int:
    """A whole number from 1."""
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(
            _("“{text}” is no whole number from 1 on.").format(text=text)
        )
    return number


def positive(text: str) -> float:
    """A number above 0."""
    number = _number(text)
    if not 0 < number < float("inf"):
        raise argparse.ArgumentTypeError(_("“{text}” is no number above 0.").format(text=text))
    return number


def from_zero(text: str) -> float:
    """A number from 0."""
    number = _number(text)
    if not 0 <= number < float("inf"):
        raise argparse.ArgumentTypeError(_("“{text}” is no number from 0 on.").format(text=text))
    return number


def report_path(suffixes: Sequence[str]) -> Callable[[str], Path]:
    """A reader of paths of reports that end in one of ``suffixes``."""

    def read(text: str) -> Path:
        path = Path(text)
        if path.suffix.lower() not in suffixes:
            raise argparse.ArgumentTypeError(
                _("“{text}” ends in none of {endings}.").format(
                    text=text, endings=", ".join(suffixes)
                )
            )
        return path

    return read


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return -1.0
