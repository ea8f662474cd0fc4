"""What can go wrong on a computer: each ends with a sentence that says what to do."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient
from pymongo.errors import PyMongoError

from desktop_app.core.errors import LocalFailure
from desktop_app.workspace import mongod_binary
from desktop_app.workspace.faults import ServerFailed
from desktop_app.workspace.local import LocalWorkspace
from desktop_app.workspace.mongod import Mongod
from desktop_app.workspace.mongod_log import explain
from desktop_app.workspace.places import Places
from desktop_app.workspace.ports import HOST
from tests.fixtures.waiting import until
from tests.workspace.watching import Events


def failure_of(folder: Path, api_port: int | None = None) -> LocalFailure:
    """What a workspace fails with there."""
    events = Events()
    workspace = LocalWorkspace(folder, on_event=events, api_port=api_port)
    workspace.start()
    with pytest.raises(LocalFailure) as raised:
        workspace.wait_ready(30)
    workspace.stop()
    assert events.states == ["starting", "failed"] or events.states == ["failed"]
    assert raised.value.advice_text()
    return raised.value


def test_no_mongod(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(mongod_binary.VARIABLE, str(tmp_path / "nowhere"))
    assert "There is no mongod" in failure_of(tmp_path / "data").text()


def test_a_mongod_that_does_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "mongod"
    broken.write_bytes(b"not a program")
    broken.chmod(0o755)
    monkeypatch.setenv(mongod_binary.VARIABLE, str(broken))
    assert "does not run" in failure_of(tmp_path / "data").text()


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert "cannot be used" in failure_of(tmp_path / "file" / "data").text()


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write everywhere"
)
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    assert "cannot be written" in failure_of(tmp_path / "data").text()


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        port = other.getsockname()[1]
        assert f"Port {port} is taken" in failure_of(tmp_path, api_port=port).text()


def test_starts_after_what_failed_is_put_right(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    events = Events()
    workspace = LocalWorkspace(tmp_path, on_event=events)
    monkeypatch.setenv(mongod_binary.VARIABLE, str(tmp_path / "nowhere"))
    workspace.start()
    with pytest.raises(LocalFailure):
        workspace.wait_ready(30)
    monkeypatch.delenv(mongod_binary.VARIABLE)
    workspace.start()
    try:
        assert workspace.wait_ready(30).owned
    finally:
        workspace.stop()


@pytest.fixture(scope="module")
def stopped_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a database that was in use and was stopped."""
    folder = tmp_path_factory.mktemp("database")
    mongod = Mongod.start(folder)
    with MongoClient[dict[str, object]](mongod.uri) as client:
        client["a"]["b"].insert_many([{"text": "x" * 1000} for _ in range(100)])
    mongod.stop()
    return folder


@pytest.mark.parametrize("name", ["WiredTiger.wt", "_mdb_catalog.wt", "storage.bson"])
def test_damaged_database_files(stopped_database: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / "mongo"
    shutil.copytree(stopped_database, folder)
    damaged = folder / "data" / name
    damaged.write_bytes(b"\x01\x02" * 5000)
    with pytest.raises(ServerFailed, match="are damaged") as raised:
        Mongod.start(folder)
    assert raised.value.lasting
    assert raised.value.log_tail
    assert damaged.read_bytes() == b"\x01\x02" * 5000, "the evidence is left as it is"


def test_a_failure_comes_with_the_end_of_the_log(stopped_database: Path, tmp_path: Path) -> None:
    shutil.copytree(stopped_database, Places(tmp_path).mongo)
    (Places(tmp_path).mongo / "data" / "storage.bson").write_bytes(b"?")
    events = Events()
    workspace = LocalWorkspace(tmp_path, on_event=events)
    workspace.start()
    with pytest.raises(ServerFailed, match="are damaged"):
        workspace.wait_ready(30)
    workspace.stop()
    assert "storage engine metadata" in events.seen[-1].log_tail


def test_a_database_that_another_mongod_uses(stopped_database: Path) -> None:
    mongod = Mongod.start(stopped_database)
    try:
        with pytest.raises(ServerFailed, match="Another mongod is using"):
            Mongod.start(stopped_database)
    finally:
        mongod.stop()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            '{"s":"F","msg":"Found an invalid featureCompatibilityVersion document","attr":{}}',
            "written by another version of MongoDB",
        ),
        ('{"s":"E","msg":"unsupported WiredTiger file version: this build"}', "another version"),
        ('{"s":"E","msg":"WiredTiger error message No space left on device"}', "is full"),
        ('{"s":"E","msg":"Error setting up listener Address already in use"}', "is taken"),
        ('{"s":"I","msg":"WT_PANIC only spoken of"}', "ended unexpectedly"),
    ],
)
def test_the_log_gives_the_reason(tmp_path: Path, line: str, said: str) -> None:
    failure = explain([line], returncode=1, folder=tmp_path, port=1, version="6.0.5")
    assert said in failure.text()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 80 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux":
        pytest.skip("a small disk can be made on Linux only")
    mount = ["mount", "-t", "tmpfs", "-o", "size=80m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can only be made by root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def fill(client: MongoClient[dict[str, object]]) -> None:
    """Write until the database cannot."""
    while True:
        client["a"]["b"].insert_many([{"x": os.urandom(100_000)} for _ in range(20)])


def test_a_disk_that_cannot_be_written(small_disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    assert "cannot be written" in failure_of(small_disk).text()


def test_a_disk_that_is_full_from_the_start(small_disk: Path) -> None:
    (small_disk / "big").write_bytes(bytes(60_000_000))
    assert "is full" in failure_of(small_disk).text()


def test_a_disk_that_fills_up(small_disk: Path) -> None:
    events = Events()
    workspace = LocalWorkspace(small_disk, on_event=events)
    workspace.start()
    try:
        info = workspace.wait_ready(30)
        assert "MB are free" in events.seen[-1].warning
        with (
            MongoClient[dict[str, object]](info.mongo_uri, serverSelectionTimeoutMS=500) as client,
            pytest.raises(PyMongoError),
        ):
            fill(client)
        until(lambda: events.states[-1] == "failed", "failed")
        assert "is full" in events.seen[-1].text
    finally:
        workspace.stop()
