"""Who the users of a load run sign in as: one sign-in for all, or a pool from a csv file."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.load.scenario import Account, Scenario
from desktop_app.core.text_encoding import decoded
from desktop_app.services.local_files import unreadable

LARGEST = 64 * 1024 * 1024
_NAMES = re.compile(r"\$\{\s*(?:login_id|password)\s*\}")


def needs_accounts(scenario: Scenario) -> bool:
    """Whether a scenario signs users in."""
    texts = (repr(part) for part in (scenario.headers, scenario.steps()))
    return any(_NAMES.search(text) for text in texts)


def accounts_of(path: Path) -> tuple[Account, ...]:
    """The login pool of a csv file with the columns ``login_id`` and ``password``.

    Raises ``LocalFailure``.
    """
    try:
        content = path.read_bytes() if path.stat().st_size <= LARGEST else b""
    except OSError as error:
        raise unreadable(path, error) from error
    read = decoded(content, whole=True)
    rows = csv.DictReader(io.StringIO(read.text.strip() if read is not None else ""))
    try:
        found = tuple(
            Account(login_id=row["login_id"].strip(), password=row["password"])
            for row in rows
            if row.get("login_id") and row.get("password")
        )
    except csv.Error:
        found = ()
    if not found:
        raise LocalFailure(
            what=N_("“{file}” holds no accounts."),
            advice=N_("Its first line names the columns login_id and password."),
            file=path.name,
        )
    return found
