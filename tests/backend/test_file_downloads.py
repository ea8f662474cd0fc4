"""Downloads over the wire: safe headers, ranges, and what the audit trail says of them."""

from __future__ import annotations

import os
from urllib.parse import quote

import httpx
import pytest

from tests.backend.conftest import SignIn
from tests.backend.file_sending import MB, uploaded
from tests.fixtures.server import RunningServer

PDF = b"%PDF-1.7\n%\xff\xff\x00 and so on"


def openings(admin: httpx.Client) -> list[str]:
    entries = admin.get("/api/audit", params={"operation": "files.download"}).json()["entries"]
    return [entry["actor"] for entry in entries]


def test_download_is_an_attachment_that_no_browser_interprets(admin: httpx.Client) -> None:
    name = '평가 "자료".pdf'
    file = uploaded(admin, name, PDF)
    answer = admin.get(f"/api/files/{file['id']}/content")
    kept = "평가 _자료_.pdf"
    assert answer.content == PDF
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-length"] == str(len(PDF))
    assert answer.headers["etag"] == f'"{file["file_hash"]}"'
    disposition = answer.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert disposition.endswith(f"filename*=UTF-8''{quote(kept)}")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"<html><script>alert(1)</script></html>", "text/html"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', "image/svg+xml"),
        (b'{"a": 1}', "application/json"),
    ],
)
def test_what_a_browser_would_run_is_served_as_bytes(
    admin: httpx.Client, content: bytes, told: str
) -> None:
    file = uploaded(admin, "harmless.txt", content)
    assert file["file_type"] == told
    answer = admin.get(f"/api/files/{file['id']}/content")
    assert answer.headers["content-type"] == "application/octet-stream"


CONTENT = os.urandom(3 * MB + 5)


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-", 5, len(CONTENT)),
        (f"bytes={MB - 2}-{2 * MB + 1}", MB - 2, 2 * MB + 2),
        ("bytes=-7", len(CONTENT) - 7, len(CONTENT)),
        ("bytes=1-999999999", 1, len(CONTENT)),
    ],
)
def test_range_is_answered_in_part(admin: httpx.Client, asked: str, start: int, end: int) -> None:
    file = uploaded(admin, "a.bin", CONTENT)
    answer = admin.get(f"/api/files/{file['id']}/content", headers={"Range": asked})
    assert answer.status_code == 206
    assert answer.content == CONTENT[start:end]
    assert answer.headers["content-range"] == f"bytes {start}-{end - 1}/{len(CONTENT)}"


@pytest.mark.parametrize("asked", ["bytes=9-3", "lines=1-2", "bytes=0-1,3-4", "bytes=-", "x"])
def test_what_is_no_single_range_is_passed_over(admin: httpx.Client, asked: str) -> None:
    file = uploaded(admin, "a.txt", b"0123456789 text")
    answer = admin.get(f"/api/files/{file['id']}/content", headers={"Range": asked})
    assert (answer.status_code, answer.content) == (200, b"0123456789 text")


def test_range_beyond_the_end_and_of_another_content(admin: httpx.Client) -> None:
    file = uploaded(admin, "a.txt", b"0123456789 text")
    path = f"/api/files/{file['id']}/content"
    beyond = admin.get(path, headers={"Range": "bytes=15-"})
    assert (beyond.status_code, beyond.headers["content-range"]) == (416, "bytes */15")
    other = admin.get(path, headers={"Range": "bytes=5-", "If-Range": '"other"'})
    assert (other.status_code, len(other.content)) == (200, 15)
    same = admin.get(path, headers={"Range": "bytes=5-", "If-Range": f'"{file["file_hash"]}"'})
    assert same.content == b"56789 text"


def test_opening_is_audited_once_however_often_it_goes_on(
    admin: httpx.Client, sign_in: SignIn
) -> None:
    file = uploaded(admin, "a.txt", b"0123456789 text", company_id="company-test")
    path, manager = f"/api/files/{file['id']}/content", sign_in("manager1")
    manager.get(path)
    manager.get(path, headers={"Range": "bytes=5-"})
    manager.get(path, headers={"Range": "bytes=9-"})
    assert openings(admin) == ["user-manager1"]
    manager.get(path)
    assert openings(admin) == ["user-manager1"] * 2


def test_who_asks_for_all_but_the_first_byte_is_told_too(
    admin: httpx.Client, sign_in: SignIn
) -> None:
    file = uploaded(admin, "a.txt", b"0123456789 text", company_id="company-test")
    path = f"/api/files/{file['id']}/content"
    sign_in("secretary1").get(path, headers={"Range": "bytes=1-"})
    assert openings(admin) == ["user-secretary1"]


def test_opening_out_of_reach_is_none(
    admin: httpx.Client, sign_in: SignIn, api_server: RunningServer
) -> None:
    file = uploaded(admin, "a.txt", b"0123456789 text", company_id="company-system")
    assert sign_in("manager1").get(f"/api/files/{file['id']}/content").status_code == 404
    assert openings(admin) == []
