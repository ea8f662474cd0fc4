"""What a defect may reach of the sound server that it is injected into."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from typing import Any

import jwt

from desktop_app.backend.parts import Platform
from desktop_app.backend.store import Document
from desktop_app.backend.tokens import ALGORITHM, TYPE
from tests.services.certificates import Authority


@dataclass(frozen=True, slots=True)
class Tls:
    """How a server speaks TLS: new connections are made as ``context`` is at that moment."""

    context: ssl.SSLContext
    authority: Authority

    def present(self, **certificate: Any) -> None:
        """Show another certificate from now on (see ``Authority.server``)."""
        self.authority.server(**certificate)
        self.context.load_cert_chain(self.authority.server_file)


@dataclass(frozen=True, slots=True)
class Backdoor:
    """The platform's insides, used on its own event loop."""

    platform: Platform
    tls: Tls | None = None

    def claims(self, token: str) -> dict[str, Any]:
        """What a token claims, whoever signed it, if anybody did; {} for what is no token."""
        try:
            found: dict[str, Any] = jwt.decode(token, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            return {}
        return found

    def header(self, token: str) -> dict[str, Any]:
        """A token's header; {} for what is no token."""
        try:
            return dict(jwt.get_unverified_header(token))
        except jwt.InvalidTokenError:
            return {}

    def signed(self, claims: dict[str, Any]) -> str:
        """A token of these claims, signed as the server does."""
        key = self.platform.config.secret_key
        return jwt.encode(claims, key, ALGORITHM, headers={"typ": TYPE})

    async def user_of(self, token: str) -> Document | None:
        """Whom a token names, whether or not it is good."""
        return await self.platform.store.users.find_one({"_id": self.claims(token).get("sub")})

    async def token_of(self, user: Document) -> str:
        """A fresh good token of a user."""
        answer = await self.platform.sessions.start(user)
        return str(answer["access_token"])

    async def administrator(self) -> str:
        """A fresh good token of the administrator."""
        user = await self.platform.store.users.find_one({"login_id": "admin"})
        assert user is not None
        return await self.token_of(user)
