"""What only who runs a platform knows of it: the key of its tokens, and where its database is.

Both let more be checked. They are known of the local workspace; of another platform a person types
them, and the system's keyring keeps them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from enum import StrEnum

from desktop_app.config.secrets import Secrets


class Known(StrEnum):
    """What may be known; the value is its name in the keyring."""

    SIGNING_KEY = "validation-signing-key"
    MONGO_URI = "validation-mongo-uri"


class Source(StrEnum):
    """Where it is known from."""

    NOWHERE = "nowhere"
    CONNECTION = "connection"
    """The local workspace, or the connection's settings."""
    KEYRING = "keyring"
    MEMORY = "memory"
    """This system has no keyring: it is gone when the console closes."""


class PlatformSecrets:
    """Of one connection. What was typed comes before what is kept, that before ``own``.

    Every method may ask the keyring: call it from a worker.
    """

    def __init__(
        self,
        secrets: Secrets | None,
        profile_id: str,
        own: Mapping[Known, Callable[[], str | None]],
    ) -> None:
        self._secrets, self._profile_id, self._own = secrets, profile_id, own

    def get(self, name: Known, typed: Mapping[Known, str] | None = None) -> str | None:
        """What is known, as it is used; None for nothing."""
        text = (typed or {}).get(name) or self._kept(name) or self._own[name]()
        return in_lines(text) if text else None

    def source(self, name: Known) -> Source:
        """Where it is known from."""
        if self._secrets is not None and self._kept(name):
            return Source.KEYRING if self._secrets.kept else Source.MEMORY
        return Source.CONNECTION if self._own[name]() else Source.NOWHERE

    def keep(self, typed: Mapping[Known, str]) -> None:
        """Keep what was typed."""
        for name, text in typed.items():
            if self._secrets is not None and text and text != self._kept(name):
                self._secrets.set(self._profile_id, name, text)

    def forget(self, name: Known) -> None:
        """Keep it no longer."""
        if self._secrets is not None:
            self._secrets.forget(self._profile_id, name)

    def _kept(self, name: Known) -> str | None:
        return self._secrets.get(self._profile_id, name) if self._secrets is not None else None


_PEM = re.compile(r"(-----BEGIN [A-Z ]+-----)(.+)(-----END [A-Z ]+-----)", re.DOTALL)


def in_lines(text: str) -> str:
    """A PEM key in lines again, which a field of one line has put into one."""
    text = text.strip()
    if (found := _PEM.fullmatch(text)) is None:
        return text
    body = "".join(found[2].split())
    lines = [body[at : at + 64] for at in range(0, len(body), 64)]
    return "\n".join([found[1], *lines, found[3], ""])
