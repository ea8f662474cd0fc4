"""Names of hosts looked up within a time: a resolver that hangs must not hold up a run."""

from __future__ import annotations

import ipaddress
import queue
import socket
import threading
from collections.abc import Callable

TRIED_EACH_S = 0.2
"""How often whoever waits looks whether to go on."""


def addresses_of(host: str, port: int, left_s: Callable[[], float]) -> tuple[str, ...]:
    """The addresses of a host, as the system orders them; an address is its own.

    ``left_s`` is asked again and again how long it may still take, and may raise. Raises
    ``OSError`` where there are none, ``TimeoutError`` where no answer comes in time.
    """
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return _looked_up(host, port, left_s)
    return (host,)


def _looked_up(host: str, port: int, left_s: Callable[[], float]) -> tuple[str, ...]:
    answers: queue.SimpleQueue[tuple[str, ...] | OSError] = queue.SimpleQueue()

    def look() -> None:
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as error:
            answers.put(error)
        except UnicodeError:
            answers.put(socket.gaierror(socket.EAI_NONAME, "Name or service not known"))
        else:
            answers.put(tuple(dict.fromkeys(str(one[4][0]) for one in found)))

    # A look-up cannot be stopped, and an executor's thread would hold up the program's end.
    threading.Thread(target=look, name="names", daemon=True).start()  # noqa: TID251
    while (left := left_s()) > 0:
        try:
            answer = answers.get(timeout=min(left, TRIED_EACH_S))
        except queue.Empty:
            continue
        if isinstance(answer, OSError):
            raise answer
        return answer
    raise TimeoutError("timed out")
