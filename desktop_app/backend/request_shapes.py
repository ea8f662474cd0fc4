"""What bodies must look like: the JSON schemas that /openapi.json shows, from declared fields."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from desktop_app.core.documents import nest
from desktop_app.core.fields import Field, Kind
from desktop_app.core.imports import ROWS_PER_REQUEST
from desktop_app.core.projects import PROJECT_FIELDS
from desktop_app.core.templates import CRITERION_FIELDS, MOST_CRITERIA, TEMPLATE_FIELDS

_TYPES = {Kind.FLAG: "boolean", Kind.INTEGER: "integer", Kind.DECIMAL: "number"}


def shape_of(fields: Iterable[Field], *, partial: bool = False) -> dict[str, Any]:
    """The JSON schema of a body of ``fields``; ``partial``: a merge patch, nothing required."""
    declared = tuple(fields)
    required = [f.key for f in declared if f.required and f.default is None and "." not in f.key]
    schema = _object(nest({field.key: _value(field) for field in declared}))
    return schema if partial or not required else {**schema, "required": required}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            key: value if "type" in value else _object(value) for key, value in properties.items()
        },
    }


def _value(field: Field) -> dict[str, Any]:
    kind = _TYPES.get(field.kind, "string")
    value: dict[str, Any] = {"type": kind if field.required else [kind, "null"]}
    if field.kind is Kind.DATETIME:
        value["format"] = "date-time"
    elif kind == "string":
        value["maxLength"] = field.max_length
    if field.choices:
        value["enum"] = [choice.value for choice in field.choices]
    if field.minimum is not None:
        value["minimum"] = field.minimum
    if field.maximum is not None:
        value["maximum"] = field.maximum
    return value


def _secret(key: str, *, required: bool = True, most: int = 1024) -> Field:
    return Field(key=key, kind=Kind.TEXT, label="", required=required, max_length=most)


SIGN_IN: tuple[Field, ...] = (_secret("login_id", most=200), _secret("password"))
REFRESH: tuple[Field, ...] = (_secret("refresh_token", most=400),)
CHANGE_PASSWORD: tuple[Field, ...] = (_secret("current_password"), _secret("new_password"))
PASSWORD = _secret("password", required=False)

_CRITERIA: dict[str, Any] = {
    "type": "array",
    "minItems": 1,
    "maxItems": MOST_CRITERIA,
    "items": {
        **_object(
            {
                "id": {"type": "string", "minLength": 1, "maxLength": 64},
                **{field.key: _value(field) for field in CRITERION_FIELDS},
            }
        ),
        "required": ["id", "name", "weight"],
    },
}


def template_shape(*, partial: bool = False) -> dict[str, Any]:
    """The body of a template: its fields, and its criteria as a list."""
    shape = shape_of(TEMPLATE_FIELDS, partial=partial)
    shape["properties"]["criteria"] = _CRITERIA
    return shape if partial else {**shape, "required": [*shape["required"], "criteria"]}


def project_shape(*, partial: bool = False) -> dict[str, Any]:
    """The body of a project; only who has no company of their own must name one."""
    shape = shape_of(PROJECT_FIELDS, partial=partial)
    return shape if partial else {**shape, "required": ["name"]}


IMPORT: dict[str, Any] = {
    "type": "object",
    "additionalProperties": False,
    "required": ["import_id", "file_name", "rows"],
    "properties": {
        "import_id": {"type": "string", "format": "uuid"},
        "file_name": {"type": "string", "maxLength": 255},
        "update_existing": {"type": "boolean", "default": False},
        "issue_passwords": {"type": "boolean", "default": False},
        "rows": {
            "type": "array",
            "maxItems": ROWS_PER_REQUEST,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["row", "values"],
                "properties": {
                    "row": {"type": "integer", "minimum": 0},
                    "values": {"type": "object"},
                },
            },
        },
    },
}


def list_parameters(sorts: Iterable[str], filters: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """The OpenAPI parameters of a list."""
    keys = [*(s for key in sorts for s in (key, f"-{key}"))]
    shapes: dict[str, dict[str, Any]] = {
        "page": {"type": "integer", "minimum": 1, "default": 1},
        "page_size": {"type": "integer", "minimum": 1, "maximum": 200, "default": 50},
        "q": {"type": "string", "maxLength": 200},
        "sort": {"type": "string", "enum": keys},
        **{key: {"type": "string", "maxLength": 200} for key in filters},
    }
    return tuple({"name": key, "in": "query", "schema": shape} for key, shape in shapes.items())


VERSION_PARAMETER: dict[str, Any] = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "schema": {"type": "string"},
    "description": "The version of the document that is to change.",
}
REVISION_PARAMETER: dict[str, Any] = {
    "name": "revision",
    "in": "query",
    "schema": {"type": "integer", "minimum": 1},
    "description": "The content as it was at this revision, in place of the newest.",
}
IDEMPOTENCY_PARAMETER: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "maxLength": 128},
    "description": "A request sent twice with the same key creates once.",
}
