"""Files of the platform: what is kept of each, and how one is uploaded in parts (SYSTEM.md §2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from desktop_app.core.fields import Code, Field, Kind
from desktop_app.core.file_names import LONGEST_NAME
from desktop_app.core.language import N_

LARGEST_FILE = 1024**3
"""Bytes that one file may have."""
PART_SIZE = 4 * 1024**2
"""Bytes of one part of an upload, but for the last one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file as the API gives it: ``file_type`` is a media type, told by its content.

    ``file_hash`` is the SHA-256 of the content, in hex. The same content is kept once, however
    many places hold it; an answer shows the place that the reader may see. ``company_id`` is the
    company that it is about, ``project_id`` the project that it serves (None for none).
    ``may_change``: whether the reader may rename and delete it.
    """

    id: str
    file_name: str
    file_type: str
    size: int
    file_hash: str
    company_id: str | None = None
    company_name: str | None = None
    project_id: str | None = None
    project_name: str | None = None
    uploaded_by: str | None = None
    uploaded_by_name: str | None = None
    uploaded_at: datetime | None = None
    may_change: bool = True
    version: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """An upload under way: ``offset`` bytes have arrived of ``size``; go on from there."""

    id: str
    offset: int
    size: int
    part_size: int = PART_SIZE
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadedFile:
    """A file as it was kept; ``duplicate``: its content was there already, within one's reach."""

    file: StoredFile
    duplicate: bool = False


_HASH = re.compile(r"[0-9a-f]{64}")


def hash_form(value: str) -> Code | None:
    """A SHA-256 in lower-case hex."""
    return None if _HASH.fullmatch(value) else "hash_form"


FILE_FIELDS: tuple[Field, ...] = (
    Field(
        key="file_name",
        kind=Kind.TEXT,
        label=N_("File name"),
        required=True,
        max_length=LONGEST_NAME,
    ),
)
"""What can be changed of a file."""

TARGET_FIELDS: tuple[Field, ...] = (
    Field(
        key="project_id",
        kind=Kind.REFERENCE,
        label=N_("Project"),
        hint=N_("The project that needs them, if any."),
        reference="projects",
    ),
    Field(
        key="company_id",
        kind=Kind.REFERENCE,
        label=N_("Company"),
        hint=N_("The company that they are about, if any."),
        reference="companies",
    ),
)
"""What a file belongs to."""

UPLOAD_FIELDS: tuple[Field, ...] = (
    *FILE_FIELDS,
    Field(key="size", kind=Kind.INTEGER, label="", required=True, minimum=0, maximum=LARGEST_FILE),
    *TARGET_FIELDS,
    Field(key="file_hash", kind=Kind.TEXT, label="", max_length=64, rules=(hash_form,)),
)
"""What is said of a file before it is sent."""

FINISH_FIELDS: tuple[Field, ...] = (
    Field(
        key="file_hash",
        kind=Kind.TEXT,
        label="",
        required=True,
        max_length=64,
        rules=(hash_form,),
    ),
)
"""What is said when all parts have been sent."""
