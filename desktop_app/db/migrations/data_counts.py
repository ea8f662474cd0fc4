"""How many documents each data step would change, in one pass per collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from desktop_app.db.migrations.counting import aggregated
from desktop_app.db.migrations.server import Documents
from desktop_app.db.migrations.steps import Step


def pending_counts(
    database: Documents,
    collection: str,
    steps: Sequence[Step],
    run_at: datetime,
    limit_ms: int | None = None,
) -> dict[str, int]:
    """Documents that match each step, by the step's id; 0 for none.

    What no step picks is left behind by the first stage: a clean collection costs one scan.
    """
    wheres = {f"s{place}": dict(step.data.where) for place, step in enumerate(steps) if step.data}
    pipeline: list[Mapping[str, Any]] = [
        {"$match": {"$or": list(wheres.values())}},
        {"$facet": {name: [{"$match": where}, {"$count": "n"}] for name, where in wheres.items()}},
    ]
    (found,) = aggregated(database[collection], pipeline, limit_ms, let={"run_at": run_at})
    return {
        step.id: int(found[f"s{place}"][0]["n"]) if found[f"s{place}"] else 0
        for place, step in enumerate(steps)
    }
