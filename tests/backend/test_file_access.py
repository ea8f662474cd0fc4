"""Who may upload and download, role by role, with what is one's own and what is others'."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest

from desktop_app.core.permissions import OPERATIONS, may
from desktop_app.core.users import Role
from tests.backend.conftest import SignIn
from tests.backend.file_sending import PART, begin, begun, finish, send, uploaded
from tests.fixtures.server import RunningServer

PEOPLE = {
    Role.ADMIN: "admin",
    Role.MANAGER: "manager1",
    Role.SECRETARY: "secretary1",
    Role.EVALUATOR: "evaluator1",
}
TEXT = "평가 자료입니다.\n".encode()
Ask = Callable[[httpx.Client, str], httpx.Response]

ON_AN_UPLOAD: dict[str, Ask] = {
    "files.upload_state": lambda client, id_: client.get(f"/api/files/upload/{id_}"),
    "files.upload_part": lambda client, id_: send(client, id_, 0, TEXT),
    "files.upload_finish": lambda client, id_: finish(client, id_, TEXT),
    "files.upload_cancel": lambda client, id_: client.delete(f"/api/files/upload/{id_}"),
}


def test_every_operation_on_uploads_is_tried_here() -> None:
    declared = {id_ for id_ in OPERATIONS if id_.startswith("files.upload_")}
    assert declared == set(ON_AN_UPLOAD)


@pytest.mark.parametrize("role", Role)
def test_uploads_are_ones_own_whatever_the_role(sign_in: SignIn, role: Role) -> None:
    client = sign_in(PEOPLE[role])
    other = sign_in("admin" if role is not Role.ADMIN else "manager1")
    foreign = begun(other, "a.txt", len(TEXT))
    allowed = may("files.upload", role)
    answer = begin(client, "a.txt", len(TEXT))
    assert answer.status_code == (201 if allowed else 403)
    own = answer.json()["upload"]["id"] if allowed else foreign
    for operation, ask in ON_AN_UPLOAD.items():
        assert may(operation, role) is allowed
        assert ask(client, foreign).status_code == (404 if allowed else 403), operation
        if allowed:
            assert ask(client, own).status_code in (200, 201, 204), operation
    assert send(other, foreign, 0, TEXT).status_code == 200  # nobody disturbed it


@pytest.mark.parametrize("role", Role)
def test_contents_are_downloaded_within_reach_only(
    sign_in: SignIn, api_server: RunningServer, role: Role
) -> None:
    put_sheet(api_server)
    admin, client = sign_in("admin"), sign_in(PEOPLE[role])
    own = uploaded(admin, "own", b"1", project_id="project-own", company_id="company-test")
    other = uploaded(admin, "other", b"2", project_id="project-other")
    reached = {own["id"]: True, other["id"]: role is Role.ADMIN}
    for id_, within in reached.items():
        path = f"/api/files/{id_}/content"
        assert client.get(path).status_code == (200 if within else 404)
        part = client.get(path, headers={"Range": "bytes=0-0"})
        assert part.status_code == (206 if within else 404)


def test_nobody_uploads_or_downloads_without_a_token(anonymous: httpx.Client) -> None:
    assert begin(anonymous, "a.txt", 1).status_code == 401
    assert anonymous.get("/api/files/x/content").status_code == 401
    headers = {**PART, "Upload-Offset": "0"}
    part = anonymous.patch("/api/files/upload/x", content=b"x", headers=headers)
    assert part.status_code == 401


def put_sheet(server: RunningServer) -> None:
    """A project of each company; evaluator1 evaluates in the own one."""
    at = datetime(2026, 11, 1, tzinfo=UTC)
    base: dict[str, Any] = {"version": 1, "created_at": at, "updated_at": at}
    for name, company in (("own", "company-test"), ("other", "company-system")):
        server.documents["projects"].insert_one(
            {
                **base,
                "_id": f"project-{name}",
                "name": name,
                "company_id": company,
                "status": "active",
            }
        )
    server.documents["evaluations"].insert_one(
        {
            **base,
            "_id": "sheet-1",
            "project_id": "project-own",
            "template_id": "template-basic",
            "company_id": "company-test",
            "evaluator_id": "user-evaluator1",
            "status": "assigned",
        }
    )
