"""What a generator records: numbers appended to arrays, sorted into seconds in batches.

Appending a number costs 31 ns, numpy's share of a batch 10 ns a sample; a call of a histogram for
each sample would cost 770 ns.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.histogram import HALF, HIGHEST_US
from desktop_app.engines.loadtest.compiled import OUTCOME_OF, REDIRECTED, WIDTH
from desktop_app.engines.loadtest.messages import Bucket

Floats = NDArray[np.float64]
Whole = NDArray[np.int64]

_WITH_LATENCY = (
    0,
    REDIRECTED,
    *(
        OUTCOME_OF[kind]
        for kind in (Failure.STATUS, Failure.CONTENT, Failure.TOO_LARGE, Failure.TIMEOUT)
    ),
)
"""Outcomes whose times belong into the histograms: answers, and what was waited for in vain.

A refused connection is quick: it would make a dying target look faster.
"""
_TIMED = np.isin(np.arange(WIDTH), _WITH_LATENCY)


@dataclass(slots=True)
class OpenSecond:
    """One second that is not over yet."""

    asked: int = 0
    late: int = 0
    moments: int = 0
    late_moments: int = 0
    users: int = 0
    """As last seen in it; so are the next two."""
    busy: int = 0
    waiting: int = 0
    lateness: list[Floats] = field(default_factory=list)
    sent: dict[int, int] = field(default_factory=dict)
    ended: dict[tuple[int, int], _Bucket] = field(default_factory=dict)
    """By the second that they were meant for, and the step."""
    dropped: dict[int, int] = field(default_factory=dict)
    """Arrivals given up in it, by the second that they were meant for."""

    @property
    def eventful(self) -> bool:
        """Whether anything happened in it."""
        return bool(self.asked or self.dropped or self.sent or self.ended)


@dataclass(slots=True)
class _Bucket:
    outcomes: dict[int, int] = field(default_factory=dict)
    response: dict[int, int] = field(default_factory=dict)
    service: dict[int, int] = field(default_factory=dict)


class Recorder:
    """Arrays to append to (times of ``clock``), and ``sort``, to be called some times a second."""

    def __init__(self, late_s: float) -> None:
        self._late_s = late_s
        self.due = array("d")
        self.late = array("d")
        """With ``due``: how late the generator woke up for each arrival."""
        self.sent_at = array("d")
        self.sent_step = array("H")
        self.ended_due = array("d")
        self.ended_sent = array("d")
        self.ended_at = array("d")
        self.ended_code = array("H")
        self.dropped_at = array("d")
        self.dropped_due = array("d")
        self.seconds: dict[int, OpenSecond] = {}
        self.first = 0
        """The first second that was not told yet: what is noticed too late for its own, is its."""

    def second(self, number: int) -> OpenSecond:
        """Second ``number``, made where there is none yet."""
        number = max(number, self.first)
        found = self.seconds.get(number)
        if found is None:
            found = self.seconds[number] = OpenSecond()
        return found

    @property
    def appended(self) -> int:
        """How many ends of requests are not sorted yet."""
        return len(self.ended_at)

    def forget(self) -> None:
        """Forget all that was appended."""
        for numbers in (self.due, self.late, self.sent_at, self.sent_step):
            del numbers[:]
        for numbers in (self.dropped_at, self.dropped_due):
            del numbers[:]
        for numbers in (self.ended_due, self.ended_sent, self.ended_at, self.ended_code):
            del numbers[:]

    def sort(self, zero: float) -> None:
        """Sort all that was appended into seconds counted from ``zero``."""
        if self.due:
            self._sort_arrivals(zero)
        if self.sent_at:
            self._sort_sent(zero)
        if self.ended_at:
            self._sort_ended(zero)
        for at, due in zip(self.dropped_at, self.dropped_due, strict=True):
            dropped, meant = self.second(int(at - zero)).dropped, max(0, int(due - zero))
            dropped[meant] = dropped.get(meant, 0) + 1
        del self.dropped_at[:], self.dropped_due[:]

    def _sort_arrivals(self, zero: float) -> None:
        numbers = _seconds(np.array(self.due), zero)
        late = np.array(self.late)
        del self.due[:], self.late[:]
        for number in np.unique(numbers):
            there = late[numbers == number]
            second = self.second(int(number))
            second.asked += len(there)
            second.late += int(np.count_nonzero(there > self._late_s))
            second.lateness.append(there)

    def _sort_sent(self, zero: float) -> None:
        keys = _seconds(np.array(self.sent_at), zero) * 65536 + np.array(self.sent_step)
        del self.sent_at[:], self.sent_step[:]
        for key, count in zip(*_counted(keys), strict=True):
            number, step = divmod(key, 65536)
            sent = self.second(number).sent
            sent[step] = sent.get(step, 0) + count

    def _sort_ended(self, zero: float) -> None:
        due, sent = np.array(self.ended_due), np.array(self.ended_sent)
        at, code = np.array(self.ended_at), np.array(self.ended_code).astype(np.int64)
        del self.ended_due[:], self.ended_sent[:], self.ended_at[:], self.ended_code[:]
        seconds, dues = _seconds(at, zero), _seconds(due, zero)
        step, outcome = code // WIDTH, code % WIDTH
        response, service = indexes((at - due) * 1e6), indexes((at - sent) * 1e6)
        keys = (seconds * 1_000_000 + dues) * 65536 + step
        for key in np.unique(keys):
            mine = keys == key
            times, number = divmod(int(key), 65536)
            second, meant = divmod(times, 1_000_000)
            bucket = self.second(second).ended.setdefault((meant, number), _Bucket())
            _count(bucket.outcomes, outcome[mine])
            timed = mine & _TIMED[outcome]
            _count(bucket.response, response[timed])
            _count(bucket.service, service[timed])


def indexes(microseconds: Floats) -> Whole:
    """The counters of values, as ``core.load.histogram.index_of`` has them."""
    whole = np.clip(microseconds, 0, HIGHEST_US).astype(np.int64)
    bucket = np.maximum(np.frexp(whole.astype(np.float64))[1].astype(np.int64) - 11, 0)
    found: Whole = bucket * HALF + (whole >> bucket)
    return found


def buckets(second: OpenSecond) -> list[Bucket]:
    """The ended requests of a second, to be sent."""
    return [
        Bucket(
            due=due,
            step=step,
            outcomes=bucket.outcomes,
            response=packed(bucket.response),
            service=packed(bucket.service),
        )
        for (due, step), bucket in second.ended.items()
    ]


def _seconds(times: Floats, zero: float) -> Whole:
    return np.maximum(np.floor(times - zero), 0).astype(np.int64)


def _counted(keys: Whole) -> tuple[list[int], list[int]]:
    found, counts = np.unique(keys, return_counts=True)
    return found.tolist(), counts.tolist()


def _count(counts: dict[int, int], values: Whole) -> None:
    for value, count in zip(*_counted(values), strict=True):
        counts[value] = counts.get(value, 0) + count


def packed(counts: dict[int, int]) -> tuple[bytes, bytes]:
    """Counters with how many, to be sent."""
    return array("H", counts).tobytes(), array("I", counts.values()).tobytes()


def unpacked(packed: tuple[bytes, bytes]) -> zip[Any]:
    """Counters with how many, as they were packed."""
    indices, counts = array("H"), array("I")
    indices.frombytes(packed[0])
    counts.frombytes(packed[1])
    return zip(indices, counts, strict=True)
