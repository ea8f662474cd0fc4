import gc
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop_app.ui import garbage
from desktop_app.ui.garbage import GarbageCollector


@pytest.fixture
def collector(qtbot: QtBot) -> Iterator[GarbageCollector]:
    before = gc.isenabled()
    collector = GarbageCollector()
    yield collector
    collector.close()
    (gc.enable if before else gc.disable)()


class Cycle:
    """Garbage that only the collector finds; it notes the thread that finalises it."""

    def __init__(self, seen: list[int]) -> None:
        self.me = self
        self.seen = seen

    def __del__(self) -> None:
        self.seen.append(threading.get_ident())


def test_automatic_collection_is_off_while_the_console_runs(collector: GarbageCollector) -> None:
    assert not gc.isenabled()


def test_garbage_made_on_a_worker_is_finalised_on_the_gui_thread(
    collector: GarbageCollector, qtbot: QtBot
) -> None:
    seen: list[int] = []

    def make_garbage() -> None:
        for _number in range(5000):
            Cycle(seen)

    with ThreadPoolExecutor(1) as pool:
        pool.submit(make_garbage)
    assert seen == []
    assert collector.collect() >= 0
    assert set(seen) == {threading.get_ident()}


def test_little_garbage_is_not_worth_a_collection(collector: GarbageCollector) -> None:
    gc.collect()
    assert collector.collect() == -1


def test_it_goes_by_a_timer(collector: GarbageCollector, qtbot: QtBot) -> None:
    seen: list[int] = []
    keep = [QObject() for _number in range(10)]
    for _number in range(2000):
        Cycle(seen)
    qtbot.waitUntil(lambda: bool(seen), timeout=3000)
    assert keep


def test_a_full_collection_waits_until_nothing_goes_on(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(garbage, "FULL_EVERY_S", 0.0)
    enabled = gc.isenabled()
    collector = GarbageCollector()
    try:
        gc.collect()
        while gc.get_count()[2] <= gc.get_threshold()[2]:
            gc.collect(1)
        made = [[number] for number in range(5000)]
        assert collector.collect() in (0, 1)
        looks = [collector.collect() for _look in range(garbage.QUIET_LOOKS)]
        assert looks == [-1] * (garbage.QUIET_LOOKS - 1) + [2]
        assert collector.last_full_s > 0
        assert made
    finally:
        collector.close()
        (gc.enable if enabled else gc.disable)()


def test_what_exists_at_the_start_is_not_looked_at_again(collector: GarbageCollector) -> None:
    collector.started()
    assert gc.get_freeze_count() > 1000
    collector.close()
    assert gc.get_freeze_count() == 0
