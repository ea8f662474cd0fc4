"""Secrets that people sign tokens with who did not choose one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from desktop_app.config.resources import resource

_ENDINGS = ("", "secret", "-secret", "_secret", "key", "-key", "_key", "secretkey", "123")


def known_secrets(names: Sequence[str] = ()) -> Iterator[str]:
    """The usual ones; common passwords; and what is made of ``names`` (an issuer, an audience)."""
    for file in ("jwt_secrets.txt", "common_passwords.txt"):
        yield from resource(file).read_text(encoding="utf-8").splitlines()
    for name in names[:20]:
        if 0 < len(name) <= 64:
            for ending in _ENDINGS:
                yield f"{name}{ending}"
