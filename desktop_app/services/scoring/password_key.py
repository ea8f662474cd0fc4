"""A journal's key on a computer without a keyring: random, and locked with the person's password.

The password is never kept. Who has the file may try passwords against it, each at the price of
scrypt; that is the choice made against losing what a person typed where no keyring is.
"""

from __future__ import annotations

import hashlib
import os
import unicodedata
from pathlib import Path

from desktop_app.services.scoring.sealing import (
    Seal,
    Unreadable,
    key_from_text,
    key_to_text,
    new_key,
)

_COST = {"n": 2**15, "r": 8, "p": 1, "maxmem": 64 * 1024 * 1024}
"""scrypt's parameters (RFC 7914): 32 MiB and about a tenth of a second for each try."""


class OtherPassword(Exception):
    """The key was locked with another password than the one used to sign in."""


def key_of_password(password: str, whose: str) -> bytes:
    """What locks the journal's key; ``whose`` tells apart people and platforms. Blocks."""
    plain = unicodedata.normalize("NFC", password).encode("utf-8", "surrogatepass")
    salt = hashlib.sha256(f"evalconsole journal\n{whose}".encode()).digest()
    return hashlib.scrypt(plain, salt=salt, dklen=32, **_COST)


def unlocked(path: Path, lock: bytes) -> bytes:
    """The key in ``path``; a new one where there is no file yet.

    Raises ``OtherPassword``, and ``OSError``.
    """
    try:
        sealed = path.read_bytes()
    except FileNotFoundError:
        key = new_key()
        lock_away(path, key, lock)
        return key
    try:
        known = key_from_text(Seal(lock).open(sealed, ("key", path.name)))
    except (Unreadable, UnicodeDecodeError) as error:
        raise OtherPassword from error
    if known is None:
        raise OtherPassword
    return known


def lock_away(path: Path, key: bytes, lock: bytes) -> None:
    """Keep ``key`` in ``path``, locked; the file is the old one or the new one, never half."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    with new.open("wb") as file:
        file.write(Seal(lock).close(key_to_text(key), ("key", path.name)))
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
