"""Downloads from the real server: verified, gone on with, nothing left behind when they fail."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

import pytest

from desktop_app.api.client import ApiClient
from desktop_app.api.guard import WriteGuard
from desktop_app.api.transport import Transport
from desktop_app.config.profiles import Profile
from desktop_app.core.errors import Cancelled, LocalFailure, NotFound, Unreachable
from desktop_app.core.files import PART_SIZE, StoredFile
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.services import downloading as module
from desktop_app.services.downloading import Downloading
from tests.fixtures.server import RunningServer
from tests.fixtures.wire import Connect, Wire

CONTENT = os.urandom(PART_SIZE + 77)
PROFILE = Profile(id="t", name="Test", proxy="none", connect_timeout_s=2)


@pytest.fixture
def cable(api_server: RunningServer, wire: Connect) -> Wire:
    return wire(api_server.url)


@pytest.fixture
def api(api_server: RunningServer, cable: Wire) -> Iterator[ApiClient]:
    client = ApiClient(Transport(cable.url, PROFILE, guard=WriteGuard("Test")))
    client.sign_with(client.auth.login(*api_server.admin).access_token)
    yield client
    client.close()


@pytest.fixture
def file(api: ApiClient) -> StoredFile:
    upload = api.files.start("자료.bin", len(CONTENT))
    for offset in range(0, len(CONTENT), PART_SIZE):
        api.files.send_part(upload.id, offset, CONTENT[offset : offset + PART_SIZE])
    return api.files.finish(upload.id, sha256(CONTENT).hexdigest()).file


@pytest.fixture
def downloading(api: ApiClient) -> Downloading:
    return Downloading(api.files, (0.01, 0.01))


@pytest.fixture
def target(tmp_path: Path) -> Path:
    folder = tmp_path / "받은 파일"
    folder.mkdir()
    return folder / "자료.bin"


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def test_content_is_saved_whole_with_progress(
    downloading: Downloading, file: StoredFile, target: Path
) -> None:
    seen: list[Progress] = []
    assert downloading.save(file, target, TaskContext(seen.append)) == target
    assert target.read_bytes() == CONTENT
    assert left_in(target.parent) == [target.name]
    assert (seen[-1].done, seen[-1].total) == (len(CONTENT), len(CONTENT))


def test_cut_connection_is_gone_on_with_and_audited_once(
    downloading: Downloading,
    file: StoredFile,
    target: Path,
    cable: Wire,
    api_server: RunningServer,
) -> None:
    cable.cut_after(received=PART_SIZE // 2)
    downloading.save(file, target, TaskContext())
    assert target.read_bytes() == CONTENT
    assert cable.cuts == 1
    wanted = {"operation": "files.download"}
    assert api_server.documents["audit_log"].count_documents(wanted) == 1


def test_what_was_there_stays_until_the_new_is_complete(
    downloading: Downloading, file: StoredFile, target: Path, cable: Wire
) -> None:
    target.write_bytes(b"older")

    def go_down(progress: Progress) -> None:
        if progress.done:
            cable.down = True
            cable.cut()

    with pytest.raises(Unreachable):
        downloading.save(file, target, TaskContext(go_down))
    assert target.read_bytes() == b"older"
    assert left_in(target.parent) == [target.name]


def test_stopped_download_leaves_nothing(
    downloading: Downloading, file: StoredFile, target: Path
) -> None:
    context = TaskContext(lambda progress: context.cancel() if progress.done else None)
    with pytest.raises(Cancelled):
        downloading.save(file, target, context)
    assert left_in(target.parent) == []


def test_content_with_another_hash_is_not_saved(
    downloading: Downloading, file: StoredFile, target: Path, api_server: RunningServer
) -> None:
    chunks = api_server.documents["fs.chunks"]
    chunks.update_one({"n": 0}, {"$set": {"data": bytes(1024**2)}})
    with pytest.raises(LocalFailure, match="not what the server keeps"):
        downloading.save(file, target, TaskContext())
    assert left_in(target.parent) == []


def test_file_that_is_gone_says_so(
    downloading: Downloading, file: StoredFile, target: Path
) -> None:
    with pytest.raises(NotFound):
        downloading.save(replace(file, id="nothing"), target, TaskContext())


def test_empty_file_is_saved(api: ApiClient, downloading: Downloading, target: Path) -> None:
    upload = api.files.start("빈 파일.txt", 0)
    empty = api.files.finish(upload.id, sha256(b"").hexdigest()).file
    downloading.save(empty, target, TaskContext())
    assert target.read_bytes() == b""


def test_disk_without_room_is_told_before_anything_is_fetched(
    downloading: Downloading,
    file: StoredFile,
    target: Path,
    monkeypatch: pytest.MonkeyPatch,
    api_server: RunningServer,
) -> None:
    full = shutil._ntuple_diskusage(100, 99, 1)
    monkeypatch.setattr(shutil, "disk_usage", lambda _path: full)
    with pytest.raises(LocalFailure, match="no room left"):
        downloading.save(file, target, TaskContext())
    assert left_in(target.parent) == []
    wanted = {"operation": "files.download"}
    assert api_server.documents["audit_log"].count_documents(wanted) == 0


@pytest.mark.skipif(sys.platform == "win32", reason="has no limit of a file's size")
def test_disk_that_fills_up_meanwhile_is_told(
    downloading: Downloading, file: StoredFile, target: Path
) -> None:
    import resource
    import signal

    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (PART_SIZE // 4, before[1]))
    try:
        with pytest.raises(LocalFailure, match="no room left"):
            downloading.save(file, target, TaskContext())
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert left_in(target.parent) == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError(errno.EACCES, "denied"), "cannot be written"),
        (OSError(errno.ENOSPC, "full"), "no room left"),
        (OSError(errno.EIO, "broken"), "broken"),
    ],
)
def test_target_that_cannot_be_replaced_is_told(
    downloading: Downloading,
    file: StoredFile,
    target: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: OSError,
    words: str,
) -> None:
    def refuse(_source: Path, _target: Path) -> None:
        raise error

    monkeypatch.setattr(module, "replace_file", refuse)
    with pytest.raises(LocalFailure, match=words):
        downloading.save(file, target, TaskContext())
    assert left_in(target.parent) == []


def test_folder_that_is_not_there_is_told(
    downloading: Downloading, file: StoredFile, target: Path
) -> None:
    with pytest.raises(LocalFailure):
        downloading.save(file, target.parent / "nothing" / "a.bin", TaskContext())


def test_start_of_a_file_is_no_more_than_asked_for(
    downloading: Downloading, file: StoredFile
) -> None:
    assert downloading.start_of(file, 1000, TaskContext()) == CONTENT[:1000]
    assert downloading.start_of(file, 10**9, TaskContext()) == CONTENT
