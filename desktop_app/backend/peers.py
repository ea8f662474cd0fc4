"""Others' sheets of the same company, for who has handed in their own."""

from __future__ import annotations

import hmac
from hashlib import sha256

from desktop_app.backend.problem_details import ApiProblem
from desktop_app.backend.routing import Call
from desktop_app.backend.sheet_reach import find_sheet
from desktop_app.backend.sheets import View, score_views
from desktop_app.core.evaluations import FINISHED
from desktop_app.core.problems import Problem


async def peers(call: Call) -> list[View]:
    """The finished sheets of others (``core.evaluations.PeerSheet``); 403 before one's own is.

    Their order is a keyed shuffle of each reading sheet: the order of submission would tell whose
    a sheet is to anyone who heard a colleague finish, and one order for all companies would let
    sheets be matched across them.
    """
    place = await find_sheet(call)
    own = place.sheet
    if own["status"] not in FINISHED:
        raise ApiProblem(
            403,
            "own-not-submitted",
            "Others' sheets are shown once your own is submitted.",
            problems=(Problem(field="", code="own_not_submitted"),),
        )
    wanted = {
        "project_id": own["project_id"],
        "company_id": own["company_id"],
        "_id": {"$ne": own["_id"]},
        "status": {"$in": sorted(FINISHED)},
    }
    cursor = call.platform.store.evaluations.find(wanted, {"scores": 1, "total_score": 1})
    key = f"{call.platform.config.secret_key}:peers of {own['_id']}".encode()
    found = {hmac.new(key, sheet["_id"].encode(), sha256).digest(): sheet async for sheet in cursor}
    return [
        {
            "label": str(number),
            "total_score": sheet.get("total_score") or 0,
            "scores": score_views(sheet),
        }
        for number, (_, sheet) in enumerate(sorted(found.items()), start=1)
    ]
