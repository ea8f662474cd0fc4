"""Access tokens: signed JWTs of short life (RFC 7519, profile of RFC 9068), every claim checked."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from desktop_app.backend.problem_details import not_signed_in

ALGORITHM = "HS256"
TYPE = "at+jwt"
ISSUER = "evalconsole"
AUDIENCE = "evalconsole-api"
_CLAIMS = ["iss", "aud", "sub", "sid", "jti", "iat", "nbf", "exp"]
_LONGEST_TOKEN = 2048


@dataclass(frozen=True, slots=True)
class Claims:
    """Whom a good access token speaks for."""

    user_id: str
    session_id: str


class AccessTokens:
    """Issues and checks access tokens with one secret key."""

    def __init__(self, secret_key: str, lifetime_s: int) -> None:
        self.lifetime_s = lifetime_s
        self._key = secret_key.encode()

    def issue(self, user_id: str, session_id: str, now: datetime) -> str:
        """A token for a session of a user, good from ``now`` for ``lifetime_s`` seconds."""
        claims = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": user_id,
            "sid": session_id,
            "jti": secrets.token_urlsafe(12),
            "iat": now,
            "nbf": now,
            "exp": now + timedelta(seconds=self.lifetime_s),
        }
        return jwt.encode(claims, self._key, ALGORITHM, headers={"typ": TYPE})

    def check(self, token: str) -> Claims:
        """What ``token`` claims; raises 401 unless all of it is in order."""
        if len(token) > _LONGEST_TOKEN:
            raise not_signed_in("bad-token")
        try:
            read = jwt.decode_complete(
                token,
                self._key,
                algorithms=[ALGORITHM],
                issuer=ISSUER,
                audience=AUDIENCE,
                options={"require": _CLAIMS, "strict_aud": True},
            )
        except jwt.ExpiredSignatureError:
            raise not_signed_in("token-expired", "The access token has expired.") from None
        except jwt.InvalidTokenError:
            raise not_signed_in("bad-token") from None
        claims = read["payload"]
        if read["header"].get("typ") != TYPE or not isinstance(claims["sid"], str):
            raise not_signed_in("bad-token")
        return Claims(claims["sub"], claims["sid"])
