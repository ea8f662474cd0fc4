"""Why a connection did not come about: what it counts as, in a sentence, and what to do."""

from __future__ import annotations

import errno
import socket
import ssl

from desktop_app.api.failures import NO_ROUTE_CODES, REFUSED_CODES
from desktop_app.api.tls import DEFECT_ADVICE, DEFECT_TEXTS, HANDSHAKE_DEFECTS, Defect, defect_of
from desktop_app.core.language import N_
from desktop_app.core.load.counts import Failure
from desktop_app.core.load.obstacles import Obstacle, Words
from desktop_app.core.validation.findings import say

_OURS = frozenset(
    (
        *(errno.EADDRNOTAVAIL, errno.EADDRINUSE),  # no port is left; Windows says the latter
        *(errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM),
    )
)
"""What the system says where this computer, not the target, has no more to give."""

_LOOK = N_("Check the port, whether the server runs, and the firewall on the way.")
_NO_NAME: Words = (
    N_("No computer named “{host}” is known."),
    N_("Check the spelling, and whether a VPN is needed."),
)
_NO_ANSWER: Words = (N_("{address} did not answer within {seconds} s."), _LOOK)
_NO_HANDSHAKE: Words = (
    N_("{address} did not answer the TLS handshake within {seconds} s."),
    DEFECT_ADVICE[Defect.NO_TLS],
)
_NOBODY: Words = (N_("Nothing listens at {address}."), _LOOK)
_NO_WAY: Words = (
    N_("There is no way to the network of {address}."),
    N_("Check this computer's network, and whether a VPN is needed."),
)
_CLOSED: Words = (
    N_("{address} closed the connection before anything was sent."),
    N_("Check the port, and whether the address should begin with http: or https:."),
)
_NOTHING_LEFT: Words = (
    N_("This computer had no port, memory or file handle left to connect."),
    N_("Have fewer users, or allow this account more open files."),
)
_OTHER: Words = (N_("{address} cannot be reached: {reason}."), _LOOK)
_ELSEWHERE: Words = (
    N_("The name {host} leads to {address}, another computer."),
    N_("Write 127.0.0.1, or correct this computer's hosts file."),
)


def not_connected(
    error: OSError, *, host: str, port: int, seconds: float
) -> tuple[Failure, Obstacle]:
    """What a connection that did not come about counts as, and why there was none."""
    if isinstance(error, ssl.SSLError):
        return Failure.TLS, _not_secured(error, host)
    kind, (said, advice) = _known(error)
    filled = say(
        said,
        host=host,
        address=f"[{host}]:{port}" if ":" in host else f"{host}:{port}",
        seconds=f"{seconds:g}",
        reason=error.strerror or str(error),
    )
    return kind, Obstacle(said=filled, advice=say(advice))


def led_elsewhere(host: str, address: str) -> Obstacle:
    """A name of this computer is known as another one's: nothing is sent there."""
    said, advice = _ELSEWHERE
    return Obstacle(said=say(said, host=host, address=address), advice=say(advice))


def _known(error: OSError) -> tuple[Failure, Words]:
    if isinstance(error, socket.gaierror):
        return Failure.DNS, _NO_NAME
    if isinstance(error, TimeoutError):
        connected = "handshake" in str(error)  # the words of the ssl module
        return Failure.CONNECT_TIMEOUT, _NO_HANDSHAKE if connected else _NO_ANSWER
    if error.errno in _OURS:
        return Failure.GENERATOR, _NOTHING_LEFT
    if isinstance(error, ConnectionResetError | ConnectionAbortedError | BrokenPipeError):
        return Failure.RESET, _CLOSED
    if error.errno in NO_ROUTE_CODES:
        return Failure.REFUSED, _NO_WAY
    return Failure.REFUSED, _NOBODY if error.errno in REFUSED_CODES else _OTHER


def _not_secured(error: ssl.SSLError, host: str) -> Obstacle:
    defect = defect_of(error)
    handshake = defect in HANDSHAKE_DEFECTS
    return Obstacle(
        said=say(
            N_("The TLS handshake with {host} failed: {reason}.")
            if handshake
            else N_("The certificate of {host} cannot be trusted: {reason}."),
            host=host,
            reason=say(DEFECT_TEXTS[defect]),
        ),
        advice=say(DEFECT_ADVICE[defect]),
    )
