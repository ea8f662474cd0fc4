"""The simplest client that can be right: blocking sockets, one request after another, in time.

``python load_reference.py PORT CONNECTIONS RATE SECONDS`` prints the send-based times (ms) as JSON.
"""

from __future__ import annotations

import json
import socket
import sys
import time

REQUEST = b"GET /list HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def main(port: int, connections: int, rate: float, seconds: float) -> None:
    """Send at an even pace over all connections in turn."""
    sockets = [socket.create_connection(("127.0.0.1", port)) for _ in range(connections)]
    for each in sockets:
        each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    times = []
    began = time.perf_counter()
    for number in range(int(rate * seconds)):
        wait = began + number / rate - time.perf_counter()
        if wait > 0:
            time.sleep(wait)  # noqa: TID251
        used = sockets[number % connections]
        sent = time.perf_counter()
        used.sendall(REQUEST)
        used.recv(65536)
        times.append((time.perf_counter() - sent) * 1000)
    for each in sockets:
        each.close()
    print(json.dumps(times))  # noqa: T201


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), float(sys.argv[4]))
