"""Keys of our own that forged tokens are signed with."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.x509.oid import NameOID
from jwt import PyJWK
from jwt.exceptions import PyJWTError

from desktop_app.engines.validation.jose import base64url, mac

_RSA_BITS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class ForgingKey:
    """A key made for forging; ``certificate_pem`` is empty where it has none."""

    algorithm: str
    jwk: Mapping[str, Any]
    private: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | bytes
    certificate_pem: bytes = b""

    @property
    def is_pair(self) -> bool:
        """Whether it has a public half."""
        return not isinstance(self.private, bytes)

    def sign(self, data: bytes) -> bytes:
        """A signature in the form of JWS (RFC 7518 §3)."""
        if isinstance(self.private, bytes):
            return mac(self.algorithm, data.decode("ascii"), self.private)
        if isinstance(self.private, rsa.RSAPrivateKey):
            return self.private.sign(data, padding.PKCS1v15(), hashes.SHA256())
        r, s = decode_dss_signature(self.private.sign(data, ec.ECDSA(hashes.SHA256())))
        return r.to_bytes(32, "big") + s.to_bytes(32, "big")

    def embedded(self) -> Iterator[tuple[str, dict[str, object]]]:
        """Headers that carry this key, each with its name."""
        yield "jwk", {"jwk": dict(self.jwk), "kid": self.jwk["kid"]}
        if self.certificate_pem:
            der = x509.load_pem_x509_certificate(self.certificate_pem).public_bytes(
                serialization.Encoding.DER
            )
            yield "x5c", {"x5c": [base64.b64encode(der).decode("ascii")]}


def forging_keys() -> tuple[ForgingKey, ...]:
    """A key of each kind that a token may be checked with."""
    pair = rsa.generate_private_key(65537, _RSA_BITS)
    curve = ec.generate_private_key(ec.SECP256R1())
    shared = secrets.token_bytes(32)
    numbers, point = pair.public_key().public_numbers(), curve.public_key().public_numbers()
    return (
        ForgingKey(
            algorithm="RS256",
            jwk={**_named("RS256"), "kty": "RSA", "n": _number(numbers.n), "e": _number(numbers.e)},
            private=pair,
            certificate_pem=_certificate(pair),
        ),
        ForgingKey(
            algorithm="ES256",
            jwk={
                **_named("ES256"),
                "kty": "EC",
                "crv": "P-256",
                "x": base64url(point.x.to_bytes(32, "big")),
                "y": base64url(point.y.to_bytes(32, "big")),
            },
            private=curve,
            certificate_pem=_certificate(curve),
        ),
        ForgingKey(
            algorithm="HS256",
            jwk={**_named("HS256"), "kty": "oct", "k": base64url(shared)},
            private=shared,
        ),
    )


def public_pems(keys: Sequence[Any]) -> list[tuple[str, bytes]]:
    """Each public key of a JWK set, as the texts that a library may take for a secret."""
    found: list[tuple[str, bytes]] = []
    for jwk in keys[:5]:
        if not isinstance(jwk, dict) or jwk.get("kty") not in ("RSA", "EC", "OKP"):
            continue
        try:
            key = PyJWK(jwk).key
            pem = key.public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        except (PyJWTError, ValueError, TypeError, AttributeError):
            continue
        found.append(("PEM", pem))
        found.append(("PEM without the last line's end", pem.rstrip(b"\n")))
        found.append(("JWK", json.dumps(jwk, separators=(",", ":")).encode()))
    return found


def _named(algorithm: str) -> dict[str, str]:
    return {"kid": f"zz-{secrets.token_hex(4)}", "use": "sig", "alg": algorithm}


def _number(value: int) -> str:
    return base64url(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _certificate(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "zz-evalcheck")])
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
        .public_bytes(serialization.Encoding.PEM)
    )
