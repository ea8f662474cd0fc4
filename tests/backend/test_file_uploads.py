"""Uploads over the wire: parts, their order and repetition, the hash, and what is refused."""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from hashlib import sha256

import gridfs
import httpx
import pytest

from tests.backend.conftest import SignIn
from tests.backend.file_sending import (
    MB,
    PART,
    begin,
    begun,
    codes,
    finish,
    send,
    upload,
    uploaded,
)
from tests.fixtures.server import RunningServer

TEXT = "평가 자료입니다.\n".encode()


def test_file_of_several_parts_is_kept_as_gridfs_documents_it(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    content = os.urandom(9 * MB + 17)
    file = uploaded(admin, "자료.bin", content)
    assert (file["size"], file["file_name"]) == (len(content), "자료.bin")
    assert file["file_hash"] == sha256(content).hexdigest()
    with gridfs.GridFSBucket(api_server.documents).open_download_stream(file["id"]) as stream:
        assert stream.read() == content
    kept = api_server.documents["fs.chunks"].find({"files_id": file["id"]}, {"n": 1})
    assert sorted(chunk["n"] for chunk in kept) == list(range(10))


def test_empty_file_needs_no_part(admin: httpx.Client) -> None:
    file = uploaded(admin, "빈 파일.txt", b"")
    assert (file["size"], file["file_type"]) == (0, "text/plain")
    assert admin.get(f"/api/files/{file['id']}/content").content == b""


def test_repeated_part_is_answered_with_the_present_offset(admin: httpx.Client) -> None:
    content = os.urandom(6 * MB)
    upload_id = begun(admin, "a.bin", len(content))
    for _ in range(2):
        taken = send(admin, upload_id, 0, content[: 4 * MB])
        assert taken.json()["upload"]["offset"] == 4 * MB
    assert send(admin, upload_id, 4 * MB, content[4 * MB :]).status_code == 200
    assert finish(admin, upload_id, content).status_code == 201


def test_wrong_offset_is_told_where_to_go_on(admin: httpx.Client) -> None:
    upload_id = begun(admin, "a.bin", 8 * MB)
    answer = send(admin, upload_id, 4 * MB, bytes(4 * MB))
    assert answer.status_code == 409
    assert answer.json()["upload"]["offset"] == 0
    assert answer.json()["upload"] == answer.json()["current"]


@pytest.mark.parametrize(
    ("size", "part"),
    [(8 * MB, 4 * MB - 1), (8 * MB, 0), (3, 4), (8 * MB, 100)],
    ids=["not whole chunks", "empty", "beyond the end", "small"],
)
def test_part_that_does_not_fit_is_refused(admin: httpx.Client, size: int, part: int) -> None:
    assert send(admin, begun(admin, "a.bin", size), 0, bytes(part)).status_code == 422


def test_part_larger_than_a_part_is_refused_before_it_has_arrived(admin: httpx.Client) -> None:
    upload_id = begun(admin, "a.bin", 8 * MB)
    assert send(admin, upload_id, 0, bytes(4 * MB + 1)).status_code == 413
    assert admin.get(f"/api/files/upload/{upload_id}").json()["upload"]["offset"] == 0


def test_part_of_another_type_or_without_offset_is_refused(admin: httpx.Client) -> None:
    path = f"/api/files/upload/{begun(admin, 'a.bin', 3)}"
    assert admin.patch(path, json={"a": 1}).status_code == 415
    assert admin.patch(path, content=b"abc", headers=PART).status_code == 422
    odd = {**PART, "Upload-Offset": "-1"}
    assert admin.patch(path, content=b"abc", headers=odd).status_code == 422


def test_unfinished_upload_cannot_be_finished(admin: httpx.Client) -> None:
    upload_id = begun(admin, "a.bin", 8 * MB)
    send(admin, upload_id, 0, bytes(4 * MB))
    answer = finish(admin, upload_id, bytes(8 * MB))
    assert answer.status_code == 409
    assert answer.json()["current"]["offset"] == 4 * MB


def test_other_content_than_announced_is_thrown_away(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    upload_id = begun(admin, "a.txt", len(TEXT))
    send(admin, upload_id, 0, TEXT)
    answer = finish(admin, upload_id, b"something else")
    assert codes(answer) == [("file_hash", "hash_differs")]
    assert finish(admin, upload_id, TEXT).status_code == 404
    assert api_server.documents["fs.chunks"].count_documents({}) == 0


def test_finish_sent_again_answers_the_same(admin: httpx.Client) -> None:
    upload_id = begun(admin, "a.txt", len(TEXT))
    send(admin, upload_id, 0, TEXT)
    first, second = finish(admin, upload_id, TEXT), finish(admin, upload_id, TEXT)
    assert first.status_code == second.status_code == 201
    assert first.json() == second.json()
    assert admin.get("/api/files").json()["total"] == 1


def test_upload_for_what_was_deleted_meanwhile_is_refused(admin: httpx.Client) -> None:
    values = {"name": "사업", "company_id": "company-test"}
    project = admin.post("/api/projects", json=values).json()["project_id"]
    upload_id = begun(admin, "a.txt", len(TEXT), project_id=project)
    send(admin, upload_id, 0, TEXT)
    gone = admin.delete(f"/api/projects/{project}", headers={"If-Match": '"1"'})
    assert gone.status_code == 204
    answer = finish(admin, upload_id, TEXT)
    assert codes(answer) == [("project_id", "reference_unknown")]
    assert admin.get("/api/files").json()["total"] == 0


def test_hash_is_made_anew_after_a_restart_of_the_server(
    sign_in: SignIn, api_server: RunningServer
) -> None:
    content = os.urandom(6 * MB)
    admin = sign_in("admin")
    upload_id = begun(admin, "a.bin", len(content))
    send(admin, upload_id, 0, content[: 4 * MB])
    api_server.restart()
    assert admin.get(f"/api/files/upload/{upload_id}").json()["upload"]["offset"] == 4 * MB
    send(admin, upload_id, 4 * MB, content[4 * MB :])
    assert finish(admin, upload_id, content).json()["file"]["size"] == len(content)


def test_part_whose_answer_was_lost_is_put_in_place_of_what_lies_there(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    content = os.urandom(5 * MB)
    upload_id = begun(admin, "a.bin", len(content))
    send(admin, upload_id, 0, content[: 4 * MB])
    content_id = api_server.documents["uploads"].find_one({"_id": upload_id})["content_id"]  # type: ignore[index]
    stray = {"files_id": content_id, "n": 4, "data": b"half of it"}
    api_server.documents["fs.chunks"].insert_one(stray)
    send(admin, upload_id, 4 * MB, content[4 * MB :])
    file = finish(admin, upload_id, content).json()["file"]
    assert admin.get(f"/api/files/{file['id']}/content").content == content


def test_cancelled_upload_leaves_nothing(admin: httpx.Client, api_server: RunningServer) -> None:
    upload_id = begun(admin, "a.bin", 8 * MB)
    send(admin, upload_id, 0, os.urandom(4 * MB))
    assert admin.delete(f"/api/files/upload/{upload_id}").status_code == 204
    assert admin.get(f"/api/files/upload/{upload_id}").status_code == 404
    for name in ("uploads", "fs.chunks", "files"):
        assert api_server.documents[name].count_documents({}) == 0


def test_expired_upload_is_gone_and_swept_when_another_begins(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    upload_id = begun(admin, "a.bin", 8 * MB)
    send(admin, upload_id, 0, os.urandom(4 * MB))
    uploads = api_server.documents["uploads"]
    past = api_server.platform.clock() - timedelta(seconds=1)
    uploads.update_one({"_id": upload_id}, {"$set": {"expires_at": past}})
    assert send(admin, upload_id, 4 * MB, bytes(4 * MB)).status_code == 404
    other = begun(admin, "b.bin", 1)
    assert [kept["_id"] for kept in uploads.find()] == [other]
    assert api_server.documents["fs.chunks"].count_documents({}) == 0


def test_upload_that_is_being_swept_cannot_become_a_file(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    upload_id = begun(admin, "a.txt", len(TEXT))
    send(admin, upload_id, 0, TEXT)
    now = api_server.platform.clock()
    mark = {"$set": {"swept_at": now}}
    api_server.documents["uploads"].update_one({"_id": upload_id}, mark)
    assert finish(admin, upload_id, TEXT).status_code == 404
    assert api_server.documents["files"].count_documents({}) == 0


def test_sweep_leaves_the_content_of_what_was_finished(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    file = uploaded(admin, "a.txt", TEXT)
    past = api_server.platform.clock() - timedelta(seconds=1)
    api_server.documents["uploads"].update_many({}, {"$set": {"expires_at": past}})
    begun(admin, "b.bin", 1)
    assert admin.get(f"/api/files/{file['id']}/content").content == TEXT


def test_upload_belongs_to_who_began_it(sign_in: SignIn, admin: httpx.Client) -> None:
    manager = sign_in("manager1")
    upload_id = begun(manager, "a.txt", len(TEXT))
    path = f"/api/files/upload/{upload_id}"
    for other in (admin, sign_in("secretary1")):
        assert other.get(path).status_code == 404
        assert send(other, upload_id, 0, TEXT).status_code == 404
        assert finish(other, upload_id, TEXT).status_code == 404
        assert other.delete(path).status_code == 404
    assert manager.get(path).status_code == 200


def test_file_larger_than_the_largest_is_refused_unsent(admin: httpx.Client) -> None:
    assert codes(begin(admin, "a.bin", 1024**3 + 1)) == [("size", "too_large")]
    assert codes(begin(admin, "a.bin", -1)) == [("size", "too_small")]


def test_storage_of_a_company_is_limited_and_counts_what_is_coming(
    admin: httpx.Client, sign_in: SignIn, api_server: RunningServer
) -> None:
    limit = {"$set": {"settings.storage_limit_gb": 1}}
    api_server.documents["companies"].update_one({"_id": "company-test"}, limit)
    manager = sign_in("manager1")
    uploaded(manager, "a.txt", TEXT)
    rest = 1_000_000_000 - len(TEXT)
    assert codes(begin(manager, "b.bin", rest + 1)) == [("size", "storage_full")]
    upload_id = begun(manager, "b.bin", rest)
    assert codes(begin(manager, "c.txt", 1)) == [("size", "storage_full")]
    about = {"company_id": "company-test"}
    assert codes(begin(admin, "c.txt", 1, **about)) == [("size", "storage_full")]
    assert begin(admin, "c.txt", 1).status_code == 201  # takes another company's
    manager.delete(f"/api/files/upload/{upload_id}")
    assert begin(manager, "c.txt", 1).status_code == 201


def test_what_another_tool_kept_takes_storage_too(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    limit = {"$set": {"settings.storage_limit_gb": 1}}
    api_server.documents["companies"].update_one({"_id": "company-test"}, limit)
    file = uploaded(admin, "a.txt", TEXT, company_id="company-test")
    alone = {"$unset": {"places": 1}, "$set": {"size": 999_999_999}}
    api_server.documents["files"].update_one({"_id": file["id"]}, alone)
    about = {"company_id": "company-test"}
    assert codes(begin(admin, "b.txt", 2, **about)) == [("size", "storage_full")]
    assert begin(admin, "b.txt", 1, **about).status_code == 201


def test_same_content_sent_at_the_same_time_is_kept_once(
    sign_in: SignIn, api_server: RunningServer
) -> None:
    content = os.urandom(2 * MB)
    people = [sign_in("admin"), sign_in("manager1"), sign_in("secretary1")]
    ids = [begun(client, "a.bin", len(content)) for client in people]
    for client, upload_id in zip(people, ids, strict=True):
        assert send(client, upload_id, 0, content).status_code == 200
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(finish, people, ids, [content] * 3))
    assert [answer.status_code for answer in answers] == [201] * 3
    assert api_server.documents["files"].count_documents({}) == 1
    assert api_server.documents["fs.chunks"].count_documents({}) == 2


def test_nobody_begins_uploads_without_end(admin: httpx.Client, api_server: RunningServer) -> None:
    begun(admin, "a.bin", 1)
    [kept] = api_server.documents["uploads"].find()
    more = [{**kept, "_id": f"upload-{n}", "content_id": f"c-{n}"} for n in range(199)]
    api_server.documents["uploads"].insert_many(more)
    assert codes(begin(admin, "a.bin", 1)) == [("", "too_many")]


def test_unknown_members_of_an_announcement_are_refused(admin: httpx.Client) -> None:
    answer = begin(admin, "a.txt", 1, path="/etc")
    assert codes(answer) == [("path", "unknown_field")]


def test_rest_of_the_server_answers_while_a_large_part_is_taken(
    admin: httpx.Client, sign_in: SignIn
) -> None:
    """Not a measure of time: a slow sender must not keep others waiting for its end."""
    upload_id = begun(admin, "a.bin", 4 * MB)
    other = sign_in("manager1")

    def slowly() -> object:
        yield bytes(MB)
        assert other.get("/api/files").status_code == 200
        yield bytes(3 * MB)

    headers = {**PART, "Upload-Offset": "0"}
    answer = admin.patch(f"/api/files/upload/{upload_id}", content=slowly(), headers=headers)  # type: ignore[arg-type]
    assert answer.status_code == 200


def test_upload_is_in_the_audit_trail(admin: httpx.Client) -> None:
    file = uploaded(admin, "a.txt", TEXT)
    [entry] = admin.get("/api/audit", params={"target_id": file["id"]}).json()["entries"]
    assert entry["operation"] == "files.upload_finish"
    assert entry["target_name"] == "a.txt"
    assert entry["changes"]["file_hash"] == [None, sha256(TEXT).hexdigest()]
    assert admin.get("/api/audit/verify").json()["intact"]


def test_program_is_refused_with_its_first_part(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    content = b"MZ\x90\x00" + bytes(5 * MB)
    answer = upload(admin, "보고서.pdf", content)
    assert codes(answer) == [("", "file_type_refused")]
    assert api_server.documents["uploads"].count_documents({}) == 0
