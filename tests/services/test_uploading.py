"""Uploads to the real server: cut, stopped, gone on with, and files that change."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from desktop_app.api.client import ApiClient
from desktop_app.api.guard import WriteGuard
from desktop_app.api.transport import Transport
from desktop_app.config.profiles import Profile
from desktop_app.core.errors import (
    Cancelled,
    LocalFailure,
    ProductionLocked,
    Rejected,
    Unreachable,
)
from desktop_app.core.files import PART_SIZE, UploadedFile
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.services.upload_ledger import Order, UploadLedger
from desktop_app.services.uploading import FileChanged, Uploading
from tests.fixtures.server import RunningServer
from tests.fixtures.wire import Connect, Wire

CONTENT = os.urandom(3 * PART_SIZE + 77)
PROFILE = Profile(id="t", name="Test", proxy="none", connect_timeout_s=2)
SHORT = (0.01, 0.01, 0.01)


@pytest.fixture
def cable(api_server: RunningServer, wire: Connect) -> Wire:
    return wire(api_server.url)


@pytest.fixture
def guard() -> WriteGuard:
    return WriteGuard("Test", protected=True)


@pytest.fixture
def api(api_server: RunningServer, cable: Wire, guard: WriteGuard) -> Iterator[ApiClient]:
    guard.unlock("Test", 10)
    client = ApiClient(Transport(cable.url, PROFILE, guard=guard))
    client.sign_with(client.auth.login(*api_server.admin).access_token)
    yield client
    client.close()


@pytest.fixture
def uploading(api: ApiClient, tmp_path: Path) -> Uploading:
    return Uploading(api.files, ledger_of(tmp_path), SHORT)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "내 자료"
    folder.mkdir()
    path = folder / "사업 계획서.bin"
    path.write_bytes(CONTENT)
    return path


def ledger_of(folder: Path, user: str = "user-admin") -> UploadLedger:
    return UploadLedger(folder / "data", server="http://server", user_id=user)


def stopping_after(done: int, then: Callable[[], object] | None = None) -> TaskContext:
    """A context that stops the work (or does ``then`` once) when so many bytes are done."""
    met = threading.Event()

    def report(progress: Progress) -> None:
        if progress.done >= done and not met.is_set():
            met.set()
            if then is None:
                context.cancel()
            else:
                then()

    context = TaskContext(report)
    return context


def check(uploaded: UploadedFile, content: bytes = CONTENT) -> None:
    assert uploaded.file.size == len(content)
    assert uploaded.file.file_hash == sha256(content).hexdigest()


def test_file_arrives_with_progress_and_is_forgotten(uploading: Uploading, path: Path) -> None:
    seen: list[Progress] = []
    sent = uploading.send(Order(path=path, company_id="company-test"), TaskContext(seen.append))
    check(sent)
    assert (sent.file.file_name, sent.file.company_id) == ("사업 계획서.bin", "company-test")
    assert [p.done for p in seen] == [0, *range(PART_SIZE, len(CONTENT), PART_SIZE), len(CONTENT)]
    assert {p.total for p in seen} == {len(CONTENT)}
    assert uploading.ledger.all() == ()


def test_empty_file_is_a_file(uploading: Uploading, tmp_path: Path) -> None:
    path = tmp_path / "빈 파일.txt"
    path.touch()
    check(uploading.send(Order(path=path), TaskContext()), b"")


@pytest.mark.parametrize("sent", [1000, PART_SIZE // 2, 2 * PART_SIZE + 5000])
def test_cut_connection_is_gone_on_with(
    uploading: Uploading, path: Path, cable: Wire, sent: int
) -> None:
    cable.cut_after(sent=sent)
    check(uploading.send(Order(path=path), TaskContext()))
    assert cable.cuts == 1


def test_server_that_is_away_for_a_while_is_waited_for(
    uploading: Uploading, path: Path, cable: Wire
) -> None:
    def go_down() -> None:
        cable.down = True
        cable.cut()

    texts: list[str] = []
    context = stopping_after(PART_SIZE, go_down)
    report = context._report

    def watching(progress: Progress) -> None:
        report(progress)
        if progress.text:
            texts.append(progress.text)
            cable.down = False

    context._report = watching
    check(uploading.send(Order(path=path), context))
    assert "Waiting for the server" in texts


def test_server_that_stays_away_ends_it_and_it_goes_on_later(
    uploading: Uploading, path: Path, cable: Wire, api_server: RunningServer
) -> None:
    def go_down() -> None:
        cable.down = True
        cable.cut()

    with pytest.raises(Unreachable):
        uploading.send(Order(path=path), stopping_after(2 * PART_SIZE, go_down))
    [begun] = uploading.unfinished()
    assert begun.order == Order(path=path)
    cable.down = False
    check(uploading.send(Order(path=path), TaskContext()))
    assert api_server.documents["uploads"].count_documents({}) == 1  # none was begun anew


def test_restart_of_the_console_goes_on_where_it_was(
    uploading: Uploading, path: Path, tmp_path: Path
) -> None:
    with pytest.raises(Cancelled):
        uploading.send(Order(path=path, project_name="사업"), stopping_after(2 * PART_SIZE))
    again = Uploading(uploading.files, ledger_of(tmp_path), SHORT)
    [begun] = again.unfinished()
    seen: list[Progress] = []
    check(again.send(begun.order, TaskContext(seen.append)))
    assert all(p.done in (0, *range(2 * PART_SIZE, len(CONTENT) + 1)) for p in seen)
    assert again.unfinished() == ()


def test_somebody_else_does_not_see_what_was_begun(
    uploading: Uploading, path: Path, tmp_path: Path
) -> None:
    with pytest.raises(Cancelled):
        uploading.send(Order(path=path), stopping_after(PART_SIZE))
    assert ledger_of(tmp_path, "user-other").all() == ()
    assert len(ledger_of(tmp_path).all()) == 1


def test_given_up_upload_is_gone_on_both_sides(
    uploading: Uploading, path: Path, api_server: RunningServer
) -> None:
    with pytest.raises(Cancelled):
        uploading.send(Order(path=path), stopping_after(PART_SIZE))
    uploading.give_up(Order(path=path))
    assert uploading.ledger.all() == ()
    assert api_server.documents["fs.chunks"].count_documents({}) == 0


def test_file_that_changes_meanwhile_is_refused(
    uploading: Uploading, path: Path, api_server: RunningServer
) -> None:
    def grow() -> None:
        with path.open("ab") as file:
            file.write(b"more")

    with pytest.raises(FileChanged):
        uploading.send(Order(path=path), stopping_after(PART_SIZE, grow))
    assert uploading.ledger.all() == ()
    assert api_server.documents["uploads"].count_documents({}) == 0


def test_file_that_changed_in_between_is_sent_anew(uploading: Uploading, path: Path) -> None:
    with pytest.raises(Cancelled):
        uploading.send(Order(path=path), stopping_after(PART_SIZE))
    path.write_bytes(b"other words")
    assert uploading.unfinished() == ()
    check(uploading.send(Order(path=path), TaskContext()), b"other words")


def test_content_exchanged_under_the_same_time_is_found_by_its_hash(
    uploading: Uploading, path: Path
) -> None:
    with pytest.raises(Cancelled):
        uploading.send(Order(path=path), stopping_after(PART_SIZE))
    before = path.stat()
    path.write_bytes(b"x" + CONTENT[1:])
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    with pytest.raises(Rejected) as refused:
        uploading.send(Order(path=path), TaskContext())
    assert refused.value.problems[0].code == "hash_differs"
    assert uploading.ledger.all() == ()


def test_expired_upload_begins_anew(
    uploading: Uploading, path: Path, api_server: RunningServer
) -> None:
    with pytest.raises(Cancelled):
        uploading.send(Order(path=path), stopping_after(2 * PART_SIZE))
    api_server.documents["uploads"].delete_many({})
    check(uploading.send(Order(path=path), TaskContext()))
    assert uploading.ledger.all() == ()


def test_lock_of_a_production_system_stops_it_until_it_is_unlocked(
    uploading: Uploading, path: Path, guard: WriteGuard
) -> None:
    with pytest.raises(ProductionLocked):
        uploading.send(Order(path=path), stopping_after(PART_SIZE, guard.lock))
    guard.unlock("Test", 10)
    check(uploading.send(Order(path=path), TaskContext()))


def test_program_is_refused_and_forgotten(uploading: Uploading, tmp_path: Path) -> None:
    path = tmp_path / "a.pdf"
    path.write_bytes(b"MZ\x90\x00" + bytes(100))
    with pytest.raises(Rejected) as refused:
        uploading.send(Order(path=path), TaskContext())
    assert refused.value.problems[0].code == "file_type_refused"
    assert uploading.ledger.all() == ()


def test_file_that_is_not_there_says_so(uploading: Uploading, tmp_path: Path) -> None:
    with pytest.raises(LocalFailure, match="not there"):
        uploading.send(Order(path=tmp_path / "nothing"), TaskContext())


def test_file_that_is_too_large_is_not_even_announced(uploading: Uploading, tmp_path: Path) -> None:
    path = tmp_path / "large.bin"
    with path.open("wb") as file:
        file.truncate(1024**3 + 1)
    with pytest.raises(LocalFailure, match="larger than 1 GB"):
        uploading.send(Order(path=path), TaskContext())


def test_damaged_ledger_is_set_aside(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "uploads.json").write_text('[{"upload_id": 1}]', encoding="utf-8")
    assert ledger.all() == ()
    assert [p.name for p in (tmp_path / "data").iterdir()] == ["uploads.damaged-1.json"]
