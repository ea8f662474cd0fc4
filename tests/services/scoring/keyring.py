"""A keyring in memory, as the operating system's would be."""

from __future__ import annotations


class Keyring:
    """``broken``: it refuses, as one that is locked does."""

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}
        self.broken = False

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept."""
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it."""
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Keep it no more."""
        self._check()
        del self.kept[service, username]

    def _check(self) -> None:
        if self.broken:
            raise OSError("locked")
