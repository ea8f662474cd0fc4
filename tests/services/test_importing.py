"""Imports of files into the real server, also when it goes away in the middle."""

from __future__ import annotations

import stat
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from desktop_app.api.client import ApiClient
from desktop_app.api.guard import WriteGuard
from desktop_app.api.transport import Transport
from desktop_app.api.users import Users
from desktop_app.config.profiles import Profile
from desktop_app.core.companies import COMPANY_FIELDS, Company, check_company
from desktop_app.core.errors import Cancelled, Unreachable
from desktop_app.core.imports import RowResult, Verdict
from desktop_app.core.paging import PageQuery
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.core.users import USER_FIELDS, User, check_user
from desktop_app.services.import_rules import RowRules
from desktop_app.services.importing import ImportRun, guess_mapping, read_sheet
from desktop_app.services.table_file import TableFile
from tests.fixtures.server import RunningServer

HEADINGS = ("아이디", "이름", "이메일", "역할", "회사", "전화번호")


@pytest.fixture
def transport(api_server: RunningServer) -> Transport:
    profile = Profile(id="t", name="Test", connect_timeout_s=2)
    return Transport(api_server.url, profile, guard=WriteGuard("Test"))


@pytest.fixture
def api(api_server: RunningServer, transport: Transport) -> Iterator[ApiClient]:
    api_server.documents["companies"].update_many({}, {"$set": {"settings.max_users": 100_000}})
    client = ApiClient(transport)
    client.sign_with(client.auth.login(*api_server.admin).access_token)
    yield client
    client.close()


def user_row(number: int, **changes: Any) -> tuple[Any, ...]:
    row = {
        "아이디": f"user{number:05}",
        "이름": f"홍길동{number}",
        "이메일": f"user{number:05}@example.com",
        "역할": "평가자",
        "회사": "테스트 회사",
        "전화번호": 1_012_340_000 + number,
    }
    return tuple({**row, **changes}.values())


def written(
    path: Path, rows: Sequence[tuple[Any, ...]], headings: Sequence[str] = HEADINGS
) -> Path:
    with TableFile(path, headings) as table:
        for row in rows:
            table.add(row)
    return path


def users_run(
    api: ApiClient,
    path: Path,
    *,
    update: bool = False,
    passwords: bool = False,
    users: Users | None = None,
) -> ImportRun[User]:
    sheet = read_sheet(path, TaskContext())
    return ImportRun(
        users or api.users,
        USER_FIELDS,
        check_user,
        sheet,
        guess_mapping(sheet.columns, USER_FIELDS),
        update_existing=update,
        issue_passwords=passwords,
    )


def verdicts(results: Sequence[RowResult]) -> dict[int, str]:
    return {result.row: result.verdict.value for result in results}


def bad_rows() -> list[tuple[Any, ...]]:
    """Ten rows of which seven are bad, each in its own way."""
    return [
        user_row(1),
        user_row(2, 이메일="no address"),
        user_row(3, 역할="마법사"),
        user_row(1),
        user_row(5, 이메일="USER00001@example.com"),
        user_row(6, 회사="없는 회사"),
        user_row(7, 아이디="admin"),
        user_row(8, 이름=None),
        user_row(9),
        user_row(10, 역할="관리자", 회사=None),
    ]


def test_every_row_gets_a_verdict_and_nothing_changes(api: ApiClient, tmp_path: Path) -> None:
    run = users_run(api, written(tmp_path / "users.xlsx", bad_rows()))
    results = {result.row: result for result in run.check(TaskContext())}
    assert list(results) == list(range(2, 12))
    problems = {
        row: [(p.field, p.code) for p in result.problems]
        for row, result in results.items()
        if result.verdict is Verdict.INVALID
    }
    assert problems == {
        3: [("email", "email_form")],
        4: [("role", "choice")],
        5: [("login_id", "duplicate_in_file"), ("email", "duplicate_in_file")],
        6: [("email", "duplicate_in_file")],
        7: [("company_id", "reference_unknown")],
        8: [("login_id", "duplicate")],
        9: [("name", "required")],
    }
    assert results[5].problems[0].params == {"row": 2}
    assert api.users.page(PageQuery()).total == 4


def test_the_good_rows_are_applied_and_the_bad_ones_come_back_in_a_file(
    api: ApiClient, tmp_path: Path
) -> None:
    run = users_run(api, written(tmp_path / "users.xlsx", bad_rows()))
    run.check(TaskContext())
    finished = [run.finished]
    run.apply(TaskContext())
    finished.append(run.finished)
    assert finished == [False, True]
    assert api.users.page(PageQuery()).total == 7
    assert api.users.page(PageQuery(q="user00001")).items[0].profile.phone == "010-1234-0001"

    errors = tmp_path / "errors.xlsx"
    assert run.write_error_file(errors) == 7
    sheet = read_sheet(errors, TaskContext())
    assert sheet.columns == (*HEADINGS, "Problem")
    assert sheet.rows[0][:6] == user_row(2, 이메일="no address")
    assert "E-mail: This is not an e-mail address" in str(sheet.rows[0][6])

    corrected = [
        user_row(number, 아이디=f"fixed{number}", 이메일=f"fixed{number}@x.kr")
        for number in range(7)
    ]
    again = users_run(api, written(tmp_path / "corrected.xlsx", corrected))
    assert set(verdicts(again.apply(TaskContext())).values()) == {"create"}
    assert api.users.page(PageQuery()).total == 14


def test_existing_users_are_updated_by_what_the_file_carries(
    api: ApiClient, tmp_path: Path
) -> None:
    users_run(api, written(tmp_path / "a.xlsx", [user_row(1), user_row(2)])).apply(TaskContext())
    path = tmp_path / "phones.csv"
    rows = [("user00001", "02-123-4567"), ("user00002", "010-1234-0002"), ("user00003", "")]
    written(path, rows, ("아이디", "전화번호"))
    run = users_run(api, path, update=True)
    results = run.check(TaskContext())
    assert verdicts(results) == {2: "update", 3: "unchanged", 4: "invalid"}
    assert results[0].before == {"profile.phone": "010-1234-0001"}
    assert results[0].after == {"profile.phone": "02-123-4567"}
    run.apply(TaskContext())
    user = api.users.page(PageQuery(q="user00001")).items[0]
    assert (user.profile.phone, user.name) == ("02-123-4567", "홍길동1")


def test_companies_with_numbers_that_excel_made_of_texts(api: ApiClient, tmp_path: Path) -> None:
    path = written(
        tmp_path / "companies.csv",
        [("한빛", 1248100998, ""), ("두리", "220-81-62517", "1,000"), ("한빛", 1208147521, "")],
        ("상호", "사업자번호", "최대 사용자 수"),
    )
    sheet = read_sheet(path, TaskContext())
    run: ImportRun[Company] = ImportRun(
        api.companies,
        COMPANY_FIELDS,
        check_company,
        sheet,
        guess_mapping(sheet.columns, COMPANY_FIELDS),
        update_existing=False,
        issue_passwords=False,
    )
    assert verdicts(run.apply(TaskContext())) == {2: "create", 3: "create", 4: "invalid"}
    found = api.companies.page(PageQuery(q="두리")).items[0]
    assert (found.settings.max_users, found.settings.max_projects) == (1000, 50)


def test_first_passwords_are_written_for_oneself_only(api: ApiClient, tmp_path: Path) -> None:
    path = written(tmp_path / "users.xlsx", [user_row(1), user_row(2)])
    run = users_run(api, path, passwords=True)
    run.apply(TaskContext())
    passwords = tmp_path / "passwords.csv"
    assert run.write_passwords(passwords) == 2
    sheet = read_sheet(passwords, TaskContext())
    assert [row[0] for row in sheet.rows] == ["user00001", "user00002"]
    if sys.platform != "win32":
        assert stat.S_IMODE(passwords.stat().st_mode) == 0o600
    assert api.auth.login("user00001", str(sheet.rows[0][2])).user.must_change_password


def test_applying_again_doubles_nothing(api: ApiClient, tmp_path: Path) -> None:
    run = users_run(api, written(tmp_path / "users.xlsx", [user_row(1)]))
    run.apply(TaskContext())
    run.apply(TaskContext())
    assert api.users.page(PageQuery()).total == 5
    assert api.imports.page(PageQuery()).total == 1


class LossyUsers(Users):
    """Users over a line on which the answers to some imports are lost: the first is number 0."""

    def __init__(self, transport: Transport, lose: range) -> None:
        super().__init__(transport)
        self._lose = lose
        self._count = -1

    def import_rows(self, *arguments: Any, **options: Any) -> tuple[RowResult, ...]:
        results = super().import_rows(*arguments, **options)
        self._count += 1
        if self._count in self._lose:
            raise Unreachable(address="x", reason="cut")
        return results


@pytest.mark.parametrize("lose", [range(1, 2), range(2)])
def test_an_answer_lost_on_the_way_doubles_nothing(
    api: ApiClient, transport: Transport, tmp_path: Path, lose: range
) -> None:
    path = written(tmp_path / "users.xlsx", [user_row(number) for number in range(1200)])
    run = users_run(api, path, users=LossyUsers(transport, lose))
    results = run.apply(TaskContext())
    assert len(results) == 1200
    assert {result.verdict for result in results} == {Verdict.CREATE}
    assert api.users.page(PageQuery()).total == 1204


def test_a_server_that_goes_away_in_the_middle_is_waited_for(
    api: ApiClient, api_server: RunningServer, tmp_path: Path
) -> None:
    path = written(tmp_path / "users.xlsx", [user_row(number) for number in range(1100)])
    run = users_run(api, path)
    run.check(TaskContext())
    gone = threading.Event()
    back = threading.Event()

    def stop_after_the_first_chunk(progress: Progress) -> None:
        if progress.done == 500 and not gone.is_set():
            gone.set()
            assert back.wait(20)

    with ThreadPoolExecutor(1) as pool:
        applying = pool.submit(run.apply, TaskContext(stop_after_the_first_chunk))
        assert gone.wait(20)
        api_server.stop()
        back.set()
        with pytest.raises(TimeoutError):
            applying.result(0.3)
        api_server.start()
        applying.result(30)
    assert run.finished
    assert api.users.page(PageQuery()).total == 1104
    assert api.imports.page(PageQuery()).total == 1


def test_a_lost_connection_is_told_and_the_work_stops_at_once_when_asked(
    api: ApiClient, api_server: RunningServer, tmp_path: Path
) -> None:
    run = users_run(api, written(tmp_path / "users.xlsx", [user_row(1)]))
    run.check(TaskContext())
    told: list[str] = []
    second = threading.Event()

    def note(progress: Progress) -> None:
        told.append(progress.text)
        if "(2 of 5)" in progress.text:
            second.set()

    context = TaskContext(note)
    api_server.stop()
    with ThreadPoolExecutor(1) as pool:
        applying = pool.submit(run.apply, context)
        assert second.wait(10)
        asked = time.monotonic()
        context.cancel()
        with pytest.raises(Cancelled):
            applying.result(5)
        assert time.monotonic() - asked < 0.5
    assert told[-2:] == [f"The connection is lost: trying again ({n} of 5)" for n in (1, 2)]
    assert not run.finished


def test_stopped_work_keeps_what_was_applied_and_goes_on_later(
    api: ApiClient, tmp_path: Path
) -> None:
    path = written(tmp_path / "users.xlsx", [user_row(number) for number in range(700)])
    run = users_run(api, path)
    run.check(TaskContext())
    context = TaskContext(lambda progress: context.cancel() if progress.done else None)
    with pytest.raises(Cancelled):
        run.apply(context)
    assert api.users.page(PageQuery()).total == 504
    run.apply(TaskContext())
    assert api.users.page(PageQuery()).total == 704


def test_users_of_several_requests_fit_into_their_company_together(
    api: ApiClient, api_server: RunningServer, tmp_path: Path
) -> None:
    api_server.documents["companies"].update_one(
        {"_id": "company-test"}, {"$set": {"settings.max_users": 605}}
    )
    rows = [user_row(number) for number in range(610)]
    rows[2] = user_row(2, 이메일="none")
    run = users_run(api, written(tmp_path / "users.csv", rows))
    checked = {result.row: result for result in run.check(TaskContext())}
    full = [n for n, result in checked.items() if "company_full_in_file" in codes(result)]
    assert full == list(range(605, 612))  # three users are there, and row 4 is bad
    assert checked[611].problems[0].params == {"maximum": 605, "free": 602}

    rows[2] = user_row(2)
    written(tmp_path / "users.csv", rows)
    again = run.recheck(read_sheet(tmp_path / "users.csv", TaskContext()), [4], TaskContext())
    assert {result.row: codes(result) for result in again if result.row in (4, 604)} == {
        4: set(),
        604: {"company_full_in_file"},
    }
    assert {result.verdict for result in run.apply(TaskContext())} == {
        Verdict.CREATE,
        Verdict.INVALID,
    }
    assert {result.verdict for result in run.applied} == {Verdict.CREATE}
    assert (run.written, api.users.page(PageQuery()).total) == (602, 606)


def codes(result: RowResult) -> set[str]:
    return {problem.code for problem in result.problems}


def test_corrected_rows_are_checked_again_and_with_them_what_they_repeated(
    api: ApiClient, tmp_path: Path
) -> None:
    run = users_run(api, written(tmp_path / "users.csv", bad_rows()))
    run.check(TaskContext())
    rows = bad_rows()
    rows[0] = user_row(11)
    rows[1] = user_row(2)
    written(tmp_path / "users.csv", rows)
    again = run.recheck(read_sheet(tmp_path / "users.csv", TaskContext()), [2, 3], TaskContext())
    assert {result.row: (result.verdict.value, codes(result)) for result in again} == {
        2: ("create", set()),
        3: ("create", set()),
        5: ("create", set()),
        6: ("invalid", {"duplicate_in_file"}),
    }
    assert again[-1].problems[0].params == {"row": 5}
    assert verdicts(run.apply(TaskContext()))[5] == "create"


def test_an_import_can_be_undone(api: ApiClient, tmp_path: Path) -> None:
    run = users_run(api, written(tmp_path / "users.xlsx", [user_row(1), user_row(2)]))
    run.apply(TaskContext())
    assert api.imports.undo(run.import_id).deleted == 2
    assert api.users.page(PageQuery()).total == 4


def test_ten_thousand_rows_are_read_and_checked(tmp_path: Path) -> None:
    path = written(tmp_path / "users.xlsx", [user_row(number) for number in range(10_000)])
    sheet = read_sheet(path, TaskContext())
    mapping = guess_mapping(sheet.columns, USER_FIELDS)
    rules = RowRules("users", USER_FIELDS, check_user, mapping, update_existing=False)
    judged = rules.judge(sheet, TaskContext())
    assert (len(judged.rows), judged.bad) == (10_000, {})


def test_the_error_file_has_no_live_formulas(api: ApiClient, tmp_path: Path) -> None:
    rows = [
        user_row(1, 이름="=cmd|'/c calc'!A1", 이메일="@x"),
        user_row(2, 이름="-2+3", 이메일="+1"),
    ]
    run = users_run(api, written(tmp_path / "users.xlsx", rows))
    run.check(TaskContext())
    run.write_error_file(tmp_path / "errors.xlsx")
    run.write_error_file(tmp_path / "errors.csv")
    book = openpyxl.load_workbook(tmp_path / "errors.xlsx")
    cells = [cell for row in book.worksheets[0].iter_rows() for cell in row]
    assert all(cell.data_type != "f" for cell in cells)
    assert all(cell.quotePrefix for cell in cells if str(cell.value).startswith(("=", "@", "-")))
    book.close()
    text = (tmp_path / "errors.csv").read_text(encoding="utf-8-sig")
    assert "'=cmd" in text
    assert "'@x" in text
