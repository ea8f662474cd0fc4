"""How an API server is set up: one frozen record, handed to ``create_app``."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from desktop_app.core.passwords import PasswordCost

MINIMUM_SECRET = 32
LOCAL_NAMES = frozenset({"127.0.0.1", "::1", "localhost"})
"""How this computer is called by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lockout:
    """After ``failures`` wrong passwords an account is locked for ``first_lock_s`` seconds.

    Each further failure doubles the time, up to ``longest_lock_s``; a sign-in forgets them all.
    """

    failures: int = 5
    first_lock_s: float = 60.0
    longest_lock_s: float = 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits:
    """How many requests are taken, in the notation of ``limits`` ("600/minute"); "" for no limit.

    ``overall`` counts every request of one client. It is generous because a load run from one
    machine is one client.

    Sign-ins that succeed are bounded so that hashing leaves room for other work: an office behind
    one address, or a load run with a pool of 200 users, still signs in within half a minute. What
    guesses, fails: that has the narrow limit, beside the lockout of each account.
    """

    overall: str = "300000/minute"
    sign_in_per_client: str = "600/minute"
    sign_in_per_account: str = "300/minute"
    failed_sign_in_per_client: str = "60/minute"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """How long things live, in seconds; a session ends ``session_s`` after its last renewal.

    ``cached_s`` and ``page_s`` bound how long this server may miss what *another* process wrote
    to sessions, users and companies, and to lists; its own writes it sees at once.
    """

    access_token_s: int = 900
    session_s: int = 43_200
    session_longest_s: int = 604_800
    idempotency_s: int = 86_400
    cached_s: float = 5.0
    page_s: float = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class MongoTimeouts:
    """How long the server waits for MongoDB before it answers 503, in milliseconds.

    ``conflict_ms``: for another transaction that holds what a change needs.
    """

    select_ms: int = 2_000
    connect_ms: int = 2_000
    socket_ms: int = 30_000
    operation_ms: int = 20_000
    conflict_ms: int = 13_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerConfig:
    """Everything an API server needs to know.

    ``port`` 0 takes a free one. ``secret_key`` signs tokens: at least 32 characters, the same
    after a restart or every session ends. ``seed`` is "local" (SYSTEM.md's initial data with test
    users), "production" (no test users, generated password) or "none". ``trusted_proxies`` are
    the addresses whose X-Forwarded-For is believed; none by default. Bodies are bounded in bytes
    (without a token by ``public_body_limit``) and take at most ``body_s`` seconds, a part of a
    file ``part_s``.
    """

    mongo_uri: str = field(repr=False)
    secret_key: str = field(repr=False)
    database: str = "online_evaluation"
    host: str = "127.0.0.1"
    port: int = 0
    seed: str = "local"
    tls_key: Path | None = None
    tls_certificate: Path | None = None
    trusted_proxies: tuple[str, ...] = ()
    public_body_limit: int = 16 * 1024
    body_limit: int = 1024 * 1024
    import_body_limit: int = 8 * 1024 * 1024
    body_s: float = 60.0
    part_s: float = 300.0
    mongo_pool: int = 100
    password_cost: PasswordCost = field(default_factory=PasswordCost)
    lockout: Lockout = Lockout()
    rate_limits: RateLimits = RateLimits()
    lifetimes: Lifetimes = Lifetimes()
    mongo_timeouts: MongoTimeouts = MongoTimeouts()

    @property
    def local_only(self) -> bool:
        """Whether only this computer reaches the server, and no proxy stands before it."""
        return self.host in LOCAL_NAMES and not self.trusted_proxies

    def __post_init__(self) -> None:
        if len(self.secret_key) < MINIMUM_SECRET:
            raise ValueError(f"secret_key needs at least {MINIMUM_SECRET} characters")
        if (self.tls_key is None) != (self.tls_certificate is None):
            raise ValueError("tls_key and tls_certificate belong together")
