"""What hashing a password costs: the same wherever the platform hashes one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class PasswordCost:
    """Parameters of argon2id (RFC 9106): memory in KiB, passes, lanes, hashing threads at once.

    The defaults are OWASP's first choice (Password Storage Cheat Sheet: 19 MiB, 2 passes, 1 lane).
    """

    memory_kib: int = 19_456
    passes: int = 2
    lanes: int = 1
    parallel_hashes: int = 2
