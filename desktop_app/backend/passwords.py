"""Password hashing with argon2id off the event loop, and passwords that are shown once."""

from __future__ import annotations

import asyncio
import base64
import hmac
import secrets
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import TypeVar, TypeVarTuple, Unpack

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from desktop_app.core.passwords import PasswordCost

ONE_TIME_LENGTH = 20
_GROUP = 5
_HASHES_PER_JOB = 32
T = TypeVar("T")
Given = TypeVarTuple("Given")


class Passwords:
    """Hashes and verifies passwords on its own few threads, so that the event loop never waits.

    The pool's size bounds the memory of a burst of sign-ins; further ones queue.
    """

    def __init__(self, cost: PasswordCost) -> None:
        self._hasher = PasswordHasher(
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            type=Type.ID,
        )
        # One-time passwords carry 100 random bits: nobody finds one by guessing, whatever a
        # guess costs. Their hashes may be cheap, which lets an import issue thousands of them;
        # the password chosen at the first sign-in is hashed at full cost.
        self._one_time_hasher = PasswordHasher(
            time_cost=1, memory_cost=256, parallelism=1, type=Type.ID
        )
        self._threads = ThreadPoolExecutor(cost.parallel_hashes, thread_name_prefix="argon2")
        self._nobody = self._hasher.hash(secrets.token_urlsafe(16))

    def close(self) -> None:
        """End the hashing threads."""
        self._threads.shutdown(wait=True, cancel_futures=True)

    async def hash(self, password: str) -> str:
        """The encoded hash of a password that a person chose."""
        return await self._run(self._hasher.hash, password)

    async def hash_one_time(self, passwords: Sequence[str]) -> list[str]:
        """The encoded hashes of generated passwords (see above why they may be cheap)."""
        jobs = [
            self._run(self._hash_each, passwords[start : start + _HASHES_PER_JOB])
            for start in range(0, len(passwords), _HASHES_PER_JOB)
        ]
        return [encoded for part in await asyncio.gather(*jobs) for encoded in part]

    async def verify(self, encoded: str | None, password: str) -> bool:
        """Whether ``password`` belongs to ``encoded``.

        Takes as long where there is no hash, or a cheap one: the time tells nothing about the
        account.
        """
        return await self._run(self._verify, encoded, password)

    def outdated(self, encoded: str) -> bool:
        """Whether a hash was made with other parameters than those in force."""
        return self._hasher.check_needs_rehash(encoded)

    async def _run(self, work: Callable[[Unpack[Given]], T], *arguments: *Given) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    def _hash_each(self, passwords: Sequence[str]) -> list[str]:
        return [self._one_time_hasher.hash(password) for password in passwords]

    def _verify(self, encoded: str | None, password: str) -> bool:
        fits = encoded is not None and self._fits(encoded, password)
        if encoded is None or (not fits and self.outdated(encoded)):
            self._fits(self._nobody, password)
        return fits

    def _fits(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, password)
        except (VerificationError, InvalidHashError):
            return False


def one_time_password() -> str:
    """A fresh password of 100 random bits, in groups that are easy to read aloud."""
    return _readable(secrets.token_bytes(16))


def derived_password(secret_key: str, *occasion: str) -> str:
    """The one-time password of an occasion (an idempotency key, a row of an import).

    The same occasion gives the same password, so that a repeated request can be answered again
    although the password is stored nowhere. HMAC-SHA-256 keyed with the server's secret.
    """
    message = "\x1f".join(("one-time-password", *occasion)).encode()
    return _readable(hmac.new(secret_key.encode(), message, sha256).digest())


def _readable(random: bytes) -> str:
    letters = base64.b32encode(random).decode("ascii").lower()[:ONE_TIME_LENGTH]
    return "-".join(letters[i : i + _GROUP] for i in range(0, ONE_TIME_LENGTH, _GROUP))
