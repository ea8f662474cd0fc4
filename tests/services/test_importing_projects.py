"""Projects from a file of a person into the real server."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop_app.api.client import ApiClient
from desktop_app.api.guard import WriteGuard
from desktop_app.api.transport import Transport
from desktop_app.config.profiles import Profile
from desktop_app.core.imports import RowResult, Verdict
from desktop_app.core.paging import PageQuery
from desktop_app.core.projects import PROJECT_FIELDS, Project, check_project
from desktop_app.core.tasks import TaskContext
from desktop_app.services.importing import ImportRun, guess_mapping, read_sheet
from desktop_app.services.table_file import TableFile
from tests.fixtures.server import RunningServer

HEADINGS = ("사업명", "주관회사", "담당자", "평가표", "상태", "시작일", "마감일", "합격선")


@pytest.fixture
def api(api_server: RunningServer) -> Iterator[ApiClient]:
    profile = Profile(id="t", name="Test", connect_timeout_s=2)
    client = ApiClient(Transport(api_server.url, profile, guard=WriteGuard("Test")))
    client.sign_with(client.auth.login(*api_server.admin).access_token)
    yield client
    client.close()


def project_row(number: int, **changes: Any) -> tuple[Any, ...]:
    row = {
        "사업명": f"AI 바우처 {number}",
        "주관회사": "테스트 회사",
        "담당자": "manager1",
        "평가표": "기본 평가 템플릿",
        "상태": "진행 중",
        "시작일": "2026. 11. 1. 09:00",
        "마감일": "2026-11-30 18:00",
        "합격선": 60,
    }
    return tuple({**row, **changes}.values())


def project_run(api: ApiClient, path: Path) -> ImportRun[Project]:
    sheet = read_sheet(path, TaskContext())
    return ImportRun(
        api.projects,
        PROJECT_FIELDS,
        check_project,
        sheet,
        guess_mapping(sheet.columns, PROJECT_FIELDS),
        update_existing=False,
        issue_passwords=False,
    )


def codes(result: RowResult) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in result.problems]


def test_workbook_of_projects_is_imported_in_korean_time(api: ApiClient, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(HEADINGS)
    book.active.append(project_row(1))
    book.active.append(project_row(2, 마감일=datetime(2026, 11, 30, 18, 0)))
    book.save(tmp_path / "projects.xlsx")
    run = project_run(api, tmp_path / "projects.xlsx")
    assert [result.verdict for result in run.check(TaskContext())] == [Verdict.CREATE] * 2
    assert [result.verdict for result in run.apply(TaskContext())] == [Verdict.CREATE] * 2
    for project in api.projects.page(PageQuery()).items:
        assert project.deadline == datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
        assert project.start_date == datetime(2026, 11, 1, 0, 0, tzinfo=UTC)
        assert (project.status, project.results.cut_line) == ("active", 60)
        assert (project.manager_id, project.template_id) == ("user-manager1", "template-basic")


def test_bad_rows_are_found_before_the_server_is_asked_or_by_it(
    api: ApiClient, tmp_path: Path
) -> None:
    rows = [
        project_row(1),
        project_row(2, 마감일="2026-11-30"),
        project_row(3, 마감일="2026-10-01 18:00"),
        project_row(1),
        project_row(5, 담당자="evaluator1"),
        project_row(6, 평가표=None),
        project_row(1, 주관회사="시스템 회사", 담당자=None),
    ]
    with TableFile(tmp_path / "projects.csv", HEADINGS) as table:
        for row in rows:
            table.add(row)
    run = project_run(api, tmp_path / "projects.csv")
    results = {result.row: result for result in run.check(TaskContext())}
    assert {number: codes(result) for number, result in results.items()} == {
        2: [],
        3: [("deadline", "moment_form")],
        4: [("deadline", "before_start")],
        5: [("name", "duplicate_in_file")],
        6: [("manager_id", "not_a_manager")],
        7: [("template_id", "needed_when_active")],
        8: [],
    }


def test_projects_of_several_requests_fit_into_their_company_together(
    api: ApiClient, api_server: RunningServer, tmp_path: Path
) -> None:
    limit = {"$set": {"settings.max_projects": 502}}
    api_server.documents["companies"].update_one({"_id": "company-test"}, limit)
    with TableFile(tmp_path / "projects.csv", HEADINGS) as table:
        for number in range(504):
            table.add(project_row(number))
    results = project_run(api, tmp_path / "projects.csv").check(TaskContext())
    full = [result.row for result in results if codes(result) != []]
    assert full == [504, 505]
    assert codes(results[-1]) == [("company_id", "projects_full_in_file")]
    assert results[-1].problems[0].params == {"maximum": 502, "free": 502}
