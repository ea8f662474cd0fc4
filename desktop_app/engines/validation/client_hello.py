"""A first message of TLS 1.2 written by hand: it offers ciphers that no library offers any more.

The server's first answer is all that is read of it: it agrees to a cipher (ServerHello) or it does
not (an alert, or the end of the connection). RFC 5246 §7.4.1; numbers of the IANA registry.
"""

from __future__ import annotations

import ipaddress
import secrets
import socket
import struct
import time
from collections.abc import Mapping, Sequence

from desktop_app.engines.validation.client import Client
from desktop_app.engines.validation.handshakes import Handshake
from desktop_app.engines.validation.raw import address_of, connection

ORDINARY = (0xC02F, 0xC030, 0xC02B, 0xC02C, 0xCCA8, 0xCCA9, 0xC013, 0xC014, 0x009C, 0x002F)
"""What a server that speaks TLS 1.2 takes one of: the control of the others."""
WEAK: Mapping[str, Mapping[int, str]] = {
    "NULL": {
        0x0001: "TLS_RSA_WITH_NULL_MD5",
        0x0002: "TLS_RSA_WITH_NULL_SHA",
        0x003B: "TLS_RSA_WITH_NULL_SHA256",
        0xC006: "TLS_ECDHE_ECDSA_WITH_NULL_SHA",
        0xC010: "TLS_ECDHE_RSA_WITH_NULL_SHA",
    },
    "anonymous": {
        0x001B: "TLS_DH_anon_WITH_3DES_EDE_CBC_SHA",
        0x0034: "TLS_DH_anon_WITH_AES_128_CBC_SHA",
        0x003A: "TLS_DH_anon_WITH_AES_256_CBC_SHA",
        0x00A6: "TLS_DH_anon_WITH_AES_128_GCM_SHA256",
        0x00A7: "TLS_DH_anon_WITH_AES_256_GCM_SHA384",
        0xC018: "TLS_ECDH_anon_WITH_AES_128_CBC_SHA",
        0xC019: "TLS_ECDH_anon_WITH_AES_256_CBC_SHA",
    },
    "RC4": {
        0x0004: "TLS_RSA_WITH_RC4_128_MD5",
        0x0005: "TLS_RSA_WITH_RC4_128_SHA",
        0xC007: "TLS_ECDHE_ECDSA_WITH_RC4_128_SHA",
        0xC011: "TLS_ECDHE_RSA_WITH_RC4_128_SHA",
    },
    "3DES": {
        0x000A: "TLS_RSA_WITH_3DES_EDE_CBC_SHA",
        0x0016: "TLS_DHE_RSA_WITH_3DES_EDE_CBC_SHA",
        0xC008: "TLS_ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA",
        0xC012: "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA",
    },
    "export": {
        0x0003: "TLS_RSA_EXPORT_WITH_RC4_40_MD5",
        0x0006: "TLS_RSA_EXPORT_WITH_RC2_CBC_40_MD5",
        0x0008: "TLS_RSA_EXPORT_WITH_DES40_CBC_SHA",
        0x0014: "TLS_DHE_RSA_EXPORT_WITH_DES40_CBC_SHA",
    },
}
_TLS_1_2 = b"\x03\x03"
_HANDSHAKE, _ALERT = 0x16, 0x15
_SERVER_HELLO = 2
_ALERTS = {
    40: "HANDSHAKE_FAILURE",
    47: "ILLEGAL_PARAMETER",
    70: "PROTOCOL_VERSION",
    71: "INSUFFICIENT_SECURITY",
    80: "INTERNAL_ERROR",
}
_ENDED = "UNEXPECTED_EOF"
_MOST = 16 * 1024
_SLICE_S = 0.2


def offer(client: Client, ciphers: Sequence[int]) -> Handshake:
    """Offer these ciphers alone; it never raises for what a server does.

    ``cipher`` is the number of the one agreed to, as four hexadecimal digits.
    """
    host = address_of(client)[0]
    try:
        with connection(client) as plain:
            try:
                plain.sendall(hello(host, ciphers))
                return _answered(_first(client, plain), ciphers)
            except OSError as error:
                return Handshake(refused=error.strerror or str(error) or type(error).__name__)
    except OSError as error:
        return Handshake(unreachable=error.strerror or str(error) or type(error).__name__)


def hello(host: str, ciphers: Sequence[int]) -> bytes:
    """The record that offers ``ciphers``, for a server called ``host``."""
    extensions = b"".join(
        (
            _server_name(host),
            _extension(10, _vector(2, struct.pack("!4H", 29, 23, 24, 25))),  # curves
            _extension(11, b"\x01\x00"),  # points as they are
            _extension(13, _vector(2, struct.pack("!8H", *_SIGNATURES))),
            _extension(0xFF01, b"\x00"),  # no renegotiation
        )
    )
    body = b"".join(
        (
            _TLS_1_2,
            secrets.token_bytes(32),
            b"\x00",  # no session to go on with
            _vector(2, struct.pack(f"!{len(ciphers)}H", *ciphers)),
            b"\x01\x00",  # no compression
            _vector(2, extensions),
        )
    )
    message = b"\x01" + len(body).to_bytes(3, "big") + body
    return bytes((_HANDSHAKE, 3, 1)) + _vector(2, message)


_SIGNATURES = (0x0401, 0x0403, 0x0501, 0x0503, 0x0804, 0x0805, 0x0201, 0x0203)


def _server_name(host: str) -> bytes:
    """RFC 6066 §3: names alone, no addresses."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        name = host.encode("idna")
        return _extension(0, _vector(2, b"\x00" + _vector(2, name)))
    return b""


def _extension(number: int, content: bytes) -> bytes:
    return number.to_bytes(2, "big") + _vector(2, content)


def _vector(digits: int, content: bytes) -> bytes:
    return len(content).to_bytes(digits, "big") + content


def _first(client: Client, plain: socket.socket) -> bytes:
    """The first message that comes, as far as it matters, within the bounds; raises ``OSError``."""
    received = bytearray()
    ends = time.monotonic() + client.limits.connect_s
    while len(received) < _MOST and (left := ends - time.monotonic()) > 0:
        client.check()
        plain.settimeout(min(left, _SLICE_S))
        try:
            part = plain.recv(4096)
        except TimeoutError:
            continue
        received += part
        if not part or _is_whole(received):
            return bytes(received)
    raise TimeoutError("timed out")


def _is_whole(received: bytes | bytearray) -> bool:
    return len(received) >= 5 and len(received) >= 5 + int.from_bytes(received[3:5], "big")


def _answered(received: bytes, ciphers: Sequence[int]) -> Handshake:
    content = received[5:]
    if received[:1] == bytes((_ALERT,)) and len(content) >= 2:
        return Handshake(refused=_ALERTS.get(content[1], f"alert {content[1]}"))
    if received[:1] == bytes((_HANDSHAKE,)) and content[:1] == bytes((_SERVER_HELLO,)):
        rest = content[38:]  # after its head, the version and a random number
        chosen = rest[1 + rest[0] :][:2] if rest else b""
        if len(chosen) == 2 and int.from_bytes(chosen, "big") in ciphers:
            return Handshake(agreed=True, cipher=chosen.hex())
    return Handshake(unreachable="WRONG_VERSION_NUMBER") if received else Handshake(refused=_ENDED)
