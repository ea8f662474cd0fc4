"""That templates and projects are answered, and may be sent, as the description declares."""

from __future__ import annotations

from typing import Any

import httpx
import msgspec

from desktop_app.core.permissions import OPERATIONS
from desktop_app.core.projects import Project
from desktop_app.core.templates import Template, TemplateRevision
from tests.backend.hall import OWN, Hall, at
from tests.backend.test_contract import Checker

CRITERIA = [{"id": "a", "name": "정확도", "weight": 100, "guide": "오류가 없는가"}]
TEMPLATE: dict[str, Any] = {"name": "서면", "description": None, "criteria": CRITERIA}
PROJECT: dict[str, Any] = {
    "name": "사업",
    "company_id": "company-test",
    "template_id": "template-basic",
    "deadline": "2030-01-01T09:00:00Z",
    "results": {"basis": "median", "cut_line": 60.5},
}
BASIC = "template-basic"


def test_answers_and_bodies_are_what_the_description_declares(
    admin: httpx.Client, hall: Hall
) -> None:
    hall.sheet()
    row = {"row": 2, "values": {"name": "사업 2", "company_id": "테스트 회사"}}
    batch = "00000000-0000-0000-0000-000000000001"
    sent: list[tuple[str, str, int, Any]] = [
        ("companies.names", "", 0, None),
        ("templates.create", "", 0, TEMPLATE),
        ("templates.list", "", 0, None),
        ("templates.change", BASIC, 1, {"criteria": CRITERIA, "category": None}),
        ("templates.read", BASIC, 0, None),
        ("templates.revisions", BASIC, 0, None),
        ("templates.usage", BASIC, 0, None),
        ("templates.deactivate", BASIC, 2, None),
        ("templates.activate", BASIC, 3, None),
        ("projects.create", "", 0, PROJECT),
        ("projects.list", "", 0, None),
        ("projects.change", OWN, 1, {"start_date": "2026-01-01T00:00:00Z"}),
        ("projects.read", OWN, 0, None),
        ("projects.usage", OWN, 0, None),
        ("projects.revise", OWN, 2, None),
        ("projects.archive", OWN, 2, None),
        ("projects.restore", OWN, 3, None),
        ("projects.import", "", 0, {"import_id": batch, "file_name": "a.csv", "rows": [row]}),
        ("templates.delete", BASIC, 4, None),
    ]
    description = admin.get("/openapi.json").json()
    checker = Checker(description)
    for id_, target, version, body in sent:
        operation = OPERATIONS[id_]
        described = description["paths"][operation.path][operation.method.lower()]
        if body is not None:
            shape = described["requestBody"]["content"]["application/json"]["schema"]
            assert checker.problems(body, as_checked(shape)) == [], id_
        path = operation.path.replace("{id}", target)
        answer = admin.request(operation.method, path, json=body, headers=at(version))
        if id_ == "templates.delete":
            assert answer.status_code == 409
            continue
        assert str(answer.status_code) in described["responses"], (id_, answer.text)
        content = described["responses"][str(answer.status_code)]["content"]
        assert checker.problems(answer.json(), content["application/json"]["schema"]) == [], id_


def as_checked(shape: Any) -> Any:
    """A shape with alternatives of one type as ``Checker`` reads them."""
    if isinstance(shape, list):
        return [as_checked(part) for part in shape]
    if not isinstance(shape, dict):
        return shape
    read = {key: as_checked(value) for key, value in shape.items()}
    if isinstance(kinds := shape.get("type"), list):
        return {"anyOf": [{**read, "type": kind} for kind in kinds]}
    return read


def test_description_tells_what_a_criterion_is(shared_admin: httpx.Client) -> None:
    paths = shared_admin.get("/openapi.json").json()["paths"]
    body = paths["/api/templates"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert set(body["required"]) == {"name", "criteria"}
    criterion = body["properties"]["criteria"]["items"]
    assert set(criterion["required"]) == {"id", "name", "weight"}
    assert criterion["additionalProperties"] is False
    assert criterion["properties"]["weight"]["maximum"] == 100
    project = paths["/api/projects"]["post"]["requestBody"]["content"]["application/json"]["schema"]
    assert project["required"] == ["name"]
    assert project["properties"]["deadline"] == {"type": ["string", "null"], "format": "date-time"}


def test_answers_are_read_by_the_models_that_clients_use(admin: httpx.Client, hall: Hall) -> None:
    def read(path: str, part: str) -> Any:
        return admin.get(path).json()[part]

    template = msgspec.convert(read(f"/api/templates/{BASIC}", "template"), Template, strict=False)
    assert len(template.criteria) == 5
    revisions = read(f"/api/templates/{BASIC}/revisions", "revisions")
    assert msgspec.convert(revisions, list[TemplateRevision], strict=False)[0].revision == 1
    hall.finished("eva2")
    project = msgspec.convert(read(f"/api/projects/{OWN}", "project"), Project, strict=False)
    assert (project.progress.finished, project.progress.total) == (1, 1)
