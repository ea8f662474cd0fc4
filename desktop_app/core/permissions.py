"""Who may do what: the one table of operations of contract v1 (SYSTEM.md §1, §3).

The API server enforces it route by route, the window shows only what it allows, and the
validation suites probe a server against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop_app.core.users import Role


class Scope(StrEnum):
    """Whose documents an allowed operation reaches."""

    ALL = "all"
    OWN_COMPANY = "own_company"
    SELF = "self"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of the API: its route and, per role that may use it, how far it reaches.

    A role that is absent may not use it; ``public`` operations need no token.
    """

    id: str
    method: str
    path: str
    allowed: Mapping[Role, Scope]
    public: bool = False


_EVERYONE = dict.fromkeys(Role, Scope.SELF)
_ADMIN = {Role.ADMIN: Scope.ALL}
_MANAGERS = {**_ADMIN, Role.MANAGER: Scope.OWN_COMPANY}
_STAFF = {**_MANAGERS, Role.SECRETARY: Scope.OWN_COMPANY}
_STAFF_AND_SELF = {**_STAFF, Role.EVALUATOR: Scope.SELF}
_ALL_STAFF = dict.fromkeys((Role.ADMIN, Role.MANAGER, Role.SECRETARY), Scope.ALL)
_EVALUATORS = {Role.ADMIN: Scope.SELF, Role.EVALUATOR: Scope.SELF}

_TABLE = (
    Operation("health.read", "GET", "/health", {}, public=True),
    Operation("health.api", "GET", "/api/health", {}, public=True),
    Operation("health.detailed", "GET", "/api/health/detailed", _ADMIN),
    Operation("metrics.read", "GET", "/metrics", _ADMIN),
    Operation("openapi.read", "GET", "/openapi.json", {}, public=True),
    Operation("auth.login", "POST", "/api/auth/login", {}, public=True),
    Operation("auth.refresh", "POST", "/api/auth/refresh", {}, public=True),
    Operation("auth.logout", "POST", "/api/auth/logout", _EVERYONE),
    Operation("auth.me", "GET", "/api/auth/me", _EVERYONE),
    Operation("auth.password", "POST", "/api/auth/password", _EVERYONE),
    Operation("users.list", "GET", "/api/users", _STAFF),
    Operation("users.create", "POST", "/api/users", _ADMIN),
    Operation("users.read", "GET", "/api/users/{id}", _STAFF_AND_SELF),
    Operation("users.change", "PATCH", "/api/users/{id}", _ADMIN),
    Operation("users.delete", "DELETE", "/api/users/{id}", _ADMIN),
    Operation("users.usage", "GET", "/api/users/{id}/usage", _ADMIN),
    Operation("users.activate", "POST", "/api/users/{id}/activate", _ADMIN),
    Operation("users.deactivate", "POST", "/api/users/{id}/deactivate", _ADMIN),
    Operation("users.reset_password", "POST", "/api/users/{id}/reset-password", _ADMIN),
    Operation("users.unlock", "POST", "/api/users/{id}/unlock", _ADMIN),
    Operation("users.import", "POST", "/api/users/import", _ADMIN),
    Operation("companies.list", "GET", "/api/companies", _STAFF),
    Operation("companies.create", "POST", "/api/companies", _ADMIN),
    Operation("companies.read", "GET", "/api/companies/{id}", _STAFF),
    Operation("companies.change", "PATCH", "/api/companies/{id}", _MANAGERS),
    Operation("companies.delete", "DELETE", "/api/companies/{id}", _ADMIN),
    Operation("companies.usage", "GET", "/api/companies/{id}/usage", _ADMIN),
    Operation("companies.activate", "POST", "/api/companies/{id}/activate", _ADMIN),
    Operation("companies.deactivate", "POST", "/api/companies/{id}/deactivate", _ADMIN),
    Operation("companies.import", "POST", "/api/companies/import", _ADMIN),
    # Names alone, of every active company: whom a project may evaluate is no secret to staff.
    Operation("companies.names", "GET", "/api/companies/names", _ALL_STAFF),
    Operation("templates.list", "GET", "/api/templates", _STAFF),
    Operation("templates.create", "POST", "/api/templates", _MANAGERS),
    Operation("templates.read", "GET", "/api/templates/{id}", _STAFF),
    Operation("templates.change", "PATCH", "/api/templates/{id}", _MANAGERS),
    Operation("templates.delete", "DELETE", "/api/templates/{id}", _MANAGERS),
    Operation("templates.usage", "GET", "/api/templates/{id}/usage", _MANAGERS),
    Operation("templates.revisions", "GET", "/api/templates/{id}/revisions", _STAFF),
    Operation("templates.activate", "POST", "/api/templates/{id}/activate", _MANAGERS),
    Operation("templates.deactivate", "POST", "/api/templates/{id}/deactivate", _MANAGERS),
    Operation("projects.list", "GET", "/api/projects", _STAFF),
    Operation("projects.create", "POST", "/api/projects", _MANAGERS),
    Operation("projects.read", "GET", "/api/projects/{id}", _STAFF),
    Operation("projects.change", "PATCH", "/api/projects/{id}", _MANAGERS),
    Operation("projects.delete", "DELETE", "/api/projects/{id}", _MANAGERS),
    Operation("projects.usage", "GET", "/api/projects/{id}/usage", _MANAGERS),
    Operation("projects.archive", "POST", "/api/projects/{id}/archive", _MANAGERS),
    Operation("projects.restore", "POST", "/api/projects/{id}/restore", _MANAGERS),
    Operation("projects.import", "POST", "/api/projects/import", _MANAGERS),
    Operation("projects.revise", "POST", "/api/projects/{id}/revise", _MANAGERS),
    Operation("projects.matrix", "GET", "/api/projects/{id}/matrix", _STAFF),
    Operation("projects.participants", "PUT", "/api/projects/{id}/participants", _STAFF),
    Operation("projects.assign", "POST", "/api/projects/{id}/assignments", _STAFF),
    Operation("projects.remind", "POST", "/api/projects/{id}/reminders", _STAFF),
    Operation("projects.candidates", "GET", "/api/projects/{id}/candidates", _STAFF_AND_SELF),
    Operation("projects.declare", "POST", "/api/projects/{id}/conflicts", _STAFF_AND_SELF),
    Operation("projects.withdraw", "DELETE", "/api/projects/{id}/conflicts", _STAFF_AND_SELF),
    Operation("results.read", "GET", "/api/projects/{id}/results", _STAFF),
    Operation("evaluations.list", "GET", "/api/evaluations", _STAFF_AND_SELF),
    Operation("evaluations.read", "GET", "/api/evaluations/{id}", _STAFF_AND_SELF),
    Operation("evaluations.draft", "PUT", "/api/evaluations/{id}/draft", _EVALUATORS),
    Operation("evaluations.submit", "POST", "/api/evaluations/{id}/submit", _EVALUATORS),
    Operation("evaluations.peers", "GET", "/api/evaluations/{id}/peers", _EVALUATORS),
    Operation("evaluations.confirm", "POST", "/api/evaluations/{id}/confirm", _MANAGERS),
    Operation("evaluations.reopen", "POST", "/api/evaluations/{id}/reopen", _ADMIN),
    Operation("evaluations.reassign", "POST", "/api/evaluations/{id}/reassign", _STAFF),
    Operation("evaluations.delete", "DELETE", "/api/evaluations/{id}", _STAFF),
    Operation("files.list", "GET", "/api/files", _STAFF_AND_SELF),
    Operation("files.read", "GET", "/api/files/{id}", _STAFF_AND_SELF),
    Operation("files.download", "GET", "/api/files/{id}/content", _STAFF_AND_SELF),
    Operation("files.change", "PATCH", "/api/files/{id}", _STAFF),
    Operation("files.delete", "DELETE", "/api/files/{id}", _STAFF),
    Operation("files.upload", "POST", "/api/files/upload", _STAFF),
    Operation("files.upload_state", "GET", "/api/files/upload/{id}", _STAFF),
    Operation("files.upload_part", "PATCH", "/api/files/upload/{id}", _STAFF),
    Operation("files.upload_finish", "POST", "/api/files/upload/{id}/finish", _STAFF),
    Operation("files.upload_cancel", "DELETE", "/api/files/upload/{id}", _STAFF),
    Operation("imports.list", "GET", "/api/imports", _ADMIN),
    Operation("imports.read", "GET", "/api/imports/{id}", _ADMIN),
    Operation("imports.undo", "POST", "/api/imports/{id}/undo", _ADMIN),
    Operation("audit.list", "GET", "/api/audit", _ADMIN),
    Operation("audit.verify", "GET", "/api/audit/verify", _ADMIN),
    Operation("analytics.dashboard", "GET", "/api/analytics/dashboard", _STAFF),
)

OPERATIONS: Mapping[str, Operation] = {operation.id: operation for operation in _TABLE}


def scope_of(operation_id: str, role: Role) -> Scope | None:
    """How far ``role`` reaches with an operation; None when it may not use it."""
    return OPERATIONS[operation_id].allowed.get(role)


def may(operation_id: str, role: Role) -> bool:
    """Whether ``role`` may use an operation at all."""
    return scope_of(operation_id, role) is not None
