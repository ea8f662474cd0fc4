"""Users of the platform: their roles, their document, their editable fields (SYSTEM.md §1, §2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from desktop_app.core.fields import (
    Choice,
    Field,
    Kind,
    check_fields,
    email_form,
    login_id_form,
    phone_form,
)
from desktop_app.core.language import N_
from desktop_app.core.problems import Problem


class Role(StrEnum):
    """What a person may do (SYSTEM.md §1)."""

    ADMIN = "admin"
    MANAGER = "manager"
    SECRETARY = "secretary"
    EVALUATOR = "evaluator"


ROLE_LABELS = {
    Role.ADMIN: N_("Administrator"),
    Role.MANAGER: N_("Manager"),
    Role.SECRETARY: N_("Secretary"),
    Role.EVALUATOR: N_("Evaluator"),
}

ROLE_ALIASES = {
    Role.ADMIN: ("관리자", "시스템 관리자", "시스템관리자", "administrator"),
    Role.MANAGER: ("매니저", "담당자", "회사 관리자", "회사관리자"),
    Role.SECRETARY: ("간사", "서기"),
    Role.EVALUATOR: ("평가자", "평가위원", "심사위원"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class UserProfile:
    """How to reach a user, and where in the company."""

    phone: str | None = None
    department: str | None = None
    position: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """A user as the API gives it; never with a password or its hash. Dates are UTC.

    ``has_password`` is False after an import without passwords: nobody can sign in yet.
    ``company_name`` is joined by the server for lists.
    """

    id: str
    login_id: str
    name: str
    email: str
    role: Role
    company_id: str | None = None
    company_name: str | None = None
    is_active: bool = True
    has_password: bool = True
    must_change_password: bool = False
    login_attempts: int = 0
    locked_until: datetime | None = None
    last_login: datetime | None = None
    profile: UserProfile = field(default_factory=UserProfile)
    version: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


USER_FIELDS: tuple[Field, ...] = (
    Field(
        key="login_id",
        kind=Kind.TEXT,
        label=N_("Sign-in name"),
        hint=N_("Cannot be changed later."),
        required=True,
        max_length=64,
        rules=(login_id_form,),
        fixed=True,
        aliases=("login_id", "login", "id", "username", "아이디", "로그인 아이디", "로그인ID"),
    ),
    Field(
        key="name",
        kind=Kind.TEXT,
        label=N_("Name"),
        required=True,
        max_length=100,
        aliases=("name", "full name", "이름", "성명", "사용자명"),
    ),
    Field(
        key="email",
        kind=Kind.EMAIL,
        label=N_("E-mail"),
        required=True,
        max_length=254,
        rules=(email_form,),
        aliases=("email", "e-mail", "mail", "이메일", "전자우편", "메일"),
    ),
    Field(
        key="role",
        kind=Kind.CHOICE,
        label=N_("Role"),
        required=True,
        choices=tuple(
            Choice(role.value, label, ROLE_ALIASES[role]) for role, label in ROLE_LABELS.items()
        ),
        default=Role.EVALUATOR.value,
        aliases=("role", "역할", "권한"),
    ),
    Field(
        key="company_id",
        kind=Kind.REFERENCE,
        label=N_("Company"),
        reference="companies",
        aliases=("company", "company_id", "회사", "회사명", "소속", "소속 회사"),
    ),
    Field(
        key="profile.phone",
        kind=Kind.PHONE,
        label=N_("Telephone"),
        max_length=30,
        rules=(phone_form,),
        aliases=("phone", "tel", "telephone", "mobile", "전화", "전화번호", "연락처", "휴대폰"),
    ),
    Field(
        key="profile.department",
        kind=Kind.TEXT,
        label=N_("Department"),
        max_length=100,
        aliases=("department", "dept", "부서", "부서명"),
    ),
    Field(
        key="profile.position",
        kind=Kind.TEXT,
        label=N_("Position"),
        max_length=100,
        aliases=("position", "title", "직위", "직급", "직책"),
    ),
)


_OF_A_COMPANY = tuple(role for role in Role if role is not Role.ADMIN)


def check_user(values: dict[str, object], *, only: set[str] | None = None) -> tuple[Problem, ...]:
    """All problems of a user's flat values; everyone but an administrator needs a company.

    ``only`` limits the field checks to what a change carries; ``values`` is then still the whole
    user as it would be afterwards.
    """
    problems = check_fields(USER_FIELDS, values, only=only)
    # No set: the value may be of any type, a list has no hash.
    companyless = not values.get("company_id") and values.get("role") in _OF_A_COMPANY
    if companyless and (only is None or only & {"role", "company_id"}):
        problems += (Problem(field="company_id", code="company_needed"),)
    return problems


MINIMUM_PASSWORD = 8
MAXIMUM_PASSWORD = 128


def check_password(password: str, login_id: str, common: frozenset[str]) -> tuple[Problem, ...]:
    """Problems of a new password: OWASP ASVS 5.0 §6.2 (length, common ones, own name; no
    composition rules). ``common`` holds lower-case passwords that are guessed first."""

    def problem(code: str, **params: int) -> tuple[Problem, ...]:
        return (Problem(field="new_password", code=code, params=dict(params)),)

    if len(password) < MINIMUM_PASSWORD:
        return problem("too_short", minimum=MINIMUM_PASSWORD)
    if len(password) > MAXIMUM_PASSWORD:
        return problem("too_long", maximum=MAXIMUM_PASSWORD)
    if password.lower() in common:
        return problem("password_common")
    if login_id.lower() in password.lower():
        return problem("password_contains_login")
    return ()
