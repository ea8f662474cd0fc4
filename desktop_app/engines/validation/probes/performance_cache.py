"""The target's cache, by what its own /metrics say of it before and after the load."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, say
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext, DoesNotApply
from desktop_app.engines.validation.probes.performance_bursts import measurement
from desktop_app.engines.validation.registry import probe

_LEAST = 100
"""How many look-ups a ratio needs."""
_HITS = re.compile(r"(?:.+_)?(?:cache|keyspace)_hits(?:_total)?")
_MISSES = re.compile(r"(?:.+_)?(?:cache|keyspace)_misses(?:_total)?")
_TIME = re.compile(r"(?:.+_)?cache_(?:hit|lookup|response|get)(?:_time|_duration)?_seconds")

Readings = Mapping[tuple[str, str], float]
"""The value of each sample by its name and its labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """The metrics before and after the load."""

    before: Readings
    after: Readings


@probe("performance.cache_hits")
def cache_hits(work: CheckContext) -> Iterator[Finding]:
    """More than ``target`` of the look-ups during the load are answered from the cache."""
    target = float(work.params["target"])
    read = _read(work)
    hits, misses = _grown(read, _HITS), _grown(read, _MISSES)
    if not hits and not misses:
        raise DoesNotApply(say(N_("Its /metrics tell of no cache: no counter of hits or misses.")))
    looked = sum(hits.values()) + sum(misses.values())
    facts: dict[str, Any] = {
        f"hit_percent {label}".strip(): round(_share(hits, misses, label) * 100, 1)
        for label in sorted({*hits, *misses})
        if hits.get(label, 0) + misses.get(label, 0) > 0
    }
    if looked < _LEAST:
        yield work.inconclusive(
            say(
                N_("The cache was asked {count:.0f} times; to say it takes {needed}."),
                count=looked,
                needed=_LEAST,
            ),
            **facts,
        )
        return
    ratio = sum(hits.values()) / looked
    yield work.finding(
        CheckState.PASS if ratio > target else CheckState.FAIL,
        say(
            N_(
                "{percent:.1f} % of {count:.0f} look-ups were answered from the cache; "
                "it should be more than {target:g} %."
            ),
            percent=ratio * 100,
            count=looked,
            target=target * 100,
        ),
        look_ups=int(looked),
        **facts,
    )


@probe("performance.cache_time")
def cache_time(work: CheckContext) -> Iterator[Finding]:
    """The cache answers within ``target_ms``, as the target's own metrics say."""
    target = float(work.params["target_ms"])
    read = _read(work)
    seconds = _grown(read, re.compile(f"{_TIME.pattern}_sum"))
    counts = _grown(read, re.compile(f"{_TIME.pattern}_count"))
    if not counts:
        raise DoesNotApply(
            say(N_("Its /metrics do not tell how long the cache takes: one cannot see it outside."))
        )
    count = sum(counts.values())
    if count < _LEAST:
        yield work.inconclusive(
            say(
                N_("The cache was asked {count:.0f} times; to say it takes {needed}."),
                count=count,
                needed=_LEAST,
            )
        )
        return
    mean_ms = sum(seconds.values()) / count * 1000
    yield work.finding(
        CheckState.PASS if mean_ms < target else CheckState.FAIL,
        say(
            N_(
                "The cache answered {count:.0f} look-ups in {ms:.4f} ms on average; "
                "it should be under {target:g} ms."
            ),
            count=count,
            ms=mean_ms,
            target=target,
        ),
        look_ups=int(count),
        mean_ms=round(mean_ms, 5),
    )


def _read(work: CheckContext) -> _Read:
    made = measurement(work)
    if made.before is None or made.after is None:
        raise Blocked(say(N_("Nobody is signed in who may read /metrics.")))
    if all(one.blocked is not None for one in made.endpoints.values()):
        raise Blocked(say(N_("No endpoint could be measured.")))
    work.keep(made.before)
    work.keep(made.after)
    return _Read(before=_readings(made.before), after=_readings(made.after))


def _readings(answer: Answer) -> Readings:
    if answer.status == 404:
        raise DoesNotApply(say(N_("It has no /metrics: the answer was 404.")))
    if answer.status != 200:
        raise Blocked(
            say(
                N_("Its /metrics could not be read: answered {status}."),
                status=answer.status or answer.failure,
            )
        )
    found: dict[tuple[str, str], float] = {}
    try:
        for family in text_string_to_metric_families(answer.text):
            for sample in family.samples:
                found[(sample.name, ", ".join(sample.labels.values()))] = sample.value
    except (ValueError, KeyError, IndexError, TypeError) as error:  # its parser trusts its input
        raise Blocked(say(N_("Its /metrics are not in the format of Prometheus."))) from error
    return found


def _matching(readings: Readings, names: re.Pattern[str]) -> list[tuple[str, str]]:
    return [key for key in readings if names.fullmatch(key[0])]


def _grown(read: _Read, names: re.Pattern[str]) -> dict[str, float]:
    """By how much each counter of that name grew, by its labels."""
    return {
        key[1]: max(0.0, read.after[key] - read.before.get(key, 0.0))
        for key in _matching(read.after, names)
    }


def _share(hits: Mapping[str, float], misses: Mapping[str, float], label: str) -> float:
    hit = hits.get(label, 0.0)
    return hit / (hit + misses.get(label, 0.0))
