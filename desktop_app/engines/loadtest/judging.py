"""Whether an answer is what its step expects, and what is saved from it."""

from __future__ import annotations

import json
import random
from typing import Any

import msgspec

from desktop_app.core.language import N_
from desktop_app.core.load.counts import Failure
from desktop_app.core.load.places import MISSING, at
from desktop_app.core.redaction import MARK, is_secret_key, redact
from desktop_app.core.validation.findings import Said, say
from desktop_app.engines.loadtest.compiled import OK, OUTCOME_OF, REDIRECTED, PreparedStep

_decode = msgspec.json.Decoder().decode
"""Takes a sixth of what the standard library's takes."""

STATUS = OUTCOME_OF[Failure.STATUS]
CONTENT = OUTCOME_OF[Failure.CONTENT]


def judged_status(step: PreparedStep, status: int) -> int:
    """The outcome by the status alone."""
    if status not in step.statuses if step.statuses else status >= 400:
        return STATUS
    return REDIRECTED if 300 <= status < 400 else OK


def judged_body(
    step: PreparedStep, body: bytes, saved: dict[str, Any], draw: random.Random
) -> Said | None:
    """What is wrong with a JSON body, if anything is; what is to be saved goes to ``saved``."""
    try:
        document = _decode(body)
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        return say(N_("It is not JSON: {reason}."), reason=str(error))
    expect = step.step.expect
    for place in expect.keys:
        if at(document, place, draw) is MISSING:
            return _lacking(place)
    for place, value in expect.json.items():
        found = at(document, place, draw)
        if found is MISSING:
            return _lacking(place)
        if found != value or isinstance(found, bool) is not isinstance(value, bool):
            return say(
                N_("“{place}” is {found}, not {expected}."),
                place=place,
                found=_shown(place, found),
                expected=_shown(place, value),
            )
    for name, place in step.step.save.items():
        found = at(document, place, draw)
        if found is MISSING or found is None:
            return _lacking(place)
        saved[name] = found
    return None


def _lacking(place: str) -> Said:
    return say(N_("It has no “{place}”."), place=place)


def _shown(place: str, value: Any) -> str:
    if is_secret_key(place.rpartition(".")[2]):
        return MARK
    return redact(json.dumps(value, ensure_ascii=False))[:60]
