"""Passwords that are given away, badly chosen, or guessed without end; keys that are public."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from jwt.algorithms import ECAlgorithm

from desktop_app.backend.routes import auth, users
from desktop_app.core.users import check_password
from desktop_app.engines.validation.jose import Jwt, fits
from tests.defects.backdoor import Backdoor
from tests.defects.catalogue.signing_in import forgetful, quick_for_strangers, telling_names
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import on
from tests.defects.patching import replaced
from tests.defects.registry import breaks

_LOGIN = on("POST", "/api/auth/login")
_PASSWORD = on("POST", "/api/auth/password")
_USERS = on("GET", "/api/users")
_CREATE = on("POST", "/api/users")
Patch = Callable[[Backdoor], AbstractContextManager[object]]


def _with_hashes(backdoor: Backdoor) -> Fault:
    """The list of users holds what the database holds."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        content = answered.json
        if not _USERS(asked) or answered.status != 200 or not isinstance(content, dict):
            return answered
        for user in content["users"]:
            kept = await backdoor.platform.store.users.find_one({"_id": user["id"]})
            user["password_hash"] = (kept or {}).get("password_hash")
        return answered.with_json(content)

    return fault


def _echoing(_backdoor: Backdoor) -> Fault:
    """A refused user comes back whole, so that one sees what was wrong."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        sent = await asked.json() if _CREATE(asked) else None
        answered = await sound(asked)
        if answered.status != 422 or not isinstance(answered.json, dict):
            return answered
        return answered.with_json({**answered.json, "input": sent})

    return fault


def judging(problems: Callable[[str, str, frozenset[str]], tuple[object, ...]]) -> Patch:
    """Other rules of which passwords are taken, where users are made and where they change them."""

    @contextmanager
    def patch(_backdoor: Backdoor) -> Iterator[None]:
        with (
            replaced(users, "check_password", problems),
            replaced(auth, "check_password", problems),
        ):
            yield

    return patch


def _short_ones(password: str, login_id: str, common: frozenset[str]) -> tuple[object, ...]:
    return check_password(password.ljust(8, "\N{SNOWMAN}"), login_id, common)


def _common_ones(password: str, login_id: str, _common: frozenset[str]) -> tuple[object, ...]:
    return check_password(password, login_id, frozenset())


def _no_long_ones(password: str, login_id: str, common: frozenset[str]) -> tuple[object, ...]:
    found = check_password("short" if len(password) > 40 else password, login_id, common)
    return tuple(replace(problem, code="too_long") for problem in found)


def _cut_off(_backdoor: Backdoor) -> Fault:
    """Of a password only the first 72 characters count."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        content = await asked.json() if _LOGIN(asked) or _PASSWORD(asked) else None
        if not isinstance(content, dict):
            return await sound(asked)
        cut = {
            name: value[:72] if isinstance(value, str) and "password" in name else value
            for name, value in content.items()
        }
        return await sound(asked.with_json(cut))

    return fault


def _whatever_was(backdoor: Backdoor) -> Fault:
    """The current password is not looked at when a new one is chosen."""
    platform = backdoor.platform

    async def fault(asked: Asked, sound: Sound) -> Answered:
        content = await asked.json() if _PASSWORD(asked) else None
        answered = await sound(asked)
        if not isinstance(content, dict) or b"password_wrong" not in answered.body:
            return answered
        encoded = await platform.passwords.hash(content["new_password"])
        user = await backdoor.user_of(asked.token)
        assert user is not None
        await platform.store.users.update_one(
            {"_id": user["_id"]}, {"$set": {"password_hash": encoded}}
        )
        platform.sessions.users.clear()
        given = {"access_token": await backdoor.token_of(user)}
        return answered.with_json(given).with_status(200)

    return fault


def _locking_all(_backdoor: Backdoor) -> Fault:
    """Once one account is locked, all are."""
    locked: list[Answered] = []

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if _LOGIN(asked) and answered.header("retry-after"):
            locked.append(answered)
        return locked[0] if locked and _LOGIN(asked) else answered

    return fault


def _locking_the_known(backdoor: Backdoor) -> Fault:
    """Names that nobody has are never locked."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if _LOGIN(asked):
            await backdoor.platform.store.sign_in_attempts.delete_many({})
        return answered

    return fault


def _confusing_keys(backdoor: Backdoor) -> Fault:
    """A public key is served, and taken for the secret of a token that says HS256."""
    key = ec.generate_private_key(ec.SECP256R1()).public_key()
    served = json.loads(ECAlgorithm.to_jwk(key))
    pem = key.public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    key_set = on("GET", "/.well-known/jwks.json")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if key_set(asked):
            return (await sound(asked)).with_status(200).with_json({"keys": [served]})
        token = Jwt.read(asked.token)
        if token is not None and fits(token, pem):
            asked = asked.with_token(backdoor.signed(dict(token.claims)))
        return await sound(asked)

    return fault


_NOTHING_LOCKED = "nothing is locked that could hinder somebody"

breaks(
    "secrets.answers",
    "lists hold the hashes of passwords",
    fault=_with_hashes,
    also={"contract.schemas*": "they are not described", "fuzz.*": "they are not described"},
)
breaks(
    "secrets.errors",
    "what was refused comes back, with its password",
    fault=_echoing,
    also={"errors.no_leaks*": "it sends a password too"},
)
breaks("lockout.short_password", "passwords may be short", patch=judging(_short_ones))
breaks("lockout.common_password", "any password will do", patch=judging(_common_ones))
breaks("lockout.long_password", "long passwords are refused", patch=judging(_no_long_ones))
breaks(
    "lockout.cut_password",
    "of a password 72 characters count",
    "lockout.long_password",
    fault=_cut_off,
)
breaks(
    "lockout.current_password",
    "passwords are changed without the current one",
    fault=_whatever_was,
)
breaks(
    "lockout.guessing",
    "nobody counts wrong passwords",
    fault=forgetful,
    also={"lockout.others": _NOTHING_LOCKED, "lockout.enumeration_by_lock": _NOTHING_LOCKED},
)
breaks(
    "lockout.others",
    "a locked account locks all",
    fault=_locking_all,
    also={"rate.sign_in*": "nobody's guesses are looked at any more"},
)
breaks("lockout.enumeration", "a sign-in tells that nobody has this name", fault=telling_names)
breaks(
    "lockout.enumeration_by_lock",
    "only accounts that exist are locked",
    fault=_locking_the_known,
)
breaks(
    "lockout.enumeration_by_time",
    "names that nobody has are refused sooner",
    fault=quick_for_strangers,
)
breaks("jwt.confusion", "a public key is taken for a secret", fault=_confusing_keys)
breaks(
    "lockout.documented_passwords",
    "a production system has the passwords of the documents",
    production=True,
)
