"""Many requests to one endpoint by several requesters at once, every one measured by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import FIRST_EXCEPTION, ThreadPoolExecutor, wait
from dataclasses import dataclass, field

from desktop_app.core.validation.samples import Sample, Times
from desktop_app.engines.validation.client import Answer, Client, NoAnswer, Request

_WATCH_S = 0.01
"""How long the watch of the client's lateness rests each time."""
_CALIBRATIONS = 5
BUSY_SHARE = 0.9
"""A client that needs this much of its one interpreter's time measures itself."""
LATE_MS = 50.0
"""So does one whose threads come to run this much late: a quarter of the tightest target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How an endpoint is tried: ``requests`` in all by ``requesters`` at once, for ``seconds``.

    Each requester sends its share: one that is answered quickly must not send for the others.
    """

    requesters: int = 10
    requests: int = 340
    seconds: float = 20.0


@dataclass(slots=True, kw_only=True)
class Burst:
    """What came of it. ``seconds`` is how long it took; ``slowest`` and ``wrong`` are evidence.

    ``cpu_s`` is the CPU time of the requesters' threads; ``late_ms`` (95th percentile) and
    ``latest_ms`` are how late a thread of this program came to run meanwhile, beyond what is usual.
    """

    samples: list[Sample] = field(default_factory=list)
    seconds: float = 0.0
    slowest: Answer | None = None
    wrong: Answer | None = None
    limited: int = 0
    """How many were answered 429: the server limits the rate."""
    refused: int = 0
    """How many were answered 401."""
    cpu_s: float = 0.0
    late_ms: float = 0.0
    latest_ms: float = 0.0

    @property
    def failed(self) -> int:
        """How many were not answered right."""
        return sum(not sample.ok for sample in self.samples)

    @property
    def per_second(self) -> float:
        """Requests per second."""
        return len(self.samples) / self.seconds if self.seconds > 0 else 0.0

    @property
    def client_ms(self) -> float:
        """CPU time that the client itself needs for a request, in milliseconds."""
        return self.cpu_s * 1000 / len(self.samples) if self.samples else 0.0

    @property
    def client_share(self) -> float:
        """How much of the time the client was busy: at 1 its one interpreter does nothing else."""
        return self.cpu_s / self.seconds if self.seconds > 0 else 0.0

    @property
    def times(self) -> Times:
        """The times of what was answered right."""
        return Times(self.samples)


def burst(client: Client, request: Request, plan: Plan, right: Callable[[Answer], bool]) -> Burst:
    """Send ``request`` as ``plan`` says; ``right`` judges an answer, in several threads.

    It ends early where nothing is answered right. Raises ``Spent`` and ``Cancelled``.
    """
    shared = _Shared(plan, Burst())
    made = shared.made
    usual = _lateness(shared.over, _CALIBRATIONS)
    began = time.perf_counter()
    shared.ends = time.monotonic() + plan.seconds
    with ThreadPoolExecutor(plan.requesters + 1, "requester") as pool:
        watch = pool.submit(_watch, shared)
        running = [
            pool.submit(_requester, client, request, right, shared, share)
            for share in _shares(plan)
        ]
        try:
            wait(running, return_when=FIRST_EXCEPTION)
        finally:
            shared.over.set()
        for future in running:
            future.result()
        made.seconds = time.perf_counter() - began
        late = watch.result()
    made.late_ms = max(0.0, _high(late) - _high(usual)) * 1000
    made.latest_ms = max(0.0, max(late, default=0.0) - _high(usual)) * 1000
    return made


class _Shared:
    """What the requesters of one burst share."""

    def __init__(self, plan: Plan, made: Burst) -> None:
        self.made = made
        self.over = threading.Event()
        self.ends = 0.0
        self._plan = plan
        self._lock = threading.Lock()

    @property
    def going(self) -> bool:
        """Whether to send more."""
        return not self.over.is_set() and time.monotonic() < self.ends

    def take(self, answer: Answer, sample: Sample) -> None:
        """Keep what one request came to."""
        made = self.made
        with self._lock:
            made.samples.append(sample)
            made.limited += sample.status == 429
            made.refused += sample.status == 401
            if not sample.ok:
                made.wrong = made.wrong or answer
            elif sample.warm and (made.slowest is None or sample.ms > made.slowest.total_ms):
                made.slowest = answer
            hopeless = len(made.samples) >= 3 * self._plan.requesters
            if hopeless and all(not one.ok for one in made.samples):
                self.over.set()

    def spent(self, cpu_s: float) -> None:
        """Add the CPU time of one requester."""
        with self._lock:
            self.made.cpu_s += cpu_s


def _shares(plan: Plan) -> list[int]:
    """How many requests each requester sends."""
    each, more = divmod(plan.requests, plan.requesters)
    return [each + (number < more) for number in range(plan.requesters)]


def _requester(
    client: Client,
    request: Request,
    right: Callable[[Answer], bool],
    shared: _Shared,
    share: int,
) -> None:
    began, warm = time.thread_time(), False
    try:
        for _ in range(share):
            if not shared.going:
                return
            try:
                answer = client.send(request)
            except NoAnswer as none:
                answer = none.answer
            ok = not answer.failure and right(answer)
            shared.take(answer, Sample(ms=answer.total_ms, status=answer.status, ok=ok, warm=warm))
            warm = True
    finally:
        shared.spent(time.thread_time() - began)


def _watch(shared: _Shared) -> list[float]:
    late: list[float] = []
    while not shared.over.is_set():
        late += _lateness(shared.over, 1)
    return late


def _lateness(over: threading.Event, times: int) -> list[float]:
    """How much longer than asked for a thread rested, in seconds, each time."""
    late: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        over.wait(_WATCH_S)
        late.append(time.perf_counter() - began - _WATCH_S)
    return late


def _high(values: list[float]) -> float:
    """The 95th percentile."""
    return sorted(values)[int(len(values) * 0.95)] if values else 0.0
