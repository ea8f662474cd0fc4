"""The target found once, before the run: its name looked up, the address that answers chosen."""

from __future__ import annotations

import contextlib
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktop_app.core.load.obstacles import Obstacle
from desktop_app.core.load.permission import is_loopback
from desktop_app.core.load.plan import LoadPlan
from desktop_app.engines.loadtest.connecting import led_elsewhere, not_connected
from desktop_app.engines.loadtest.trust import context_of

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """Where to connect. ``tls``: the version spoken, "" for none."""

    address: str
    port: int
    tls: str = ""


def reach(plan: LoadPlan) -> Reached | Obstacle:
    """The first of the target's addresses that takes a connection; else why there is none.

    A name of this computer reaches no other, whatever it is looked up as.
    """
    parts = urlsplit(plan.target.url)
    host = parts.hostname or ""
    port = parts.port or _PORTS[parts.scheme]

    def obstacle(error: OSError) -> Obstacle:
        seconds = plan.timeouts.connect_s
        return not_connected(error, host=host, port=port, seconds=seconds)[1]

    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return obstacle(error)
    except UnicodeError:  # a name that no computer can have
        return obstacle(socket.gaierror(socket.EAI_NONAME, ""))
    met = obstacle(socket.gaierror(socket.EAI_NONAME, ""))
    for address in dict.fromkeys(str(entry[4][0]) for entry in found):
        if is_loopback(host) and not is_loopback(address):
            met = led_elsewhere(host, address)
            continue
        try:
            return Reached(address=address, port=port, tls=_connected(plan, address, port, host))
        except OSError as error:  # of TLS, too
            met = obstacle(error)
    return met


def _connected(plan: LoadPlan, address: str, port: int, host: str) -> str:
    """Connect once; the version of TLS spoken. Raises ``OSError``, ``ssl.SSLError`` among them."""
    context = context_of(plan.target)
    with contextlib.ExitStack() as stack:
        plain = socket.create_connection((address, port), plan.timeouts.connect_s)
        stack.callback(plain.close)
        if context is None:
            return ""
        secured = context.wrap_socket(plain, server_hostname=host)
        stack.callback(secured.close)
        return _version(secured)


def _version(secured: ssl.SSLSocket) -> str:
    return secured.version() or ""
