"""Requests for checks: exactly what is asked is sent; what comes back is bounded in every way.

Redirects are not followed, nothing is retried, nothing is decompressed. A server that sends
without end, or a byte a second, ends at the limits with what came so far.
"""

from __future__ import annotations

import contextlib
import ipaddress
import json
import secrets
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn
from urllib.parse import unquote, urlencode, urlsplit

import httpcore

from desktop_app.core.tasks import TaskContext
from desktop_app.engines.validation.deadlines import Clock, LimitReached, keeping_to
from desktop_app.engines.validation.target import Limits, Target

USER_AGENT = "evalconsole-validate/1"


class NoAnswer(Exception):
    """No whole answer came: why, in ``reason``; ``answer`` is what came of it."""

    def __init__(self, reason: str, answer: Answer) -> None:
        super().__init__(reason)
        self.reason = reason
        self.answer = answer


class Spent(Exception):
    """The run's limit of requests or seconds is reached."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is sent. ``path`` begins with "/" and is sent as it is; ``content`` is the body."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    content: bytes = b""
    by: str = "nobody"


@dataclass(slots=True, kw_only=True)
class Answer:
    """What came back, not redacted: it never leaves the engine but as an ``Exchange``.

    ``status`` is 0 where no answer came, and ``failure`` says why. ``whole`` is false where the
    body was cut at the limit. ``tls`` is version and cipher ("TLSv1.3 TLS_AES_256_GCM_SHA384").
    """

    request: Request
    url: str
    status: int = 0
    reason: str = ""
    http_version: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    whole: bool = True
    failure: str = ""
    tls: str = ""
    handshake_failed: bool = False
    """No TLS came about: the certificate is not trusted, or no version is common to both sides."""
    connect_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float = 0.0
    at: float = 0.0
    _json: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The body as text; what is no UTF-8 is replaced."""
        return self.body.decode("utf-8", errors="replace")

    @property
    def json(self) -> Any:
        """The body as JSON; None where it is none (``null`` too)."""
        if not self._json:
            try:
                self._json.append(json.loads(self.body, parse_constant=_no_number))
            except (ValueError, RecursionError):
                self._json.append(None)
        return self._json[0]

    def header(self, name: str) -> str:
        """The value of a header, several joined with ", "; "" where it did not come."""
        return ", ".join(value for key, value in self.headers if key.lower() == name.lower())

    def all_headers(self, name: str) -> tuple[str, ...]:
        """Each value of a header that may come several times (Set-Cookie)."""
        return tuple(value for key, value in self.headers if key.lower() == name.lower())

    @property
    def content_type(self) -> str:
        """The media type alone, in lower case."""
        return self.header("content-type").partition(";")[0].strip().lower()


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


@dataclass(slots=True)
class Counter:
    """How many requests were sent, and until when the run may last."""

    limits: Limits
    began: float = field(default_factory=time.monotonic)
    requests: int = 0
    exempt: bool = False
    """While cleaning up the limits do not hold: what was made is removed."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self) -> None:
        """Count one more; raises ``Spent``."""
        with self._lock:
            if not self.exempt and (
                self.requests >= self.limits.requests
                or time.monotonic() - self.began >= self.limits.seconds
            ):
                raise Spent()
            self.requests += 1


class Client:
    """Sends requests to one target; usable from several threads at once."""

    def __init__(self, target: Target, limits: Limits, context: TaskContext) -> None:
        self.target = target
        self.limits = limits
        self._context = [context]
        self.counter = Counter(limits)
        self._clock = Clock(self._context)
        self._host = urlsplit(target.url).netloc.rpartition("@")[2]
        self._below = urlsplit(target.url).path.rstrip("/")
        self._source: str | None = None
        self._open()
        self.waiting: Callable[[float], object] = _nobody
        """Told each second how long a wait still takes, and 0 when it is over: on any thread."""
        self.limited: Answer | None = None
        """The last answer 429, if there was one."""

    def ignore_cancel(self) -> None:
        """Go on although the run was asked to stop: what it made is removed."""
        self._context[0] = TaskContext()

    def check(self) -> None:
        """Raise ``Cancelled`` if the run is to stop."""
        self._context[0].check()

    def wait(self, seconds: float) -> None:
        """Wait; raises ``Cancelled`` as soon as the run is to stop."""
        ends = time.monotonic() + seconds
        try:
            while (left := ends - time.monotonic()) > 0:
                self.waiting(left)
                self._context[0].wait(min(left, 1.0))
        finally:
            self.waiting(0.0)

    def pause(self, seconds: float) -> None:
        """Wait a moment, which nobody is told of; raises ``Cancelled``."""
        self._context[0].wait(seconds)

    def move(self) -> bool:
        """Send from another address of this computer from now on; False where it has none.

        It has some for a target on itself: all of 127.0.0.0/8 is this computer (RFC 1122
        §3.2.1.3), though not every system lets it be used.
        """
        if not _has_others(self._hostname.decode()) or self.target.proxy:
            return False
        source = f"127.{secrets.randbelow(254) + 1}.{secrets.randbelow(256)}.77"
        if not _is_ours(source):
            return False
        self.close()
        self._source = source
        self._open()
        return True

    @contextlib.contextmanager
    def at_home(self) -> Iterator[None]:
        """Send from the address that it began with, for what is to be seen of that one."""
        moved, self._source = self._source, None
        if moved:
            self.close()
            self._open()
        try:
            yield
        finally:
            self._source = moved
            if moved:
                self.close()
                self._open()

    def admit(self) -> None:
        """Count what is sent past ``send``; raises ``Spent``, ``Cancelled``."""
        self.check()
        self.counter.count()

    def close(self) -> None:
        """Close all connections."""
        self._pool.close()
        self._single.close()

    def send(
        self, request: Request, *, answer_s: float | None = None, fresh: bool = False
    ) -> Answer:
        """Send one request; raises ``NoAnswer``, ``Spent``, ``Cancelled``.

        ``fresh`` opens a connection of its own for it and closes it.
        """
        self.admit()
        answer = Answer(request=request, url=self.target.url + request.path, at=time.time())
        pool = self._single if fresh else self._pool
        began = time.perf_counter()
        self._clock.start(answer_s or self.limits.answer_s)
        try:
            self._exchange(pool, request, answer, began)
        except LimitReached as limit:
            answer.failure = str(limit)
        except (httpcore.ConnectError, ssl.SSLError, OSError) as error:
            answer.failure = f"no connection: {error}" if not answer.status else f"{error}"
            answer.handshake_failed = not answer.status and _is_of_tls(error)
        except httpcore.TimeoutException:
            answer.failure = "timed out"
        except (httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError) as error:
            answer.failure = str(error) or type(error).__name__
        except (ValueError, RuntimeError) as error:
            # h11 refuses to send some things; anything else that a server made our side say.
            answer.failure = f"{type(error).__name__}: {error}"
        finally:
            answer.total_ms = (time.perf_counter() - began) * 1000
            answer.connect_ms = self._clock.connect_ms
        if answer.status == 429:
            self.limited = answer
        self._context[0].check()
        if answer.failure:
            raise NoAnswer(answer.failure, answer)
        return answer

    def _exchange(
        self, pool: httpcore.ConnectionPool, request: Request, answer: Answer, began: float
    ) -> None:
        headers = [
            ("Host", self._host),
            ("User-Agent", USER_AGENT),
            ("Accept-Encoding", "identity"),
        ]
        given = {name.lower() for name, _ in request.headers}
        sent = [(k, v) for k, v in headers if k.lower() not in given] + list(request.headers)
        if (
            "content-length" not in given
            and "transfer-encoding" not in given
            and (request.content or request.method in ("POST", "PUT", "PATCH"))
        ):
            sent.append(("Content-Length", str(len(request.content))))
        with pool.stream(
            request.method.encode("latin-1"),
            httpcore.URL(
                scheme=self._scheme,
                host=self._hostname,
                port=self._port,
                target=(self._below + request.path).encode("utf-8"),
            ),
            headers=[(k.encode("latin-1"), v.encode("utf-8")) for k, v in sent],
            content=request.content or None,
            extensions={"timeout": {"connect": self.limits.connect_s, "pool": 30.0}},
        ) as response:
            answer.first_byte_ms = (time.perf_counter() - began) * 1000
            answer.status = response.status
            answer.reason = response.extensions.get("reason_phrase", b"").decode("latin-1")
            answer.http_version = response.extensions.get("http_version", b"").decode("latin-1")
            answer.headers = tuple(
                (k.decode("latin-1"), v.decode("latin-1")) for k, v in response.headers
            )
            answer.tls = _secured_by(response)
            body = bytearray()
            try:
                for part in response.iter_stream():
                    body += part
                    if len(body) > self.limits.body_bytes:
                        answer.whole = False
                        break
            finally:
                answer.body = bytes(body[: self.limits.body_bytes])

    def _open(self) -> None:
        self._pool = self._new_pool(keepalive=True)
        self._single = self._new_pool(keepalive=False)

    @property
    def _scheme(self) -> bytes:
        return b"https" if self.target.secure else b"http"

    @property
    def _hostname(self) -> bytes:
        return (urlsplit(self.target.url).hostname or "").encode("idna")

    @property
    def _port(self) -> int:
        return urlsplit(self.target.url).port or (443 if self.target.secure else 80)

    def _new_pool(self, *, keepalive: bool) -> httpcore.ConnectionPool:
        proxy = _proxy(self.target.proxy) if self.target.proxy else None
        return httpcore.ConnectionPool(
            ssl_context=self.target.tls,
            proxy=proxy,
            max_connections=64,
            max_keepalive_connections=32 if keepalive else 0,
            keepalive_expiry=4.0 if keepalive else 0.0,
            http1=True,
            local_address=self._source,
            network_backend=keeping_to(self._clock),
        )


def _nobody(_left_s: float) -> None:
    """Nobody waits for it."""


def _has_others(host: str) -> bool:
    """Whether a host is this computer by a number: its other numbers are as near."""
    try:
        return ipaddress.IPv4Address(host).is_loopback
    except ValueError:
        return False


def _is_ours(address: str) -> bool:
    """Whether this computer can send from an address."""
    with socket.socket() as tried:
        try:
            tried.bind((address, 0))
        except OSError:
            return False
    return True


def _is_of_tls(error: BaseException | None) -> bool:
    """Whether an error, or what it came of, is one of TLS."""
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False


def _proxy(address: str) -> httpcore.Proxy:
    """A proxy by its address, which may hold a name and a password."""
    parts = urlsplit(address)
    bare = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()
    if parts.username is None:
        return httpcore.Proxy(bare)
    return httpcore.Proxy(bare, auth=(unquote(parts.username), unquote(parts.password or "")))


def _secured_by(response: httpcore.Response) -> str:
    """Version and cipher of the connection; "" without TLS."""
    stream = response.extensions.get("network_stream")
    secured = stream.get_extra_info("ssl_object") if stream is not None else None
    if secured is None:
        return ""
    cipher = secured.cipher() or ("",)
    return f"{secured.version()} {cipher[0]}".strip()


def query_string(query: Mapping[str, Any]) -> str:
    """``?a=1&b=true``; "" for nothing."""
    if not query:
        return ""
    return "?" + urlencode(
        {k: str(v).lower() if isinstance(v, bool) else v for k, v in query.items()}
    )
