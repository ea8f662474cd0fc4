"""One upload at two servers of one database at once, as when a client's way to them changes."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import httpx
import pytest

from tests.backend.file_sending import MB, begun, finish, send
from tests.fixtures.server import RunningServer, running

_TIMES = 8
"""What goes wrong when two meet goes wrong in most of so many meetings."""


@pytest.fixture
def other(admin: httpx.Client, api_server: RunningServer) -> Iterator[httpx.Client]:
    """The administrator at a second server."""
    config = replace(api_server.config, port=0)
    with (
        running(config, api_server.documents.client) as server,
        httpx.Client(base_url=server.url, timeout=20, headers=admin.headers) as client,
    ):
        yield client


def at_once(
    one: Callable[[], httpx.Response], two: Callable[[], httpx.Response]
) -> tuple[httpx.Response, httpx.Response]:
    """The answers to two requests that are sent at the same time."""
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.submit(one), pool.submit(two)
        return first.result(), second.result()


def kept(client: httpx.Client, finished: httpx.Response) -> bytes:
    """The content of the file that an upload has become."""
    return client.get(f"/api/files/{finished.json()['file_id']}/content").content


def test_upload_finished_twice_at_once_is_one_whole_file(
    admin: httpx.Client, other: httpx.Client
) -> None:
    for _ in range(_TIMES):
        content = os.urandom(2_000)
        id_ = begun(admin, "a.bin", len(content))
        send(admin, id_, 0, content)
        answers = at_once(lambda: finish(admin, id_, content), lambda: finish(other, id_, content))  # noqa: B023
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json()["file_id"] == answers[1].json()["file_id"]
        assert kept(admin, answers[0]) == content


def test_upload_cancelled_while_it_is_finished_is_a_whole_file_or_none(
    admin: httpx.Client, other: httpx.Client, api_server: RunningServer
) -> None:
    for _ in range(_TIMES):
        content = os.urandom(2_000)
        id_ = begun(admin, "a.bin", len(content))
        send(admin, id_, 0, content)
        finished, _ = at_once(
            lambda: finish(admin, id_, content),  # noqa: B023
            lambda: other.delete(f"/api/files/upload/{id_}"),  # noqa: B023
        )
        assert finished.status_code in (201, 404)
        if finished.status_code == 201:
            assert kept(admin, finished) == content
    files = {file["_id"] for file in api_server.documents["files"].find({}, {"_id": 1})}
    assert set(api_server.documents["fs.chunks"].distinct("files_id")) == files


def test_of_two_parts_at_once_one_is_kept_whole_and_counts(
    admin: httpx.Client, other: httpx.Client, api_server: RunningServer
) -> None:
    for _ in range(_TIMES):
        contents = os.urandom(2 * MB), os.urandom(2 * MB)
        id_ = begun(admin, "a.bin", 2 * MB)
        answers = at_once(
            lambda: send(admin, id_, 0, contents[0]),  # noqa: B023
            lambda: send(other, id_, 0, contents[1]),  # noqa: B023
        )
        assert {answer.status_code for answer in answers} <= {200, 409}
        lying = content_of(api_server, id_)
        assert lying in contents
        finished = finish(admin, id_, lying)
        assert finished.status_code == 201
        assert kept(admin, finished) == lying


def content_of(server: RunningServer, upload_id: str) -> bytes:
    """What has been kept of an upload."""
    upload = server.documents["uploads"].find_one({"_id": upload_id})
    assert upload is not None
    chunks = server.documents["fs.chunks"].find({"files_id": upload["content_id"]}).sort("n", 1)
    return b"".join(chunk["data"] for chunk in chunks)
