"""A hundred consoles are killed while they type: nothing acknowledged is lost, nothing is half."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop_app.services.scoring.journal import Journal
from desktop_app.services.scoring.sealing import new_key
from tests.services.scoring.writing_child import FIELDS, changes

KILLS = 100
WITH_FORK = hasattr(os, "fork")


@contextmanager
def _child(folder: Path, key: bytes, *more: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.services.scoring.writing_child", folder, key.hex(), *more],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _one_life(chance: random.Random, process: subprocess.Popen[str], pid: int) -> int:
    """Let a console type a while, kill it, and return the last number that it acknowledged."""
    assert process.stdout is not None
    acknowledged, left = 0, chance.randrange(0, 12)
    for line in process.stdout:
        word, _, rest = line.strip().partition(" ")
        if word == "pid":
            pid = int(rest)
        elif word == "dead":
            return acknowledged
        else:
            acknowledged = int(rest if word == "ready" else word)
            left -= 1
        if left == 0:
            threading.Event().wait(chance.random() * 0.004)
            os.kill(pid, signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL)
    return acknowledged


def _judge(folder: Path, key: bytes, acknowledged: int) -> None:
    """Every acknowledged keystroke is there, or a later one in the same field; all are whole."""
    journal = Journal(folder / "killed.journal", key)
    try:
        records, unreadable = journal.read()
    finally:
        journal.close()
    assert unreadable == []
    texts = records.get("sheet", {})
    for number in range(max(1, acknowledged - FIELDS + 1), acknowledged + 1):
        name = changes(number)[0].name
        there = int(texts[name].split()[0])
        assert there >= number
        assert texts[name] == changes(there)[0].text
    assert texts.get("pair:a") == texts.get("pair:b")
    if acknowledged >= 3:
        assert int(texts["pair:a"]) >= acknowledged - acknowledged % 3


@pytest.mark.long
@pytest.mark.timeout(300)
def test_nothing_acknowledged_is_lost_to_a_hundred_kills(tmp_path: Path) -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")  # noqa: T201 - to play a failure again
    chance, key = random.Random(seed), new_key()
    folder = tmp_path / "저널 폴더"
    last = 0
    if not WITH_FORK:
        for _kill in range(KILLS):
            with _child(folder, key) as process:
                last = max(last, _one_life(chance, process, process.pid))
            _judge(folder, key, last)
    else:
        with _child(folder, key, "nursery") as process:
            assert process.stdin is not None
            for _kill in range(KILLS):
                process.stdin.write("go\n")
                process.stdin.flush()
                last = max(last, _one_life(chance, process, 0))
                _judge(folder, key, last)
    assert last > KILLS  # they did type
