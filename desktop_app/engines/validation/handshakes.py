"""TLS handshakes that offer one thing alone: what a server agrees to shows in whether they work.

Of the standard library's ``ssl``, which is there on Windows and in a frozen program; what the local
OpenSSL cannot offer is told apart from what the server refuses.
"""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Sequence
from dataclasses import dataclass, field

from cryptography import x509

from desktop_app.engines.validation.client import Client
from desktop_app.engines.validation.raw import address_of, connection

_OLD = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)


@dataclass(frozen=True, slots=True)
class Handshake:
    """How one went: ``offered`` is false where this computer cannot offer what was asked.

    ``refused`` is the server's no, in OpenSSL's words; ``unreachable`` that no connection came
    about at all.
    """

    offered: bool = True
    agreed: bool = False
    version: str = ""
    cipher: str = ""
    refused: str = ""
    unreachable: str = ""
    certificate: x509.Certificate | None = field(default=None, repr=False)


def context_of(
    versions: tuple[ssl.TLSVersion, ssl.TLSVersion] | None = None, ciphers: str = ""
) -> ssl.SSLContext | None:
    """A client that trusts anyone and offers these versions and ciphers; None where it cannot."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        if versions is not None and versions[0] in _OLD:
            context.set_ciphers("ALL:@SECLEVEL=0")
        if ciphers:
            context.set_ciphers(f"{ciphers}:@SECLEVEL=0")
        if versions is not None:
            with warnings.catch_warnings():
                # That they are out of date is why they are tried.
                warnings.simplefilter("ignore", DeprecationWarning)
                context.minimum_version, context.maximum_version = versions
    except (ssl.SSLError, ValueError):
        return None
    return context if _can_offer(context) else None


def _can_offer(context: ssl.SSLContext) -> bool:
    """Whether a first message can be made at all; nothing is sent."""
    written = ssl.MemoryBIO()
    try:
        context.wrap_bio(ssl.MemoryBIO(), written, server_hostname="localhost").do_handshake()
    except ssl.SSLWantReadError:
        return written.pending > 0
    except (ssl.SSLError, ValueError):
        return False
    return False


def shake(client: Client, context: ssl.SSLContext | None) -> Handshake:
    """Try one handshake with the target; it never raises for what a server does."""
    if context is None:
        return Handshake(offered=False)
    host = address_of(client)[0]
    try:
        with connection(client) as plain:
            try:
                with context.wrap_socket(plain, server_hostname=host) as secured:
                    cipher = secured.cipher()
                    return Handshake(
                        agreed=True,
                        version=secured.version() or "",
                        cipher=cipher[0] if cipher else "",
                        certificate=_certificate(secured.getpeercert(binary_form=True)),
                    )
            except OSError as error:
                return Handshake(refused=_words(error))
    except OSError as error:
        return Handshake(unreachable=_words(error))


def _words(error: OSError) -> str:
    reason = getattr(error, "reason", None) or error.strerror or str(error) or type(error).__name__
    return str(reason)[:200]


def _certificate(der: bytes | None) -> x509.Certificate | None:
    if not der:
        return None
    try:
        return x509.load_der_x509_certificate(der)
    except ValueError:
        return None


def names_of(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    """DNS names and addresses that a certificate is for (RFC 9525: its subject does not count)."""
    try:
        named = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (x509.ExtensionNotFound, ValueError):
        return [], []
    return (
        named.get_values_for_type(x509.DNSName),
        [str(address) for address in named.get_values_for_type(x509.IPAddress)],
    )


def is_for(host: str, names: Sequence[str], addresses: Sequence[str]) -> bool:
    """Whether a certificate with these names is for ``host``; a wildcard is one whole label."""
    wanted = host.rstrip(".").lower()
    if wanted in addresses:
        return True
    for name in names:
        known = name.rstrip(".").lower()
        if known == wanted:
            return True
        if known.startswith("*.") and wanted.partition(".")[2] == known[2:]:
            return True
    return False
