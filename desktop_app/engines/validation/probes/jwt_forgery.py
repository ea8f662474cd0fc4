"""Forged JSON web tokens: each one way in which libraries were once led astray (RFC 8725)."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Iterator, Mapping
from dataclasses import replace
from urllib.parse import urlsplit

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, say
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.context import CheckContext, DoesNotApply
from desktop_app.engines.validation.forging_keys import ForgingKey, forging_keys, public_pems
from desktop_app.engines.validation.jose import HASHES, Jwt, base64url, fits, mac
from desktop_app.engines.validation.known_secrets import known_secrets
from desktop_app.engines.validation.listener import listening
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.shared import once
from desktop_app.engines.validation.who import attacked, try_tokens

_YEAR_S = 365 * 86_400
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})
_GUESSING_S = 2.0
_KEY_SETS = (
    "/.well-known/jwks.json",
    "/api/.well-known/jwks.json",
    "/jwks.json",
    "/api/auth/jwks",
    "/oauth/jwks",
)


def sound_jwt(work: CheckContext) -> tuple[Actor, Jwt]:
    """The administrator and their token, taken apart; ``DoesNotApply`` where it is no JWT."""
    admin = attacked(work)
    token = Jwt.read(admin.token)
    if token is None:
        parts = admin.token.count(".") + 1
        raise DoesNotApply(
            say(
                N_("Access tokens are no JWT: {length} characters in {parts} parts."),
                length=len(admin.token),
                parts=parts,
            )
        )
    return admin, token


@probe("jwt.none")
def none_algorithm(work: CheckContext) -> Iterator[Finding]:
    """The algorithm "none", in every spelling, with and without what was the signature."""
    admin, token = sound_jwt(work)
    attempts: list[tuple[str, str]] = []
    spellings: tuple[str | None, ...] = ("none", "None", "NONE", "nOnE", "none ", "", None)
    for spelling in spellings:
        unsigned = token.unsigned({**token.header, "alg": spelling})
        attempts.append((f"alg {json.dumps(spelling)}", f"{unsigned}."))
    none = token.unsigned({**token.header, "alg": "none"})
    without = {key: value for key, value in token.header.items() if key != "alg"}
    attempts += [
        ("alg none, signature kept", token.with_signature(token.signature, none)),
        ("alg none, two parts", none),
        ("no alg", f"{token.unsigned(without)}."),
    ]
    yield try_tokens(work, admin, attempts)


@probe("jwt.stripped")
def stripped(work: CheckContext) -> Iterator[Finding]:
    """The signature left out."""
    admin, token = sound_jwt(work)
    yield try_tokens(
        work,
        admin,
        [
            ("empty signature", f"{token.signed}."),
            ("two parts", token.signed),
            ("signature of one byte", token.with_signature(b"\0")),
        ],
    )


@probe("jwt.altered_signature")
def altered_signature(work: CheckContext) -> Iterator[Finding]:
    """Another signature: one bit, the first half, random bytes, of an empty key."""
    admin, token = sound_jwt(work)
    signature = token.signature
    flipped = bytes([signature[0] ^ 1]) + signature[1:] if signature else b"\1"
    attempts = [
        ("one bit altered", token.with_signature(flipped)),
        ("first half", token.with_signature(signature[: len(signature) // 2])),
        ("random", token.with_signature(secrets.token_bytes(len(signature) or 32))),
    ]
    if token.algorithm in HASHES:
        empty = mac(token.algorithm, token.signed, b"")
        attempts.append(("of an empty key", token.with_signature(empty)))
    yield try_tokens(work, admin, attempts)


@probe("jwt.altered_payload")
def altered_payload(work: CheckContext) -> Iterator[Finding]:
    """Other claims under the signature that was."""
    admin, token = sound_jwt(work)
    claims = token.claims
    later = {**claims, "exp": int(time.time()) + _YEAR_S}
    altered = {
        "exp a year later": later,
        "role added": {**claims, "role": Role.ADMIN.value, "is_admin": True},
        "jti changed": {**claims, "jti": secrets.token_urlsafe(8)},
    }
    attempts = [
        (name, token.with_signature(token.signature, token.unsigned(claims=changed)))
        for name, changed in altered.items()
    ]
    yield try_tokens(work, admin, attempts)


@probe("jwt.confusion")
def confusion(work: CheckContext) -> Iterator[Finding]:
    """A public key taken for a secret: HS… signed with the PEM of a key that anybody can have."""
    admin, token = sound_jwt(work)
    pems, asked = once(work.bed, "jwks", lambda: _public_keys(work))
    if not pems:
        told = ", ".join(f"{path} {status}" for path, status in asked.items())
        if token.algorithm in HASHES:
            yield work.not_applicable(
                say(
                    N_("Tokens are signed with {algorithm}, and no public key is served: {told}."),
                    algorithm=token.algorithm,
                    told=told,
                )
            )
        else:
            yield work.inconclusive(
                say(
                    N_("Tokens are signed with {algorithm}; no public key is to be had: {told}."),
                    algorithm=token.algorithm,
                    told=told,
                )
            )
        return
    attempts = []
    for name, pem in pems:
        for algorithm in HASHES:
            unsigned = token.unsigned({**token.header, "alg": algorithm})
            signature = mac(algorithm, unsigned, pem)
            attempts.append((f"{algorithm} ({name})", token.with_signature(signature, unsigned)))
    work.forget()
    yield try_tokens(work, admin, attempts)


def _public_keys(work: CheckContext) -> tuple[list[tuple[str, bytes]], dict[str, int]]:
    """Public keys that the target serves, as the texts that libraries read, and what was asked."""
    asked: dict[str, int] = {}
    for path in _KEY_SETS:
        answer = work.try_send("GET", path)
        asked[path] = answer.status
        found = answer.json if answer.status == 200 else None
        keys = found.get("keys") if isinstance(found, dict) else None
        if isinstance(keys, list) and (pems := public_pems(keys)):
            return pems, asked
    return [], asked


@probe("jwt.kid")
def key_id(work: CheckContext) -> Iterator[Finding]:
    """A key's name that points to a file, a query, or nothing: with the key that it would give."""
    admin, token = sound_jwt(work)
    guesses: tuple[tuple[object, bytes], ...] = (
        ("../../../../../../../dev/null", b""),
        ("/dev/null", b""),
        ("NUL", b""),
        ("../../../../../../../proc/sys/kernel/randomize_va_space", b"2\n"),
        ("", b""),
        (None, b""),
        ("zz' UNION SELECT 'zz' -- ", b"zz"),
        ("zz' OR '1'='1", b""),
        ({"$ne": None}, b""),
        ("zz\x00", b""),
        ("zz | echo zz", b"zz"),
    )
    attempts = []
    for kid, key in guesses:
        unsigned = token.unsigned({**token.header, "alg": "HS256", "kid": kid})
        signature = mac("HS256", unsigned, key)
        attempts.append((f"kid {json.dumps(kid)}", token.with_signature(signature, unsigned)))
    yield try_tokens(work, admin, attempts)


@probe("jwt.embedded_key")
def embedded_key(work: CheckContext) -> Iterator[Finding]:
    """A token that brings the key along that it wants to be checked with."""
    admin, token = sound_jwt(work)
    attempts = []
    for key in once(work.bed, "forging keys", forging_keys):
        for name, header in key.embedded():
            forged = _signed(token, key, header)
            attempts.append((f"{name} ({key.algorithm})", forged))
    yield try_tokens(work, admin, attempts)


@probe("jwt.key_url")
def key_address(work: CheckContext) -> Iterator[Finding]:
    """A token that says where its key is to be fetched; whether somebody comes to fetch it."""
    admin, token = sound_jwt(work)
    if (urlsplit(work.client.target.url).hostname or "") not in _LOCAL:
        yield work.inconclusive(
            say(N_("It can be judged only of a server that reaches this computer."))
        )
        return
    keys = once(work.bed, "forging keys", forging_keys)
    key_set = json.dumps({"keys": [key.jwk for key in keys if key.is_pair]}).encode()
    pem = next(key.certificate_pem for key in keys if key.certificate_pem)
    with listening({"/jwks.json": key_set, "/key.pem": pem}) as listener:
        attempts = []
        for key in keys:
            if key.is_pair:
                jku = {"jku": f"{listener.address}/jwks.json", "kid": key.jwk["kid"]}
                attempts.append((f"jku ({key.algorithm})", _signed(token, key, jku)))
            if key.certificate_pem:
                x5u = {"x5u": f"{listener.address}/key.pem"}
                attempts.append((f"x5u ({key.algorithm})", _signed(token, key, x5u)))
        finding = try_tokens(work, admin, attempts)
    if listener.asked:
        fetched = say(
            N_("The server fetched {what} from an address that a token names."),
            what=", ".join(sorted(set(listener.asked)))[:200],
        )
        yield replace(finding, state=CheckState.FAIL, seen=(fetched, *finding.seen))
    else:
        yield finding


def _signed(token: Jwt, key: ForgingKey, header: Mapping[str, object]) -> str:
    whole = {**token.header, "alg": key.algorithm, **header}
    unsigned = token.unsigned(whole)
    return f"{unsigned}.{base64url(key.sign(unsigned.encode('ascii')))}"


@probe("jwt.weak_secret")
def weak_secret(work: CheckContext) -> Iterator[Finding]:
    """The secret that tokens are signed with, tried offline against a short list."""
    _admin, token = sound_jwt(work)
    if token.algorithm not in HASHES:
        yield work.not_applicable(
            say(
                N_("Tokens are signed with {algorithm}: no shared secret."),
                algorithm=token.algorithm,
            )
        )
        return
    ends, tried, names = time.monotonic() + _GUESSING_S, 0, (*token.claims.values(),)
    for guess in known_secrets(tuple(name for name in names if isinstance(name, str))):
        tried += 1
        if fits(token, guess.encode()):
            work.bed.hide(guess)
            yield work.failed(
                say(
                    N_(
                        "The secret is a usual one of {length} characters: anybody can sign tokens."
                    ),
                    length=len(guess),
                ),
                tried=tried,
            )
            return
        if time.monotonic() > ends:
            break
    yield work.passed(
        say(
            N_("None of {count} usual secrets is the one that tokens are signed with."), count=tried
        ),
        tried=tried,
    )
