"""JSON web tokens taken apart and put together wrongly: what libraries rightly refuse to make."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

HASHES = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}


def base64url(data: bytes) -> str:
    """Base64url without padding (RFC 7515 §2)."""
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def unbase64url(text: str) -> bytes:
    """The bytes of base64url without padding; raises ``ValueError``."""
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error


def _part(content: Mapping[str, Any]) -> str:
    return base64url(json.dumps(content, separators=(",", ":")).encode())


@dataclass(frozen=True, slots=True, kw_only=True)
class Jwt:
    """A token in compact form (RFC 7519), not checked in any way."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: str
    """Header and payload as they came: what the signature is of."""
    signature: bytes

    @classmethod
    def read(cls, token: str) -> Jwt | None:
        """The token's parts; None for what is no JWT."""
        parts = token.split(".")
        if len(parts) != 3:
            return None
        try:
            header, claims = (json.loads(unbase64url(part)) for part in parts[:2])
            signature = unbase64url(parts[2])
        except ValueError:
            return None
        if not isinstance(header, dict) or not isinstance(claims, dict):
            return None
        signed = f"{parts[0]}.{parts[1]}"
        return cls(header=header, claims=claims, signed=signed, signature=signature)

    @property
    def algorithm(self) -> str:
        """What the header says that it is signed with."""
        return str(self.header.get("alg") or "")

    def unsigned(
        self, header: Mapping[str, Any] | None = None, claims: Mapping[str, Any] | None = None
    ) -> str:
        """Header and payload with these parts in place of its own."""
        kept_header, kept_claims = self.signed.split(".")
        first = kept_header if header is None else _part(header)
        second = kept_claims if claims is None else _part(claims)
        return f"{first}.{second}"

    def with_signature(self, signature: bytes, signed: str | None = None) -> str:
        """A token with another signature."""
        return f"{signed or self.signed}.{base64url(signature)}"


def mac(algorithm: str, signed: str, key: bytes) -> bytes:
    """The HMAC of a token's first two parts (RFC 7518 §3.2)."""
    return hmac.new(key, signed.encode("ascii"), HASHES[algorithm]).digest()


def fits(token: Jwt, key: bytes) -> bool:
    """Whether a token with an HS… algorithm is signed with ``key``."""
    if token.algorithm not in HASHES:
        return False
    return hmac.compare_digest(mac(token.algorithm, token.signed, key), token.signature)


def header_of(token: str) -> str:
    """A token's header as text, at most 300 characters; "" where it has none that can be read."""
    try:
        return unbase64url(token.partition(".")[0]).decode("utf-8")[:300]
    except ValueError:
        return ""
