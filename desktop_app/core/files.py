"""Files of the platform: what is kept of each, and how one is uploaded in parts (SYSTEM.md §2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

LARGEST_FILE = 1024**3
"""Bytes that one file may have."""
PART_SIZE = 4 * 1024**2
"""Bytes of one part of an upload, but for the last one."""
LONGEST_NAME = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredFile:
    """A file as the API gives it: ``file_type`` is a media type, told by its content.

    ``file_hash`` is the SHA-256 of the content, in hex. The same content is kept once, however
    many places hold it; an answer shows the place that the reader may see. ``company_id`` is the
    company that it is about, ``project_id`` the project that it serves (None for none).
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
