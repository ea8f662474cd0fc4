"""A long run's seconds kept within bounds: older ones put together, counts added, times merged."""

from __future__ import annotations

from dataclasses import replace

from desktop_app.core.load.counts import added
from desktop_app.core.load.histogram import merged
from desktop_app.core.load.second import Phase, Second

FINE_S = 3600
"""That many of the latest seconds stay as they were."""
MOST = 2 * FINE_S
"""Seconds beyond which older ones are put together, in twos."""


def thinned(seconds: list[Second], *, most: int = MOST, fine: int = FINE_S) -> None:
    """Bring a list that has grown beyond ``most`` back into bounds, in place.

    Those but the latest ``fine`` are joined in pairs: a run of two days keeps its shape in some
    thousand entries.
    """
    if len(seconds) <= most:
        return
    old, new = seconds[:-fine], seconds[-fine:]
    pairs = [old[place : place + 2] for place in range(0, len(old), 2)]
    seconds[:] = [*(joined(*pair) for pair in pairs), *new]


def joined(first: Second, second: Second | None = None) -> Second:
    """Two neighbouring entries as one; ``width_s`` says how many seconds it is of."""
    if second is None:
        return first
    response = merged([first.response_log, second.response_log])
    service = merged([first.service_log, second.service_log])
    return replace(
        second,
        number=first.number,
        width_s=first.width_s + second.width_s,
        phase=first.phase if first.phase is second.phase else Phase.MEASURED,
        asked=first.asked + second.asked,
        dropped=first.dropped + second.dropped,
        counts=replace(added([first.counts, second.counts]), in_flight=second.counts.in_flight),
        response=response.latency(),
        service=service.latency(),
        steps={},
        response_log=response.encoded() if response else b"",
        service_log=service.encoded() if service else b"",
    )
