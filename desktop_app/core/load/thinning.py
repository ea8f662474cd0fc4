"""A long run's seconds kept within bounds: older ones put together, counts added, times merged."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

from desktop_app.core.load.counts import added
from desktop_app.core.load.histogram import merged
from desktop_app.core.load.second import Second

FINE_S = 3600
"""That many of the latest seconds stay as they were."""
MOST = 2 * FINE_S
"""Entries beyond which older ones are put together."""


def thinned(seconds: list[Second], *, most: int = MOST, fine: int = FINE_S) -> None:
    """Bring a list that has grown beyond ``most`` back by one entry, in place.

    To be called as each second comes: to join thousands at once would hold up everything for
    seconds. Of those but the latest ``fine``, the two neighbours that are of the fewest seconds
    together are joined: a run of two days keeps its shape in some thousand entries.
    """
    if len(seconds) <= most:
        return
    pairs = [
        (first.width_s + second.width_s, place)
        for place, (first, second) in enumerate(pairwise(seconds[:-fine]))
        if first.phase is second.phase
    ]
    if pairs:
        _width, place = min(pairs)
        seconds[place : place + 2] = [joined(*seconds[place : place + 2])]


def joined(first: Second, second: Second) -> Second:
    """Two neighbouring entries of one phase; ``width_s`` says of how many seconds they are."""
    response = merged([first.response_log, second.response_log])
    service = merged([first.service_log, second.service_log])
    return replace(
        second,
        number=first.number,
        width_s=first.width_s + second.width_s,
        asked=first.asked + second.asked,
        dropped=first.dropped + second.dropped,
        counts=replace(added([first.counts, second.counts]), in_flight=second.counts.in_flight),
        response=response.latency(),
        service=service.latency(),
        steps={},
        response_log=response.encoded() if response else b"",
        service_log=service.encoded() if service else b"",
    )
