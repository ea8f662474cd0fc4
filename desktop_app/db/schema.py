"""The whole schema as data: the six core collections, and the supporting ones apart from them."""

from __future__ import annotations

from desktop_app.db.collections import CORE_COLLECTIONS, Collection, Index
from desktop_app.db.supporting import SUPPORTING_COLLECTIONS

COLLECTIONS = CORE_COLLECTIONS
"""The six core collections with their 22 indexes (SYSTEM.md §2)."""

ALL_COLLECTIONS: tuple[Collection, ...] = CORE_COLLECTIONS + SUPPORTING_COLLECTIONS

__all__ = ["ALL_COLLECTIONS", "COLLECTIONS", "SUPPORTING_COLLECTIONS", "Collection", "Index"]
