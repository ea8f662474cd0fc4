"""Requests to one server: one keep-alive client, timeouts everywhere, errors of the core."""

from __future__ import annotations

import ipaddress
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol, TypeVar
from urllib.parse import urlsplit

import msgspec

from desktop_app import __version__
from desktop_app.api import failures, tls
from desktop_app.api.answer import Answer
from desktop_app.api.guard import WriteGuard
from desktop_app.api.problem_details import error_of
from desktop_app.api.streamed import StreamedAnswer
from desktop_app.config.profiles import Profile
from desktop_app.core.errors import LocalFailure, ServerFault, SessionExpired, Unreachable
from desktop_app.core.language import N_, _

if TYPE_CHECKING:
    import httpx

_READ_TIMEOUT_S = 30.0
_WHOLE_ANSWER_S = 120.0
_LARGEST_ANSWER = 64 * 1024 * 1024
_PAUSES_S = (0.1, 0.5)
"""Before the second and the third try of a request whose connection was cut."""
_KEEP_IDLE_S = 4.0
"""Less than the 5 s after which uvicorn closes: no request meets a connection just closed."""
_CONNECTIONS = 16
_PIECE = 128 * 1024
"""What is handed on at once of a large body: every layer below makes a copy of it."""


class _Answered(Protocol):
    @property
    def status(self) -> int:
        """What the server says became of the request."""


A = TypeVar("A", bound=_Answered)


class Credentials(Protocol):
    """Who is asking."""

    def access_token(self) -> str | None:
        """The token to send; None when there is none at the moment."""

    def renew(self, rejected_token: str | None) -> None:
        """Get a token other than the one refused; raises ``SessionExpired`` when it cannot."""


class FixedToken:
    """Credentials that cannot be renewed."""

    def __init__(self, token: str) -> None:
        self._token = token

    def access_token(self) -> str | None:
        """The token."""
        return self._token

    def renew(self, rejected_token: str | None) -> None:  # noqa: ARG002
        """Raises ``SessionExpired``."""
        raise SessionExpired()


class Transport:
    """Sends requests for the resources; callable from several threads at once.

    Every request passes the guard but sign-in, reads, what a call declares to change nothing, and
    the entering of one's own scores. An answer of 401 has the token renewed and the request sent
    once more.
    """

    def __init__(
        self,
        base_url: str,
        profile: Profile,
        *,
        guard: WriteGuard,
        credentials: Credentials | None = None,
        read_timeout_s: float = _READ_TIMEOUT_S,
        largest_answer: int = _LARGEST_ANSWER,
    ) -> None:
        self.base_url = base_url.rstrip("/")
        self.credentials = credentials
        self._guard = guard
        self._largest = largest_answer
        self._closed = threading.Event()
        self._client = open_client(self.base_url, profile, read_timeout_s)

    def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        body: object = None,
        content: bytes | memoryview | None = None,
        headers: Mapping[str, str] | None = None,
        public: bool = False,
        repeatable: bool = False,
        changes_nothing: bool = False,
        own_work: bool = False,
    ) -> Answer:
        """The answer of a request that succeeded; raises an error of the core otherwise.

        ``body`` is sent as JSON; ``content`` as it is, its type in ``headers``. ``public`` requests
        carry no token. ``repeatable``: sending it twice does what sending it once does, so a cut
        connection is tried again (reads are). ``changes_nothing``: the contract says so of this
        request, as of reads, whatever its method. ``own_work``: the server takes this request for
        a sheet or a conflict of interest of the caller's own and no other, see ``WriteGuard``.
        """
        reading = changes_nothing or method in ("GET", "HEAD")
        if not (reading or own_work or path.startswith("/api/auth/")):
            self._guard.check()
        request_id = uuid.uuid4().hex
        sent = {"X-Request-ID": request_id, **(headers or {})}
        if body is not None:
            content = msgspec.json.encode(body)
            sent["Content-Type"] = "application/json"
        elif content is not None:
            sent["Content-Length"] = str(len(content))

        def send() -> Answer:
            request = self._request(method, path, params, content, sent)
            once = lambda: self._once(request, request_id)  # noqa: E731 - one line of sending
            return self._send(once, reading or repeatable)

        answer = send() if public else self._signed(send, sent)
        if answer.status >= 300:
            raise error_of(answer)
        return answer

    @contextmanager
    def stream(
        self, path: str, *, headers: Mapping[str, str] | None = None
    ) -> Iterator[StreamedAnswer]:
        """The answer of a read that succeeded, its body to be read piece by piece within the block.

        It is bounded by nothing but who reads it, and each piece by the read timeout.
        """
        request_id = uuid.uuid4().hex
        # What is compressed cannot be gone on with in the middle.
        sent = {"X-Request-ID": request_id, "Accept-Encoding": "identity", **(headers or {})}

        def send() -> Answer | StreamedAnswer:
            request = self._request("GET", path, None, None, sent)
            return self._send(lambda: self._begun(request, request_id), True)

        answer = self._signed(send, sent)
        if isinstance(answer, Answer):
            raise error_of(answer)
        try:
            yield answer
        finally:
            answer.close()

    def close(self) -> None:
        """End all connections; requests from now on raise ``LocalFailure``."""
        self._closed.set()
        self._client.close()

    def _request(
        self,
        method: str,
        path: str,
        params: Mapping[str, str] | None,
        content: bytes | memoryview | None,
        headers: Mapping[str, str],
    ) -> httpx.Request:
        import httpx

        body = _Pieces(content) if isinstance(content, memoryview) else content
        try:
            return self._client.build_request(
                method, self.base_url + path, params=params, content=body, headers=headers
            )
        except httpx.InvalidURL as error:
            raise LocalFailure(
                what=N_("“{address}” is no address that can be asked."),
                advice=N_("Correct it in the connection's settings."),
                address=self.base_url,
            ) from error

    def _signed(self, send: Callable[[], A], headers: dict[str, str]) -> A:
        credentials = self.credentials
        if credentials is None:
            return send()
        token = credentials.access_token()
        if token is None:
            credentials.renew(None)
            token = credentials.access_token()
        headers["Authorization"] = f"Bearer {token}"
        answer = send()
        if answer.status != 401:
            return answer
        # A refused token means that nothing was done: any request may be sent again.
        credentials.renew(token)
        token = credentials.access_token()
        if token is None:
            raise SessionExpired()
        headers["Authorization"] = f"Bearer {token}"
        return send()

    def _send(self, once: Callable[[], A], repeatable: bool) -> A:
        import httpx

        for pause_s in (*_PAUSES_S, None):
            if self._closed.is_set():
                raise LocalFailure(what=N_("The connection to the server has been closed."))
            try:
                return once()
            except httpx.HTTPError as error:
                again = repeatable or not failures.may_have_arrived(error)
                if pause_s is None or not again or not failures.is_cut(error):
                    raise self._unreachable(error, repeatable) from error
                self._closed.wait(pause_s)
        raise AssertionError("the last try returns or raises")

    def _once(self, request: httpx.Request, request_id: str) -> Answer:
        return self._whole(self._client.send(request, stream=True), request_id)

    def _begun(self, request: httpx.Request, request_id: str) -> Answer | StreamedAnswer:
        """An answer to be read on; one that is an error is read here, being short."""
        response = self._client.send(request, stream=True)
        if response.status_code < 300:
            return StreamedAnswer(response, self.base_url)
        return self._whole(response, request_id)

    def _whole(self, response: httpx.Response, request_id: str) -> Answer:
        try:
            body = self._read(response, request_id)
        finally:
            response.close()
        return Answer(
            status=response.status_code,
            headers={key.lower(): value for key, value in response.headers.items()},
            body=body,
            request_id=response.headers.get("x-request-id", request_id),
        )

    def _read(self, response: httpx.Response, request_id: str) -> bytes:
        """The whole body, bounded in size and in time: a read timeout restarts with each byte."""
        end = time.monotonic() + _WHOLE_ANSWER_S
        chunks: list[bytes] = []
        size = 0
        for chunk in response.iter_bytes():
            size += len(chunk)
            if size > self._largest:
                raise ServerFault(
                    what=N_("The server's answer is larger than {megabytes} MB."),
                    megabytes=self._largest // 1_000_000,
                    status=response.status_code,
                    request_id=request_id,
                )
            if time.monotonic() > end:
                raise Unreachable(address=self.base_url, reason=_("the answer did not end in time"))
            chunks.append(chunk)
        return b"".join(chunks)

    def _unreachable(self, error: httpx.HTTPError, repeatable: bool) -> Unreachable:
        failure = failures.unreachable(error, self.base_url)
        if not repeatable and failures.may_have_arrived(error):
            failure.advice = N_(
                "The change may have been made before the connection was cut: reload to see."
            )
        return failure


class _Pieces:
    """A large body, handed on in pieces, and from the beginning whenever it is sent again."""

    def __init__(self, content: memoryview) -> None:
        self._content = content

    def __iter__(self) -> Iterator[bytes]:
        for at in range(0, len(self._content), _PIECE):
            yield bytes(self._content[at : at + _PIECE])


def open_client(base_url: str, profile: Profile, read_timeout_s: float) -> httpx.Client:
    """A client for one server by the profile's TLS and proxy options; never follows redirects.

    Raises ``LocalFailure`` when the CA file or the proxy cannot be used.
    """
    # Imported here: the window opens before the first request, on a worker.
    import httpx

    local = is_loopback(base_url)
    proxy = None if local or profile.proxy in ("system", "none") else profile.proxy
    verify = tls.context_for(profile) if base_url.startswith("https:") else False
    try:
        return httpx.Client(
            timeout=httpx.Timeout(
                read_timeout_s, connect=profile.connect_timeout_s, pool=read_timeout_s
            ),
            limits=httpx.Limits(max_connections=_CONNECTIONS, keepalive_expiry=_KEEP_IDLE_S),
            verify=verify,
            trust_env=profile.proxy == "system" and not local,
            proxy=proxy,
            headers={
                "Accept": "application/json, application/problem+json",
                "User-Agent": f"evalconsole/{__version__}",
            },
        )
    except (ImportError, ValueError, httpx.InvalidURL) as error:
        # The system may name a SOCKS proxy, or something that is no address.
        raise LocalFailure(
            what=N_("The proxy cannot be used: {reason}."),
            advice=N_("Choose an HTTP proxy, or none, in the connection's settings."),
            reason=str(error),
        ) from error


def is_loopback(url: str) -> bool:
    """Whether an address is this computer: no proxy is ever asked for it."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
