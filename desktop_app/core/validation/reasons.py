"""Why no answer came, in words that people read: what systems and libraries say, translated.

Evidence keeps the words as they came. They are told apart by their numbers where they have some:
their text is in the language of the operating system.
"""

from __future__ import annotations

import re

from desktop_app.core.language import N_, _

_LONGEST = 500

_Rule = tuple[re.Pattern[str], str]


def _numbers(*numbers: int) -> str:
    """What OSError says first, on Linux, macOS and Windows."""
    return rf"\[(?:Errno|WinError) (?:{'|'.join(map(str, numbers))})\]"


def _rule(pattern: str, message: str) -> _Rule:
    return re.compile(pattern, re.IGNORECASE), message


_RULES: tuple[_Rule, ...] = (
    _rule(r"timed out after (?P<s>[\d.]+) s\b", N_("timed out after {s} s")),
    _rule(r"no answer in (?P<s>[\d.]+) s\b", N_("no answer within {s} s")),
    _rule(_numbers(111, 61, 10061) + "|connection refused", N_("the connection was refused")),
    _rule(
        _numbers(104, 54, 10054, 103, 53, 10053, 32, 109, 232)
        + "|connection reset|connection aborted|broken pipe",
        N_("the connection was broken off"),
    ),
    _rule(
        _numbers(-2, -3, -5, 8, 11001, 11002, 11004)
        + "|name or service not known|getaddrinfo failed|name resolution|nodename nor servname",
        N_("the name of the host is not known"),
    ),
    _rule(
        _numbers(113, 65, 10065, 101, 51, 10051) + "|no route to host|network is unreachable",
        N_("there is no way to the host"),
    ),
    _rule(_numbers(99, 49, 10049), N_("this computer has no such address")),
    _rule(_numbers(13, 10013), N_("this computer does not allow the connection")),
    _rule(_numbers(24, 23, 10024, 105, 55, 10055), N_("this computer has no room for connections")),
    _rule(
        _numbers(110, 60, 10060) + "|^(?:no connection: )?(?:the read operation )?timed out$",
        N_("timed out"),
    ),
    _rule(r"certificate has expired", N_("its certificate has expired")),
    _rule(r"certificate is not yet valid", N_("its certificate is not valid yet")),
    _rule(
        r"hostname mismatch|ip address mismatch|doesn't match",
        N_("its certificate is for another name"),
    ),
    _rule(r"self[- ]signed certificate in", N_("nobody trusted vouches for its certificate")),
    _rule(r"self[- ]signed certificate", N_("its certificate vouches for itself")),
    _rule(
        r"unable to get (?:local )?issuer|unable to verify the first|CERTIFICATE_VERIFY_FAILED",
        N_("nobody trusted vouches for its certificate"),
    ),
    _rule(
        r"PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|VERSION_TOO_LOW|NO_PROTOCOLS_AVAILABLE",
        N_("no version of TLS in common"),
    ),
    _rule(
        r"HANDSHAKE_FAILURE|NO_SHARED_CIPHER|NO_CIPHERS_AVAILABLE|INSUFFICIENT_SECURITY",
        N_("no cipher in common"),
    ),
    _rule(
        r"WRONG_VERSION_NUMBER|HTTP_REQUEST|RECORD_LAYER_FAILURE|PACKET_LENGTH_TOO_LONG",
        N_("no TLS is spoken there"),
    ),
    _rule(
        r"UNEXPECTED_EOF|EOF occurred in violation",
        N_("the connection was closed during the TLS handshake"),
    ),
    _rule(
        r"server disconnected|closed without an answer",
        N_("the connection was closed without an answer"),
    ),
    _rule(
        r"received (?P<received>\d+) bytes, expected (?P<expected>\d+)",
        N_("the answer ended after {received} of {expected} bytes"),
    ),
    _rule(r"peer closed connection|incomplete chunked", N_("the answer broke off")),
    _rule(r"answered before all was sent", N_("it was answered before all was sent")),
    _rule(
        r"illegal (?:status line|header line)|RemoteProtocolError|can't handle event|"
        r"too many headers|receive buffer too long|bad (?:Content-Length|chunk)|illegal chunk",
        N_("what came is not HTTP"),
    ),
    _rule(r"LocalProtocolError|illegal header (?:name|value)", N_("it cannot be sent by HTTP")),
    _rule(r"its time was over", N_("its time was over")),
    _rule(
        r"took more than (?P<mib>\d+) MiB of memory", N_("it took more than {mib} MiB of memory")
    ),
    _rule(r"nobody is signed in", N_("nobody is signed in")),
    _rule(r"the server does not answer any more", N_("the server does not answer any more")),
    _rule(
        r"whose it is cannot be seen: GET answered (?P<status>\d+)",
        N_("whose it is cannot be seen: GET answered {status}"),
    ),
    _rule(
        r"it does not carry the mark of test data", N_("it does not carry the mark of test data")
    ),
    _rule(r"removing it failed: (?P<error>\w+)", N_("removing it failed: {error}")),
    _rule(
        r"there after DELETE: GET answered (?P<status>\d+)",
        N_("still there after DELETE: GET answered {status}"),
    ),
    _rule(r"^DELETE answered (?P<status>\d+)", N_("DELETE answered {status}")),
)


def reason_text(reason: str) -> str:
    """A reason as the end of a sentence that has its own full stop, in the language in use.

    What is not known stays in its own words.
    """
    clipped = reason[:_LONGEST]
    for pattern, message in _RULES:
        if (found := pattern.search(clipped)) is not None:
            return _(message).format(**found.groupdict())
    return reason.strip().removesuffix(".")
