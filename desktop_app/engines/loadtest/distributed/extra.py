"""Whether the extra ``distributed`` is installed, and what to say where it is not."""

from __future__ import annotations

import importlib.util
import sys

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_


class NotInstalled(LocalFailure):
    """Locust is missing here."""

    what = N_("Load runs from several computers need Locust, which is not installed here.")
    advice = N_(
        "Install it from the program's folder: python -m pip install --require-hashes "
        "-r requirements/distributed.txt"
    )


class NotInProgram(LocalFailure):
    """The built program comes without Locust."""

    what = N_("Load runs from several computers are not part of the built program.")
    advice = N_("Run the console from its sources and install requirements/distributed.txt there.")


def missing() -> LocalFailure | None:
    """Why no run from several computers is possible here; None where one is. Imports nothing."""
    if all(_is_there(name) for name in ("locust", "gevent")):
        return None
    return NotInProgram() if getattr(sys, "frozen", False) else NotInstalled()


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
