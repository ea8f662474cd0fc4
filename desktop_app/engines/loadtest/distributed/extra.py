"""Whether the extra ``distributed`` is installed, and what to say where it is not.

The built program comes with it.
"""

from __future__ import annotations

import importlib.util

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_


class NotInstalled(LocalFailure):
    """Locust is missing here."""

    what = N_("Load runs from several computers need Locust, which is not installed here.")
    advice = N_(
        "Install it from the program's folder: python -m pip install --require-hashes "
        "-r requirements/distributed.txt"
    )


def missing() -> LocalFailure | None:
    """Why no run from several computers is possible here; None where one is. Imports nothing."""
    if all(_is_there(name) for name in ("locust", "gevent")):
        return None
    return NotInstalled()


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False
