"""Whether the rows of a whole file fit into their companies, of which a server sees parts.

The server judges each request of a dry run alone. Rows of earlier requests are not written, so it
cannot count them; here they are counted, as the server will when it applies the rows in order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import replace

from desktop_app.core.imports import Room, RowResult, Verdict
from desktop_app.core.problems import Problem, Scalar

FULL: Mapping[str, str] = {
    "users": "company_full_in_file",
    "projects": "projects_full_in_file",
}
"""By resource, the code of a row for which the rows before it leave no room."""
_FIELD = "company_id"


def entered(result: RowResult) -> str | None:
    """The id of the company that a row brings something into; None when it brings nothing.

    What leaves a company makes no room within the same import: the server counts so too.
    """
    coming = result.verdict in (Verdict.CREATE, Verdict.UPDATE)
    company = result.after.get(_FIELD) if coming else None
    return company if isinstance(company, str) and company else None


def within_rooms(
    resource: str,
    results: Mapping[int, RowResult],
    rooms: Mapping[str, Room],
    applied: Container[int],
) -> dict[int, RowResult]:
    """``results`` in the order of the file, with those beyond their company's room invalid.

    ``rooms`` is what is free by company id; a company that is not named takes all. Rows in
    ``applied`` are in already and take no more.
    """
    taken: Counter[str] = Counter()
    judged: dict[int, RowResult] = {}
    for number in sorted(results):
        result = results[number]
        company = None if number in applied else entered(result)
        room = rooms.get(company) if company is not None else None
        if company is not None and room is not None:
            if taken[company] >= room.free:
                result = _full(resource, result, room)
            else:
                taken[company] += 1
        judged[number] = result
    return judged


def _full(resource: str, result: RowResult, room: Room) -> RowResult:
    params: dict[str, Scalar] = {"maximum": room.maximum, "free": room.free}
    problem = Problem(field=_FIELD, code=FULL[resource], params=params)
    return replace(
        result, verdict=Verdict.INVALID, problems=(problem,), id=None, before={}, after={}
    )
