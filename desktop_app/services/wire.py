"""Sockets for the connection doctor: reach a port, ask a proxy, shake hands."""

from __future__ import annotations

import base64
import ipaddress
import socket
import ssl
import urllib.request
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from desktop_app.api.transport import is_loopback
from desktop_app.config.profiles import Profile

_MOST_HEADER_BYTES = 16_384


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A host and a port."""

    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


class ProxyRefused(Exception):
    """The proxy answered something other than 200. ``status`` is its number, 0 for none."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status = status


def endpoint_of(url: str, default_port: int | None = None) -> Endpoint:
    """Host and port of an address; raises ``ValueError`` when it has no host."""
    parts = urlsplit(url)
    if not parts.hostname:
        raise ValueError(f"no host in {url!r}")
    return Endpoint(
        parts.hostname, parts.port or default_port or (443 if parts.scheme == "https" else 80)
    )


def proxy_of(profile: Profile, url: str) -> str | None:
    """The address of the proxy that requests to ``url`` go through; None for none."""
    if profile.proxy == "none" or is_loopback(url):
        return None
    if profile.proxy != "system":
        return profile.proxy
    parts = urlsplit(url)
    if urllib.request.proxy_bypass(parts.hostname or ""):
        return None
    proxies = urllib.request.getproxies()
    found = proxies.get(parts.scheme) or proxies.get("all")
    return found if not found or "://" in found else f"http://{found}"


def addresses_of(endpoint: Endpoint) -> tuple[str, ...]:
    """The IP addresses of a name, IPv4 first; raises ``socket.gaierror``."""
    found = socket.getaddrinfo(endpoint.host, endpoint.port, type=socket.SOCK_STREAM)
    unique = dict.fromkeys(str(entry[4][0]) for entry in found)
    return tuple(sorted(unique, key=lambda text: ipaddress.ip_address(text.split("%")[0]).version))


def connect(endpoint: Endpoint, timeout_s: float) -> socket.socket:
    """A connection to the port; raises ``OSError``."""
    return socket.create_connection((endpoint.host, endpoint.port), timeout=timeout_s)


def through_proxy(proxy_url: str, target: Endpoint, timeout_s: float) -> socket.socket:
    """A tunnel to ``target`` (RFC 9110 §9.3.6); raises ``OSError``, ``ProxyRefused``."""
    parts = urlsplit(proxy_url)
    tunnel = connect(endpoint_of(proxy_url), timeout_s)
    try:
        request = f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n"
        if parts.username:
            pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
            token = base64.b64encode(pair.encode()).decode("ascii")
            request += f"Proxy-Authorization: Basic {token}\r\n"
        tunnel.sendall(f"{request}\r\n".encode("ascii"))
        answer = b""
        while b"\r\n\r\n" not in answer and len(answer) < _MOST_HEADER_BYTES:
            # One byte at a time: what follows belongs to the tunnel.
            byte = tunnel.recv(1)
            if not byte:
                break
            answer += byte
        line = answer.split(b"\r\n", 1)[0].decode("latin-1")
        words = line.split(" ", 2)
        status = int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
        if status != 200:
            raise ProxyRefused(status, line)
    except BaseException:
        tunnel.close()
        raise
    return tunnel


def handshake(plain: socket.socket, host: str, context: ssl.SSLContext) -> tuple[str, bytes | None]:
    """TLS version and certificate (DER) of the server; closes ``plain``; raises ``OSError``."""
    with context.wrap_socket(plain, server_hostname=host) as secured:
        return secured.version() or "", secured.getpeercert(binary_form=True)


def blind_context() -> ssl.SSLContext:
    """A context that trusts anyone: only for looking at a certificate that was refused."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
