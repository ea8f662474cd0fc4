"""The six core collections: their validators and the 22 indexes of SYSTEM.md §2, as data.

Index names are fixed: other tools look for them. Supporting collections (``db.supporting``) are
kept apart, so that a check of the core schema compares exactly this table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop_app.core.evaluations import EvaluationStatus
from desktop_app.core.projects import Basis, ProjectStatus
from desktop_app.core.users import Role

ASCENDING, DESCENDING, TEXT = 1, -1, "text"
IndexKeys = tuple[tuple[str, int | str], ...]


@dataclass(frozen=True, slots=True)
class Index:
    """An index by name: its keys in order, and what it promises.

    ``expire_after_s`` makes MongoDB remove a document that many seconds after the date it holds.
    """

    name: str
    keys: IndexKeys
    unique: bool = False
    expire_after_s: int | None = None


@dataclass(frozen=True, slots=True)
class Collection:
    """A collection by name: what its documents must look like ($jsonSchema) and its indexes."""

    name: str
    schema: Mapping[str, Any]
    indexes: tuple[Index, ...] = ()


_TEXT = {"bsonType": "string"}
_TEXT_OR_NONE = {"bsonType": ["string", "null"]}
_FLAG = {"bsonType": "bool"}
_DATE = {"bsonType": "date"}
_DATE_OR_NONE = {"bsonType": ["date", "null"]}
_COUNT = {"bsonType": ["int", "long"], "minimum": 0}
_NUMBER = {"bsonType": ["int", "long", "double", "decimal"]}
_NUMBER_OR_NONE = {"bsonType": [*_NUMBER["bsonType"], "null"]}
_LIST = {"bsonType": "array"}
_EVERY_DOCUMENT = {
    "_id": _TEXT,
    "version": {"bsonType": ["int", "long"], "minimum": 1},
    "created_at": _DATE,
    "updated_at": _DATE,
}


def _schema(required: str, **properties: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "bsonType": "object",
        "required": [*_EVERY_DOCUMENT, *required.split()],
        "properties": {**_EVERY_DOCUMENT, **properties},
    }


def _object(required: str = "", **properties: Mapping[str, Any]) -> dict[str, Any]:
    shape: dict[str, Any] = {"bsonType": "object", "properties": properties}
    return {**shape, "required": required.split()} if required else shape


USERS = Collection(
    "users",
    _schema(
        "login_id name email role is_active",
        login_id={"bsonType": "string", "minLength": 3, "maxLength": 64},
        name={"bsonType": "string", "minLength": 1, "maxLength": 100},
        email={"bsonType": "string", "pattern": "^[^@ ]+@[^@ ]+$"},
        password_hash=_TEXT_OR_NONE,
        role={"enum": [role.value for role in Role]},
        company_id=_TEXT_OR_NONE,
        is_active=_FLAG,
        last_login=_DATE_OR_NONE,
        login_attempts=_COUNT,
        locked_until=_DATE_OR_NONE,
        must_change_password=_FLAG,
        session_epoch=_COUNT,
        profile=_object(phone=_TEXT_OR_NONE, department=_TEXT_OR_NONE, position=_TEXT_OR_NONE),
    ),
    (
        Index("idx_users_login_id", (("login_id", ASCENDING),), unique=True),
        Index("idx_users_email", (("email", ASCENDING),), unique=True),
        Index("idx_users_role_company", (("role", ASCENDING), ("company_id", ASCENDING))),
        Index("idx_users_created_at", (("created_at", DESCENDING),)),
    ),
)

COMPANIES = Collection(
    "companies",
    _schema(
        "name is_active",
        name={"bsonType": "string", "minLength": 1, "maxLength": 200},
        business_number={
            "bsonType": ["string", "null"],
            "pattern": "^[0-9]{3}-[0-9]{2}-[0-9]{5}$",
        },
        address=_TEXT_OR_NONE,
        contact_email=_TEXT_OR_NONE,
        contact_phone=_TEXT_OR_NONE,
        is_active=_FLAG,
        settings=_object(max_users=_COUNT, max_projects=_COUNT, storage_limit_gb=_COUNT),
    ),
    (
        Index("idx_companies_name", (("name", ASCENDING),), unique=True),
        Index("idx_companies_created_at", (("created_at", DESCENDING),)),
    ),
)

PROJECTS = Collection(
    "projects",
    _schema(
        "name company_id status",
        name=_TEXT,
        description=_TEXT_OR_NONE,
        company_id=_TEXT,
        manager_id=_TEXT_OR_NONE,
        template_id=_TEXT_OR_NONE,
        template_revision={"bsonType": ["int", "long", "null"], "minimum": 1},
        status={"enum": [status.value for status in ProjectStatus]},
        start_date=_DATE_OR_NONE,
        deadline=_DATE_OR_NONE,
        results=_object(
            basis={"enum": [basis.value for basis in Basis]},
            minimum_panel=_COUNT,
            cut_line={**_NUMBER_OR_NONE, "minimum": 0, "maximum": 100},
        ),
        candidate_ids={**_LIST, "items": _TEXT},
        panel_ids={**_LIST, "items": _TEXT},
    ),
    (
        Index("idx_projects_company_name", (("company_id", ASCENDING), ("name", ASCENDING))),
        Index("idx_projects_status_created", (("status", ASCENDING), ("created_at", DESCENDING))),
        Index("idx_projects_manager", (("manager_id", ASCENDING),)),
        Index("idx_projects_text_search", (("name", TEXT), ("description", TEXT))),
    ),
)

TEMPLATES = Collection(
    "templates",
    _schema(
        "name criteria is_active revision",
        name=_TEXT,
        description=_TEXT_OR_NONE,
        company_id=_TEXT_OR_NONE,
        category=_TEXT_OR_NONE,
        criteria={
            "bsonType": "array",
            "minItems": 1,
            "items": _object(
                "id name weight max_score",
                id=_TEXT,
                name=_TEXT,
                description=_TEXT_OR_NONE,
                weight={**_NUMBER, "minimum": 0, "maximum": 100},
                max_score={**_NUMBER, "minimum": 0},
                step={**_NUMBER, "minimum": 0},
                guide=_TEXT_OR_NONE,
            ),
        },
        is_active=_FLAG,
        created_by=_TEXT_OR_NONE,
        revision={"bsonType": ["int", "long"], "minimum": 1},
    ),
    (
        Index("idx_templates_company_name", (("company_id", ASCENDING), ("name", ASCENDING))),
        Index("idx_templates_category_active", (("category", ASCENDING), ("is_active", ASCENDING))),
        Index(
            "idx_templates_created_by_date",
            (("created_by", ASCENDING), ("created_at", DESCENDING)),
        ),
        Index("idx_templates_text_search", (("name", TEXT), ("description", TEXT))),
    ),
)

EVALUATIONS = Collection(
    "evaluations",
    _schema(
        "project_id template_id company_id evaluator_id status",
        project_id=_TEXT,
        template_id=_TEXT,
        template_revision=_COUNT,
        company_id=_TEXT,
        evaluator_id=_TEXT,
        status={"enum": [status.value for status in EvaluationStatus]},
        scores={
            "bsonType": "array",
            "items": _object(
                "criterion_id",
                criterion_id=_TEXT,
                score={**_NUMBER_OR_NONE, "minimum": 0},
                comment=_TEXT_OR_NONE,
            ),
        },
        comment=_TEXT_OR_NONE,
        total_score={**_NUMBER_OR_NONE, "minimum": 0, "maximum": 100},
        submitted_at=_DATE_OR_NONE,
        confirmed_at=_DATE_OR_NONE,
        reminded_at=_DATE_OR_NONE,
        receipt=_TEXT_OR_NONE,
        reopened={"bsonType": ["object", "null"]},
        history=_LIST,
    ),
    (
        Index(
            "idx_evaluations_project_evaluator",
            (("project_id", ASCENDING), ("evaluator_id", ASCENDING)),
        ),
        Index(
            "idx_evaluations_status_submitted",
            (("status", ASCENDING), ("submitted_at", DESCENDING)),
        ),
        Index(
            "idx_evaluations_company_created",
            (("company_id", ASCENDING), ("created_at", DESCENDING)),
        ),
        Index("idx_evaluations_total_score", (("total_score", DESCENDING),)),
        Index(
            "idx_evaluations_assignment",
            (
                ("project_id", ASCENDING),
                ("company_id", ASCENDING),
                ("evaluator_id", ASCENDING),
                ("template_id", ASCENDING),
            ),
            unique=True,
        ),
    ),
)

FILES = Collection(
    "files",
    _schema(
        "file_name size file_hash",
        file_name=_TEXT,
        file_type=_TEXT_OR_NONE,
        size=_COUNT,
        file_hash={"bsonType": "string", "pattern": "^[0-9a-f]{64}$"},
        company_id=_TEXT_OR_NONE,
        uploaded_by=_TEXT_OR_NONE,
        uploaded_at=_DATE_OR_NONE,
        project_id=_TEXT_OR_NONE,
        places={
            "bsonType": "array",
            "items": _object(
                "file_name uploaded_by uploaded_at",
                file_name=_TEXT,
                company_id=_TEXT_OR_NONE,
                project_id=_TEXT_OR_NONE,
                uploaded_by=_TEXT,
                uploaded_at=_DATE,
            ),
        },
    ),
    (
        Index("idx_files_company_type", (("company_id", ASCENDING), ("file_type", ASCENDING))),
        Index(
            "idx_files_uploaded_by_date", (("uploaded_by", ASCENDING), ("uploaded_at", DESCENDING))
        ),
        Index("idx_files_hash", (("file_hash", ASCENDING),), unique=True),
    ),
)

CORE_COLLECTIONS: tuple[Collection, ...] = (
    USERS,
    COMPANIES,
    PROJECTS,
    TEMPLATES,
    EVALUATIONS,
    FILES,
)
