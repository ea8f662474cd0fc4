"""Rights that nobody looks at: by token, by role, by company, by sheet, by field."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from desktop_app.core.users import Role
from tests.defects.backdoor import Backdoor
from tests.defects.catalogue.reach import open_to, open_to_all, reaching_over
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import answering, on, operation_of, status
from tests.defects.registry import breaks

_LIMITED = (Role.MANAGER, Role.SECRETARY, Role.EVALUATOR)
_EVALUATORS = (Role.EVALUATOR,)


def in_the_name_of_an_administrator(operation_id: str, role: Role) -> Callable[[Backdoor], Fault]:
    """An operation of the own company that is done for any company."""

    def make(backdoor: Backdoor) -> Fault:
        async def fault(asked: Asked, sound: Sound) -> Answered:
            operation = operation_of(asked)
            if operation is None or operation.id != operation_id:
                return await sound(asked)
            user = await backdoor.user_of(asked.token)
            if user is None or user["role"] != role:
                return await sound(asked)
            return await sound(asked.with_token(await backdoor.administrator()))

        return fault

    return make


def taking_over(
    operation_id: str, fields: Collection[str], collection: str, key: str
) -> Callable[[Backdoor], Fault]:
    """An operation that keeps these fields of a body as they come, beside what it is for.

    ``key`` is where the answer tells the document's id ("" for the one in the path).
    """

    def make(backdoor: Backdoor) -> Fault:
        async def fault(asked: Asked, sound: Sound) -> Answered:
            operation = operation_of(asked)
            content = await asked.json() if operation and operation.id == operation_id else None
            if not isinstance(content, dict):
                return await sound(asked)
            further = {name: content.pop(name) for name in fields if name in content}
            if not further:
                return await sound(asked)
            answered = await sound(asked.with_json(content))
            if answered.status in (200, 201):
                id_ = _inside(answered.json, key) if key else asked.path.split("/")[3]
                await backdoor.platform.store[collection].update_one(
                    {"_id": id_}, {"$set": {name: _kept(value) for name, value in further.items()}}
                )
                for cache in backdoor.platform.sessions.caches:
                    cache.clear()
            return answered

        return fault

    return make


def _inside(content: Any, key: str) -> Any:
    for step in key.split("."):
        content = content[step]
    return content


def _kept(value: Any) -> Any:
    if isinstance(value, str) and value.endswith("Z"):
        return datetime.fromisoformat(value)
    return value


breaks(
    "token.missing",
    "the audit trail asks for no token",
    "token.missing[GET /api/audit]",
    fault=open_to_all({"audit.list"}),
    also={"token.bad*": "a bad one is as good as none"},
)
breaks(
    "token.missing.change",
    "users are deleted without a token",
    "token.missing[DELETE /api/users/{id}]",
    fault=open_to_all({"users.delete"}),
    also={"token.bad*": "a bad one is as good as none"},
)
breaks(
    "role.reads",
    "everybody reads the audit trail",
    "role.forbidden[GET /api/audit]",
    fault=open_to({"audit.list"}, _LIMITED),
)
breaks(
    "role.changes",
    "managers delete users",
    "role.forbidden[DELETE /api/users/{id}]",
    fault=open_to({"users.delete"}, (Role.MANAGER,)),
)
breaks(
    "role.creates",
    "secretaries make templates",
    "role.forbidden[POST /api/templates]",
    fault=open_to({"templates.create"}, (Role.SECRETARY,)),
)
breaks(
    "role.cancels",
    "evaluators end others' uploads",
    "role.forbidden[DELETE /api/files/upload/{id}]",
    fault=open_to({"files.upload_cancel"}, _EVALUATORS),
)
breaks(
    "role.refused",
    "staff may not read the dashboard",
    "role.allowed[GET /api/analytics/dashboard]",
    fault=answering(
        on("GET", "/api/analytics/dashboard"),
        status(403),
        where=lambda answered: answered.status == 200,
    ),
    also={"analytics_001": "the administrator may not read it either"},
)
breaks(
    "object.read",
    "managers read the projects of all companies",
    "object.company[GET /api/projects/{id}]",
    fault=reaching_over({"projects.read"}, (Role.MANAGER,)),
)
breaks(
    "object.delete",
    "managers delete the templates of all companies",
    "object.company[DELETE /api/templates/{id}]",
    fault=reaching_over({"templates.delete"}, (Role.MANAGER,)),
)
breaks(
    "object.confirm",
    "managers confirm the sheets of all companies",
    "object.company[POST /api/evaluations/{id}/confirm]",
    fault=reaching_over({"evaluations.confirm"}, (Role.MANAGER,)),
)
breaks(
    "object.withdraw",
    "staff withdraw the conflicts of interest of all companies",
    "object.company[DELETE /api/projects/{id}/conflicts]",
    fault=reaching_over({"projects.withdraw"}, (Role.MANAGER,)),
)
breaks(
    "object.sheet",
    "evaluators read each other's sheets",
    "object.evaluator[GET /api/evaluations/{id}]",
    fault=reaching_over({"evaluations.read"}, _EVALUATORS),
)
breaks(
    "object.peers",
    "others' scores are shown before the own sheet is handed in",
    "object.evaluator[GET /api/evaluations/{id}/peers]",
    fault=answering(
        on("GET", "/api/evaluations/{id}/peers"),
        lambda answered: answered.with_json({"peers": [{"label": "1"}]}).with_status(200),
        where=lambda answered: answered.status == 403,
    ),
)
breaks(
    "object.lists",
    "the list of users is that of all companies",
    "object.lists[GET /api/users]",
    fault=reaching_over({"users.list"}, (Role.MANAGER,)),
)
breaks(
    "object.foreign",
    "managers make projects for any company",
    "object.foreign[POST /api/projects]",
    fault=in_the_name_of_an_administrator("projects.create", Role.MANAGER),
)
breaks(
    "mass.role",
    "a change of the password takes a role along",
    "mass.privilege[POST /api/auth/password]",
    fault=taking_over("auth.password", {"role"}, "users", "user.id"),
)
breaks(
    "mass.is_active",
    "managers deactivate their company by a field",
    "mass.change[PATCH /api/companies/{id}]",
    fault=taking_over("companies.change", {"is_active"}, "companies", ""),
)
breaks(
    "mass.company_id",
    "managers give templates to another company",
    "mass.change[PATCH /api/templates/{id}]",
    fault=taking_over("templates.change", {"company_id", "created_by"}, "templates", ""),
)
breaks(
    "mass.created_at",
    "new users bring the time of their making along",
    "mass.create[POST /api/users]",
    fault=taking_over("users.create", {"created_at", "login_attempts"}, "users", "user_id"),
)
breaks(
    "mass.total_score",
    "a draft brings its total along",
    "mass.score",
    fault=taking_over("evaluations.draft", {"total_score"}, "evaluations", ""),
)
