"""What is tried, by whom, and what was consented to."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from desktop_app.core.users import Role
from desktop_app.core.validation.suites import Risk

LOCAL, STAGING, PRODUCTION = "local", "staging", "production"
DATABASE = "online_evaluation"
"""How the platform's database is called (SYSTEM.md §2)."""


_LEAST = 8


def password_in(address: str) -> str:
    """The password inside an address; "" where there is none."""
    try:
        return unquote(urlsplit(address).password or "")
    except ValueError:
        return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """A sign-in that the operator gives for one role."""

    role: Role
    login_id: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A server. ``url`` ends without a slash; a path in it comes before every other.

    ``tls`` None trusts nobody special: http only. ``proxy`` is an address or None. ``signing_key``
    (optional) is the key that the platform signs its tokens with: only with it can a token be made
    that is in order but for one claim. ``mongo_uri`` (optional) is the address of the
    database behind the API: it is looked into, and no answer may hold its password. ``database``
    is its name; "": the one in the address, else the usual one.
    """

    url: str
    environment: str = LOCAL
    credentials: tuple[Credential, ...] = ()
    tls: ssl.SSLContext | None = field(default=None, repr=False)
    proxy: str | None = None
    signing_key: str | None = field(default=None, repr=False)
    mongo_uri: str | None = field(default=None, repr=False)
    database: str = ""
    name: str = ""

    def secrets(self) -> frozenset[str]:
        """What no answer may hold, beside the passwords: the signing key, the database's password.

        Short ones are words that stand anywhere.
        """
        known = (self.signing_key or "", password_in(self.mongo_uri or ""))
        return frozenset(one for one in known if len(one) >= _LEAST)

    @property
    def secure(self) -> bool:
        """Whether it is spoken to by TLS."""
        return self.url.startswith("https://")


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """What the operator allows. ``sign_off`` is what was typed for production: its name.

    ``risks`` always holds ``Risk.READS``.
    """

    risks: frozenset[Risk] = frozenset({Risk.READS})
    sign_off: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds of one run, and of what a hostile server can make it hold.

    ``answer_s`` bounds one request as a whole, its connection included; ``body_bytes`` what is
    read of one answer; ``requests`` and ``seconds`` the run.
    """

    connect_s: float = 5.0
    answer_s: float = 10.0
    body_bytes: int = 4 * 1024 * 1024
    requests: int = 20_000
    seconds: float = 900.0
    kept_text: int = 4096
    """How many characters of a body are kept as evidence."""

    @property
    def duration(self) -> timedelta:
        """``seconds`` as a time span."""
        return timedelta(seconds=self.seconds)
