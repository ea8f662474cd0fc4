"""TLS by handshake: versions, ciphers, the certificate, and the way from plain HTTP."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.client import Answer, NoAnswer
from desktop_app.engines.validation.client_hello import ORDINARY, WEAK, offer
from desktop_app.engines.validation.context import Blocked, CheckContext, DoesNotApply
from desktop_app.engines.validation.handshakes import (
    Handshake,
    context_of,
    is_for,
    names_of,
    shake,
)
from desktop_app.engines.validation.raw import (
    TooLate,
    address_of,
    host_header,
    is_loopback,
    send_raw,
)
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.target import PRODUCTION

EXPIRES_SOON = timedelta(days=30)
_V = ssl.TLSVersion


def _secured(work: CheckContext) -> Handshake:
    """A handshake that takes whatever the server likes: the control of all others."""
    target, host = work.client.target, address_of(work.client)[0]
    if not target.secure:
        if is_loopback(host):
            raise DoesNotApply(
                say(
                    N_("The target is {url}: this computer itself, without TLS."),
                    url=target.url,
                )
            )
        raise Blocked(say(N_("The target is {url}: there is no TLS to look at."), url=target.url))
    if target.proxy:
        raise Blocked(say(N_("Through a proxy the handshake of the target cannot be seen.")))
    control = shake(work.client, context_of(ciphers="ALL"))
    if not control.agreed:
        raise Blocked(
            say(
                N_("An ordinary TLS handshake does not work: {reason}."),
                reason=control.refused or control.unreachable or "-",
            )
        )
    return control


@probe("tls.used")
def used(work: CheckContext) -> Iterator[Finding]:
    """Nobody on the way reads along (ASVS V12.2.1)."""
    target, host = work.client.target, address_of(work.client)[0]
    if not target.secure and not is_loopback(host):
        make = work.failed if target.environment == PRODUCTION else work.warned
        yield make(say(N_("{url} sends passwords and tokens in plain text."), url=target.url))
        return
    control = _secured(work)
    yield work.passed(
        say(
            N_("Everything is sent by {version} with {cipher}."),
            version=control.version,
            cipher=control.cipher,
        )
    )


@probe("tls.versions")
def versions(work: CheckContext) -> Iterator[Finding]:
    """TLS 1.3 is offered, 1.0 and 1.1 are not (ASVS V12.1.1; RFC 8996)."""
    _secured(work)
    if work.wants(subject := "TLS 1.3"):
        newest = shake(work.client, context_of((_V.TLSv1_3, _V.TLSv1_3)))
        if newest.agreed:
            yield work.passed(
                say(N_("It is offered, with {cipher}."), cipher=newest.cipher), subject=subject
            )
        else:
            yield _not_agreed(work, newest, subject, wanted=True)
    for subject, old in (("TLS 1.1", _V.TLSv1_1), ("TLS 1.0", _V.TLSv1)):
        if not work.wants(subject):
            continue
        tried = shake(work.client, context_of((old, old)))
        if tried.agreed:
            yield work.failed(
                say(
                    N_("It is accepted, with {cipher}: both ends can be made to use it."),
                    cipher=tried.cipher,
                ),
                subject=subject,
            )
        else:
            yield _not_agreed(work, tried, subject, wanted=False)


def _not_agreed(work: CheckContext, tried: Handshake, subject: str, *, wanted: bool) -> Finding:
    if not tried.offered:
        return work.inconclusive(
            say(N_("The OpenSSL of this computer ({name}) cannot offer it."), name=_openssl()),
            subject=subject,
        )
    if tried.unreachable:
        return work.inconclusive(
            say(N_("No connection: {reason}."), reason=tried.unreachable), subject=subject
        )
    said = say(N_("It is refused ({reason})."), reason=tried.refused)
    return (work.failed if wanted else work.passed)(said, subject=subject)


def _openssl() -> str:
    return ssl.OPENSSL_VERSION


_WEAK = {
    "NULL": "eNULL",
    "anonymous": "aNULL",
    "RC4": "RC4",
    "3DES": "3DES",
    "export": "EXPORT",
}
_NO_FORWARD_SECRECY = "kRSA:!eNULL:!aNULL"


@probe("tls.ciphers")
def ciphers(work: CheckContext) -> Iterator[Finding]:
    """No weak cipher is agreed to, and each keeps past talks secret (ASVS V12.1.2; RFC 9325 §4)."""
    _secured(work)
    upto = (_V.TLSv1_2, _V.TLSv1_2)
    unmeasured: dict[str, Handshake] = {}
    for name, chosen in _WEAK.items():
        if not work.wants(name):
            continue
        tried = shake(work.client, context_of(upto, chosen))
        if not tried.offered:
            tried = _offered(work, name)
        if not tried.offered or tried.unreachable:
            unmeasured[name] = tried
        elif tried.agreed:
            yield work.failed(
                say(N_("The weak cipher {cipher} is accepted."), cipher=tried.cipher), subject=name
            )
        else:
            yield work.passed(
                say(N_("Ciphers of this kind are refused ({reason})."), reason=tried.refused),
                subject=name,
            )
    subject = "forward secrecy"
    if work.wants(subject):
        tried = shake(work.client, context_of(upto, _NO_FORWARD_SECRECY))
        if tried.agreed:
            yield work.warned(
                say(
                    N_("{cipher} is accepted: whoever gets the key reads what was recorded."),
                    cipher=tried.cipher,
                ),
                subject=subject,
            )
        elif not tried.offered or tried.unreachable:
            unmeasured[subject] = tried
        else:
            yield work.passed(
                say(N_("Only ciphers with forward secrecy are agreed to.")), subject=subject
            )
    for name, tried in unmeasured.items():
        said = say(
            N_("Not measured: the OpenSSL of this computer ({name}) has no such cipher."),
            name=_openssl(),
        )
        if tried.unreachable:
            said = say(N_("No connection: {reason}."), reason=tried.unreachable)
        yield work.inconclusive(said, subject=name)


def _offered(work: CheckContext, kind: str) -> Handshake:
    """The ciphers that this computer's OpenSSL has not got, offered by hand.

    A server that takes no ordinary cipher when it is offered so tells nothing by its no, but one
    that does not speak TLS 1.2 at all: these ciphers are of no later version.
    """
    control = offer(work.client, ORDINARY)
    if not control.agreed and control.refused != "PROTOCOL_VERSION":
        return Handshake(offered=False, unreachable=control.unreachable)
    tried = offer(work.client, tuple(WEAK[kind]))
    named = WEAK[kind].get(int(tried.cipher, 16), "") if tried.agreed else ""
    return replace(tried, cipher=named)


@probe("tls.certificate")
def certificate(work: CheckContext) -> Iterator[Finding]:
    """The certificate is trusted, for this host, in its time, and strong (ASVS V12.2.2)."""
    control = _secured(work)
    found = control.certificate
    if found is None:
        raise Blocked(say(N_("The certificate cannot be read.")))
    now = datetime.now(UTC)
    in_time = found.not_valid_before_utc <= now <= found.not_valid_after_utc
    host = address_of(work.client)[0]
    fits = is_for(host, *names_of(found))
    if work.wants("chain"):
        yield _chain(work, found, explained=not in_time or not fits)
    if work.wants("host name"):
        yield _host_name(work, found, host, fits)
    if work.wants("expiry"):
        yield _expiry(work, found, now)
    if work.wants("key"):
        yield _key(work, found)


def _chain(work: CheckContext, found: x509.Certificate, *, explained: bool) -> Finding:
    """Whether what the operator trusts, or else this computer does, vouches for it."""
    given = work.client.target.tls
    trusts = given is not None and given.verify_mode is ssl.CERT_REQUIRED
    tried = shake(work.client, given if trusts else ssl.create_default_context())
    issuer = found.issuer.rfc4514_string()[:200]
    if tried.agreed:
        return work.passed(
            say(N_("It is trusted: issued by {issuer}."), issuer=issuer), subject="chain"
        )
    if tried.unreachable:
        return work.inconclusive(
            say(N_("No connection: {reason}."), reason=tried.unreachable), subject="chain"
        )
    if found.issuer == found.subject:
        said = say(N_("It vouches for itself: {issuer}."), issuer=issuer)
        return work.failed(said, subject="chain")
    if explained:
        said = say(N_("It is refused for its name or its time: the rest cannot be told."))
        return work.inconclusive(said, subject="chain")
    return work.failed(
        say(
            N_("It is not trusted ({reason}): issued by {issuer}."),
            reason=tried.refused,
            issuer=issuer,
        ),
        subject="chain",
    )


def _host_name(work: CheckContext, found: x509.Certificate, host: str, fits: bool) -> Finding:
    names, addresses = names_of(found)
    shown = ", ".join([*names, *addresses][:8]) or "-"
    if fits:
        return work.passed(
            say(N_("It is for {host} (names: {names})."), host=host, names=shown),
            subject="host name",
        )
    return work.failed(
        say(N_("It is not for {host}, but for {names}."), host=host, names=shown),
        subject="host name",
    )


def _expiry(work: CheckContext, found: x509.Certificate, now: datetime) -> Finding:
    begins, ends = found.not_valid_before_utc, found.not_valid_after_utc
    facts = {"valid_from": begins.isoformat(), "valid_to": ends.isoformat()}
    days = (ends - now).days
    if now > ends:
        said = say(N_("It expired on {date}."), date=ends.date().isoformat())
        return work.failed(said, subject="expiry", **facts)
    if now < begins:
        said = say(N_("It is valid only from {date}."), date=begins.date().isoformat())
        return work.failed(said, subject="expiry", **facts)
    said = say(
        N_("It is valid until {date}, for {days} more days."),
        date=ends.date().isoformat(),
        days=days,
    )
    make = work.warned if ends - now < EXPIRES_SOON else work.passed
    return make(said, subject="expiry", **facts)


def _key(work: CheckContext, found: x509.Certificate) -> Finding:
    key = found.public_key()
    size = key.key_size if isinstance(key, rsa.RSAPublicKey | ec.EllipticCurvePublicKey) else 256
    least = 2048 if isinstance(key, rsa.RSAPublicKey) else 256
    hashed = found.signature_hash_algorithm
    name = hashed.name if hashed else "-"
    kind = type(key).__name__.removesuffix("PublicKey").lstrip("_")
    said = say(N_("{kind} with {size} bits, signed with {hash}."), kind=kind, size=size, hash=name)
    weak = size < least or name in ("md5", "sha1")
    return (work.failed if weak else work.passed)(said, subject="key")


@probe("tls.redirect")
def redirect(work: CheckContext) -> Iterator[Finding]:
    """Plain HTTP serves nothing: it is closed, refuses, or leads to TLS (SYSTEM.md §4).

    An API should rather refuse than redirect (ASVS V4.1.2): a client that sends its token in plain
    text would not notice. Both are in order.
    """
    _secured(work)
    own = address_of(work.client)[1]
    ports = [int(work.params.get("port", 80)), own]
    for port in dict.fromkeys(ports):
        if work.wants(subject := f"port {port}"):
            yield _plain(work, port, subject)


def _plain(work: CheckContext, port: int, subject: str) -> Finding:
    try:
        answer = _asked(work, port)
    except TooLate as late:
        work.keep(late.answer)
        return work.inconclusive(
            say(N_("No answer came: {reason}."), reason=late.reason), subject=subject
        )
    if answer.failure:
        return work.passed(
            say(N_("Plain HTTP is not served there: {reason}."), reason=answer.failure),
            subject=subject,
        )
    where = urlsplit(answer.header("location"))
    host = address_of(work.client)[0]
    if answer.status in (301, 302, 303, 307, 308):
        if where.scheme != "https" or (where.hostname or "").lower() != host.lower():
            return work.failed(
                say(
                    N_("Plain HTTP leads to {where}, not to this host by TLS."),
                    where=answer.header("location")[:200] or "-",
                ),
                subject=subject,
            )
        if answer.status in (301, 308):
            return work.passed(
                say(N_("Plain HTTP leads to {where}."), where=answer.header("location")[:200]),
                subject=subject,
            )
        return work.warned(
            say(N_("Plain HTTP leads to TLS for this once only ({status})."), status=answer.status),
            subject=subject,
        )
    if answer.status >= 400:
        return work.passed(
            say(N_("Plain HTTP is refused ({status})."), status=answer.status), subject=subject
        )
    return work.failed(
        say(N_("Plain HTTP is answered {status}: nothing leads to TLS."), status=answer.status),
        subject=subject,
    )


def _asked(work: CheckContext, port: int) -> Answer:
    """What plain HTTP is answered there; raises ``TooLate``."""
    head = f"GET /health HTTP/1.1\r\nHost: {host_header(work.client, port)}\r\n"
    try:
        [answer, *_] = send_raw(
            work.client, f"{head}Connection: close\r\n\r\n".encode("latin-1"), plain_port=port
        )
    except TooLate:
        raise
    except NoAnswer as none:
        answer = none.answer
    work.keep(answer)
    return answer
