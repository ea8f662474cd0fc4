"""Bytes sent as they are: requests that no HTTP library would write, and TLS handshakes.

Bounded like everything else that is sent: in time, in what is read, in how many.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import ssl
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import h11

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import say
from desktop_app.engines.validation.client import Answer, Client, NoAnswer, Request
from desktop_app.engines.validation.context import Blocked
from desktop_app.engines.validation.names import addresses_of

_SLICE_S = 0.2
_MOST_ANSWERS = 4
_LONGEST_HEAD = 256 * 1024


def address_of(client: Client) -> tuple[str, int]:
    """Host and port of the client's target."""
    parts = urlsplit(client.target.url)
    return parts.hostname or "", parts.port or (443 if client.target.secure else 80)


def host_header(client: Client, port: int | None = None) -> str:
    """How the target is called in a Host header."""
    host, own = address_of(client)
    return f"{f'[{host}]' if ':' in host else host}:{port or own}"


def is_loopback(host: str) -> bool:
    """Whether this is the computer itself, where nobody else listens to the wire."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class TooLate(NoAnswer):
    """The time for the answer was over: the server neither answered nor closed the connection."""


@contextlib.contextmanager
def connection(
    client: Client, *, port: int | None = None, source: str = "", timeout_s: float | None = None
) -> Iterator[socket.socket]:
    """A plain connection to the target; counts as a request; raises ``OSError``.

    ``source`` is the address of this computer to come from. Raises ``Blocked`` where the target
    is reached by a proxy, which passes on no bytes as they are.
    """
    if client.target.proxy:
        raise Blocked(say(N_("Through a proxy bytes cannot be sent as they are.")))
    client.admit()
    host, own_port = address_of(client)
    ends = time.monotonic() + (timeout_s or client.limits.connect_s)

    def left_s() -> float:
        client.check()
        return ends - time.monotonic()

    failure: OSError = TimeoutError("timed out")
    for address in addresses_of(host, port or own_port, left_s):
        try:
            plain = socket.create_connection(
                (address, port or own_port),
                max(0.05, ends - time.monotonic()),
                (source, 0) if source else None,
            )
        except OSError as error:
            failure = error
            continue
        with plain:
            yield plain
        return
    raise failure


def send_raw(
    client: Client,
    payload: bytes,
    *,
    by: str = "nobody",
    answer_s: float = 3.0,
    quiet_s: float | None = None,
    source: str = "",
    plain_port: int | None = None,
) -> list[Answer]:
    """Send bytes on a connection of their own; the answers that came, at least one.

    ``plain_port`` is spoken to without TLS in place of the target's own port.

    Reading ends when the server closes, after one answer, or, with ``quiet_s``, when nothing more
    came for as long. Raises ``NoAnswer`` where no whole answer came: a server may close the
    connection instead of answering what is no HTTP; ``TooLate`` where it did neither in time.
    """
    line = payload.split(b"\r\n", 1)[0].decode("latin-1")
    method, _, rest = line.partition(" ")
    head, _, body = payload.partition(b"\r\n\r\n")
    request = Request(
        method=method,
        path=rest.partition(" ")[0],
        headers=tuple(_shown_headers(head)),
        content=body,
        by=by,
    )
    base = f"http://{host_header(client, plain_port)}" if plain_port else client.target.url
    answer = Answer(request=request, url=base + request.path, at=time.time())
    began = time.perf_counter()
    received, ended = b"", True
    try:
        with contextlib.ExitStack() as stack:
            stream = stack.enter_context(connection(client, port=plain_port, source=source))
            if client.target.secure and not plain_port:
                stream = stack.enter_context(_secured(client, stream))
            stream.sendall(payload)
            received, ended = _received(client, stream, answer_s, quiet_s)
    except OSError as error:
        answer.failure = str(error) or type(error).__name__
    answer.total_ms = (time.perf_counter() - began) * 1000
    answers = _answers(received, answer, client.limits.body_bytes)
    if not answers and not ended:
        answer.failure = f"no answer in {min(answer_s, client.limits.answer_s):g} s"
        raise TooLate(answer.failure, answer)
    if not answers:
        answer.failure = answer.failure or "the connection was closed without an answer"
        raise NoAnswer(answer.failure, answer)
    return answers


def _secured(client: Client, plain: socket.socket) -> ssl.SSLSocket:
    context = client.target.tls or ssl.create_default_context()
    return context.wrap_socket(plain, server_hostname=address_of(client)[0])


def _received(
    client: Client, stream: socket.socket, answer_s: float, quiet_s: float | None
) -> tuple[bytes, bool]:
    """What comes within the bounds, and whether the server ended it before its time was over."""
    received = bytearray()
    most = client.limits.body_bytes + _LONGEST_HEAD
    ends = time.monotonic() + min(answer_s, client.limits.answer_s)
    stream.settimeout(_SLICE_S)
    while (left := ends - time.monotonic()) > 0 and len(received) < most:
        client.check()
        stream.settimeout(min(left, _SLICE_S))
        try:
            part = stream.recv(65536)
        except (TimeoutError, ssl.SSLWantReadError):
            continue
        except OSError:
            return bytes(received), True
        if not part:
            return bytes(received), True
        received += part
        if _is_whole(bytes(received)):
            if quiet_s is None:
                break
            ends = min(ends, time.monotonic() + quiet_s)
    return bytes(received), False


def _is_whole(received: bytes) -> bool:
    return bool(list(_parsed(received, closed=False)))


def _answers(received: bytes, first: Answer, most: int) -> list[Answer]:
    answers: list[Answer] = []
    for status, reason, headers, body in _parsed(received, closed=True):
        answer = (
            first
            if not answers
            else Answer(request=first.request, url=first.url, at=first.at, total_ms=first.total_ms)
        )
        answer.status, answer.reason, answer.http_version = status, reason, "HTTP/1.1"
        answer.headers, answer.body, answer.whole = headers, body[:most], len(body) <= most
        answer.failure = ""
        answers.append(answer)
    return answers


_Parsed = tuple[int, str, tuple[tuple[str, str], ...], bytes]


def _parsed(received: bytes, *, closed: bool) -> Iterator[_Parsed]:
    """The whole answers in what came; garbage behind them is not one."""
    connection = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
    with contextlib.suppress(h11.ProtocolError):
        connection.receive_data(received)
        if closed:
            connection.receive_data(b"")
        for _ in range(_MOST_ANSWERS):
            connection.send(h11.Request(method="GET", target="/", headers=[("Host", "x")]))
            connection.send(h11.EndOfMessage())
            found = _one(connection)
            if found is None:
                return
            yield found
            connection.start_next_cycle()


def _one(connection: h11.Connection) -> _Parsed | None:
    head: h11.Response | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if isinstance(event, h11.Response):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = tuple(
                (name.decode("latin-1"), value.decode("latin-1"))
                for name, value in head.headers.raw_items()
            )
            return head.status_code, head.reason.decode("latin-1"), headers, bytes(body)
        elif not isinstance(event, h11.InformationalResponse):
            return None


def _shown_headers(head: bytes) -> Iterator[tuple[str, str]]:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.decode("latin-1").partition(":")
        yield name, value.strip(" ")
