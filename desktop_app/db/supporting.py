"""Collections that the API server needs beside the six core ones of SYSTEM.md §2."""

from __future__ import annotations

from typing import Any

from desktop_app.db.collections import ASCENDING, DESCENDING, Collection, Index

_TEXT = {"bsonType": "string"}
_DATE = {"bsonType": "date"}
_COUNT = {"bsonType": ["int", "long"], "minimum": 0}


def _schema(**properties: dict[str, Any]) -> dict[str, Any]:
    return {"bsonType": "object", "required": list(properties), "properties": properties}


SESSIONS = Collection(
    "sessions",
    _schema(_id=_TEXT, user_id=_TEXT, refresh_hash=_TEXT, epoch=_COUNT, expires_at=_DATE),
    (
        Index("idx_sessions_user", (("user_id", ASCENDING),)),
        Index("idx_sessions_expiry", (("expires_at", ASCENDING),), expire_after_s=0),
    ),
)

AUDIT_LOG = Collection(
    "audit_log",
    _schema(
        _id={"bsonType": ["int", "long"], "minimum": 1},
        at=_DATE,
        actor=_TEXT,
        operation=_TEXT,
        resource=_TEXT,
        previous_hash={"bsonType": "string", "pattern": "^[0-9a-f]{64}$"},
        hash={"bsonType": "string", "pattern": "^[0-9a-f]{64}$"},
    ),
    (
        Index(
            "idx_audit_target",
            (("resource", ASCENDING), ("target_id", ASCENDING), ("_id", DESCENDING)),
        ),
        Index("idx_audit_actor", (("actor", ASCENDING), ("_id", DESCENDING))),
        Index("idx_audit_operation", (("operation", ASCENDING), ("_id", DESCENDING))),
    ),
)

AUDIT_HEAD = Collection("audit_head", _schema(_id=_TEXT, sequence=_COUNT, hash=_TEXT))

IDEMPOTENCY_KEYS = Collection(
    "idempotency_keys",
    _schema(_id=_TEXT, request_hash=_TEXT, target_id=_TEXT, expires_at=_DATE),
    (Index("idx_idempotency_expiry", (("expires_at", ASCENDING),), expire_after_s=0),),
)

SIGN_IN_ATTEMPTS = Collection(
    "sign_in_attempts",
    _schema(_id=_TEXT, login_attempts=_COUNT, expires_at=_DATE),
    (Index("idx_sign_in_attempts_expiry", (("expires_at", ASCENDING),), expire_after_s=0),),
)

IMPORT_BATCHES = Collection(
    "import_batches",
    _schema(_id=_TEXT, resource=_TEXT, created_by=_TEXT, created_at=_DATE),
    (Index("idx_import_batches_created", (("created_at", DESCENDING),)),),
)

IMPORT_ROWS = Collection(
    "import_rows",
    _schema(_id=_TEXT, import_id=_TEXT, row=_COUNT, verdict=_TEXT),
    (Index("idx_import_rows_row", (("import_id", ASCENDING), ("row", ASCENDING)), unique=True),),
)

TEMPLATE_REVISIONS = Collection(
    "template_revisions",
    _schema(_id=_TEXT, template_id=_TEXT, revision=_COUNT, name=_TEXT, saved_at=_DATE),
    (
        Index(
            "idx_template_revisions_revision",
            (("template_id", ASCENDING), ("revision", DESCENDING)),
            unique=True,
        ),
    ),
)

CONFLICTS = Collection(
    "conflicts_of_interest",
    _schema(_id=_TEXT, project_id=_TEXT, evaluator_id=_TEXT, company_id=_TEXT, declared_at=_DATE),
    (
        Index(
            "idx_conflicts_project_evaluator",
            (("project_id", ASCENDING), ("evaluator_id", ASCENDING)),
        ),
    ),
)

UPLOADS = Collection(
    "uploads",
    _schema(_id=_TEXT, file_name=_TEXT, size=_COUNT, offset=_COUNT, expires_at=_DATE),
    (Index("idx_uploads_expiry", (("expires_at", ASCENDING),)),),
)

# Contents of files: collections and indexes as the specification of GridFS names them.
CONTENTS = Collection(
    "fs.files",
    _schema(length=_COUNT, chunkSize={"bsonType": ["int", "long"], "minimum": 1}, uploadDate=_DATE),
    (Index("filename_1_uploadDate_1", (("filename", ASCENDING), ("uploadDate", ASCENDING))),),
)

CHUNKS = Collection(
    "fs.chunks",
    _schema(n=_COUNT, data={"bsonType": "binData"}),
    (Index("files_id_1_n_1", (("files_id", ASCENDING), ("n", ASCENDING)), unique=True),),
)

SUPPORTING_COLLECTIONS: tuple[Collection, ...] = (
    SESSIONS,
    AUDIT_LOG,
    AUDIT_HEAD,
    IDEMPOTENCY_KEYS,
    SIGN_IN_ATTEMPTS,
    IMPORT_BATCHES,
    IMPORT_ROWS,
    TEMPLATE_REVISIONS,
    CONFLICTS,
    UPLOADS,
    CONTENTS,
    CHUNKS,
)
