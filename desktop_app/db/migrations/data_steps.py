"""What documents of older databases lack, as steps that are data: numbered, hashed, reversible.

A step is never edited once released: databases keep its checksum, and a changed one is refused.
A mistake is corrected by a further step.

Each step's ``stages`` leave a document that ``where`` does not pick exactly as it is, so that a
step may meet its own work half done. They may use ``$$run_at``, the moment the step first began.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktop_app.core.language import N_

Stage = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataStep:
    """One change of documents: which ones, how, and whether it can be undone.

    ``fields`` are the top-level fields that ``stages`` set; their values before are kept for the
    way back unless the step is not ``reversible``. ``once``: what matches after the step was
    applied is somebody's wish and is left alone; otherwise it is drift. ``joins``: the stages look
    into other collections (``$lookup``), and the step runs after the indexes were built.
    """

    id: str
    collection: str
    purpose: str
    where: Mapping[str, Any]
    stages: tuple[Stage, ...]
    fields: tuple[str, ...]
    reversible: bool = True
    once: bool = False
    joins: bool = False

    def definition(self) -> dict[str, Any]:
        """What the checksum covers."""
        return {
            "collection": self.collection,
            "where": self.where,
            "stages": list(self.stages),
            "fields": list(self.fields),
            "reversible": self.reversible,
        }


_DATES: Mapping[str, tuple[str, ...]] = {
    "users": ("created_at", "updated_at", "last_login", "locked_until"),
    "companies": ("created_at", "updated_at"),
    "projects": ("created_at", "updated_at", "start_date", "deadline"),
    "templates": ("created_at", "updated_at"),
    "evaluations": ("created_at", "updated_at", "submitted_at"),
    "files": ("created_at", "updated_at", "uploaded_at"),
}


def _missing(*fields: str) -> dict[str, Any]:
    """Documents in which one of ``fields`` is missing or null."""
    conditions: list[dict[str, Any]] = [{field: None} for field in fields]
    return conditions[0] if len(conditions) == 1 else {"$or": conditions}


def _defaults(**values: Any) -> dict[str, Any]:
    return {
        "$set": {
            field: {"$ifNull": [f"${field}", {"$literal": value}]}
            for field, value in values.items()
        }
    }


def _as_date(field: str, otherwise: Any) -> dict[str, Any]:
    return {
        "$convert": {"input": f"${field}", "to": "date", "onError": otherwise, "onNull": otherwise}
    }


def _text_dates(collection: str) -> DataStep:
    """Dates kept as texts (RFC 3339; without an offset they are UTC) become dates."""
    fields = _DATES[collection]
    readable = [
        {"$and": [{field: {"$type": "string"}}, {"$expr": {"$ne": [_as_date(field, None), None]}}]}
        for field in fields
    ]
    converted = {
        field: {
            "$cond": [
                {"$eq": [{"$type": f"${field}"}, "string"]},
                _as_date(field, f"${field}"),
                f"${field}",
            ]
        }
        for field in fields
    }
    return DataStep(
        id=f"0001-dates-{collection}",
        collection=collection,
        purpose=N_("Dates kept as text become dates"),
        where={"$or": readable},
        stages=({"$set": converted},),
        fields=fields,
    )


def _stamps(collection: str) -> DataStep:
    born = {"$cond": [{"$eq": [{"$type": "$_id"}, "objectId"]}, {"$toDate": "$_id"}, None]}
    uploaded = ["$uploaded_at"] if collection == "files" else []
    created = ["$created_at", *uploaded, born, "$updated_at", "$$run_at"]
    return DataStep(
        id=f"0002-stamps-{collection}",
        collection=collection,
        purpose=N_("Every document gets version, created_at and updated_at"),
        where=_missing("version", "created_at", "updated_at"),
        stages=(
            {"$set": {"version": {"$ifNull": ["$version", 1]}, "created_at": {"$ifNull": created}}},
            {"$set": {"updated_at": {"$ifNull": ["$updated_at", "$created_at"]}}},
        ),
        fields=("version", "created_at", "updated_at"),
    )


_USERS = DataStep(
    id="0003-users-defaults",
    collection="users",
    purpose=N_("Users get what the sign-in keeps of them"),
    where=_missing(
        "is_active", "login_attempts", "session_epoch", "must_change_password", "profile"
    ),
    stages=(
        _defaults(
            is_active=True,
            login_attempts=0,
            session_epoch=0,
            must_change_password=False,
            profile={"phone": None, "department": None, "position": None},
        ),
    ),
    fields=("is_active", "login_attempts", "session_epoch", "must_change_password", "profile"),
)

_CLEAR_PASSWORDS = DataStep(
    id="0004-users-clear-passwords",
    collection="users",
    purpose=N_("Passwords kept as clear text are removed"),
    where={"password": {"$exists": True}},
    stages=({"$unset": "password"},),
    fields=("password",),
    reversible=False,
)

_COMPANIES = DataStep(
    id="0005-companies-defaults",
    collection="companies",
    purpose=N_("Companies get their limits"),
    where=_missing("is_active", "settings"),
    stages=(
        _defaults(
            is_active=True,
            settings={"max_users": 100, "max_projects": 50, "storage_limit_gb": 10},
        ),
    ),
    fields=("is_active", "settings"),
)

_TEMPLATES = DataStep(
    id="0006-templates-defaults",
    collection="templates",
    purpose=N_("Templates get a revision"),
    where=_missing("is_active", "revision"),
    stages=(_defaults(is_active=True, revision=1),),
    fields=("is_active", "revision"),
)

_CRITERIA = DataStep(
    id="0007-templates-criteria",
    collection="templates",
    purpose=N_("Criteria get an id and a highest score"),
    where={"criteria": {"$elemMatch": _missing("id", "max_score")}},
    stages=(
        {
            "$set": {
                "criteria": {
                    "$cond": [
                        {"$isArray": "$criteria"},
                        {
                            "$map": {
                                "input": {"$range": [0, {"$size": {"$ifNull": ["$criteria", []]}}]},
                                "as": "place",
                                "in": {
                                    "$let": {
                                        "vars": {
                                            "one": {"$arrayElemAt": ["$criteria", "$$place"]},
                                            "name": {
                                                "$concat": [
                                                    "criterion-",
                                                    {"$toString": {"$add": ["$$place", 1]}},
                                                ]
                                            },
                                        },
                                        "in": {
                                            "$mergeObjects": [
                                                "$$one",
                                                {
                                                    "id": {"$ifNull": ["$$one.id", "$$name"]},
                                                    "max_score": {
                                                        "$ifNull": ["$$one.max_score", 100]
                                                    },
                                                },
                                            ]
                                        },
                                    }
                                },
                            }
                        },
                        "$criteria",
                    ]
                }
            }
        },
    ),
    fields=("criteria",),
)

_PROJECTS = DataStep(
    id="0008-projects-defaults",
    collection="projects",
    purpose=N_("Projects get a status and the revision of their template"),
    where={"$or": [{"status": None}, {"template_id": {"$ne": None}, "template_revision": None}]},
    stages=(
        {
            "$set": {
                "status": {
                    "$ifNull": [
                        "$status",
                        {
                            "$switch": {
                                "branches": [
                                    {
                                        "case": {
                                            "$and": [
                                                {"$eq": [{"$type": "$deadline"}, "date"]},
                                                {"$lte": ["$deadline", "$$run_at"]},
                                            ]
                                        },
                                        "then": "closed",
                                    },
                                    {
                                        "case": {
                                            "$and": [
                                                {"$ifNull": ["$deadline", False]},
                                                {"$ifNull": ["$template_id", False]},
                                            ]
                                        },
                                        "then": "active",
                                    },
                                ],
                                "default": "draft",
                            }
                        },
                    ]
                },
                "template_revision": {
                    "$cond": [
                        {"$ifNull": ["$template_id", False]},
                        {"$ifNull": ["$template_revision", 1]},
                        "$template_revision",
                    ]
                },
            }
        },
    ),
    fields=("status", "template_revision"),
)

_EVALUATIONS = DataStep(
    id="0009-evaluations-defaults",
    collection="evaluations",
    purpose=N_("Sheets get a status and the revision of their template"),
    where=_missing("status", "template_revision"),
    stages=(
        {
            "$set": {
                "template_revision": {"$ifNull": ["$template_revision", 1]},
                "status": {
                    "$ifNull": [
                        "$status",
                        {
                            "$switch": {
                                "branches": [
                                    {
                                        "case": {"$ifNull": ["$submitted_at", False]},
                                        "then": "submitted",
                                    },
                                    {
                                        "case": {
                                            "$and": [
                                                {"$isArray": "$scores"},
                                                {"$ne": ["$scores", []]},
                                            ]
                                        },
                                        "then": "in_progress",
                                    },
                                ],
                                "default": "assigned",
                            }
                        },
                    ]
                },
            }
        },
    ),
    fields=("status", "template_revision"),
)

_SHARED_TEMPLATES = DataStep(
    id="0010-templates-shared",
    collection="templates",
    purpose=N_("The initial templates become shared with every company"),
    where={
        "_id": {"$in": ["template-basic", "template-ai-model"]},
        "company_id": "company-system",
    },
    stages=(
        {
            "$set": {
                "company_id": {
                    "$cond": [
                        {
                            "$and": [
                                {"$in": ["$_id", ["template-basic", "template-ai-model"]]},
                                {"$eq": ["$company_id", "company-system"]},
                            ]
                        },
                        None,
                        "$company_id",
                    ]
                }
            }
        },
    ),
    fields=("company_id",),
    once=True,
)


def _participants(field: str, of_sheet: str, purpose: str) -> DataStep:
    """Who takes part in a project, taken from its sheets where the project does not say."""
    return DataStep(
        id=f"0011-projects-{field.removesuffix('_ids')}",
        collection="projects",
        purpose=purpose,
        where={field: None},
        stages=(
            {
                "$lookup": {
                    "from": "evaluations",
                    "localField": "_id",
                    "foreignField": "project_id",
                    "pipeline": [{"$group": {"_id": f"${of_sheet}"}}, {"$sort": {"_id": 1}}],
                    "as": "_found",
                }
            },
            {"$set": {field: {"$ifNull": [f"${field}", "$_found._id"]}}},
            {"$unset": "_found"},
        ),
        fields=(field,),
        joins=True,
    )


DATA_STEPS: tuple[DataStep, ...] = (
    *(_text_dates(collection) for collection in _DATES),
    *(_stamps(collection) for collection in _DATES),
    _USERS,
    _CLEAR_PASSWORDS,
    _COMPANIES,
    _TEMPLATES,
    _CRITERIA,
    _PROJECTS,
    _EVALUATIONS,
    _SHARED_TEMPLATES,
    _participants("candidate_ids", "company_id", N_("Projects get the companies they evaluate")),
    _participants("panel_ids", "evaluator_id", N_("Projects get their evaluators")),
)
"""All of them, in the order in which they are applied."""
