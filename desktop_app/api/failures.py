"""Why no answer came, in words: httpx's exceptions as the core's errors."""

from __future__ import annotations

import errno
import socket
import ssl
from collections.abc import Iterator
from typing import TYPE_CHECKING

from desktop_app.api import tls
from desktop_app.core.errors import TlsFailed, Unreachable
from desktop_app.core.language import N_, _

if TYPE_CHECKING:
    import httpx

_WINDOWS_REFUSED, _WINDOWS_NO_ROUTE, _WINDOWS_NO_NETWORK = 10061, 10065, 10051
REFUSED_CODES = frozenset({errno.ECONNREFUSED, _WINDOWS_REFUSED})
NO_ROUTE_CODES = frozenset(
    {errno.EHOSTUNREACH, errno.ENETUNREACH, _WINDOWS_NO_ROUTE, _WINDOWS_NO_NETWORK}
)

NAME_UNKNOWN = N_("no computer of that name is known")
REFUSED = N_("nothing listens there")
NO_ROUTE = N_("there is no way to that network")


def unreachable(error: httpx.HTTPError, address: str) -> Unreachable:
    """The error to raise for ``error``; a certificate's defect is told apart."""
    for cause in causes(error):
        if isinstance(cause, ssl.SSLError):
            return TlsFailed(address=address, reason=_(tls.DEFECT_TEXTS[tls.defect_of(cause)]))
    return Unreachable(address=address, reason=_reason(error))


def causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it, the outermost first."""
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__


def os_reason(error: OSError) -> str:
    """Why the operating system gave no connection, in words."""
    if isinstance(error, socket.gaierror):
        return _(NAME_UNKNOWN)
    if error.errno in REFUSED_CODES:
        return _(REFUSED)
    if error.errno in NO_ROUTE_CODES:
        return _(NO_ROUTE)
    return error.strerror or str(error)


def _reason(error: httpx.HTTPError) -> str:
    import httpx

    if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
        return _("no connection came about in time")
    if isinstance(error, httpx.TimeoutException):
        return _("no answer came in time")
    if isinstance(error, httpx.ProxyError):
        return _("the proxy refused: {reason}").format(reason=error)
    if isinstance(error, httpx.ConnectError):
        for cause in causes(error):
            if isinstance(cause, OSError):
                return os_reason(cause)
    if isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError):
        return _("the connection was cut")
    return str(error) or type(error).__name__


def may_have_arrived(error: httpx.HTTPError) -> bool:
    """Whether the server may have acted on the request although no answer came."""
    import httpx

    return not isinstance(
        error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout | httpx.ProxyError
    )


def is_cut(error: httpx.HTTPError) -> bool:
    """Whether the connection failed in a way that is often gone a moment later."""
    import httpx

    if isinstance(error, httpx.ConnectError):
        return not any(isinstance(c, ssl.SSLError | socket.gaierror) for c in causes(error))
    return isinstance(error, httpx.NetworkError | httpx.RemoteProtocolError)
