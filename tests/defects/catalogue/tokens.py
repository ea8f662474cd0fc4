"""Tokens that are taken though they are not in order, and what tokens give away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import jwt

from desktop_app.backend.store import Document
from desktop_app.backend.tokens import ALGORITHM, AUDIENCE, ISSUER, TYPE
from desktop_app.engines.validation.jose import Jwt, fits, mac
from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import answering, anything, on
from tests.defects.patching import replaced
from tests.defects.registry import breaks

Claims = dict[str, Any]
Taken = Callable[[Backdoor, str], Claims | None]
"""The claims of a token that this defect takes for good; None for all others."""

WEAK = b"secret"


def taking(taken: Taken) -> Callable[[Backdoor], Fault]:
    """A fault that takes some tokens for good: they are replaced by rightly signed ones."""

    def make(backdoor: Backdoor) -> Fault:
        async def fault(asked: Asked, sound: Sound) -> Answered:
            claims = taken(backdoor, asked.token) if asked.token else None
            if claims is not None:
                asked = asked.with_token(backdoor.signed(claims))
            return await sound(asked)

        return fault

    return make


def _unsigned(backdoor: Backdoor, token: str) -> Claims | None:
    algorithm = str(backdoor.header(token).get("alg", "")).lower()
    return backdoor.claims(token) or None if algorithm == "none" else None


def _signature_is_good(backdoor: Backdoor, token: str) -> bool:
    return _verified(backdoor, token) is not None


def _verified(backdoor: Backdoor, token: str) -> Claims | None:
    """The claims of a token whose signature alone is in order."""
    off: Any = {
        f"verify_{name}": False for name in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")
    }
    try:
        found: Claims = jwt.decode(
            token,
            backdoor.platform.config.secret_key,
            algorithms=[ALGORITHM],
            options=off,
        )
    except (jwt.InvalidTokenError, jwt.InvalidKeyError, ValueError):
        return None
    return found


def _forged(backdoor: Backdoor, token: str) -> Claims | None:
    """Any signature at all, but none left out."""
    if backdoor.header(token).get("alg") != ALGORITHM or token.endswith("."):
        return None
    return None if _signature_is_good(backdoor, token) else backdoor.claims(token) or None


def _stripped(backdoor: Backdoor, token: str) -> Claims | None:
    if backdoor.header(token).get("alg") == ALGORITHM and token.endswith("."):
        return backdoor.claims(token) or None
    return None


def _amended(wrong: Callable[[Backdoor, str, Claims], bool], **right: Any) -> Taken:
    """Tokens of a good signature with something ``wrong``, which is put ``right``."""

    def taken(backdoor: Backdoor, token: str) -> Claims | None:
        claims = _verified(backdoor, token)
        if claims is None or not wrong(backdoor, token, claims):
            return None
        now = int(time.time())
        given = {key: value(now) if callable(value) else value for key, value in right.items()}
        return {**claims, **given}

    return taken


def _is_number(value: object) -> bool:
    return isinstance(value, int | float)


def _expired(_backdoor: Backdoor, _token: str, claims: Claims) -> bool:
    return _is_number(claims.get("exp")) and claims["exp"] <= time.time()


def _unending(_backdoor: Backdoor, _token: str, claims: Claims) -> bool:
    return "exp" not in claims


def _early(_backdoor: Backdoor, _token: str, claims: Claims) -> bool:
    return _is_number(claims.get("nbf")) and claims["nbf"] > time.time()


def _mistyped(backdoor: Backdoor, token: str, _claims: Claims) -> bool:
    return backdoor.header(token).get("typ") != TYPE


def _for_others(_backdoor: Backdoor, _token: str, claims: Claims) -> bool:
    return claims.get("aud") != AUDIENCE


def _by_others(_backdoor: Backdoor, _token: str, claims: Claims) -> bool:
    return claims.get("iss") != ISSUER


def _soon(now: int) -> int:
    return now + 600


def _before(now: int) -> int:
    return now - 60


def _by_key_id(backdoor: Backdoor, token: str) -> Claims | None:
    """The key is read from the file that ``kid`` names: a hostile one names an empty file."""
    if not backdoor.header(token).get("kid") or _signature_is_good(backdoor, token):
        return None
    return backdoor.claims(token) or None


def _by_own_key(backdoor: Backdoor, token: str) -> Claims | None:
    """The key is taken from the token itself (``jwk``)."""
    if not isinstance(backdoor.header(token).get("jwk"), dict):
        return None
    return backdoor.claims(token) or None


def _fetching(backdoor: Backdoor) -> Fault:
    """The key is fetched from where the token says (``jku``), whoever that is."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        address = backdoor.header(asked.token).get("jku") if asked.token else None
        if isinstance(address, str):
            await _fetched(address)
            claims = backdoor.claims(asked.token)
            asked = asked.with_token(backdoor.signed(claims)) if claims else asked
        return await sound(asked)

    return fault


async def _fetched(address: str) -> None:
    """Ask for it, on this computer only."""
    parts = urlsplit(address)
    if parts.hostname not in ("127.0.0.1", "localhost") or not parts.port:
        return
    try:
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    except OSError:
        return
    writer.write(f"GET {parts.path or '/'} HTTP/1.0\r\nHost: {parts.netloc}\r\n\r\n".encode())
    await reader.read(65_536)
    writer.close()


def _weakly_signed(backdoor: Backdoor) -> Fault:
    """Tokens are signed with a word that everybody tries first."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if asked.token:
            token = Jwt.read(asked.token)
            weak = token is not None and fits(token, WEAK)
            claims = backdoor.claims(asked.token) if weak else {}
            asked = asked.with_token(backdoor.signed(claims) if weak else "no.such.token")
        answered = await sound(asked)
        content = answered.json
        issued = content.get("access_token") if isinstance(content, dict) else None
        if isinstance(issued, str) and (token := Jwt.read(issued)) is not None:
            signature = mac(ALGORITHM, token.signed, WEAK)
            again = {"access_token": token.with_signature(signature)}
            answered = answered.with_json({**content, **again})
        return answered

    return fault


def _as_access(backdoor: Backdoor) -> Fault:
    """A refresh token is as good as an access token."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        session_id, _, _secret = asked.token.partition(".")
        session = await backdoor.platform.store.sessions.find_one({"_id": session_id})
        if session is not None:
            user = await backdoor.platform.store.users.find_one({"_id": session["user_id"]})
            asked = asked.with_token(await backdoor.token_of(user)) if user else asked
        return await sound(asked)

    return fault


def _in_address(_backdoor: Backdoor) -> Fault:
    """A token in the address signs in."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        given = dict(parse_qsl(asked.query)).get("access_token")
        if given and not asked.header("authorization"):
            asked = asked.with_token(given).changed(query="")
        return await sound(asked)

    return fault


def _any_scheme(_backdoor: Backdoor) -> Fault:
    """The token is taken from whatever stands in Authorization."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        words = asked.header("authorization").split()
        if words and words[0].lower() != "bearer":
            asked = asked.with_token(words[-1])
        return await sound(asked)

    return fault


def _long_lived(backdoor: Backdoor) -> AbstractContextManager[object]:
    """Tokens are good for a month."""
    return replaced(backdoor.platform.sessions._tokens, "lifetime_s", 30 * 86_400)


def _reissued(backdoor: Backdoor, change: Callable[[Claims, Document], Claims]) -> Fault:
    """Tokens of sign-ins with other claims."""
    login = on("POST", "/api/auth/login")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        content = answered.json
        if not login(asked) or not isinstance(content, dict) or "access_token" not in content:
            return answered
        user = await backdoor.user_of(content["access_token"])
        assert user is not None
        claims = change(backdoor.claims(content["access_token"]), user)
        return answered.with_json({**content, "access_token": backdoor.signed(claims)})

    return fault


def _with_hash(backdoor: Backdoor) -> Fault:
    return _reissued(
        backdoor, lambda claims, user: {**claims, "password_hash": user["password_hash"]}
    )


def _with_address(backdoor: Backdoor) -> Fault:
    return _reissued(backdoor, lambda claims, user: {**claims, "email": user["email"]})


def _unchallenged(answered: Answered) -> Answered:
    return answered.without_header("www-authenticate")


_ANY = "any signature will do"
_NAMED = "those tokens name a key too"

breaks("jwt.none", "tokens without a signature are taken (alg none)", fault=taking(_unsigned))
breaks("jwt.stripped", "a token whose signature is left out is taken", fault=taking(_stripped))
breaks(
    "jwt.unverified",
    "signatures are not verified",
    "jwt.altered_signature",
    "jwt.altered_payload",
    "token.bad",
    fault=taking(_forged),
    also={
        "jwt.kid": _ANY,
        "jwt.embedded_key": _ANY,
        "jwt.stripped": _ANY,
        "token.malformed": _ANY,
        "performance.sessions": _ANY,
    },
)
breaks(
    "jwt.kid",
    "the key is read from where kid says: a file, a query",
    fault=taking(_by_key_id),
    also={"jwt.embedded_key": _NAMED, "jwt.key_url": _NAMED},
)
breaks(
    "jwt.embedded_key", "the key is taken from the token itself (jwk)", fault=taking(_by_own_key)
)
breaks("jwt.key_url", "the key is fetched from where the token says (jku)", fault=_fetching)
breaks("jwt.weak_secret", "tokens are signed with the secret tried first", fault=_weakly_signed)
breaks(
    "jwt.expired",
    "tokens are taken after their time",
    fault=taking(_amended(_expired, exp=_soon)),
)
breaks(
    "jwt.unending",
    "tokens without an end are taken",
    "jwt.expired",
    fault=taking(_amended(_unending, exp=_soon)),
)
breaks(
    "jwt.not_yet",
    "tokens are taken before their time",
    fault=taking(_amended(_early, nbf=_before)),
)
breaks("jwt.type", "tokens of another type are taken", fault=taking(_amended(_mistyped)))
breaks(
    "jwt.audience",
    "tokens for other services are taken",
    fault=taking(_amended(_for_others, aud=AUDIENCE)),
)
breaks(
    "jwt.issuer",
    "tokens of other issuers are taken",
    fault=taking(_amended(_by_others, iss=ISSUER)),
)
breaks("jwt.lifetime", "tokens are good for a month", patch=_long_lived)
breaks("jwt.claims", "tokens carry the hash of the password", fault=_with_hash)
breaks(
    "jwt.claims_personal",
    "tokens carry the e-mail address",
    fault=_with_address,
    warns=("jwt.claims",),
)
breaks("token.query", "a token in the address signs in", fault=_in_address)
breaks("token.malformed", "any scheme of signing in will do", fault=_any_scheme)
breaks("token.purpose", "a refresh token is as good as an access token", fault=_as_access)
breaks(
    "token.challenge",
    "a 401 does not say how to sign in",
    "token.challenge",
    "errors.challenge",
    fault=answering(anything, _unchallenged),
)
