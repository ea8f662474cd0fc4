"""The description at /openapi.json, and that real answers are what it declares."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar

import httpx
import pytest

from desktop_app.core.permissions import OPERATIONS
from tests.fixtures.server import RunningServer

Schema = dict[str, Any]


class Checker:
    """Checks values against the subset of JSON Schema that the description uses."""

    _types: ClassVar[dict[str, tuple[type, ...]]] = {
        "object": (dict,),
        "array": (list,),
        "string": (str,),
        "integer": (int,),
        "number": (int, float),
        "boolean": (bool,),
        "null": (type(None),),
    }

    def __init__(self, description: Schema) -> None:
        self._schemas = description["components"]["schemas"]

    def problems(self, value: Any, schema: Schema, where: str = "$") -> list[str]:
        if "$ref" in schema:
            return self.problems(value, self._schemas[schema["$ref"].rpartition("/")[2]], where)
        if "anyOf" in schema:
            tried = [self.problems(value, option, where) for option in schema["anyOf"]]
            return [] if [] in tried else tried[0]
        kind = schema.get("type")
        if kind is not None and not self._is(value, kind):
            return [f"{where}: {value!r} is no {kind}"]
        if "enum" in schema and value not in schema["enum"]:
            return [f"{where}: {value!r} is not in {schema['enum']}"]
        if schema.get("format") == "date-time" and not re.fullmatch(r"[-\d]+T[:.\d]+Z", value):
            return [f"{where}: {value!r} is no UTC date"]
        if kind == "array":
            inner = schema.get("items", {})
            return [
                p for i, v in enumerate(value) for p in self.problems(v, inner, f"{where}[{i}]")
            ]
        return self._object_problems(value, schema, where) if kind == "object" else []

    def _object_problems(self, value: Schema, schema: Schema, where: str) -> list[str]:
        known, rest = (
            schema.get("properties", {}),
            schema.get("additionalProperties", not (schema.get("properties"))),
        )
        found = [
            f"{where}: {key} is missing" for key in schema.get("required", ()) if key not in value
        ]
        for key, inner in value.items():
            if key in known:
                found += self.problems(inner, known[key], f"{where}.{key}")
            elif rest is False:
                found.append(f"{where}: {key} is not declared")
            elif isinstance(rest, dict):
                found += self.problems(inner, rest, f"{where}.{key}")
        return found

    def _is(self, value: Any, kind: str) -> bool:
        if isinstance(value, bool) and kind != "boolean":
            return False
        return isinstance(value, self._types[kind])


@pytest.fixture
def description(shared_admin: httpx.Client) -> Schema:
    description: Schema = shared_admin.get("/openapi.json").json()
    return description


def test_description_holds_every_operation_with_the_shape_of_its_answer(
    description: Schema,
) -> None:
    described = {
        (method.upper(), path): operation
        for path, methods in description["paths"].items()
        for method, operation in methods.items()
    }
    assert set(described) == {(o.method, o.path) for o in OPERATIONS.values()}
    for (method, path), operation in described.items():
        status = next(code for code in operation["responses"] if code.startswith("2"))
        if status != "204":
            [(kind, content)] = operation["responses"][status]["content"].items()
            others = {"files.download": "*/*", "metrics.read": "text/plain"}
            assert kind == others.get(operation["operationId"], "application/json")
            assert content["schema"], (method, path)
        assert "default" in operation["responses"]
        public = OPERATIONS[operation["operationId"]].public
        assert operation.get("security", []) == ([] if public else [{"bearer": []}])
        named = {p["name"] for p in operation["parameters"] if p["in"] == "path"}
        assert named == set(re.findall(r"{(\w+)}", path))


def test_real_answers_are_what_the_description_declares(
    admin: httpx.Client, api_server: RunningServer, description: Schema
) -> None:
    user = {
        "login_id": "kim",
        "name": "김",
        "email": "kim@example.com",
        "company_id": "company-test",
    }
    rows = [{"row": 2, "values": {**user, "login_id": "lee", "email": "lee@example.com"}}]
    batch = "00000000-0000-0000-0000-000000000001"
    sent: list[tuple[str, str, Any]] = [
        ("health.read", "", None),
        ("health.api", "", None),
        ("health.detailed", "", None),
        ("auth.login", "", {"login_id": "manager1", "password": "test123!"}),
        ("auth.me", "", None),
        ("users.create", "", user),
        ("users.list", "", None),
        ("users.read", "user-manager1", None),
        ("users.change", "user-manager1", {"name": "새"}),
        ("users.usage", "user-manager1", None),
        ("users.deactivate", "user-evaluator1", None),
        ("users.reset_password", "user-secretary1", None),
        ("companies.create", "", {"name": "새 회사", "business_number": "1234567891"}),
        ("companies.list", "", None),
        ("companies.read", "company-test", None),
        ("companies.change", "company-test", {"address": "서울"}),
        ("users.import", "", {"import_id": batch, "file_name": "a.csv", "rows": rows}),
        ("imports.list", "", None),
        ("imports.read", batch, None),
        ("imports.undo", batch, None),
        ("audit.list", "", None),
        ("audit.verify", "", None),
        ("analytics.dashboard", "", None),
        ("auth.logout", "", None),
    ]
    checker = Checker(description)
    for id_, target, body in sent:
        operation = OPERATIONS[id_]
        path = operation.path.replace("{id}", target)
        answer = admin.request(operation.method, path, json=body, headers={"If-Match": "1"})
        declared = description["paths"][operation.path][operation.method.lower()]["responses"]
        assert str(answer.status_code) in declared, (id_, answer.text)
        schema = declared[str(answer.status_code)]["content"]["application/json"]["schema"]
        assert checker.problems(answer.json(), schema) == [], id_


def test_errors_are_what_the_description_declares(
    shared_admin: httpx.Client, description: Schema
) -> None:
    checker = Checker(description)
    schema = {"$ref": "#/components/schemas/ProblemDetails"}
    for answer in (
        shared_admin.get("/api/users/none"),
        shared_admin.post("/api/users", json={}),
        shared_admin.patch("/api/users/user-admin", json={}),
    ):
        assert answer.status_code >= 400
        assert checker.problems(answer.json(), schema) == []


def test_moments_are_utc(shared_admin: httpx.Client) -> None:
    moment = shared_admin.get("/health").json()["timestamp"]
    assert datetime.fromisoformat(moment).tzinfo is not None
