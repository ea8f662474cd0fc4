"""Sessions: who is signed in, renewed by rotating refresh tokens, revoked at once.

A session is good while it is in the database, has not expired, and carries its user's
``session_epoch``. Raising that number in the transaction that changes a role, a password or a
deactivation ends all of the user's sessions in the same instant.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from desktop_app.backend.cache import Cache
from desktop_app.backend.config import Lifetimes
from desktop_app.backend.problem_details import ApiProblem, not_signed_in
from desktop_app.backend.store import Document, Store
from desktop_app.backend.tokens import AccessTokens
from desktop_app.core.users import Role

_REMEMBERED_TOKENS = 50


@dataclass(frozen=True, slots=True)
class Caller:
    """Who makes a request: the user's document as it is now, and the session."""

    id: str
    login_id: str
    name: str
    role: Role
    company_id: str | None
    session_id: str
    user: Document


class Sessions:
    """All sessions of a platform."""

    def __init__(
        self,
        store: Store,
        tokens: AccessTokens,
        lifetimes: Lifetimes,
        clock: Callable[[], datetime],
    ) -> None:
        self._store = store
        self._tokens = tokens
        self._lifetimes = lifetimes
        self._clock = clock
        self.sessions: Cache[Document] = Cache("sessions", 10_000, lifetimes.cached_s)
        self.users: Cache[Document] = Cache("users", 10_000, lifetimes.cached_s)
        self.companies: Cache[Document] = Cache("companies", 10_000, lifetimes.cached_s)

    @property
    def caches(self) -> tuple[Cache[Any], ...]:
        """The caches that spare the database a look-up on each request."""
        return (self.sessions, self.users, self.companies)

    async def start(self, user: Document) -> dict[str, Any]:
        """A new session of ``user``, as the members of a sign-in's answer."""
        now = self._clock()
        session_id, refresh = secrets.token_urlsafe(18), secrets.token_urlsafe(32)
        await self._store.sessions.insert_one(
            {
                "_id": session_id,
                "user_id": user["_id"],
                "refresh_hash": _hash(refresh),
                "used_hashes": [],
                "epoch": user.get("session_epoch", 0),
                "created_at": now,
                "expires_at": now + timedelta(seconds=self._lifetimes.session_s),
            }
        )
        return self._answer(user["_id"], session_id, refresh, now)

    async def renew(self, refresh_token: str) -> tuple[Document, dict[str, Any]]:
        """The user and fresh tokens for a refresh token, which is spent by this.

        A spent token that appears again means that two parties hold it: the session ends
        (RFC 9700 §4.14.2). Raises 401.
        """
        session_id, _, secret = refresh_token.partition(".")
        now, presented, fresh = self._clock(), _hash(secret), secrets.token_urlsafe(32)
        session = await self._store.sessions.find_one({"_id": session_id})
        if session is None or session["expires_at"] <= now:
            raise not_signed_in("session-ended")
        longest = session["created_at"] + timedelta(seconds=self._lifetimes.session_longest_s)
        expires = min(now + timedelta(seconds=self._lifetimes.session_s), longest)
        renewed = await self._store.sessions.find_one_and_update(
            {"_id": session_id, "refresh_hash": presented},
            {
                "$set": {"refresh_hash": _hash(fresh), "expires_at": expires},
                "$push": {"used_hashes": {"$each": [presented], "$slice": -_REMEMBERED_TOKENS}},
            },
        )
        if renewed is None:
            await self._end_if_spent(session_id, presented)
            raise not_signed_in("session-ended")
        self.sessions.forget(session_id)  # it would end at its old time
        caller = await self._caller(session_id, renewed["user_id"])
        return caller.user, self._answer(caller.id, session_id, fresh, now)

    async def end(self, session_id: str) -> None:
        """Sign a session out: its tokens are refused from now on."""
        await self._store.sessions.delete_one({"_id": session_id})
        self.sessions.forget(session_id)

    async def caller(self, access_token: str) -> Caller:
        """Who holds a good access token; raises 401."""
        claims = self._tokens.check(access_token)
        return await self._caller(claims.session_id, claims.user_id)

    async def company(self, company_id: str) -> Document | None:
        """A company's name and state, from the cache where possible."""

        async def load() -> Document | None:
            return await self._store.companies.find_one(
                {"_id": company_id}, {"name": 1, "is_active": 1}
            )

        return await self.companies.fetch(company_id, load)

    async def may_sign_in(self, user: Document) -> bool:
        """Whether the account, and the company it belongs to, are active."""
        if not user["is_active"]:
            return False
        company = await self.company(user["company_id"]) if user.get("company_id") else None
        return company is None or company["is_active"]

    def forget_users(self, user_ids: list[str]) -> None:
        """Read these users anew at their next request."""
        for user_id in user_ids:
            self.users.forget(user_id)

    async def _caller(self, session_id: str, user_id: str) -> Caller:
        async def load_session() -> Document | None:
            return await self._store.sessions.find_one({"_id": session_id})

        async def load_user() -> Document | None:
            return await self._store.users.find_one({"_id": user_id})

        session = await self.sessions.fetch(session_id, load_session)
        if session is None or session["user_id"] != user_id:
            raise not_signed_in("session-ended")
        user = await self.users.fetch(user_id, load_user)
        if (
            user is None
            or session["expires_at"] <= self._clock()
            or session["epoch"] != user.get("session_epoch", 0)
            or not await self.may_sign_in(user)
        ):
            raise not_signed_in("session-ended", "The session has ended.")
        role = Role(user["role"])
        return Caller(
            user_id, user["login_id"], user["name"], role, user["company_id"], session_id, user
        )

    async def _end_if_spent(self, session_id: str, presented: str) -> None:
        spent = await self._store.sessions.delete_one({"_id": session_id, "used_hashes": presented})
        if spent.deleted_count:
            self.sessions.forget(session_id)

    def _answer(self, user_id: str, session_id: str, refresh: str, now: datetime) -> dict[str, Any]:
        return {
            "access_token": self._tokens.issue(user_id, session_id, now),
            "token_type": "bearer",
            "expires_in": self._tokens.lifetime_s,
            "refresh_token": f"{session_id}.{refresh}",
        }


def must_change_password() -> ApiProblem:
    """403: nothing but changing the password until it is changed."""
    return ApiProblem(403, "must-change-password", "Change the password first.")


def _hash(secret: str) -> str:
    """SHA-256 suffices: the secret has 256 random bits, so there is nothing to guess."""
    return sha256(secret.encode()).hexdigest()
