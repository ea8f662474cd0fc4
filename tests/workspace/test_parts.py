"""The small parts: pauses, ports, secrets, mongod's version."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.workspace.backoff import Backoff
from desktop_app.workspace.child import created_at, same_process
from desktop_app.workspace.mongod_binary import VARIABLE, find_mongod, mongod_version
from desktop_app.workspace.mongod_log import LogReader, readable
from desktop_app.workspace.ports import HOST, free_port, is_free
from desktop_app.workspace.secret_files import kept_secret


@given(st.lists(st.floats(min_value=0, max_value=30), min_size=1, max_size=60))
def test_pauses_grow_and_end_after_five_failures_in_a_minute(steps: list[float]) -> None:
    backoff = Backoff(limit=5, window_s=60)
    times: list[float] = []
    now = 0.0
    for step in steps:
        now += step
        times.append(now)
        recent = sum(1 for time in times if now - time <= 60)
        pause = backoff.next_pause(now)
        assert (pause is None) == (recent > 5)
        assert pause is None or 0 <= pause <= 5


def test_the_first_start_again_comes_at_once() -> None:
    assert Backoff().next_pause(1000.0) == 0.0


def test_a_free_port_is_used_again_and_a_taken_one_is_not() -> None:
    port = free_port()
    assert free_port(port) == port
    with socket.socket() as other:
        other.bind((HOST, port))
        other.listen()
        assert not is_free(port)
        assert free_port(port) != port


def test_a_secret_is_kept_and_a_damaged_one_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    first = kept_secret(path)
    assert first.made_now
    assert kept_secret(path).value == first.value
    assert first.value not in repr(first)
    path.write_bytes(b"\xff\xfe")
    assert kept_secret(path).made_now


@pytest.mark.skipif(sys.platform == "win32", reason="files have no mode there")
def test_a_secret_that_others_may_read_is_narrowed(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    kept_secret(path)
    path.chmod(0o644)
    assert not kept_secret(path).made_now
    assert path.stat().st_mode & 0o777 == 0o600


def test_the_mongod_that_comes_along_suits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "")
    assert mongod_version(find_mongod()).major >= 6
    assert "fiftyone" not in sys.modules


def test_a_configured_mongod_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    mine.touch()
    other.touch()
    monkeypatch.setenv(VARIABLE, str(other))
    assert find_mongod(mine) == mine
    assert find_mongod() == other


def test_an_installed_mongod_is_taken_from_path_but_never_from_the_current_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    monkeypatch.setenv("PATH", "")
    bundled = find_mongod()
    installed = tmp_path / bundled.name
    installed.symlink_to(bundled)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f".{os.pathsep}")
    assert find_mongod() == bundled
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_mongod() == installed


def test_a_pid_alone_does_not_name_a_process() -> None:
    assert same_process(os.getpid(), created_at(os.getpid())) is not None
    assert same_process(os.getpid(), created_at(os.getpid()) - 100) is None


@given(st.lists(st.binary(max_size=50), max_size=20))
def test_a_log_is_read_line_by_line_however_it_is_written(
    tmp_path_factory: pytest.TempPathFactory, chunks: list[bytes]
) -> None:
    path = tmp_path_factory.mktemp("log") / "a.log"
    reader = LogReader(path)
    for chunk in chunks:
        with path.open("ab") as file:
            file.write(chunk)
        reader.read()
    complete = b"".join(chunks).split(b"\n")[:-1]
    assert reader.lines == [line.decode("utf-8", errors="replace") for line in complete]


@given(st.text())
def test_any_line_is_readable(line: str) -> None:
    assert isinstance(readable(line), str)
