"""Checks of token, role and company that are missing, each on operations of its own."""

from __future__ import annotations

from collections.abc import Callable

from desktop_app.core.permissions import OPERATIONS
from desktop_app.core.users import Role
from tests.defects.backdoor import Backdoor
from tests.defects.catalogue.reach import open_to, open_to_all, reaching_over
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import operation_of
from tests.defects.registry import breaks


def subject(operation_id: str) -> str:
    """How findings call an operation."""
    operation = OPERATIONS[operation_id]
    return f"{operation.method} {operation.path}"


def _key(check: str, operation_id: str) -> str:
    return f"{check}[{subject(operation_id)}]"


def _forbidding(operation_id: str, role: Role) -> Callable[[Backdoor], Fault]:
    """An operation that a role may use refuses it."""

    def make(backdoor: Backdoor) -> Fault:
        async def fault(asked: Asked, sound: Sound) -> Answered:
            answered = await sound(asked)
            operation = operation_of(asked)
            if operation is None or operation.id != operation_id or not asked.token:
                return answered
            user = await backdoor.user_of(asked.token)
            if user is None or user["role"] != role or answered.status == 401:
                return answered
            refused = await sound(asked.changed(method="GET", path="/api/nonexistent"))
            return refused.with_status(403).with_json({**refused.json, "status": 403})

        return fault

    return make


breaks(
    "token.missing.list",
    "the list of users asks for no token",
    _key("token.missing", "users.list"),
    "error_002",
    fault=open_to_all({"users.list"}, token=False),
    also={"*challenge": "nobody is refused", "errors.problem_details*": "nobody is refused"},
)
breaks(
    "token.bad",
    "the list of companies takes any token",
    _key("token.bad", "companies.list"),
    fault=open_to_all({"companies.list"}, token=True),
)
_FOREIGN_ROLES = (
    ("users.list", Role.EVALUATOR),
    ("users.create", Role.MANAGER),
    ("users.change", Role.MANAGER),
    ("users.reset_password", Role.MANAGER),
    ("companies.create", Role.MANAGER),
    ("companies.change", Role.SECRETARY),
    ("templates.change", Role.SECRETARY),
    ("projects.create", Role.SECRETARY),
    ("evaluations.reopen", Role.MANAGER),
    ("evaluations.confirm", Role.SECRETARY),
    ("metrics.read", Role.EVALUATOR),
    ("health.detailed", Role.SECRETARY),
)
_LET_IN = "the role is let in"
for _id, _role in _FOREIGN_ROLES:
    breaks(
        f"role.{_id}.{_role}",
        f"{subject(_id)} lets a {_role} in",
        _key("role.forbidden", _id),
        fault=open_to({_id}, {_role}),
        also={
            "session.role_changed": _LET_IN,
            "errors.problem_details*": _LET_IN,
            "object.*": _LET_IN,
            "mass.privilege*": _LET_IN,
        },
    )

for _id, _role in (("projects.list", Role.SECRETARY), ("evaluations.draft", Role.EVALUATOR)):
    breaks(
        f"role.{_id}.refused",
        f"{subject(_id)} refuses a {_role}",
        _key("role.allowed", _id),
        fault=_forbidding(_id, _role),
        also={
            "scores.draft": "the sheet cannot be written on",
            "object.*": "what is within reach is refused",
        },
    )

_REACHED = "what belongs to others is reached"
for _id in (
    "users.read",
    "companies.read",
    "companies.change",
    "templates.read",
    "projects.matrix",
    "results.read",
    "evaluations.read",
    "files.read",
    "files.download",
):
    breaks(
        f"object.{_id}",
        f"{subject(_id)} reaches what belongs to other companies",
        _key("object.company", _id),
        fault=reaching_over({_id}, {Role.MANAGER, Role.SECRETARY}),
        also={"object.*": _REACHED, "role.*": _REACHED, "mass.*": _REACHED},
    )

for _id in ("projects.list", "files.list"):
    breaks(
        f"object.{_id}",
        f"{subject(_id)} shows what belongs to other companies",
        _key("object.lists", _id),
        fault=reaching_over({_id}, {Role.MANAGER, Role.SECRETARY}),
    )

breaks(
    "object.evaluator.users.read",
    "an evaluator reads of other users",
    _key("object.evaluator", "users.read"),
    fault=reaching_over({"users.read"}, {Role.EVALUATOR}),
    also={"role.*": _REACHED},
)

for _id in ("projects.create", "templates.create"):
    breaks(
        f"object.foreign.{_id}",
        f"{subject(_id)} lets a manager make something for another company",
        _key("object.foreign", _id),
        fault=reaching_over({_id}, {Role.MANAGER}),
        also={"role.*": _REACHED},
    )
