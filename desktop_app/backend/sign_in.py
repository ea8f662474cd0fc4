"""Signing in: the same answer and the same work whether or not an account exists.

After some wrong passwords an account is locked for a time that doubles with each further failure.
Names that belong to nobody are counted and locked alike, so a lock does not tell who exists.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from pymongo import ReturnDocument

from desktop_app.backend.parts import Platform
from desktop_app.backend.problem_details import ApiProblem, not_signed_in
from desktop_app.backend.store import Document, Documents
from desktop_app.backend.writes import Actor, Transaction

_FORGOTTEN_AFTER = timedelta(days=1)
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
NOBODY = "nobody"


async def sign_in(
    platform: Platform, login_id: str, password: str, request_id: str
) -> tuple[Document, dict[str, Any]]:
    """The user and fresh tokens; raises 401, the same for every reason but a lock."""
    user = await platform.store.users.find_one({"login_id": login_id})
    place, counted = await _counter(platform, login_id, user)
    now = platform.clock()
    _refuse_while_locked(counted, now)
    fits = await platform.passwords.verify((user or {}).get("password_hash"), password)
    if user is None or not fits or not await platform.sessions.may_sign_in(user):
        failed = await _count_failure(platform, place, counted["_id"], now)
        await _note(platform, user, "refused", request_id)
        platform.metrics.sign_ins.labels("refused").inc()
        _refuse_while_locked(failed, now)
        raise not_signed_in("sign-in-refused", "The sign-in name or the password is wrong.")
    signed_in = await _succeed(platform, user, password, now)
    answer = await platform.sessions.start(signed_in)
    await _note(platform, signed_in, "signed in", request_id)
    platform.metrics.sign_ins.labels("signed in").inc()
    return signed_in, answer


async def _counter(
    platform: Platform, login_id: str, user: Document | None
) -> tuple[Documents, Document]:
    """Where failures at this name are counted, and what the count is."""
    if user is not None:
        return platform.store.users, user
    # A name that does not exist is often a password typed into the wrong field: never kept.
    id_ = sha256(f"{platform.config.secret_key}:{login_id}".encode()).hexdigest()
    place = platform.store.sign_in_attempts
    return place, await place.find_one({"_id": id_}) or {"_id": id_}


def _refuse_while_locked(counted: Document, now: datetime) -> None:
    until = counted.get("locked_until")
    if until is None or until <= now:
        return
    seconds = max(1, round((until - now).total_seconds()))
    raise ApiProblem(
        401,
        "account-locked",
        "Too many wrong passwords: the account is locked for a while.",
        headers={"Retry-After": str(seconds), "WWW-Authenticate": "Bearer"},
        retry_after_s=seconds,
    )


async def _count_failure(platform: Platform, place: Documents, id_: str, now: datetime) -> Document:
    """Count one failure, and lock when there are too many; atomic against parallel guesses."""
    lockout = platform.config.lockout
    attempts = {"$add": [{"$ifNull": ["$login_attempts", 0]}, 1]}
    doublings = {"$min": [{"$subtract": ["$login_attempts", lockout.failures]}, 30]}
    seconds = {
        "$min": [
            lockout.longest_lock_s,
            {"$multiply": [lockout.first_lock_s, {"$pow": [2, doublings]}]},
        ]
    }
    until = {"$add": [now, {"$toLong": {"$multiply": [1000, seconds]}}]}
    too_many = {"$gte": ["$login_attempts", lockout.failures]}
    locked = {"$gt": [{"$ifNull": ["$locked_until", _LONG_AGO]}, now]}
    locks_now = {"$and": [too_many, {"$not": [locked]}]}
    steps: list[dict[str, Any]] = [
        # Guesses that were under way when the account was locked do not lengthen the lock.
        {"$set": {"login_attempts": {"$cond": [locked, "$login_attempts", {"$toInt": attempts}]}}},
        {"$set": {"locked_until": {"$cond": [locks_now, until, "$locked_until"]}}},
    ]
    is_somebody = place.name == platform.store.users.name
    if not is_somebody:
        steps.append({"$set": {"expires_at": now + _FORGOTTEN_AFTER}})
    counted = await place.find_one_and_update(
        {"_id": id_}, steps, upsert=not is_somebody, return_document=ReturnDocument.AFTER
    )
    platform.sessions.users.forget(id_)
    return counted or {"_id": id_}


async def _succeed(platform: Platform, user: Document, password: str, now: datetime) -> Document:
    """Forget failures; a guess that was right after others had locked the account is refused."""
    values: dict[str, Any] = {"login_attempts": 0, "locked_until": None, "last_login": now}
    if platform.passwords.outdated(user["password_hash"]) and not user["must_change_password"]:
        values["password_hash"] = await platform.passwords.hash(password)
    signed_in = await platform.store.users.find_one_and_update(
        {
            "_id": user["_id"],
            "password_hash": user["password_hash"],
            "$or": [{"locked_until": None}, {"locked_until": {"$lte": now}}],
        },
        {"$set": values},
        return_document=ReturnDocument.AFTER,
    )
    platform.sessions.users.forget(user["_id"])
    platform.pages.clear()
    if signed_in is None:
        raise not_signed_in("sign-in-refused", "The sign-in name or the password is wrong.")
    return signed_in


async def _note(platform: Platform, user: Document | None, outcome: str, request_id: str) -> None:
    async def work(tx: Transaction) -> None:
        target_id, name = (user["_id"], user["login_id"]) if user else (None, None)
        tx.record("auth.login", "sessions", target_id, name, {"outcome": [None, outcome]})

    actor = Actor(user["_id"], user["name"], request_id) if user else Actor(NOBODY, "", request_id)
    await platform.writer.run(actor, work)
