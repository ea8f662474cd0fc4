"""What only requests that nobody thought of bring to light: each fuzz check's own defect."""

from __future__ import annotations

from typing import Any

from tests.defects.backdoor import Backdoor
from tests.defects.catalogue.slowness import broken, dropped, each
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import answering, on, without_key
from tests.defects.registry import Defect, register

_HEALTH, _NAMES = on("GET", "/health"), on("GET", "/api/companies/names")


_HEALTH_IS_OTHERWISE = dict.fromkeys(
    ("health_001", "contract.*", "headers.content_type*", "performance.*"),
    "it looks at the health too",
)


def _undescribed(_backdoor: Backdoor) -> Fault:
    """202 where the description knows of 200 alone."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if on("GET", "/openapi.json")(asked):
            described: Any = answered.json
            del described["paths"]["/health"]["get"]["responses"]["default"]
            return answered.with_json(described)
        return answered.with_status(202) if _HEALTH(asked) else answered

    return fault


def _careless(_backdoor: Backdoor) -> Fault:
    """A list that does not look at its parameters."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        return await sound(asked.changed(query="") if _NAMES(asked) else asked)

    return fault


register(
    Defect(
        name="fuzz.server_error",
        does="some request to a list makes the server fail",
        fails=frozenset({"fuzz.server_error[GET /api/companies/names]"}),
        fault=each(7, _NAMES, broken),
    ),
    Defect(
        name="fuzz.no_answer",
        does="some request to a list has its connection cut",
        fails=frozenset({"fuzz.no_answer[GET /api/companies/names]"}),
        fault=each(7, _NAMES, dropped),
    ),
    Defect(
        name="fuzz.status",
        does="a status that is not described",
        fails=frozenset({"fuzz.status[GET /health]"}),
        also=_HEALTH_IS_OTHERWISE,
        fault=_undescribed,
    ),
    Defect(
        name="fuzz.content_type",
        does="JSON that calls itself a page",
        fails=frozenset({"fuzz.content_type[GET /health]"}),
        also={**_HEALTH_IS_OTHERWISE, "fuzz.schema*": "a page is held against no schema"},
        fault=answering(_HEALTH, lambda a: a.with_header("content-type", "text/html")),
    ),
    Defect(
        name="fuzz.schema",
        does="an answer without a member that is described",
        fails=frozenset({"fuzz.schema[GET /health]"}),
        also=_HEALTH_IS_OTHERWISE,
        fault=answering(_HEALTH, without_key("timestamp")),
    ),
    Defect(
        name="fuzz.accepts_invalid",
        does="a list that takes any parameters",
        fails=frozenset({"fuzz.accepts_invalid[GET /api/companies/names]"}),
        fault=_careless,
    ),
)
