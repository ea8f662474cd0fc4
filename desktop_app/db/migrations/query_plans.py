"""How the server answers a query, as its ``explain`` tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from desktop_app.db.migrations.server import Documents
from desktop_app.db.migrations.verification import QueryPlan

_NOT_THE_WINNER = {"rejectedPlans", "slotBasedPlan", "parsedQuery", "command", "serverInfo"}


def plan_of_find(
    database: Documents, collection: str, where: Mapping[str, Any], **options: Any
) -> QueryPlan:
    """The plan of a find; it is run to the end."""
    return _explained(database, {"find": collection, "filter": dict(where), **options}, run=True)


def plan_of_aggregate(
    database: Documents,
    collection: str,
    pipeline: Sequence[Mapping[str, Any]],
    *,
    run: bool = False,
    **options: Any,
) -> QueryPlan:
    """The plan of an aggregation; ``run`` has it run to the end and measured."""
    command = {"aggregate": collection, "pipeline": list(pipeline), "cursor": {}, **options}
    return _explained(database, command, run=run)


def _explained(database: Documents, command: dict[str, Any], *, run: bool) -> QueryPlan:
    verbosity = "executionStats" if run else "queryPlanner"
    answer = database.command("explain", command, verbosity=verbosity)
    nodes = list(_nodes(answer))
    stages = tuple(dict.fromkeys(str(node["stage"]) for node in nodes if "stage" in node))
    indexes = tuple(dict.fromkeys(str(node["indexName"]) for node in nodes if "indexName" in node))
    if not run:
        return QueryPlan(stages=stages, indexes=indexes)
    # Only the whole of a query says how long it took; its stages count some of the same, again.
    measured = [node for node in nodes if "executionTimeMillis" in node]
    return QueryPlan(
        stages=stages,
        indexes=indexes,
        examined=sum(int(node["totalDocsExamined"]) for node in measured),
        keys=sum(int(node["totalKeysExamined"]) for node in measured),
        returned=sum(int(node["nReturned"]) for node in measured),
        ms=float(max((node["executionTimeMillis"] for node in measured), default=0)),
    )


def _nodes(answer: Any) -> Iterator[Mapping[str, Any]]:
    """Every mapping of an explanation, without the plans that were not taken."""
    if isinstance(answer, Mapping):
        yield answer
        for key, value in answer.items():
            if key not in _NOT_THE_WINNER:
                yield from _nodes(value)
    elif isinstance(answer, list):
        for item in answer:
            yield from _nodes(item)
