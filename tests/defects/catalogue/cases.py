"""The document's 21 cases (SYSTEM.md §3), each answered with a wrong status and with wrong keys."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from desktop_app.core.users import Role
from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import (
    About,
    answering,
    on,
    plain_error,
    status,
    unknown,
    without_key,
)
from tests.defects.registry import breaks


@dataclass(frozen=True, kw_only=True)
class Case:
    """One case: its right status, a wrong one that a careless look takes for right, and a key.

    ``where`` tells the answers of this case from others of the same operation. Without a key,
    the case is about an error, and its wrong form is one without problem details.
    """

    id: str
    about: About
    right: int
    wrong: int
    key: str = ""
    where: Callable[[Answered], bool] = lambda _answered: True
    also: tuple[str, ...] = ()
    """Other checks that send this request and look at the answer."""


def _as(role: Role) -> Callable[[Answered], bool]:
    def where(answered: Answered) -> bool:
        content = answered.json
        user = content.get("user") if isinstance(content, dict) else None
        return isinstance(user, dict) and user.get("role") == role

    return where


def _with_token(about: About) -> About:
    return lambda asked: about(asked) and bool(asked.token)


def _without_token(about: About) -> About:
    return lambda asked: about(asked) and not asked.header("authorization")


_EVERYWHERE = ("contract.schemas*", "contract.endpoints*", "performance.*", "fuzz.*")
_SAME = "it sends the same request and looks at the answer"
_LOGIN = on("POST", "/api/auth/login")
_USERS = on("GET", "/api/users")

CASES = (
    Case(id="health_001", about=on("GET", "/health"), right=200, wrong=202, key="timestamp"),
    Case(
        id="health_002",
        about=on("GET", "/api/health"),
        right=200,
        wrong=202,
        key="cache",
        also=("errors.still_well",),
    ),
    Case(
        id="auth_001", about=_LOGIN, right=200, wrong=201, key="access_token", where=_as(Role.ADMIN)
    ),
    Case(id="auth_002", about=_LOGIN, right=200, wrong=201, key="user", where=_as(Role.MANAGER)),
    Case(id="auth_003", about=_LOGIN, right=401, wrong=403, also=("auth.wrong_password",)),
    Case(
        id="auth_004",
        about=on("GET", "/api/auth/me"),
        right=200,
        wrong=202,
        key="role",
        also=("auth.refresh", "errors.still_well"),
    ),
    Case(
        id="auth_005",
        about=on("POST", "/api/auth/logout"),
        right=200,
        wrong=202,
        also=(
            "auth.refresh",
            "session.sign_out",
        ),
    ),
    Case(
        id="users_001",
        about=_with_token(_USERS),
        right=200,
        wrong=206,
        key="users",
        also=("paging.users", "sort.users", "filter.users", "search.users"),
    ),
    Case(
        id="users_002",
        about=on("POST", "/api/users"),
        right=201,
        wrong=200,
        key="message",
        also=("crud.users",),
    ),
    Case(
        id="companies_001", about=on("GET", "/api/companies"), right=200, wrong=206, key="companies"
    ),
    Case(
        id="companies_002",
        about=on("GET", "/api/companies/{id}"),
        right=200,
        wrong=206,
        key="company",
        also=("crud.companies",),
    ),
    Case(id="projects_001", about=on("GET", "/api/projects"), right=200, wrong=206, key="projects"),
    Case(
        id="projects_002",
        about=on("POST", "/api/projects"),
        right=201,
        wrong=200,
        key="project_id",
        also=("crud.projects",),
    ),
    Case(
        id="templates_001", about=on("GET", "/api/templates"), right=200, wrong=206, key="templates"
    ),
    Case(
        id="templates_002",
        about=on("GET", "/api/templates/{id}"),
        right=200,
        wrong=206,
        key="template",
        also=("crud.templates",),
    ),
    Case(
        id="evaluations_001",
        about=on("GET", "/api/evaluations"),
        right=200,
        wrong=206,
        key="evaluations",
        also=("filter.evaluations",),
    ),
    Case(
        id="files_001",
        about=on("GET", "/api/files"),
        right=200,
        wrong=206,
        key="files",
        also=("filter.files",),
    ),
    Case(
        id="analytics_001",
        about=on("GET", "/api/analytics/dashboard"),
        right=200,
        wrong=206,
        key="statistics",
    ),
    Case(id="error_001", about=unknown, right=404, wrong=400),
    Case(
        id="error_002",
        about=_without_token(_USERS),
        right=401,
        wrong=403,
        also=("errors.challenge", "errors.problem_details", "token.missing"),
    ),
    Case(
        id="error_003",
        about=_LOGIN,
        right=400,
        wrong=422,
        also=("errors.malformed_json", "errors.problem_details"),
    ),
)


def _kept_session(_backdoor: Backdoor) -> Fault:
    """Signing out is confirmed, and the token goes on living."""
    logout = on("POST", "/api/auth/logout")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if not logout(asked):
            return await sound(asked)
        alive = await sound(asked.changed(method="GET", path="/api/auth/me"))
        return alive.with_json({"message": "Signed out."}) if alive.status == 200 else alive

    return fault


def _is_of(case: Case, answered: Answered) -> bool:
    """Whether this is the right answer of the case."""
    return answered.status == case.right and case.where(answered)


def _missing(case: Case) -> str:
    if case.id == "auth_005":
        return "signing out is confirmed, and the token goes on living"
    return f"no {case.key} in the answer" if case.key else "no problem details in the error"


def _without(case: Case) -> Callable[[Backdoor], Fault]:
    if case.id == "auth_005":
        return _kept_session
    change = without_key(case.key) if case.key else plain_error
    return answering(case.about, change, where=partial(_is_of, case))


for _case in CASES:
    breaks(
        f"{_case.id}.status",
        f"{_case.wrong} in place of {_case.right}, the rest as it should be",
        _case.id,
        fault=answering(_case.about, status(_case.wrong), where=partial(_is_of, _case)),
        also=dict.fromkeys((*_case.also, *_EVERYWHERE), _SAME),
    )
    breaks(
        f"{_case.id}.keys",
        _missing(_case),
        _case.id,
        fault=_without(_case),
        also=dict.fromkeys((*_case.also, *_EVERYWHERE), _SAME),
    )
