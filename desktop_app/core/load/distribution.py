"""A load run from several computers: how many, where they join, and what lets them in."""

from __future__ import annotations

import platform
import secrets
from dataclasses import dataclass, field

PORT = 5557
"""Where a master listens if nothing else is said: Locust's own port."""
LEAST_CODE = 16
"""Characters that a join code has at least: whoever listens could try them all otherwise."""

_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class Distribution:
    """What the master of a run waits for.

    ``code`` is known to master and workers alone: the plan and the login pool go out sealed with
    it, and a worker obeys only who knows it. ``port`` 0 takes any that is free.
    """

    workers: int
    address: str = "127.0.0.1"
    port: int = PORT
    code: str = field(repr=False)
    patience_s: float = 600.0
    """How long it waits until all workers have joined."""


def new_code() -> str:
    """A join code of 100 bits, to be read out and typed: ``XXXXX-XXXXX-XXXXX-XXXXX``."""
    letters = "".join(secrets.choice(_ALPHABET) for _ in range(20))
    return "-".join(letters[start : start + 5] for start in range(0, 20, 5))


def plain_code(text: str) -> str:
    """A code without what typing adds: spaces, dashes, small letters."""
    return "".join(letter for letter in text.upper() if letter.isalnum())


def bracketed(host: str) -> str:
    """A host as it stands before a port."""
    return f"[{host}]" if ":" in host else host


def joined_at(address: str, port: int) -> str:
    """Where workers find a master that listens there: by its name, if that is everywhere."""
    everywhere = address in ("0.0.0.0", "::")  # noqa: S104 - it is asked, not bound
    return f"{bracketed((everywhere and platform.node()) or address)}:{port}"


def parse_address(text: str) -> tuple[str, int]:
    """``HOST``, ``HOST:PORT`` or ``[IPv6]:PORT``; raises ``ValueError``."""
    host, port = text.strip(), ""
    if host.startswith("["):
        host, closed, rest = host[1:].partition("]")
        if not closed or (rest and not rest.startswith(":")):
            raise ValueError(text)
        port = rest[1:]
    elif host.count(":") == 1:
        host, _, port = host.partition(":")
    number = int(port) if port else PORT
    if not host or not 0 <= number < 65536:
        raise ValueError(text)
    return host, number
