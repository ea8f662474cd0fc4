"""Files over the API client on the real server."""

from __future__ import annotations

import os
from collections.abc import Iterator
from hashlib import sha256

import pytest

from desktop_app.api.client import ApiClient
from desktop_app.api.guard import WriteGuard
from desktop_app.api.transport import Transport
from desktop_app.config.profiles import Profile
from desktop_app.core.errors import (
    Conflict,
    NotFound,
    ProductionLocked,
    Rejected,
    ServerFault,
    SessionExpired,
    Unreachable,
)
from desktop_app.core.files import PART_SIZE, StoredFile
from desktop_app.core.paging import PageQuery
from tests.fixtures.odd_server import MakeServer, answer, problem
from tests.fixtures.server import RunningServer
from tests.fixtures.wire import Connect

PROFILE = Profile(id="t", name="Test", proxy="none", connect_timeout_s=2)
FILE = StoredFile(id="f1", file_name="a.txt", file_type="text/plain", size=9, file_hash="0" * 64)


@pytest.fixture
def api(api_server: RunningServer) -> Iterator[ApiClient]:
    client = ApiClient(Transport(api_server.url, PROFILE, guard=WriteGuard("Test")))
    client.sign_with(client.auth.login(*api_server.admin).access_token)
    yield client
    client.close()


@pytest.fixture
def odd(odd_server: MakeServer) -> Iterator[ApiClient]:
    """A client of a server that refuses every content with a problem document."""
    server = odd_server(lambda _request: problem(404, "not-found"))
    client = ApiClient(Transport(server.url, PROFILE, guard=WriteGuard("Test")))
    yield client
    client.close()


def sent(api: ApiClient, content: bytes, name: str = "자료.txt") -> StoredFile:
    upload = api.files.start(name, len(content), company_id="company-test")
    for offset in range(0, len(content), PART_SIZE):
        upload = api.files.send_part(upload.id, offset, content[offset : offset + PART_SIZE])
    return api.files.finish(upload.id, sha256(content).hexdigest()).file


def test_a_file_from_its_first_part_to_its_end(api: ApiClient) -> None:
    content = os.urandom(PART_SIZE + 5)
    file = sent(api, content)
    assert (file.file_name, file.company_name) == ("자료.txt", "테스트 회사")
    assert api.files.page(PageQuery(sort="-uploaded_at")).items == (file,)
    with api.files.content(file) as whole:
        assert b"".join(whole.pieces()) == content
    with api.files.content(file, start=3, end=PART_SIZE + 1) as part:
        assert b"".join(part.pieces()) == content[3 : PART_SIZE + 1]
    renamed = api.files.change(file.id, {"file_name": "새 이름.txt"}, version=file.version)
    with pytest.raises(Conflict):
        api.files.delete(file.id, version=file.version)
    api.files.delete(file.id, version=renamed.version)
    with pytest.raises(NotFound), api.files.content(file):
        pass


def test_state_of_an_upload_and_its_cancelling(api: ApiClient) -> None:
    upload = api.files.start("a.bin", PART_SIZE * 2)
    assert api.files.send_part(upload.id, 0, bytes(PART_SIZE)).offset == PART_SIZE
    assert api.files.state(upload.id).offset == PART_SIZE
    assert api.files.send_part(upload.id, 0, bytes(PART_SIZE)).offset == PART_SIZE
    api.files.cancel(upload.id)
    with pytest.raises(NotFound):
        api.files.state(upload.id)


def test_part_out_of_turn_gives_the_upload_as_it_is(api: ApiClient) -> None:
    upload = api.files.start("a.bin", PART_SIZE * 2)
    assert api.files.send_part(upload.id, PART_SIZE, bytes(PART_SIZE)).offset == 0


def test_same_content_again_is_told(api: ApiClient) -> None:
    first = sent(api, b"words")
    upload = api.files.start("b.txt", 5, company_id="company-test")
    api.files.send_part(upload.id, 0, b"words")
    again = api.files.finish(upload.id, sha256(b"words").hexdigest())
    assert (again.duplicate, again.file) == (True, first)


def test_refusals_carry_their_problems(api: ApiClient) -> None:
    with pytest.raises(Rejected) as refused:
        api.files.start("a.exe", 5)
    assert refused.value.problems[0].code == "runnable_name"
    upload = api.files.start("a.txt", 5)
    api.files.send_part(upload.id, 0, b"words")
    with pytest.raises(Rejected) as refused:
        api.files.finish(upload.id, sha256(b"other").hexdigest())
    assert refused.value.problems[0].code == "hash_differs"


def test_part_is_a_write_that_a_locked_production_system_refuses(
    api_server: RunningServer,
) -> None:
    guard = WriteGuard("운영", protected=True)
    client = ApiClient(Transport(api_server.url, PROFILE, guard=guard))
    with pytest.raises(ProductionLocked):
        client.files.send_part("x", 0, b"words")
    client.close()


def test_part_whose_answer_is_cut_off_is_sent_again(
    api: ApiClient, api_server: RunningServer, wire: Connect
) -> None:
    cable = wire(api_server.url)
    client = ApiClient(Transport(cable.url, PROFILE, guard=WriteGuard("Test")))
    client.sign_with(client.auth.login(*api_server.admin).access_token)
    upload = client.files.start("a.txt", 5)
    cable.cut_after(received=10)
    assert client.files.send_part(upload.id, 0, b"words").offset == 5
    assert cable.cuts == 1
    client.close()


def test_content_that_is_cut_off_is_told_while_reading(
    api: ApiClient, api_server: RunningServer, wire: Connect
) -> None:
    file = sent(api, os.urandom(PART_SIZE))
    cable = wire(api_server.url)
    client = ApiClient(Transport(cable.url, PROFILE, guard=WriteGuard("Test")))
    client.sign_with(client.auth.login(*api_server.admin).access_token)
    cable.cut_after(received=PART_SIZE // 2)
    with client.files.content(file) as answered:
        pieces = answered.pieces()
        assert next(pieces)
        with pytest.raises(Unreachable):
            list(pieces)
    client.close()


def test_stream_asks_again_with_a_renewed_token(odd_server: MakeServer) -> None:
    def script(request: bytes) -> bytes:
        good = b"authorization: bearer second" in request.lower()
        return answer(200, b"content", "text/plain") if good else problem(401, "invalid-token")

    class Renewed:
        token = "first"

        def access_token(self) -> str:
            return self.token

        def renew(self, rejected_token: str | None) -> None:
            assert rejected_token == "first"
            self.token = "second"

    server = odd_server(script)
    transport = Transport(server.url, PROFILE, guard=WriteGuard("T"), credentials=Renewed())
    with ApiClient(transport).files.content(FILE) as answered:
        assert b"".join(answered.pieces()) == b"content"
    transport.close()


def test_stream_that_is_refused_is_an_error_of_the_core(odd: ApiClient) -> None:
    with pytest.raises(NotFound), odd.files.content(FILE):
        pass


def test_stream_after_the_session_ended_says_so(odd_server: MakeServer) -> None:
    server = odd_server(lambda _request: problem(401, "invalid-token"))
    client = ApiClient(Transport(server.url, PROFILE, guard=WriteGuard("Test")))
    client.sign_with("old")
    with pytest.raises(SessionExpired), client.files.content(FILE):
        pass
    client.close()


def test_other_bytes_than_asked_for_are_a_fault(odd_server: MakeServer) -> None:
    server = odd_server(lambda _request: answer(200, b"from the start", "text/plain"))
    client = ApiClient(Transport(server.url, PROFILE, guard=WriteGuard("Test")))
    with pytest.raises(ServerFault), client.files.content(FILE, start=4):
        pass
    client.close()
