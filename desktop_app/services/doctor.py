"""The connection doctor: which step towards a platform fails, what was seen, what to do."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from desktop_app.api import failures, tls
from desktop_app.api.client import ApiClient
from desktop_app.api.guard import WriteGuard
from desktop_app.api.transport import Transport, is_loopback
from desktop_app.config.profiles import Profile
from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import _, ngettext
from desktop_app.core.tasks import TaskContext
from desktop_app.services import wire
from desktop_app.services.certificate import Certificate, parse_certificate
from desktop_app.services.mongo_check import Outcome, check_mongodb

_WARN_DAYS = 14
_ANSWER_TIMEOUT_S = 10.0


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way. Texts are in the language in use; ``took_ms`` in milliseconds.

    ``id``: name, port, proxy, tls, health, sign_in, mongodb. ``state``: ok, warning, failed,
    skipped.
    """

    id: str
    title: str
    state: str
    detail: str
    advice: str
    took_ms: float


def diagnose(
    profile: Profile,
    *,
    login: str | None = None,
    password: str | None = None,
    mongo_password: str | None = None,
    context: TaskContext,
) -> Iterator[Step]:
    """Examine each step towards ``profile`` in turn; raises only ``Cancelled``.

    A step whose ground is missing is skipped and says why. Nothing is changed on the server: the
    sign-in, asked for with ``login`` and ``password``, is ended at once.
    """
    examination = _Examination(profile, login, password)
    steps: tuple[tuple[str, str, tuple[str, ...], Callable[[], Outcome]], ...] = (
        ("name", _("Name"), (), examination.name),
        ("port", _("Port"), ("name",), examination.port),
        ("proxy", _("Proxy"), ("port",), examination.proxy),
        ("tls", _("Encryption and certificate"), ("proxy",), examination.encryption),
        ("health", _("Platform"), ("tls",), examination.health),
        ("sign_in", _("Sign-in"), ("health",), examination.sign_in),
        ("mongodb", _("Database"), (), lambda: check_mongodb(profile, mongo_password)),
    )
    titles = {id_: title for id_, title, _needs, _run in steps}
    blocked: dict[str, str] = {}
    for number, (id_, title, needs, run) in enumerate(steps):
        context.report(number, len(steps), title)
        cause = next((blocked[need] for need in needs if need in blocked), None)
        began = time.perf_counter()
        if cause is None:
            outcome = run()
        else:
            why = _("Not tried, because “{step}” failed.").format(step=titles[cause])
            outcome = Outcome("skipped", why)
        if outcome.state == "failed" or cause:
            blocked[id_] = cause or id_
        took_ms = (time.perf_counter() - began) * 1000
        yield Step(id_, title, outcome.state, outcome.detail, outcome.advice, took_ms)


class _Examination:
    """The steps towards the API; each relies on what the ones before it found."""

    def __init__(self, profile: Profile, login: str | None, password: str | None) -> None:
        self._profile = profile
        self._url = (profile.api_url or "").rstrip("/")
        self._login = login
        self._password = password
        self._timeout_s = profile.connect_timeout_s
        self._proxy: str | None = None
        self._addresses: tuple[str, ...] = ()

    @property
    def _target(self) -> wire.Endpoint:
        return wire.endpoint_of(self._url)

    @property
    def _first_hop(self) -> wire.Endpoint:
        return wire.endpoint_of(self._proxy) if self._proxy else self._target

    def name(self) -> Outcome:
        if not self._url:
            return Outcome(
                "failed",
                _("This connection has no address."),
                _("Start the local workspace, or write the platform's address."),
            )
        try:
            self._proxy = wire.proxy_of(self._profile, self._url)
            hop = self._first_hop
        except ValueError:
            return Outcome(
                "failed",
                _("“{address}” is no address.").format(address=self._url),
                _("Write it as in https://host.example:8443."),
            )
        try:
            self._addresses = wire.addresses_of(hop)
        except (socket.gaierror, UnicodeError):
            return Outcome(
                "failed",
                _("No computer named “{host}” is known.").format(host=hop.host),
                _("Check the spelling, and whether a VPN is needed."),
            )
        detail = _("“{host}” is {addresses}.").format(
            host=hop.host, addresses=", ".join(self._addresses)
        )
        return Outcome("ok", detail)

    def port(self) -> Outcome:
        hop = self._first_hop
        answered: list[str] = []
        silent: dict[str, str] = {}
        for address in self._addresses:
            try:
                wire.connect(wire.Endpoint(address, hop.port), self._timeout_s).close()
                answered.append(address)
            except OSError as error:
                silent[address] = _reason(error)
        if not answered:
            reasons = "; ".join(f"{address}: {why}" for address, why in silent.items())
            return Outcome(
                "failed",
                _("Port {port} does not answer ({reasons}).").format(
                    port=hop.port, reasons=reasons
                ),
                _("Check the port, whether the server runs, and the firewall on the way."),
            )
        detail = _("Port {port} answers at {addresses}.").format(
            port=hop.port, addresses=", ".join(answered)
        )
        # "localhost" is two addresses, and a server commonly listens on one of them.
        if silent and not is_loopback(f"//{hop.host}"):
            return Outcome(
                "warning",
                f"{detail} " + _("Not at {addresses}.").format(addresses=", ".join(silent)),
                _("Connections may be slow to begin; have that address removed or served."),
            )
        return Outcome("ok", detail)

    def proxy(self) -> Outcome:
        if not self._proxy:
            return Outcome("ok", _("Requests go there directly, through no proxy."))
        hop = self._first_hop
        if not self._proxy.startswith(("http:", "https:")):
            return Outcome(
                "failed",
                _("The proxy {proxy} is of a kind that is not spoken here.").format(proxy=hop),
                _("Choose an HTTP proxy, or none, in the connection's settings."),
            )
        if self._url.startswith("http:") or self._proxy.startswith("https:"):
            return Outcome("ok", _("Requests go through the proxy {proxy}.").format(proxy=hop))
        try:
            wire.through_proxy(self._proxy, self._target, self._timeout_s).close()
        except wire.ProxyRefused as refusal:
            wants_name = refusal.status == 407
            return Outcome(
                "failed",
                _("The proxy {proxy} refused: {answer}.").format(proxy=hop, answer=refusal),
                _("It asks for a name and a password: have the system sign in to it.")
                if wants_name
                else _("Ask whoever runs the proxy to let requests to the platform through."),
            )
        except OSError as error:
            return Outcome(
                "failed",
                _("The proxy {proxy} failed: {reason}.").format(proxy=hop, reason=_reason(error)),
                _("Check the proxy in the connection's settings."),
            )
        return Outcome("ok", _("The proxy {proxy} lets requests through.").format(proxy=hop))

    def encryption(self) -> Outcome:
        if self._url.startswith("http:"):
            if is_loopback(self._url):
                return Outcome("ok", _("Not needed: the server is on this computer."))
            return Outcome(
                "warning",
                _("The connection is not encrypted: passwords can be read on the way."),
                _("Use an address that begins with https:."),
            )
        if self._proxy and self._proxy.startswith("https:"):
            return Outcome("skipped", _("Not tried: the way to the proxy is encrypted itself."))
        try:
            context = tls.context_for(self._profile)
            version, der = wire.handshake(self._plain(), self._target.host, context)
        except ConsoleError as error:
            return Outcome("failed", error.text(), error.advice_text())
        except ssl.SSLError as error:
            return self._tls_failed(tls.defect_of(error))
        except (OSError, wire.ProxyRefused) as error:
            # A server that speaks something else may hang up or keep silent.
            reason = _reason(error) if isinstance(error, OSError) else str(error)
            return Outcome(
                "failed",
                _("The handshake failed: {reason}.").format(reason=reason),
                _(tls.DEFECT_ADVICE[tls.Defect.NO_TLS]),
            )
        return self._tls_ok(version, der)

    def _tls_ok(self, version: str, der: bytes | None) -> Outcome:
        if der is None:
            return Outcome(
                "warning", _("{version}, without a certificate.").format(version=version)
            )
        certificate = parse_certificate(der)
        days = (certificate.not_after - datetime.now(UTC)).days
        left = ngettext("{n} day", "{n} days", days).format(n=days)
        detail = _("{version}; the certificate of {issuer} is valid for another {left}.").format(
            version=version, issuer=certificate.issuer, left=left
        )
        if not self._profile.verify_tls and not self._profile.ca_file:
            return Outcome(
                "warning",
                f"{detail} " + _("It is not verified, by this connection's settings."),
                _("Switch verification on, and name a CA file if one is needed."),
            )
        if days < _WARN_DAYS:
            return Outcome("warning", detail, _("Have it renewed soon."))
        return Outcome("ok", detail)

    def _tls_failed(self, defect: tls.Defect) -> Outcome:
        seen = _("The certificate is refused: {reason}.")
        if defect in tls.HANDSHAKE_DEFECTS:
            seen = _("The handshake failed: {reason}.")
        detail = seen.format(reason=_(tls.DEFECT_TEXTS[defect]))
        certificate = self._look_at_certificate()
        if certificate is not None:
            names = ", ".join(certificate.names) or certificate.subject
            detail += " " + _("It is for {names}, from {issuer}, until {end}.").format(
                names=names, issuer=certificate.issuer, end=certificate.not_after.date()
            )
        return Outcome("failed", detail, _(tls.DEFECT_ADVICE[defect]))

    def _look_at_certificate(self) -> Certificate | None:
        with contextlib.suppress(OSError, ValueError, wire.ProxyRefused):
            _version, der = wire.handshake(self._plain(), self._target.host, wire.blind_context())
            return parse_certificate(der) if der else None
        return None

    def _plain(self) -> socket.socket:
        if self._proxy:
            return wire.through_proxy(self._proxy, self._target, self._timeout_s)
        return wire.connect(self._target, self._timeout_s)

    def health(self) -> Outcome:
        try:
            with self._client() as api:
                health = api.health.summary()
        except ConsoleError as error:
            return Outcome("failed", error.text(), error.advice_text())
        detail = _("The platform answers and calls itself “{status}”.").format(status=health.status)
        if health.status not in ("healthy", "ok", "up"):
            return Outcome("warning", detail, _("Look at the dashboard for which service is down."))
        return Outcome("ok", detail)

    def sign_in(self) -> Outcome:
        if not self._login or self._password is None:
            return Outcome("skipped", _("Not tried: no name and password were given."))
        try:
            with self._client() as api:
                tokens = api.auth.login(self._login, self._password)
                api.sign_with(tokens.access_token)
                api.auth.logout()
        except ConsoleError as error:
            return Outcome("failed", error.text(), error.advice_text())
        detail = _("“{name}” can sign in.").format(name=tokens.user.name)
        if tokens.user.must_change_password:
            return Outcome("warning", detail, _("A new password has to be chosen first."))
        return Outcome("ok", detail)

    @contextlib.contextmanager
    def _client(self) -> Iterator[ApiClient]:
        guard = WriteGuard(self._profile.name)
        transport = Transport(
            self._url, self._profile, guard=guard, read_timeout_s=_ANSWER_TIMEOUT_S
        )
        try:
            yield ApiClient(transport)
        finally:
            transport.close()


def _reason(error: OSError) -> str:
    if isinstance(error, TimeoutError):
        return _("no answer in time")
    return failures.os_reason(error)
