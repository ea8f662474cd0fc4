"""The plan of a run: what is sent where, when, and what it is held to."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from desktop_app.core.load.distribution import Distribution
from desktop_app.core.load.models import LoadModel, duration_s
from desktop_app.core.load.permission import Permission, is_loopback
from desktop_app.core.load.scenario import Account, Scenario
from desktop_app.core.load.thresholds import Threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadTarget:
    """A server. ``url`` may have a path before which nothing of the scenario's paths goes.

    ``ca_file`` names a PEM file trusted instead of the system's store. Its name is looked up once.
    Proxies are not used: their speed is another's.
    """

    url: str
    environment: str = "local"
    verify_tls: bool = True
    ca_file: str | None = None
    name: str = ""

    def is_same_as(self, other: LoadTarget) -> bool:
        """Whether both are one system, however its address is written.

        The local workspace listens on another port after each start: of this computer's systems
        where nothing is at stake, the port makes no difference.
        """
        return self._place() == other._place()

    def _place(self) -> tuple[str, str, int, str]:
        parts = urlsplit(self.url)
        scheme, host = parts.scheme.lower(), (parts.hostname or "").casefold()
        path = parts.path.rstrip("/")
        if self.environment == _LOCAL and is_loopback(host):
            return scheme, _LOCAL, 0, path
        return scheme, host, parts.port or (443 if scheme == "https" else 80), path


_LOCAL = "local"


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """Seconds: until a connection (its TLS included) stands; from sending to the answer's end."""

    connect_s: float = 5.0
    response_s: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorLimits:
    """Past these the run says more about its generator than about the target: INVALID.

    ``late_ms``: a send is late when the generator itself, not the target, held it back that long;
    at most ``late_share`` of the sends may be, and a ``few`` in however short a run. ``cpu_share``:
    of one core, for ``cpu_seconds`` in a row.
    """

    late_ms: float = 10.0
    late_share: float = 0.01
    few: int = 3
    cpu_share: float = 0.9
    cpu_seconds: int = 3

    def too_many_late(self, late: int, of: int) -> bool:
        """Whether so many of ``of`` are more than may be late."""
        return late > max(self.few, self.late_share * of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trim:
    """What of a run is not measured. Requests count as measured by when they were meant to be sent,
    so that the answers that were waited for longest are not lost at the end.

    Left out are the first tenth, at most ``first_s``; and, where the run was stopped, its
    last second. Runs shorter than ``least_s`` are measured whole.
    """

    first_s: float = 5.0
    least_s: float = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Resources:
    """What is read of the target once a second, beside the load. Secrets are in ``Order``."""

    metrics_path: str = "/metrics"
    health_path: str = "/api/health/detailed"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPlan:
    """All that makes a run what it is; kept with its result. Holds no secret.

    ``resend``: a request that meets a connection which the server closed while it was idle is sent
    once more, on a new one, if its method is idempotent and nothing of an answer had come.
    """

    target: LoadTarget
    scenario: Scenario
    model: LoadModel
    thresholds: tuple[Threshold, ...] = ()
    generators: int = 1
    timeouts: Timeouts = field(default_factory=Timeouts)
    limits: GeneratorLimits = field(default_factory=GeneratorLimits)
    trim: Trim = field(default_factory=Trim)
    resources: Resources | None = field(default_factory=Resources)
    resend: bool = True
    largest_body: int = 16 * 1024 * 1024
    """Bytes of one answer beyond which it is given up."""
    grace_s: float = 10.0
    """How long the answers outstanding at the end, or at a stop, are waited for."""
    seed: int = 0
    """Of everything drawn by chance but ``${uuid}``; 0 draws one anew."""
    preset: str = ""

    @property
    def seconds(self) -> float:
        """How long requests are sent."""
        return duration_s(self.model.stages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A plan to be run, with what must not be kept: the login pool, who reads the target's figures.

    Users take ``accounts`` in turn. ``watcher`` signs in to read the target's health (else the
    first account does). ``mongo_uri`` has MongoDB's serverStatus read too.
    """

    plan: LoadPlan
    permission: Permission = field(default_factory=Permission)
    accounts: tuple[Account, ...] = ()
    watcher: Account | None = None
    mongo_uri: str | None = field(default=None, repr=False)
    by: str = ""
    distribution: Distribution | None = None
    """Have workers on other computers send, over Locust, instead of ``plan.generators``."""
