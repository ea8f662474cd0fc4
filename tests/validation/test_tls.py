"""TLS as the checks see it: servers with one thing wrong each, on certificates made here."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.backend.config import ServerConfig
from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.events import RunEnded
from desktop_app.core.validation.findings import Finding
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation import handshakes
from desktop_app.engines.validation.bed import TestBed
from desktop_app.engines.validation.client import Client
from desktop_app.engines.validation.context import Blocked, CheckContext, DoesNotApply
from desktop_app.engines.validation.contract import Contract
from desktop_app.engines.validation.registry import probes
from desktop_app.engines.validation.run import Order, validate
from desktop_app.engines.validation.target import LOCAL, PRODUCTION, Consent, Limits, Target
from tests.fixtures.odd_server import MakeServer, answer, odd_server
from tests.fixtures.server import RunningServer
from tests.services.certificates import Authority
from tests.validation.running import EVERYTHING, suite, target, unexpected

__all__ = ["odd_server"]

SECURITY = suite("security")
PASS, WARN, FAIL = CheckState.PASS, CheckState.WARN, CheckState.FAIL


def _healthy(_request: bytes) -> bytes:
    return answer(200, {"status": "healthy"})


class Prober:
    """Runs one TLS check against a server; the target trusts the test's authority."""

    def __init__(self, stack: ExitStack, authority: Authority) -> None:
        self._stack = stack
        self.patience_s = 3.0
        self._authority = authority

    def findings(
        self, url: str, check: str, *, environment: str = LOCAL, **params: int
    ) -> list[Finding]:
        tls = ssl.create_default_context(cafile=str(self._authority.file))
        target = Target(url=url, tls=tls, environment=environment)
        client = Client(target, Limits(connect_s=self.patience_s, answer_s=3.0), TaskContext())
        self._stack.enter_context(closing(client))
        declared = SECURITY.check(check)
        assert declared is not None
        work = CheckContext(
            check=replace(declared, params={**declared.params, **params}),
            client=client,
            bed=TestBed(client, (), Consent(), "tests"),
            contract=Contract(),
        )
        return list(probes()[check](work))

    def states(
        self, url: str, check: str, *, environment: str = LOCAL, **params: int
    ) -> dict[str, CheckState]:
        found = self.findings(url, check, environment=environment, **params)
        return {finding.subject: finding.state for finding in found}


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


@pytest.fixture
def prober(authority: Authority) -> Iterator[Prober]:
    with ExitStack() as stack:
        yield Prober(stack, authority)


def old(context: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    """The context, which takes this old version too."""
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = version
    return context


class TestASoundServer:
    def test_it_is_found_in_order(
        self, odd_server: MakeServer, authority: Authority, prober: Prober
    ) -> None:
        url = odd_server(_healthy, authority.server()).url

        assert set(prober.states(url, "tls.used").values()) == {PASS}
        assert prober.states(url, "tls.versions") == dict.fromkeys(
            ("TLS 1.3", "TLS 1.1", "TLS 1.0"), PASS
        )
        assert prober.states(url, "tls.certificate") == dict.fromkeys(
            ("chain", "host name", "expiry", "key"), PASS
        )
        ciphers = prober.states(url, "tls.ciphers")
        assert set(ciphers.values()) == {PASS}


class TestVersions:
    @pytest.mark.parametrize(
        ("version", "noticed"),
        [
            (ssl.TLSVersion.TLSv1, {"TLS 1.0", "TLS 1.1"}),
            (ssl.TLSVersion.TLSv1_1, {"TLS 1.1"}),
        ],
    )
    def test_an_old_one_that_is_taken(
        self,
        odd_server: MakeServer,
        authority: Authority,
        prober: Prober,
        version: ssl.TLSVersion,
        noticed: set[str],
    ) -> None:
        url = odd_server(_healthy, old(authority.server(), version)).url

        states = prober.states(url, "tls.versions")

        assert {subject for subject, state in states.items() if state is FAIL} == noticed

    def test_no_newest_one(
        self, odd_server: MakeServer, authority: Authority, prober: Prober
    ) -> None:
        context = authority.server()
        context.maximum_version = ssl.TLSVersion.TLSv1_2

        states = prober.states(odd_server(_healthy, context).url, "tls.versions")

        assert states == {"TLS 1.3": FAIL, "TLS 1.1": PASS, "TLS 1.0": PASS}

    def test_what_this_computer_cannot_offer_is_not_called_refused(
        self,
        odd_server: MakeServer,
        authority: Authority,
        prober: Prober,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(handshakes, "_can_offer", lambda context: not _is_old(context))

        states = prober.states(odd_server(_healthy, authority.server()).url, "tls.versions")

        assert states["TLS 1.0"] is states["TLS 1.1"] is CheckState.INCONCLUSIVE


def _is_old(context: ssl.SSLContext) -> bool:
    return context.maximum_version in (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1)


class TestCiphers:
    def test_anonymous_and_unencrypted_ones_are_noticed(
        self, odd_server: MakeServer, authority: Authority, prober: Prober
    ) -> None:
        context = authority.server()
        context.maximum_version = ssl.TLSVersion.TLSv1_2
        context.set_ciphers("ALL:aNULL:eNULL:@SECLEVEL=0")

        states = prober.states(odd_server(_healthy, context).url, "tls.ciphers")

        assert states["anonymous"] is states["NULL"] is FAIL

    def test_no_forward_secrecy_is_a_warning(
        self, odd_server: MakeServer, authority: Authority, prober: Prober
    ) -> None:
        context = authority.server(rsa_bits=2048)
        context.set_ciphers("ALL")

        states = prober.states(odd_server(_healthy, context).url, "tls.ciphers")

        assert states["forward secrecy"] is WARN
        assert states["anonymous"] is PASS


class TestCertificates:
    def _states(
        self, odd_server: MakeServer, prober: Prober, context: ssl.SSLContext
    ) -> dict[str, CheckState]:
        return prober.states(odd_server(_healthy, context).url, "tls.certificate")

    def test_an_expired_one(
        self, odd_server: MakeServer, authority: Authority, prober: Prober
    ) -> None:
        states = self._states(odd_server, prober, authority.server(until_days=-1))

        assert states["expiry"] is FAIL
        assert states["host name"] is PASS
        assert states["chain"] is not PASS

    def test_one_that_is_not_valid_yet(
        self, odd_server: MakeServer, authority: Authority, prober: Prober
    ) -> None:
        states = self._states(odd_server, prober, authority.server(from_days=1))

        assert states["expiry"] is FAIL

    def test_one_that_ends_within_thirty_days(
        self, odd_server: MakeServer, authority: Authority, prober: Prober
    ) -> None:
        states = self._states(odd_server, prober, authority.server(until_days=29))

        assert states == {"chain": PASS, "host name": PASS, "expiry": WARN, "key": PASS}

    def test_one_for_another_host(
        self, odd_server: MakeServer, authority: Authority, prober: Prober
    ) -> None:
        states = self._states(odd_server, prober, authority.server(hosts=("other.example",)))

        assert states["host name"] is FAIL
        assert states["expiry"] is PASS

    def test_one_that_vouches_for_itself(
        self, odd_server: MakeServer, authority: Authority, prober: Prober
    ) -> None:
        states = self._states(odd_server, prober, authority.server(self_signed=True))

        assert states == {"chain": FAIL, "host name": PASS, "expiry": PASS, "key": PASS}

    def test_one_of_an_unknown_authority(
        self, odd_server: MakeServer, authority: Authority, prober: Prober, tmp_path: Path
    ) -> None:
        folder = tmp_path / "other"
        folder.mkdir()
        context = Authority(folder, "Nobody").server()

        assert self._states(odd_server, prober, context)["chain"] is FAIL

    def test_a_short_key(
        self, odd_server: MakeServer, authority: Authority, prober: Prober
    ) -> None:
        context = authority.server(rsa_bits=1024)

        assert self._states(odd_server, prober, context)["key"] is FAIL


class TestPlainHttp:
    def test_nothing_leads_to_tls(
        self, odd_server: MakeServer, authority: Authority, prober: Prober
    ) -> None:
        plain = odd_server(_healthy).port
        url = odd_server(_healthy, authority.server()).url

        states = prober.states(url, "tls.redirect", port=plain)

        assert states.pop(f"port {plain}") is FAIL
        assert set(states.values()) == {PASS}  # the port of TLS itself speaks nothing else

    @pytest.mark.parametrize(
        ("status", "location", "state"),
        [
            (308, "https://localhost/health", PASS),
            (301, "https://localhost/health", PASS),
            (302, "https://localhost/health", WARN),
            (308, "https://evil.example/health", FAIL),
            (308, "http://localhost/other", FAIL),
            (403, "", PASS),
        ],
    )
    def test_where_it_leads(
        self,
        odd_server: MakeServer,
        authority: Authority,
        prober: Prober,
        status: int,
        location: str,
        state: CheckState,
    ) -> None:
        plain = odd_server(lambda _request: answer(status, b"", Location=location)).port
        url = odd_server(_healthy, authority.server()).url

        assert prober.states(url, "tls.redirect", port=plain)[f"port {plain}"] is state


class TestThePlatformByTls:
    """The API server itself with a certificate: all that TLS changes in the other checks."""

    @pytest.fixture
    def server_config(self, server_config: ServerConfig, authority: Authority) -> ServerConfig:
        authority.server(rsa_bits=2048)  # more ciphers go with it than with a curve
        pem = authority.server_file
        return replace(server_config, tls_certificate=pem, tls_key=pem)

    @pytest.mark.logs("Invalid HTTP request received")
    def test_it_is_found_in_order(self, api_server: RunningServer, authority: Authority) -> None:
        tls = ssl.create_default_context(cafile=str(authority.file))
        url = api_server.url.replace("http://127.0.0.1", "https://localhost")
        checks = frozenset(
            check.id
            for check in SECURITY.checks
            if check.id.startswith(("tls.", "headers."))
            or check.id in ("injection.framing", "injection.path", "upload.size")
        )
        order = Order(
            target=replace(target(url), tls=tls),
            suites=(SECURITY,),
            checks=checks,
            consent=EVERYTHING,
        )

        *_, last = validate(order, TaskContext())

        assert isinstance(last, RunEnded)
        assert unexpected(last.report) == []
        assert len(last.report.results) == len(checks)
        assert last.report.target.tls.startswith("TLSv1.")


class TestWithoutTls:
    def test_on_this_computer_it_does_not_apply(
        self, odd_server: MakeServer, prober: Prober
    ) -> None:
        url = odd_server(_healthy).url

        for check in ("tls.used", "tls.versions", "tls.ciphers", "tls.certificate", "tls.redirect"):
            with pytest.raises(DoesNotApply) as absent:
                prober.findings(url, check)
            assert url in absent.value.said.text()

    def test_elsewhere_it_is_a_failure_of_production(self, prober: Prober) -> None:
        url = "http://platform.example"  # nothing is sent there: its address says it all

        assert prober.states(url, "tls.used", environment=PRODUCTION) == {"": FAIL}
        assert prober.states(url, "tls.used") == {"": WARN}
        with pytest.raises(Blocked):
            prober.findings(url, "tls.versions")

    def test_a_server_that_speaks_no_tls_is_inconclusive(
        self, odd_server: MakeServer, prober: Prober
    ) -> None:
        plain = odd_server(lambda _request: None)
        prober.patience_s = 0.3  # it waits for the end of a request that never comes

        with pytest.raises(Blocked):
            prober.findings(f"https://localhost:{plain.port}", "tls.versions")
