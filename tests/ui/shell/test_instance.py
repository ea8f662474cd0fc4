"""One console per data folder: real second processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from pytestqt.qtbot import QtBot

from desktop_app.app.instance import SingleInstance

PATIENCE_S = 30


@pytest.fixture
def first(home: Path, qtbot: QtBot) -> Iterator[SingleInstance]:
    (home / "data").mkdir()
    instance = SingleInstance(home / "data")
    yield instance
    instance.release()


def start_second() -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "desktop_app"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def test_a_second_start_raises_the_first_and_ends_well(first: SingleInstance, qtbot: QtBot) -> None:
    assert first.claim()
    first.listen()
    with qtbot.waitSignal(first.raise_asked, timeout=PATIENCE_S * 1000):
        second = start_second()
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=PATIENCE_S * 1000)
    second.communicate()
    assert second.returncode == 0


def test_a_second_start_waits_for_a_first_that_is_just_starting(
    first: SingleInstance, qtbot: QtBot
) -> None:
    assert first.claim()
    QTimer.singleShot(1200, first.listen)
    with qtbot.waitSignal(first.raise_asked, timeout=PATIENCE_S * 1000):
        second = start_second()
    qtbot.waitUntil(lambda: second.poll() is not None, timeout=PATIENCE_S * 1000)
    second.communicate()
    assert second.returncode == 0


def test_a_folder_that_takes_no_file_is_not_mistaken_for_another_console(tmp_path: Path) -> None:
    with pytest.raises(PermissionError) as refused:
        SingleInstance(tmp_path / "not there").claim()
    assert refused.value.filename == str(tmp_path / "not there")


def test_what_a_crashed_console_left_does_not_matter(home: Path, qtbot: QtBot) -> None:
    data = home / "data"
    data.mkdir()
    crash = (
        "import os, pathlib, sys\n"
        "from PySide6.QtCore import QCoreApplication\n"
        "from desktop_app.app.instance import SingleInstance\n"
        "app = QCoreApplication([])\n"
        "instance = SingleInstance(pathlib.Path(sys.argv[1]))\n"
        "assert instance.claim()\n"
        "instance.listen()\n"
        "os._exit(9)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", crash, str(data)], timeout=PATIENCE_S, check=False
    )
    assert ended.returncode == 9
    instance = SingleInstance(data)
    assert instance.claim()
    instance.listen()
    assert instance._server is not None
    assert instance._server.isListening()
    instance.release()


def test_two_data_folders_have_a_console_each(first: SingleInstance, tmp_path: Path) -> None:
    other_folder = tmp_path / "other"
    other_folder.mkdir()
    other = SingleInstance(other_folder)
    assert first.claim()
    assert other.claim()
    other.release()
