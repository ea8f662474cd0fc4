"""Companies: their document and their editable fields (SYSTEM.md §2)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from desktop_app.core import business_number
from desktop_app.core.fields import Field, Kind, check_fields, email_form, phone_form
from desktop_app.core.language import N_
from desktop_app.core.problems import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanySettings:
    """Limits of what a company may hold."""

    max_users: int = 100
    max_projects: int = 50
    storage_limit_gb: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """A company as the API gives it. Dates are UTC. ``user_count`` is joined by the server."""

    id: str
    name: str
    business_number: str | None = None
    address: str | None = None
    contact_email: str | None = None
    contact_phone: str | None = None
    is_active: bool = True
    settings: CompanySettings = field(default_factory=CompanySettings)
    user_count: int | None = None
    version: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


COMPANY_FIELDS: tuple[Field, ...] = (
    Field(
        key="name",
        kind=Kind.TEXT,
        label=N_("Company name"),
        required=True,
        max_length=200,
        aliases=("name", "company", "company name", "회사명", "회사", "업체명", "상호", "기업명"),
    ),
    Field(
        key="business_number",
        kind=Kind.BUSINESS_NUMBER,
        label=N_("Business number"),
        hint=N_("Ten digits; dashes are put in as you type."),
        required=True,
        max_length=12,
        rules=(business_number.problem_code,),
        aliases=(
            "business_number",
            "business number",
            "사업자등록번호",
            "사업자번호",
            "사업자 등록번호",
        ),
    ),
    Field(
        key="address",
        kind=Kind.TEXT,
        label=N_("Address"),
        max_length=300,
        aliases=("address", "주소", "소재지"),
    ),
    Field(
        key="contact_email",
        kind=Kind.EMAIL,
        label=N_("Contact e-mail"),
        max_length=254,
        rules=(email_form,),
        aliases=("contact_email", "email", "이메일", "담당자 이메일", "연락 이메일"),
    ),
    Field(
        key="contact_phone",
        kind=Kind.PHONE,
        label=N_("Contact telephone"),
        max_length=30,
        rules=(phone_form,),
        aliases=("contact_phone", "phone", "tel", "전화", "전화번호", "연락처", "대표전화"),
    ),
    Field(
        key="settings.max_users",
        kind=Kind.INTEGER,
        label=N_("Users at most"),
        required=True,
        minimum=1,
        maximum=100_000,
        default=100,
        aliases=("max_users", "최대 사용자", "최대 사용자 수"),
    ),
    Field(
        key="settings.max_projects",
        kind=Kind.INTEGER,
        label=N_("Projects at most"),
        required=True,
        minimum=1,
        maximum=100_000,
        default=50,
        aliases=("max_projects", "최대 프로젝트", "최대 프로젝트 수"),
    ),
    Field(
        key="settings.storage_limit_gb",
        kind=Kind.INTEGER,
        label=N_("Storage at most (GB)"),
        required=True,
        minimum=1,
        maximum=100_000,
        default=10,
        aliases=("storage_limit_gb", "저장 용량", "저장 용량(GB)"),
    ),
)


def check_company(
    values: dict[str, object], *, only: set[str] | None = None
) -> tuple[Problem, ...]:
    """All problems of a company's flat values; ``only`` limits them to what a change carries."""
    return check_fields(COMPANY_FIELDS, values, only=only)
