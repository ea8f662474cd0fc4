"""Dashboard figures and the health of the platform's services, as the API gives them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from desktop_app.core.audit import AuditEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """Counts of what the platform holds, within the reader's scope."""

    users: int
    active_users: int
    users_by_role: dict[str, int]
    companies: int
    active_companies: int
    projects: int = 0
    templates: int = 0
    evaluations: int = 0
    evaluations_by_status: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """Something that waits for a person: ``code`` names it, ``count`` how many.

    Codes: locked_accounts, users_without_password, companies_over_limit, users_without_company,
    projects_overdue, sign_in_failures_24h.
    """

    code: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """Something that happened: ``entry`` is its newest entry in the audit trail.

    ``count`` is how many entries it stands for: an import has one for each document it wrote.
    """

    entry: AuditEntry
    count: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Dashboard:
    """Everything the dashboard shows from the API."""

    statistics: Statistics
    attention: tuple[Attention, ...] = ()
    activity: tuple[Activity, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceHealth:
    """One service: ``state`` is "up" or "down"; ``latency_ms`` as the server measured it."""

    name: str
    state: str
    latency_ms: float | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HostResources:
    """The server's host: percentages 0–100, sizes in bytes."""

    cpu_percent: float
    memory_percent: float
    memory_total: int
    disk_percent: float
    disk_total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailedHealth:
    """``GET /api/health/detailed``: every service, the host, and how long the server runs."""

    status: str
    timestamp: datetime
    version: str
    uptime_s: float
    services: tuple[ServiceHealth, ...]
    host: HostResources
