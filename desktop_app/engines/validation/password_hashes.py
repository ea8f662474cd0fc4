"""How a stored password is protected, told by its encoded form: the scheme, and what it costs.

The least that is asked is of the OWASP Password Storage Cheat Sheet (2023): argon2 with 7 MiB in 5
passes or as much work, scrypt N=2^17 (r=8) or as much, bcrypt cost 10, PBKDF2 600,000 rounds of
SHA-256 or 210,000 of SHA-512.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

ARGON2_KIB = 7 * 1024
ARGON2_WORK_KIB = 35 * 1024
"""Memory times passes."""
_SCRYPT_WORK = 2**17 * 8
_BCRYPT_COST = 10
_PBKDF2_ROUNDS = {"sha256": 600_000, "sha512": 210_000}

_ARGON2 = re.compile(r"\$(argon2(?:id|i|d))\$(?:v=\d+\$)?m=(\d{1,10}),t=(\d{1,6}),p=\d{1,4}\$")
_BCRYPT = re.compile(r"\$2[abxy]?\$(\d{2})\$")
_SCRYPT = re.compile(
    r"\$scrypt\$ln=(\d{1,2}),r=(\d{1,4}),p=(\d{1,4})\$|scrypt:(\d{1,9}):(\d+):(\d+)\$"
)
_PBKDF2 = re.compile(r"\$?pbkdf2[-_:](sha256|sha512)[$:](\d{1,9})\$")
_HEX = {32: "MD5", 40: "SHA-1", 56: "SHA-224", 64: "SHA-256", 96: "SHA-384", 128: "SHA-512"}
_CRYPT = {"$1$": "md5crypt", "$5$": "sha256crypt", "$6$": "sha512crypt", "$apr1$": "md5crypt"}


@dataclass(frozen=True, slots=True)
class Protection:
    """``scheme`` as people call it; ``strong`` whether it is made for passwords at all.

    ``costly``: guessing takes as much work as it should.
    """

    scheme: str
    strong: bool
    costly: bool = True


def protection_of(
    encoded: str, *, memory_kib: int = ARGON2_KIB, work_kib: int = ARGON2_WORK_KIB
) -> Protection:
    """How this stored password is protected."""
    if found := _ARGON2.match(encoded):
        memory, passes = int(found[2]), int(found[3])
        costly = memory >= memory_kib and memory * passes >= work_kib
        return Protection(found[1], strong=True, costly=costly)
    if found := _BCRYPT.match(encoded):
        return Protection("bcrypt", strong=True, costly=int(found[1]) >= _BCRYPT_COST)
    if found := _SCRYPT.match(encoded):
        n = 2 ** int(found[1]) if found[1] else int(found[4])
        work = n * int(found[2] or found[5]) * int(found[3] or found[6])
        return Protection("scrypt", strong=True, costly=work >= _SCRYPT_WORK)
    if found := _PBKDF2.match(encoded):
        costly = int(found[2]) >= _PBKDF2_ROUNDS[found[1]]
        return Protection(f"PBKDF2-{found[1]}", strong=True, costly=costly)
    return Protection(_weak_scheme(encoded), strong=False, costly=False)


def _weak_scheme(encoded: str) -> str:
    for prefix, name in _CRYPT.items():
        if encoded.startswith(prefix):
            return name
    if re.fullmatch(r"[0-9A-Fa-f]+", encoded) and len(encoded) in _HEX:
        return _HEX[len(encoded)]
    return "?"
