"""What is counted of requests, so that it adds up exactly.

``sent = completed + failed + in flight``, at every moment and in every part of a run.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Failure(StrEnum):
    """Why a request failed. Each failed request has exactly one."""

    DNS = "dns"
    REFUSED = "refused"
    """Nothing listens there."""
    CONNECT_TIMEOUT = "connect_timeout"
    TLS = "tls"
    RESET = "reset"
    """The connection was reset."""
    CUT = "cut"
    """The connection ended before the answer did."""
    TIMEOUT = "timeout"
    """The answer did not end in time."""
    MALFORMED = "malformed"
    """What came is not HTTP."""
    TOO_LARGE = "too_large"
    """The body went beyond the plan's bound."""
    STATUS = "status"
    """A status that the step does not expect."""
    CONTENT = "content"
    """The body is not what the step expects, or lacks what is to be saved from it."""
    GENERATOR = "generator"
    """This computer's fault: no port, no file handle left. Makes a run invalid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Requests of some part of a run.

    ``completed`` are answers in order; ``in_flight`` those whose end was not seen (at the end of
    the second, of the run). ``late`` are among ``sent``; ``resent`` were sent twice and count once;
    ``redirected`` are among ``completed``.
    """

    sent: int = 0
    completed: int = 0
    failures: Mapping[Failure, int] = field(default_factory=dict)
    in_flight: int = 0
    late: int = 0
    resent: int = 0
    redirected: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0

    @property
    def failed(self) -> int:
        """Requests that came to a bad end."""
        return sum(self.failures.values())

    @property
    def ended(self) -> int:
        """Requests that came to an end."""
        return self.completed + self.failed

    @property
    def error_share(self) -> float | None:
        """Failed requests of those that ended, 0–1; None where none did."""
        return self.failed / self.ended if self.ended else None

    @property
    def adds_up(self) -> bool:
        """Whether every request sent is accounted for (over a whole run, or a whole step)."""
        return self.sent == self.completed + self.failed + self.in_flight


def added(parts: Iterable[Counts]) -> Counts:
    """The sum of counts of parts that do not overlap."""
    kept = list(parts)
    failures: dict[Failure, int] = {}
    for part in kept:
        for kind, count in part.failures.items():
            failures[kind] = failures.get(kind, 0) + count
    return Counts(
        sent=sum(part.sent for part in kept),
        completed=sum(part.completed for part in kept),
        failures=failures,
        in_flight=sum(part.in_flight for part in kept),
        late=sum(part.late for part in kept),
        resent=sum(part.resent for part in kept),
        redirected=sum(part.redirected for part in kept),
        sent_bytes=sum(part.sent_bytes for part in kept),
        received_bytes=sum(part.received_bytes for part in kept),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Percentiles of one histogram, in milliseconds, within 0.1 %."""

    count: int
    mean: float
    p50: float
    p90: float
    p95: float
    p99: float
    p999: float
    max: float
