"""Hashing of the initial data's passwords: by the API server at its start, and by migrations."""

from __future__ import annotations

from argon2 import PasswordHasher, Type

from desktop_app.core.passwords import PasswordCost


def seed_hasher(cost: PasswordCost) -> PasswordHasher:
    """Hashes as the API server does."""
    return PasswordHasher(
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=cost.lanes,
        type=Type.ID,
    )
