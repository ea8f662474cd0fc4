"""The target found once, before the run: its name looked up, the address that answers chosen."""

from __future__ import annotations

import contextlib
import socket
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktop_app.core.language import N_
from desktop_app.core.load.plan import LoadPlan
from desktop_app.core.validation.findings import Said, say

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Where to connect."""

    address: str
    port: int


def reach(plan: LoadPlan) -> Reached | Said:
    """The first of the target's addresses that takes a connection; else why there is none."""
    parts = urlsplit(plan.target.url)
    port = parts.port or _PORTS[parts.scheme]
    host = plan.target.address or parts.hostname or ""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return say(
            N_("The name {host} is not known: {reason}."), host=host, reason=error.strerror or ""
        )
    reason = ""
    for address in dict.fromkeys(str(entry[4][0]) for entry in found):
        try:
            with contextlib.closing(
                socket.create_connection((address, port), plan.timeouts.connect_s)
            ):
                return Reached(address=address, port=port)
        except OSError as error:
            reason = error.strerror or str(error)
    return say(
        N_("{host}:{port} does not take connections: {reason}."),
        host=host,
        port=port,
        reason=reason,
    )
