"""What tokens claim, and claims out of order under a right signature."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Iterator, Mapping
from typing import Any

import jwt

from desktop_app.core.language import N_
from desktop_app.core.redaction import is_secret_key
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.jose import HASHES, Jwt, fits, mac
from desktop_app.engines.validation.probes.jwt_forgery import sound_jwt
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.who import ask_me, is_me, try_tokens

_HOUR_S = 3600
_PERSONAL = re.compile(
    r"e?mail|phone|mobile|address|birth|gender|ssn|resident|(?:first|last|full|family|given)_?name"
    r"|name|department",
    re.IGNORECASE,
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[a-z]{2,}", re.IGNORECASE)
_HASH = re.compile(r"\$(?:argon2|2[abxy]|scrypt|pbkdf2|[156])[^$]*\$|^pbkdf2_sha")

_CHANGES: Mapping[str, tuple[tuple[str, str, Any], ...]] = {
    "jwt.type": (
        ("header typ refresh", "header.typ", "refresh+jwt"),
        ("header typ id_token", "header.typ", "id+jwt"),
        ("header typ JWT, claim refresh", "claim.token_type", "refresh"),
        ("no typ", "header.typ", None),
    ),
    "jwt.audience": (
        ("another aud", "claim.aud", "zz-another-service"),
        ("no aud", "claim.aud", None),
        ("several aud, this one among others unknown", "claim.aud", ["zz-another-service"]),
    ),
    "jwt.issuer": (
        ("another iss", "claim.iss", "https://zz-evalcheck.invalid"),
        ("no iss", "claim.iss", None),
    ),
}
"""By check: what is changed of a token that is signed rightly; None takes it out."""


@probe("jwt.expired")
def expired(work: CheckContext) -> Iterator[Finding]:
    """Past its ``exp``, or without one."""
    now = int(time.time())
    yield _claims_refused(
        work,
        {
            "exp an hour ago": {"exp": now - _HOUR_S},
            "exp 90 s ago": {"exp": now - 90},
            "no exp": {"exp": None},
        },
    )


@probe("jwt.not_yet")
def not_yet(work: CheckContext) -> Iterator[Finding]:
    """Before its ``nbf``."""
    now = int(time.time())
    yield _claims_refused(work, {"nbf in an hour": {"nbf": now + _HOUR_S}})


def _claims_refused(work: CheckContext, changes: Mapping[str, Mapping[str, Any]]) -> Finding:
    admin, token, key = _signer(work)
    attempts = [
        (name, _resigned(token, key, token.header, _merged(token.claims, changed)))
        for name, changed in changes.items()
    ]
    return try_tokens(work, admin, attempts)


@probe("jwt.type")
def token_type(work: CheckContext) -> Iterator[Finding]:
    """Of another type than an access token (RFC 8725 §3.11)."""
    admin, token = sound_jwt(work)
    if not _tells_type(token):
        yield work.warned(
            say(
                N_("Neither the header nor a claim says that it is an access token (typ {typ})."),
                typ=str(token.header.get("typ")),
            )
        )
        return
    yield _changed_refused(work, admin, token)


@probe("jwt.audience")
def audience(work: CheckContext) -> Iterator[Finding]:
    """Meant for another service, or for nobody in particular."""
    admin, token = sound_jwt(work)
    if not token.claims.get("aud"):
        yield work.warned(say(N_("Tokens have no {claim}."), claim="aud"))
        return
    yield _changed_refused(work, admin, token)


@probe("jwt.issuer")
def issuer(work: CheckContext) -> Iterator[Finding]:
    """Issued by somebody else."""
    admin, token = sound_jwt(work)
    if not token.claims.get("iss"):
        yield work.warned(say(N_("Tokens have no {claim}."), claim="iss"))
        return
    yield _changed_refused(work, admin, token)


def _tells_type(token: Jwt) -> bool:
    typ = str(token.header.get("typ") or "").lower()
    claims = ("token_type", "typ", "type", "token_use", "scope")
    return "at+jwt" in typ or any(name in token.claims for name in claims)


def _changed_refused(work: CheckContext, admin: Actor, token: Jwt) -> Finding:
    """The token with each change of this check, signed rightly: refused."""
    _admin, _token, key = _signer(work)
    attempts = []
    for name, place, value in _CHANGES[work.check.probe]:
        part, _, member = place.partition(".")
        header, claims = dict(token.header), dict(token.claims)
        if part == "claim" and member == "token_type":
            header["typ"] = "JWT"
        changed = header if part == "header" else claims
        changed.pop(member, None)
        if value is not None:
            changed[member] = value
        attempts.append((name, _resigned(token, key, header, claims)))
    return try_tokens(work, admin, attempts)


def _signer(work: CheckContext) -> tuple[Actor, Jwt, str]:
    """Who has the token, the token, and the key that it is signed with; raises ``Blocked``."""
    admin, token = sound_jwt(work)
    key = work.client.target.signing_key
    if not key:
        raise Blocked(say(N_("It needs the key that the platform signs tokens with.")))
    work.bed.hide(key)
    fresh = _resigned(token, key, token.header, {**token.claims, "jti": secrets.token_urlsafe(12)})
    if token.algorithm in HASHES and not fits(token, key.encode()):
        raise Blocked(say(N_("The key that was given is not the one that signed this token.")))
    answer = ask_me(work, fresh)
    if not is_me(answer, admin):
        raise Blocked(
            say(
                N_("A token signed anew with the given key is answered {status}."),
                status=answer.status,
            )
        )
    return admin, token, key


def _resigned(token: Jwt, key: str, header: Mapping[str, Any], claims: Mapping[str, Any]) -> str:
    unsigned = token.unsigned(header, claims)
    if token.algorithm in HASHES:
        return token.with_signature(mac(token.algorithm, unsigned, key.encode()), unsigned)
    try:
        algorithm = jwt.get_algorithm_by_name(token.algorithm)
        signature = algorithm.sign(unsigned.encode("ascii"), algorithm.prepare_key(key))
    except (NotImplementedError, ValueError, TypeError, jwt.PyJWTError) as error:
        raise Blocked(
            say(
                N_("The given key does not sign with {algorithm}: {error}."),
                algorithm=token.algorithm,
                error=type(error).__name__,
            )
        ) from error
    return token.with_signature(signature, unsigned)


def _merged(claims: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """Claims after a change; None takes one out."""
    removed = {name for name, value in changed.items() if value is None}
    return {name: value for name, value in {**claims, **changed}.items() if name not in removed}


@probe("jwt.lifetime")
def lifetime(work: CheckContext) -> Iterator[Finding]:
    """How long a token is good: it cannot be taken back where nobody looks it up."""
    _admin, token = sound_jwt(work)
    issued, ends = token.claims.get("iat"), token.claims.get("exp")
    if not isinstance(ends, int | float):
        yield work.failed(say(N_("Tokens have no {claim}."), claim="exp"))
        return
    begins = issued if isinstance(issued, int | float) else time.time()
    seconds = round(ends - begins)
    seen = say(N_("A token is good for {seconds} seconds."), seconds=seconds)
    best, most = int(work.params.get("best_s", _HOUR_S)), int(work.params.get("most_s", 86_400))
    if seconds > most:
        yield work.failed(seen, seconds=seconds)
    elif seconds > best:
        yield work.warned(seen, seconds=seconds)
    else:
        yield work.passed(seen, seconds=seconds)


@probe("jwt.claims")
def claims_shown(work: CheckContext) -> Iterator[Finding]:
    """Anybody who holds a token reads it: nothing secret, and nobody's personal data."""
    _admin, token = sound_jwt(work)
    secret, personal = [], []
    for place, value in _leaves(token.claims):
        name = place.rpartition(".")[2]
        text = value if isinstance(value, str) else ""
        if _HASH.search(text) or (is_secret_key(name) and text):
            secret.append(place)
        elif text and (_PERSONAL.fullmatch(name) or _EMAIL.fullmatch(text)):
            personal.append(place)
    if secret:
        yield work.failed(say(N_("The payload holds secrets: {what}."), what=", ".join(secret)))
    elif personal:
        yield work.warned(
            say(N_("The payload holds personal data: {what}."), what=", ".join(personal))
        )
    else:
        yield work.passed(
            say(N_("The payload holds {claims} alone."), claims=", ".join(sorted(token.claims)))
        )


def _leaves(value: Any, place: str = "", depth: int = 0) -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict) and depth < 8:
        for key, inner in value.items():
            yield from _leaves(inner, f"{place}.{key}" if place else str(key), depth + 1)
    elif isinstance(value, list) and depth < 8:
        for inner in value:
            yield from _leaves(inner, place, depth + 1)
    else:
        yield place, value
