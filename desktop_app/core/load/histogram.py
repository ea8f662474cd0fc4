"""Latency histograms with the buckets and the encoding of HdrHistogram.

Values are whole microseconds from 1 to one hour, kept within 0.1 % (three significant digits). The
encoding is HdrHistogram's V2, compressed (https://github.com/HdrHistogram/HdrHistogram,
``AbstractHistogram.encodeIntoCompressedByteBuffer``): other tools read it.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable, Mapping

from desktop_app.core.load.counts import Latency

DIGITS = 3
LOWEST_US = 1
HIGHEST_US = 3_600_000_000
HALF = 1024
"""Half of the sub-buckets: bucket 0 has 2048 values of 1 µs; each further one 1024, ever wider."""
BUCKETS = 22
LENGTH = (BUCKETS + 1) * HALF
"""How many counters there are."""

_V2 = 0x1C849303 | 0x10
_V2_COMPRESSED = 0x1C849304 | 0x10
_HEAD = struct.Struct(">iiiiqqd")
_LARGEST = 1 << 20
"""Bytes that a histogram unpacks to at most: what is read may come from anywhere."""


class NotAHistogram(ValueError):
    """What was read is no histogram, or not of this kind (3 digits, from 1 to at most an hour)."""


def index_of(value_us: int) -> int:
    """The counter of a value; values out of range go to the first or the last one."""
    value_us = min(max(value_us, 0), HIGHEST_US)
    bucket = max(0, value_us.bit_length() - 11)
    return bucket * HALF + (value_us >> bucket)


def highest_of(index: int) -> int:
    """The highest value, in microseconds, that counter ``index`` stands for."""
    return lowest_of(index) + (1 << _bucket_of(index)) - 1


def lowest_of(index: int) -> int:
    """The lowest value, in microseconds, that counter ``index`` stands for."""
    bucket = _bucket_of(index)
    return (index - bucket * HALF) << bucket


def _bucket_of(index: int) -> int:
    return max(0, index // HALF - 1)


class Histogram:
    """Counts of values. Adding two of them gives what one that saw everything would hold."""

    __slots__ = ("counts",)

    def __init__(self, counts: Mapping[int, int] | None = None) -> None:
        self.counts: dict[int, int] = dict(counts or {})
        """Counter → how many; only those that are not 0."""

    def record(self, value_us: int, times: int = 1) -> None:
        """Count a value."""
        index = index_of(value_us)
        self.counts[index] = self.counts.get(index, 0) + times

    def add(self, pairs: Iterable[tuple[int, int]]) -> None:
        """Count (counter, how many) on top."""
        counts = self.counts
        for index, count in pairs:
            counts[index] = counts.get(index, 0) + count

    def merge(self, other: Histogram) -> None:
        """Count everything of another histogram on top."""
        self.add(other.counts.items())

    @property
    def total(self) -> int:
        """How many values were counted."""
        return sum(self.counts.values())

    def __bool__(self) -> bool:
        return bool(self.counts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Histogram) and self.counts == other.counts

    __hash__ = None  # type: ignore[assignment] # it changes

    def percentile_ms(self, percent: float) -> float:
        """The value that ``percent`` % of the values do not exceed; 0 of an empty histogram."""
        return self._walked((percent,))[0][0]

    def latency(self) -> Latency | None:
        """The usual percentiles; None of an empty histogram."""
        if not self.counts:
            return None
        (p50, p90, p95, p99, p999), mean = self._walked((50, 90, 95, 99, 99.9))
        return Latency(
            count=self.total,
            mean=mean,
            p50=p50,
            p90=p90,
            p95=p95,
            p99=p99,
            p999=p999,
            max=highest_of(max(self.counts)) / 1000,
        )

    def share_above(self, limit_ms: float) -> float:
        """The share (0–1) of values above a limit; 0 of an empty histogram."""
        above = sum(n for i, n in self.counts.items() if lowest_of(i) > limit_ms * 1000)
        return above / self.total if self.counts else 0.0

    def _walked(self, percents: tuple[float, ...]) -> tuple[list[float], float]:
        """The values at ascending ``percents`` and the mean, in one pass; milliseconds."""
        total, found, seen, weight = self.total, list[float](), 0, 0.0
        # The small part: 99.9 % of 1000 is 999, not 999.0000000000001.
        needed = [total * percent / 100 - 1e-9 for percent in percents]
        for index in sorted(self.counts):
            count = self.counts[index]
            bucket = index // HALF - 1 if index >= 2 * HALF else 0
            lowest, width = (index - bucket * HALF) << bucket, 1 << bucket
            weight += (lowest + (width - 1) / 2) * count
            seen += count
            while len(found) < len(needed) and seen >= needed[len(found)]:
                found.append((lowest + width - 1) / 1000)
        found += [0.0] * (len(percents) - len(found))
        return found, weight / total / 1000 if total else 0.0

    # -- kept and exchanged ----------------------------------------------------------------------

    def encoded(self) -> bytes:
        """HdrHistogram's V2 encoding, compressed."""
        payload = self._payload()
        head = _HEAD.pack(_V2, len(payload), 0, DIGITS, LOWEST_US, HIGHEST_US, 1.0)
        packed = zlib.compress(head + payload, 6)
        return struct.pack(">ii", _V2_COMPRESSED, len(packed)) + packed

    def _payload(self) -> bytes:
        """The counters in order, as ZigZag LEB128; runs of zeros as one negative number."""
        out, expected = bytearray(), 0
        for index in sorted(self.counts):
            if index > expected:
                _append(out, 2 * (index - expected) - 1)
            _append(out, 2 * self.counts[index])
            expected = index + 1
        return bytes(out)

    @classmethod
    def decoded(cls, data: bytes) -> Histogram:
        """A histogram from its encoding; raises ``NotAHistogram``. Nothing gives an empty one."""
        if not data:
            return cls()
        try:
            cookie, length = struct.unpack_from(">ii", data)
            if cookie != _V2_COMPRESSED:
                raise NotAHistogram("not HdrHistogram V2, compressed")
            plain = zlib.decompressobj().decompress(data[8 : 8 + length], _LARGEST)
            cookie, size, _offset, digits, lowest, _highest, _ratio = _HEAD.unpack_from(plain)
        except (struct.error, zlib.error) as error:
            raise NotAHistogram(str(error)) from error
        if cookie != _V2 or digits != DIGITS or lowest != LOWEST_US:
            raise NotAHistogram(f"{digits} digits from {lowest}")
        return cls(_counts(plain[_HEAD.size : _HEAD.size + size]))


def merged(logs: Iterable[bytes]) -> Histogram:
    """All of these encoded histograms as one: how percentiles of a stretch of time are found."""
    whole = Histogram()
    for log in logs:
        whole.merge(Histogram.decoded(log))
    return whole


def _append(out: bytearray, number: int) -> None:
    """LEB128 of at most 9 bytes, the ninth with all its 8 bits."""
    last = len(out) + 8
    while number >= 0x80 and len(out) < last:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number & 0xFF)


def _counts(payload: bytes) -> dict[int, int]:
    counts: dict[int, int] = {}
    index = place = 0
    while place < len(payload):
        rest = shift = 0
        while True:
            if place >= len(payload):
                raise NotAHistogram("it ends in the middle of a number")
            byte = payload[place]
            place += 1
            if shift == 56:
                rest |= byte << shift
                break
            rest |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        number = (rest >> 1) ^ -(rest & 1)
        if number > 0:
            counts[index] = number
        index += -number if number < 0 else 1
        if index > LENGTH:
            raise NotAHistogram("values beyond an hour")
    return counts
