"""TLS that is lax: old versions, weak ciphers, certificates that nobody should trust, no HSTS."""

from __future__ import annotations

import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from tests.defects.backdoor import Backdoor, Tls
from tests.defects.catalogue.headers import everywhere, with_headers, without
from tests.defects.registry import breaks

_WEAK = "ALL:aNULL:eNULL:@SECLEVEL=0"


def _tls(backdoor: Backdoor) -> Tls:
    assert backdoor.tls is not None
    return backdoor.tls


def speaking(
    oldest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    ciphers: str = "",
) -> Callable[[Backdoor], AbstractContextManager[object]]:
    """Other versions and ciphers for new connections."""

    @contextmanager
    def patch(backdoor: Backdoor) -> Iterator[None]:
        context = _tls(backdoor).context
        before = context.minimum_version, context.maximum_version
        usual = ":".join(each["name"] for each in context.get_ciphers())
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context.minimum_version, context.maximum_version = oldest, newest
        if ciphers:
            context.set_ciphers(ciphers)
        try:
            yield
        finally:
            context.minimum_version, context.maximum_version = before
            context.set_ciphers(usual)

    return patch


def presenting(**certificate: Any) -> Callable[[Backdoor], AbstractContextManager[object]]:
    """Another certificate for new connections (see ``Authority.server``)."""

    @contextmanager
    def patch(backdoor: Backdoor) -> Iterator[None]:
        tls = _tls(backdoor)
        tls.present(**certificate)
        try:
            yield
        finally:
            tls.present()

    return patch


_HSTS = "strict-transport-security"
_UNTRUSTED = "nobody vouches for it"

breaks(
    "headers.hsts.missing",
    "browsers may come back without TLS",
    "headers.hsts",
    fault=everywhere(without(_HSTS)),
    secure=True,
)
breaks(
    "headers.hsts.weak",
    "browsers may come back without TLS after an hour",
    "headers.hsts",
    fault=everywhere(with_headers(strict_transport_security="max-age=3600")),
    secure=True,
)
breaks(
    "tls.old_versions",
    "TLS 1.0 and 1.1 are spoken",
    "tls.versions[TLS 1.0]",
    "tls.versions[TLS 1.1]",
    patch=speaking(oldest=ssl.TLSVersion.TLSv1, ciphers="DEFAULT:@SECLEVEL=0"),
    also={"tls.ciphers*": "old versions come with old ciphers"},
    secure=True,
)
breaks(
    "tls.no_newest_version",
    "TLS 1.3 is not spoken",
    "tls.versions[TLS 1.3]",
    patch=speaking(newest=ssl.TLSVersion.TLSv1_2),
    secure=True,
)
breaks(
    "tls.ciphers",
    "ciphers are taken that hide nothing",
    "tls.ciphers[NULL]",
    "tls.ciphers[anonymous]",
    patch=speaking(newest=ssl.TLSVersion.TLSv1_2, ciphers=_WEAK),
    also={"tls.*": "such ciphers are of the old versions"},
    secure=True,
)
breaks(
    "tls.expired",
    "the certificate is out of date",
    "tls.certificate[expiry]",
    patch=presenting(until_days=-1),
    also={"tls.certificate[chain]": _UNTRUSTED},
    secure=True,
    untrusted=True,
)
breaks(
    "tls.other_name",
    "the certificate is for another server",
    "tls.certificate[host name]",
    patch=presenting(hosts=("other.example",)),
    also={"tls.certificate[chain]": _UNTRUSTED},
    secure=True,
    untrusted=True,
)
breaks(
    "tls.self_signed",
    "the certificate vouches for itself",
    "tls.certificate[chain]",
    patch=presenting(self_signed=True),
    secure=True,
    untrusted=True,
)
breaks(
    "tls.expires_soon",
    "the certificate ends within a week",
    patch=presenting(until_days=7),
    warns=("tls.certificate[expiry]",),
    secure=True,
)
