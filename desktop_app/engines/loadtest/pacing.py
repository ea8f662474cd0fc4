"""When to send: the arrivals of a plan, and a timer that wakes when one falls due.

asyncio's own timers are too coarse here: epoll's time-outs are rounded up to whole milliseconds,
and Windows' clock ticks every 15.6 ms, so that 1000/s would leave in bursts of 16.
"""

from __future__ import annotations

import asyncio
import contextlib
import ctypes
import math
import os
import random
import struct
import sys
import time
from collections.abc import Callable, Iterator

from desktop_app.core.load.models import LoadModel, Spacing, Stage, arrivals_by, duration_s, planned

clock = time.perf_counter
"""The run's clock: of high resolution everywhere, and the same in all processes of a computer."""

LEAST_GAP_S = 0.0002
"""A timer is not asked to wake more often than that: what falls due meanwhile is sent together."""


def arrivals(model: LoadModel, place: int, places: int, draw: random.Random) -> Iterator[float]:
    """When the requests of generator ``place`` of ``places`` fall due, in seconds from the start.

    Together the generators have exactly the arrivals of the plan: evenly spaced ones are dealt out
    in turn; independent random ones of a share of the rate make random ones of the whole.
    """
    if model.spacing is Spacing.EVEN:
        # Halves: the first is not at 0, where a ramp's rate is none.
        counts: Iterator[float] = (
            number + 0.5 for number in range(place, planned(model.stages), places)
        )
    else:
        counts = _poisson(arrivals_by(model.stages, duration_s(model.stages)), places, draw)
    return _times(model.stages, counts)


def _poisson(total: float, places: int, draw: random.Random) -> Iterator[float]:
    at = 0.0
    while (at := at + places * draw.expovariate(1.0)) < total:
        yield at


def _times(stages: tuple[Stage, ...], counts: Iterator[float]) -> Iterator[float]:
    """The moments at which the integral of the rate reaches each of the (ascending) ``counts``."""
    began, before = 0.0, 0.0
    rest = iter(stages)
    stage = next(rest, None)
    for count in counts:
        while stage is not None:
            inside = (stage.start + stage.end) / 2 * stage.seconds
            if count <= before + inside and inside > 0:
                break
            began, before = began + stage.seconds, before + inside
            stage = next(rest, None)
        if stage is None:
            return
        yield began + _crossing(stage, count - before)


def _crossing(stage: Stage, area: float) -> float:
    """After how long the area under a stage's line is ``area``."""
    slope = (stage.end - stage.start) / stage.seconds
    root = math.sqrt(max(0.0, stage.start**2 + 2 * slope * area))
    below = stage.start + root
    return min(2 * area / below, stage.seconds) if below > 0 else 0.0


# -- timers --------------------------------------------------------------------------------------


class LoopTimer:
    """A timer of the loop: for systems whose loops wait precisely enough."""

    def __init__(self, loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
        self._loop, self._wake = loop, wake
        self._handle: asyncio.TimerHandle | None = None

    def arm(self, at: float) -> None:
        """Wake at ``at`` (of ``clock``); an earlier order is forgotten."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle = self._loop.call_later(max(0.0, at - clock()), self._wake)

    def close(self) -> None:
        """Wake no more."""
        if self._handle is not None:
            self._handle.cancel()


if sys.platform == "linux":
    _TIME = struct.Struct("qqqq")
    _ABSOLUTE = 1
    _MONOTONIC = 1
    _FLAGS = os.O_NONBLOCK | os.O_CLOEXEC

    class PreciseTimer:
        """A timer of the kernel (timerfd), within some 50 µs; ``OSError`` where there is none."""

        def __init__(self, loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> None:
            libc = ctypes.CDLL(None, use_errno=True)
            self._set = libc.timerfd_settime
            self._loop, self._wake = loop, wake
            self._descriptor: int = libc.timerfd_create(_MONOTONIC, _FLAGS)
            if self._descriptor < 0:
                raise OSError(ctypes.get_errno(), "timerfd_create")
            self._time = ctypes.create_string_buffer(_TIME.size)
            loop.add_reader(self._descriptor, self._fired)

        def arm(self, at: float) -> None:
            """Wake at ``at`` (of ``clock``, the kernel's monotonic one); at once if it is past."""
            nanoseconds = max(1, int(at * 1e9))
            _TIME.pack_into(self._time, 0, 0, 0, *divmod(nanoseconds, 1_000_000_000))
            self._set(self._descriptor, _ABSOLUTE, self._time, None)

        def close(self) -> None:
            """Wake no more."""
            self._loop.remove_reader(self._descriptor)
            os.close(self._descriptor)

        def _fired(self) -> None:
            try:
                os.read(self._descriptor, 8)
            except BlockingIOError:  # armed anew since
                return
            self._wake()

    Timer = PreciseTimer | LoopTimer
else:
    Timer = LoopTimer


def timer(loop: asyncio.AbstractEventLoop, wake: Callable[[], None]) -> Timer:
    """The most precise timer that there is here."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            return PreciseTimer(loop, wake)
    return LoopTimer(loop, wake)


if sys.platform == "win32":
    _POWER_THROTTLING = 4
    """ProcessPowerThrottling, of PROCESS_INFORMATION_CLASS."""

    class _Throttling(ctypes.Structure):
        """PROCESS_POWER_THROTTLING_STATE."""

        _fields_ = (
            ("version", ctypes.c_ulong),
            ("controlled", ctypes.c_ulong),
            ("throttled", ctypes.c_ulong),
        )

    def _stay_awake() -> None:
        """Have Windows 11 neither slow this process down nor blunt its timers in the background.

        Windows 10 does not know the second, and has no need of it.
        """
        kernel32 = ctypes.WinDLL("kernel32")
        kernel32.GetCurrentProcess.restype = ctypes.c_void_p
        change = kernel32.SetProcessInformation
        change.argtypes = (ctypes.c_void_p, ctypes.c_int, ctypes.c_void_p, ctypes.c_ulong)
        for what in (1, 4):  # EXECUTION_SPEED, IGNORE_TIMER_RESOLUTION
            state = _Throttling(1, what, 0)
            size = ctypes.sizeof(state)
            change(kernel32.GetCurrentProcess(), _POWER_THROTTLING, ctypes.byref(state), size)


def sharpen(loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
    """Have the loop's own timers run by ``clock``, on Windows also at the system's finest period.

    The result undoes what lasts beyond the process's own affairs.
    """
    if sys.platform == "win32":
        # asyncio's time is GetTickCount64, which moves in steps of 15.6 ms whatever the period.
        loop.time = clock  # type: ignore[method-assign]
        loop._clock_resolution = 1e-6  # type: ignore[attr-defined]
        winmm = ctypes.WinDLL("winmm")
        winmm.timeBeginPeriod(1)
        _stay_awake()
        return lambda: winmm.timeEndPeriod(1)
    else:
        return lambda: None
