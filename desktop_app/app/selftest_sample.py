"""Sample data for a temporary workspace, made through the API as a person would make it.

Everything in it says that it is sample data: names of companies, addresses of ``example.com``.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from desktop_app.api.client import ApiClient
from desktop_app.app.selftest_sample_projects import Evaluator, create_sample_projects
from desktop_app.core.business_number import check_digit, formatted
from desktop_app.core.imports import ImportRow, Verdict
from desktop_app.core.paging import PageQuery
from desktop_app.core.users import Role

COMPANIES = (
    ("샘플전자 (예시)", "서울특별시 강남구 예시로 1"),
    ("가나다소프트 (예시)", "경기도 성남시 분당구 예시로 22"),
    ("한빛데이터 (예시)", "대전광역시 유성구 예시로 333"),
    ("누리연구소 (예시)", "부산광역시 해운대구 예시로 4"),
    ("Example Analytics Ltd. (sample)", "5 Example Street, Seoul"),
    ("이름이 아주 긴 인공지능 모델 평가 전문 주식회사 샘플 (예시)", "광주광역시 북구 예시로 66"),
)
USER_COUNT = 60
WITH_PASSWORD = 45

_SURNAMES = ("김", "이", "박", "최", "정", "강", "조", "윤", "장", "임", "남궁", "황보")
_GIVEN = ("민준", "서연", "도윤", "지우", "하준", "수아", "예준", "하은", "시우", "지민", "솔")
_DEPARTMENTS = ("평가기획팀", "품질관리팀", "데이터분석팀", "운영지원팀")
_POSITIONS = ("사원", "대리", "과장", "차장", "부장")
_ROLES = (Role.EVALUATOR,) * 4 + (Role.SECRETARY, Role.MANAGER)


def create_sample(api: ApiClient) -> None:
    """Companies, users of every role with a little history, projects with sheets in every state.

    Raises an error of the core.
    """
    ids = [api.companies.create(values) for values in sample_companies()]
    rows = [
        ImportRow(row=number, values={**values, "company_id": ids[number % len(ids)]})
        for number, values in enumerate(sample_users(USER_COUNT), start=2)
    ]
    passwords = _import(api, rows[:WITH_PASSWORD], issue_passwords=True)
    _import(api, rows[WITH_PASSWORD:], issue_passwords=False)
    newest = api.users.page(PageQuery(page_size=25, q="sample0")).items
    for user in newest[:3]:
        api.users.deactivate(user.id, version=user.version)
    for user in newest[3:6]:
        api.users.change(user.id, {"profile.position": "수석"}, version=user.version)
    chosen = {user.id for user in newest[:6]}
    evaluators = [
        Evaluator(id=id_, login_id=str(row.values["login_id"]), one_time_password=password)
        for row, (id_, password) in zip(rows, passwords, strict=False)
        if row.values["role"] == Role.EVALUATOR and id_ not in chosen
    ]
    create_sample_projects(api, ids, evaluators)


def _import(
    api: ApiClient, rows: list[ImportRow], *, issue_passwords: bool
) -> list[tuple[str, str]]:
    """Import users; their ids and one-time passwords."""
    results = api.users.import_rows(
        uuid.uuid4().hex,
        "sample.xlsx",
        rows,
        dry_run=False,
        update_existing=False,
        issue_passwords=issue_passwords,
    )
    refused = [result for result in results if result.verdict is not Verdict.CREATE]
    if refused:
        raise ValueError(f"the server refused sample users: {refused[:3]}")
    return [(str(result.id), str(result.initial_password)) for result in results]


def sample_companies() -> Iterator[dict[str, str]]:
    """Flat values of the sample companies; their business numbers have valid check digits."""
    for number, (name, address) in enumerate(COMPANIES, start=1):
        nine = f"9{number:02d}88{number:04d}"
        yield {
            "name": name,
            "business_number": formatted(f"{nine}{check_digit(nine)}"),
            "address": address,
            "contact_email": f"company{number}@example.com",
            "contact_phone": f"02-0000-{number:04d}",
        }


def sample_users(count: int) -> Iterator[dict[str, str | int | float | bool | None]]:
    """Flat values of ``count`` sample users without a company, sign-in names sample001, …"""
    for number in range(1, count + 1):
        surname = _SURNAMES[number % len(_SURNAMES)]
        given = _GIVEN[number * 7 % len(_GIVEN)]
        yield {
            "login_id": f"sample{number:03d}",
            "name": surname + given,
            "email": f"sample{number:03d}@example.com",
            "role": _ROLES[number % len(_ROLES)].value,
            "profile.phone": f"010-0000-{number % 10_000:04d}",
            "profile.department": _DEPARTMENTS[number % len(_DEPARTMENTS)],
            "profile.position": _POSITIONS[number % len(_POSITIONS)],
        }
