"""Results into files: what each kind of file is, and who writes it."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path

from desktop_app.core.results import Results
from desktop_app.core.tasks import TaskContext
from desktop_app.services.results_csv import write_csv
from desktop_app.services.results_xlsx import write_xlsx


def write_results(
    path: Path, results: Results, context: TaskContext, *, zone: tzinfo | None = None
) -> None:
    """Write ``results`` (with their sheets) to ``path``: .xlsx, else csv.

    Raises ``LocalFailure``, ``Cancelled``. The paper to sign is ``ui.results.paper``: only Qt sets
    Korean type.
    """
    if path.suffix.lower() == ".xlsx":
        write_xlsx(path, results, context, zone=zone)
    else:
        write_csv(path, results, context)
