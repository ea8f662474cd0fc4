"""Free ports of this computer, seen from itself only."""

from __future__ import annotations

import socket
import sys

HOST = "127.0.0.1"
"""The one address that local servers listen on."""


def free_port(preferred: int | None = None) -> int:
    """``preferred`` if nothing listens there, else a port that the system says is free."""
    if preferred is not None and is_free(preferred):
        return preferred
    with _socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
        return port


def is_free(port: int) -> bool:
    """Whether a server could listen on ``port`` now."""
    with _socket() as probe:
        try:
            probe.bind((HOST, port))
        except (OSError, OverflowError):
            return False
        return True


def _socket() -> socket.socket:
    probe = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if sys.platform == "win32":
        # There SO_REUSEADDR would let two servers share one port.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
    else:
        # A port whose old connections still linger can be listened on: servers do the same.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    return probe
