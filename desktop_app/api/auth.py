"""Signing in and out, and one's own password (contract v1, /api/auth)."""

from __future__ import annotations

from dataclasses import dataclass, field

import msgspec

from desktop_app.api.transport import Transport
from desktop_app.core.errors import Unreachable
from desktop_app.core.users import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Tokens:
    """What a sign-in gives. ``expires_in`` counts seconds from the answer. Secrets do not print."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: float
    user: User


_TOKENS = msgspec.json.Decoder(Tokens)
_USER = msgspec.json.Decoder(User)


class Auth:
    """``/api/auth``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def login(self, login_id: str, password: str) -> Tokens:
        """Sign in; raises ``SignInRefused`` or ``TooManyRequests``."""
        body = {"login_id": login_id, "password": password}
        return self._public("/api/auth/login", body)

    def refresh(self, refresh_token: str) -> Tokens:
        """Exchange a refresh token; it is used up. Raises ``SessionExpired`` when it is refused."""
        return self._public("/api/auth/refresh", {"refresh_token": refresh_token})

    def logout(self) -> None:
        """Revoke this session's tokens."""
        self._transport.call("POST", "/api/auth/logout")

    def me(self) -> User:
        """Who is signed in."""
        return self._transport.call("GET", "/api/auth/me").decode(_USER)

    def password(self, current: str, new: str) -> Tokens:
        """Change one's own password; every other session ends. Raises ``Rejected``."""
        body = {"current_password": current, "new_password": new}
        return self._transport.call("POST", "/api/auth/password", body=body).decode(_TOKENS)

    def _public(self, path: str, body: dict[str, str]) -> Tokens:
        try:
            return self._transport.call("POST", path, body=body, public=True).decode(_TOKENS)
        except Unreachable as error:
            error.advice = Unreachable.advice  # nothing was changed that a look could show
            raise
