"""Files over the wire: places and who reaches them, lists, renaming, deleting, downloads."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from tests.backend.conftest import SignIn
from tests.backend.file_sending import MB, begin, codes, upload, uploaded
from tests.fixtures.server import RunningServer

TEXT = "평가 자료입니다.\n".encode()
OWN, OTHER = "company-test", "company-system"


@pytest.fixture
def projects(api_server: RunningServer) -> RunningServer:
    """A project of each company; evaluator1 evaluates the other company in the own one."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    base: dict[str, Any] = {"version": 1, "created_at": at, "updated_at": at}
    api_server.documents["projects"].insert_many(
        [
            {
                **base,
                "_id": f"project-{name}",
                "name": f"사업 {name}",
                "company_id": company,
                "status": "active",
                "candidate_ids": [OTHER],
                "panel_ids": ["user-evaluator1"],
            }
            for name, company in (("own", OWN), ("other", OTHER))
        ]
    )
    api_server.documents["evaluations"].insert_one(
        {
            **base,
            "_id": "sheet-1",
            "project_id": "project-own",
            "template_id": "template-basic",
            "template_revision": 1,
            "company_id": OTHER,
            "evaluator_id": "user-evaluator1",
            "status": "assigned",
            "scores": [],
        }
    )
    return api_server


def names(client: httpx.Client, **params: str) -> set[str]:
    answer = client.get("/api/files", params=params)
    assert answer.status_code == 200, answer.text
    assert answer.json()["total"] == len(answer.json()["files"])
    return {file["file_name"] for file in answer.json()["files"]}


def test_file_says_what_it_belongs_to_by_name(admin: httpx.Client, projects: object) -> None:
    file = uploaded(admin, "a.txt", TEXT, company_id=OTHER, project_id="project-own")
    read = admin.get(f"/api/files/{file['id']}").json()["file"]
    assert read == file
    assert (read["company_name"], read["project_name"]) == ("시스템 회사", "사업 own")
    assert read["uploaded_by_name"] == "시스템 관리자"


def test_who_reaches_which_files(
    admin: httpx.Client, sign_in: SignIn, projects: RunningServer
) -> None:
    uploaded(admin, "about own", b"1", company_id=OWN)
    uploaded(admin, "about other", b"2", company_id=OTHER)
    uploaded(admin, "own project", b"3", project_id="project-own")
    uploaded(admin, "other in own project", b"4", project_id="project-own", company_id=OTHER)
    uploaded(admin, "own in own project", b"5", project_id="project-own", company_id=OWN)
    uploaded(admin, "other project", b"6", project_id="project-other")
    uploaded(admin, "of nobody", b"7")
    staff = {"about own", "own project", "other in own project", "own in own project"}
    assert len(names(admin)) == 7
    assert names(sign_in("manager1")) == staff
    assert names(sign_in("secretary1")) == staff
    assert names(sign_in("evaluator1")) == {"own project", "other in own project"}


def test_evaluator_without_a_sheet_reaches_nothing(admin: httpx.Client, sign_in: SignIn) -> None:
    uploaded(admin, "a.txt", TEXT, company_id=OWN)
    assert names(sign_in("evaluator1")) == set()


def test_staff_reach_what_they_uploaded_themselves(
    sign_in: SignIn, api_server: RunningServer
) -> None:
    manager = sign_in("manager1")
    file = uploaded(manager, "a.txt", TEXT)
    assert file["company_id"] == OWN
    move = {"$set": {"company_id": OTHER}}
    api_server.documents["users"].update_one({"_id": "user-manager1"}, move)
    api_server.platform.sessions.users.clear()
    assert names(manager) == {"a.txt"}


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        ({"company_id": OTHER}, ("company_id", "reference_unknown")),
        ({"company_id": "nothing"}, ("company_id", "reference_unknown")),
        ({"project_id": "project-other"}, ("project_id", "reference_unknown")),
        ({"project_id": "nothing"}, ("project_id", "reference_unknown")),
        ({"project_id": "project-own", "company_id": "third"}, ("company_id", "not_a_candidate")),
    ],
)
def test_staff_put_files_only_to_what_they_reach(
    sign_in: SignIn, projects: RunningServer, target: dict[str, str], expected: tuple[str, str]
) -> None:
    company = projects.documents["companies"].find_one({"_id": OTHER})
    assert company is not None
    projects.documents["companies"].insert_one(
        {**company, "_id": "third", "name": "셋째", "business_number": "123-45-67891"}
    )
    for login_id in ("manager1", "secretary1"):
        assert codes(begin(sign_in(login_id), "a.txt", 1, **target)) == [expected]
    good = {"project_id": "project-own", "company_id": OTHER}
    assert begin(sign_in("manager1"), "a.txt", 1, **good).status_code == 201


def test_same_content_is_kept_once_with_a_place_for_each_holder(
    admin: httpx.Client, sign_in: SignIn, projects: RunningServer
) -> None:
    manager, content = sign_in("manager1"), os.urandom(5 * MB)
    first = upload(admin, "시스템.bin", content, company_id=OTHER)
    second = upload(manager, "테스트.bin", content)
    assert [a.json()["duplicate"] for a in (first, second)] == [False, False]
    assert names(manager) == {"테스트.bin"}
    assert names(admin) == {"시스템.bin", "테스트.bin"}
    documents = projects.documents
    assert documents["files"].count_documents({}) == documents["fs.files"].count_documents({}) == 1
    assert documents["fs.chunks"].count_documents({}) == 5


def test_nobody_learns_that_another_company_has_the_content(
    admin: httpx.Client, sign_in: SignIn
) -> None:
    file = uploaded(admin, "비밀.txt", TEXT, company_id=OTHER)
    manager = sign_in("manager1")
    begun = begin(manager, "b.txt", len(TEXT), file_hash=file["file_hash"])
    assert begun.json()["upload"]["offset"] == 0
    answer = upload(manager, "b.txt", TEXT)
    own = answer.json()["file"]
    assert answer.json()["duplicate"] is False
    assert (own["version"], own["file_name"]) == (1, "b.txt")
    assert own["created_at"] == own["uploaded_at"] > file["uploaded_at"]
    assert manager.get(f"/api/files/{file['id']}").status_code == 404


def test_same_content_for_the_same_target_adds_nothing(sign_in: SignIn) -> None:
    first, second = sign_in("manager1"), sign_in("secretary1")
    file = uploaded(first, "a.txt", TEXT)
    again = upload(second, "b.txt", TEXT).json()
    assert (again["duplicate"], again["file_id"]) == (True, file["id"])
    assert names(first) == {"a.txt"}


def test_same_content_for_another_target_is_one_more_file(
    sign_in: SignIn, projects: object
) -> None:
    manager = sign_in("manager1")
    uploaded(manager, "a.txt", TEXT)
    again = upload(manager, "b.txt", TEXT, project_id="project-own").json()
    assert again["duplicate"] is True
    assert names(manager) == {"a.txt", "b.txt"}
    assert names(manager, project_id="project-own") == {"b.txt"}


def test_deleting_removes_ones_own_place_and_the_content_with_the_last(
    admin: httpx.Client, sign_in: SignIn, api_server: RunningServer
) -> None:
    manager = sign_in("manager1")
    first = uploaded(admin, "a.txt", TEXT, company_id=OTHER)
    second = uploaded(manager, "b.txt", TEXT)
    path = f"/api/files/{first['id']}"
    assert admin.delete(path, headers={"If-Match": "1"}).status_code == 204
    assert admin.get(path).status_code == 404
    assert manager.get(f"/api/files/{second['id']}/content").content == TEXT
    [kept] = api_server.documents["files"].find()
    assert (kept["file_name"], kept["company_id"]) == ("b.txt", OWN)
    path = f"/api/files/{second['id']}"
    assert manager.delete(path, headers={"If-Match": "1"}).status_code == 204
    for name in ("files", "fs.files", "fs.chunks"):
        assert api_server.documents[name].count_documents({}) == 0


def test_company_that_a_file_is_about_cannot_change_it(
    admin: httpx.Client, sign_in: SignIn, projects: object
) -> None:
    file = uploaded(admin, "a.txt", TEXT, company_id=OWN, project_id="project-other")
    manager, path = sign_in("manager1"), f"/api/files/{file['id']}"
    assert manager.get(path).json()["file"]["may_change"] is False
    assert admin.get(path).json()["file"]["may_change"] is True
    body, version = {"file_name": "b.txt"}, {"If-Match": "1"}
    assert manager.patch(path, json=body, headers=version).status_code == 403
    assert manager.delete(path, headers=version).status_code == 403


def test_rename_with_the_right_version_and_audit(admin: httpx.Client) -> None:
    file = uploaded(admin, "a.txt", TEXT)
    path = f"/api/files/{file['id']}"
    renamed = admin.patch(path, json={"file_name": "나.txt"}, headers={"If-Match": "1"})
    assert renamed.json()["file"] == {
        **file,
        "file_name": "나.txt",
        "version": 2,
        "updated_at": renamed.json()["file"]["updated_at"],
    }
    stale = admin.patch(path, json={"file_name": "다.txt"}, headers={"If-Match": "1"})
    assert stale.status_code == 409
    assert stale.json()["current"]["file_name"] == "나.txt"
    assert admin.patch(path, json={"file_name": "x"}).status_code == 428
    entry = admin.get("/api/audit", params={"operation": "files.change"}).json()["entries"][0]
    assert entry["changes"] == {"file_name": ["a.txt", "나.txt"]}


def test_nothing_but_the_name_can_be_changed(admin: httpx.Client) -> None:
    file = uploaded(admin, "a.txt", TEXT)
    path, version = f"/api/files/{file['id']}", {"If-Match": "1"}
    answer = admin.patch(path, json={"file_hash": "0" * 64}, headers=version)
    assert codes(answer) == [("file_hash", "unknown_field")]
    answer = admin.patch(path, json={"file_name": "a.exe"}, headers=version)
    assert codes(answer) == [("file_name", "runnable_name")]
    assert codes(admin.patch(path, json={"file_name": "../"}, headers=version)) == [
        ("file_name", "required")
    ]


def test_list_sorts_filters_and_pages(admin: httpx.Client) -> None:
    uploaded(admin, "b.txt", b"some text\n", company_id=OWN)
    uploaded(admin, "a.json", b'{"a": 1}', company_id=OTHER)
    uploaded(admin, "c.pdf", b"%PDF-1.7\n%\xff\xff\x00")
    sorted_names = [
        [f["file_name"] for f in admin.get("/api/files", params={"sort": sort}).json()["files"]]
        for sort in ("file_name", "-file_name", "-size", "uploaded_at", "-created_at")
    ]
    assert sorted_names == [
        ["a.json", "b.txt", "c.pdf"],
        ["c.pdf", "b.txt", "a.json"],
        ["c.pdf", "b.txt", "a.json"],
        ["b.txt", "a.json", "c.pdf"],
        ["c.pdf", "a.json", "b.txt"],
    ]
    assert names(admin, group="text") == {"b.txt", "a.json"}
    assert names(admin, file_type="application/pdf") == {"c.pdf"}
    assert names(admin, company_id=OWN) == {"b.txt"}
    assert names(admin, uploaded_by="user-admin", q="A.J") == {"a.json"}
    assert names(admin, group="other") == set()
    second = admin.get("/api/files", params={"sort": "file_name", "page": 2, "page_size": 2}).json()
    assert ([f["file_name"] for f in second["files"]], second["total"]) == (["c.pdf"], 3)
    assert codes(admin.get("/api/files", params={"group": "nonsense"})) == [("group", "type")]


def test_document_of_another_tool_is_a_file_with_one_place(
    admin: httpx.Client, sign_in: SignIn, api_server: RunningServer
) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    api_server.documents["files"].insert_one(
        {
            "_id": "old-1",
            "file_name": "옛 자료.txt",
            "file_type": "text/plain",
            "size": 5,
            "file_hash": "a" * 64,
            "company_id": OWN,
            "uploaded_by": "user-manager1",
            "uploaded_at": at,
            "version": 1,
            "created_at": at,
            "updated_at": at,
        }
    )
    manager = sign_in("manager1")
    assert names(manager) == {"옛 자료.txt"}
    assert manager.get("/api/files/old-1/content").status_code == 404
    renamed = manager.patch(
        "/api/files/old-1", json={"file_name": "새 이름.txt"}, headers={"If-Match": "1"}
    )
    assert renamed.json()["file"]["file_name"] == "새 이름.txt"
    assert admin.delete("/api/files/old-1", headers={"If-Match": "2"}).status_code == 204


def test_member_of_a_usage_is_counted_once(admin: httpx.Client) -> None:
    uploaded(admin, "a.txt", TEXT, company_id=OWN)
    uploaded(admin, "b.txt", TEXT, company_id=OTHER)
    for company in (OWN, OTHER):
        usage = admin.get(f"/api/companies/{company}/usage").json()["usage"]
        assert usage["files"] == 1
