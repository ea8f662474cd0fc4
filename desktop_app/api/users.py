"""Users over the API (contract v1, /api/users)."""

from __future__ import annotations

import msgspec

from desktop_app.api.resource import Resource
from desktop_app.api.transport import Transport
from desktop_app.core.users import User

_TEXT = msgspec.json.Decoder(str)


class Users(Resource[User]):
    """``/api/users``."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport, "users", "user", User)

    def reset_password(self, id: str, *, version: int) -> str:  # noqa: A002
        """A new one-time password, told this once; the user's sessions end."""
        return self._do(id, "reset-password", version).part("password", _TEXT)

    def unlock(self, id: str, *, version: int) -> User:  # noqa: A002
        """Let a user who typed too many wrong passwords sign in again."""
        return self._one(self._do(id, "unlock", version))
