"""What a server's certificate says of itself: read from its DER form, trusted or not.

The interpreter tells a certificate's content only after it was verified, and on Windows and macOS,
where the system verifies, not even then. Structure: RFC 5280 §4.1.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_VERSION, _EXTENSIONS = 0xA0, 0xA3
_UTC_TIME = 0x17
_DNS_NAME, _IP_ADDRESS = 0x82, 0x87
_SUBJECT_ALT_NAME = bytes.fromhex("551d11")
_COMMON_NAME = bytes.fromhex("550403")


@dataclass(frozen=True, slots=True)
class Certificate:
    """Whom a certificate is for, who issued it, and when it is valid (UTC)."""

    subject: str
    issuer: str
    names: tuple[str, ...]
    not_before: datetime
    not_after: datetime

    @property
    def self_issued(self) -> bool:
        """Whether issuer and subject carry the same name."""
        return self.subject == self.issuer


def parse_certificate(der: bytes) -> Certificate:
    """Read a certificate; raises ``ValueError`` when ``der`` is none."""
    try:
        (_, certificate) = next(_elements(der))
        (_, signed) = next(_elements(certificate))
        parts = [part for part in _elements(signed) if part[0] != _VERSION]
        _serial, _algorithm, issuer, validity, subject, _key, *rest = parts
        begin, end = (_moment(*time) for time in _elements(validity[1]))
        extensions = next((content for tag, content in rest if tag == _EXTENSIONS), b"")
        return Certificate(
            subject=_common_name(subject[1]),
            issuer=_common_name(issuer[1]),
            names=tuple(_alternative_names(extensions)),
            not_before=begin,
            not_after=end,
        )
    except (IndexError, StopIteration, TypeError, ValueError) as error:
        raise ValueError("not a certificate") from error


def _elements(der: bytes) -> Iterator[tuple[int, bytes]]:
    """The elements one after another: tag and content (X.690 §8.1, definite lengths)."""
    at = 0
    while at < len(der):
        tag, length = der[at], der[at + 1]
        at += 2
        if length & 0x80:
            size = length & 0x7F
            length = int.from_bytes(der[at : at + size], "big")
            at += size
        if at + length > len(der):
            raise ValueError("cut short")
        yield tag, der[at : at + length]
        at += length


def _moment(tag: int, content: bytes) -> datetime:
    form = "%y%m%d%H%M%SZ" if tag == _UTC_TIME else "%Y%m%d%H%M%SZ"
    return datetime.strptime(content.decode("ascii"), form).replace(tzinfo=UTC)


def _common_name(name: bytes) -> str:
    """The common name, else whatever comes last: organisations sign without one."""
    found = ""
    for _tag, relative in _elements(name):
        for _inner, pair in _elements(relative):
            (_, kind), (_, value) = _elements(pair)
            found = value.decode("utf-8", errors="replace")
            if kind == _COMMON_NAME:
                return found
    return found


def _alternative_names(extensions: bytes) -> Iterator[str]:
    for _tag, listed in _elements(extensions):
        for _inner, extension in _elements(listed):
            (_, kind), *_critical, (_, value) = _elements(extension)
            if kind != _SUBJECT_ALT_NAME:
                continue
            (_, names) = next(_elements(value))
            for tag, name in _elements(names):
                if tag == _DNS_NAME:
                    yield name.decode("ascii", errors="replace")
                elif tag == _IP_ADDRESS and len(name) in (4, 16):
                    yield str(ipaddress.ip_address(name))
