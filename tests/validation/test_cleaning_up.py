"""What a run of validation makes for its checks, and how it removes it again."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.events import (
    CheckDone,
    CleaningUp,
    RunEnded,
    RunStarted,
)
from desktop_app.core.validation.report import Stop
from desktop_app.core.validation.suites import Risk
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.bed import MARK
from desktop_app.engines.validation.run import Order, validate
from desktop_app.engines.validation.suite_files import shipped
from desktop_app.engines.validation.target import Consent
from tests.defects.lighter import lighter
from tests.fixtures.server import RunningServer
from tests.validation.running import (
    EVERYTHING,
    QUICK,
    documents,
    events_of,
    own_check,
    own_suite,
    report_of,
    states,
    suite,
    target,
)
from tests.validation.strange_servers import (
    MakeServer,
    answer,
    signing_in,
)

WHOLE_BED = """
[[checks.steps]]
method = "GET"
path = "/api/evaluations/{evaluation_id}"
by = "own:evaluator"
expect.status = [200]
expect.keys = ["sheet.evaluation.project_id"]
expect.schema = true

[[checks.steps]]
method = "GET"
path = "/api/evaluations/{other_evaluation_id}"
by = "own:evaluator"
expect.status = [404]
expect.problem = true

[[checks.steps]]
method = "GET"
path = "/api/files/{other_file_id}"
by = "other:manager"
expect.status = [200]
expect.schema = true
"""
ON_THE_SHEET = """
[[checks.steps]]
method = "GET"
path = "/api/evaluations/{{evaluation_id}}"
by = "own:evaluator"
save = {{ version = "sheet.evaluation.version" }}

[[checks.steps]]
method = "{method}"
path = "/api/evaluations/{{evaluation_id}}/{action}"
by = "own:evaluator"
headers = {{ If-Match = '"{{version}}"' }}
expect.status = [200]
json.scores = [
  {{ criterion_id = "quality", score = 80 }},
  {{ criterion_id = "speed", score = 40 }},
]
"""

ENDED_PROJECT = """
[[checks.steps]]
method = "GET"
path = "/api/evaluations/{{evaluation_id}}"
by = "own:evaluator"
expect.status = [200]

[[checks.steps]]
method = "GET"
path = "/api/projects/{{project_id}}"
by = "admin"
save = {{ version = "project.version" }}

[[checks.steps]]
method = "PATCH"
path = "/api/projects/{{project_id}}"
by = "admin"
headers = {{ If-Match = '"{{version}}"' }}
json = {{ status = "{status}", deadline = "" }}
expect.status = [200]
"""


def test_a_run_makes_what_its_checks_name_and_removes_it(
    api_server: RunningServer, tmp_path: Path
) -> None:
    before = documents(api_server)

    events = events_of(api_server.url, [own_suite(tmp_path, own_check(WHOLE_BED, risk="writes"))])

    assert isinstance(events[0], RunStarted)
    assert events[0].sign_ins[0].ok
    [done] = [event.result for event in events if isinstance(event, CheckDone)]
    assert done.state is CheckState.PASS, [said.text() for f in done.findings for said in f.seen]
    left = [event.left for event in events if isinstance(event, CleaningUp)]
    assert left == sorted(left, reverse=True)
    assert left[0] > 10
    assert isinstance(events[-1], RunEnded)
    report = events[-1].report
    assert report.stop is Stop.DONE
    assert report.left_behind == ()
    assert documents(api_server) == before
    assert MARK not in str([list(api_server.documents[name].find()) for name in before])


def test_a_sheet_on_which_a_check_wrote_is_removed(
    api_server: RunningServer, tmp_path: Path
) -> None:
    before = documents(api_server)
    steps = ON_THE_SHEET.format(method="PUT", action="draft")

    report = report_of(api_server.url, [own_suite(tmp_path, own_check(steps, risk="writes"))])

    assert states(report) == {"mine.one": CheckState.PASS}
    assert report.left_behind == ()
    assert documents(api_server) == before


@pytest.mark.parametrize("status", ["closed", "archived"])
def test_a_sheet_of_a_project_that_a_check_ended_is_removed(
    api_server: RunningServer, tmp_path: Path, status: str
) -> None:
    before = documents(api_server)
    steps = ENDED_PROJECT.format(status=status)

    report = report_of(api_server.url, [own_suite(tmp_path, own_check(steps, risk="writes"))])

    assert states(report) == {"mine.one": CheckState.PASS}
    assert report.left_behind == ()
    assert documents(api_server) == before


def test_what_cannot_be_removed_is_told(api_server: RunningServer, tmp_path: Path) -> None:
    steps = ON_THE_SHEET.format(method="POST", action="submit")

    report = report_of(api_server.url, [own_suite(tmp_path, own_check(steps, risk="writes"))])

    assert states(report) == {"mine.one": CheckState.PASS}
    kinds = [left.kind for left in report.left_behind]
    assert {"evaluations", "projects", "templates", "users", "companies"} == set(kinds)
    assert all(left.reason for left in report.left_behind)
    named = [left.name for left in report.left_behind if left.kind in ("projects", "companies")]
    assert all(name.startswith(MARK) for name in named)


@pytest.mark.parametrize(("status", "reason"), [(200, "mark"), (403, "403"), (500, "500")])
def test_what_is_not_seen_to_be_marked_is_not_removed_whatever_a_server_says(
    strange_server: MakeServer, tmp_path: Path, status: int, reason: str
) -> None:
    def somebody_elses(method: str, path: str) -> bytes:
        if method == "POST":
            return answer(201, {"company_id": "../users/7", "message": "made"})
        return answer(status, {"company": {"id": "7", "name": "A real company", "version": 3}})

    server = strange_server(signing_in(somebody_elses))
    steps = """
[[checks.steps]]
method = "POST"
path = "/api/companies"
by = "admin"
json = { name = "{unique}" }
expect.status = [201]
"""
    report = report_of(server.url, [own_suite(tmp_path, own_check(steps, risk="writes"))])

    assert "GET /api/companies/..%2Fusers%2F7" in server.asked
    assert not any(asked.startswith("DELETE") for asked in server.asked)
    [left] = report.left_behind
    assert reason in left.reason


def test_a_session_that_a_check_ended_is_opened_again_to_clean_up(
    api_server: RunningServer, tmp_path: Path
) -> None:
    before = documents(api_server)
    steps = """
[[checks.steps]]
method = "GET"
path = "/api/companies/{company_id}"
by = "admin"
expect.status = [200]

[[checks.steps]]
method = "POST"
path = "/api/auth/logout"
by = "admin"
expect.status = [200]
"""
    report = report_of(api_server.url, [own_suite(tmp_path, own_check(steps, risk="writes"))])

    assert states(report) == {"mine.one": CheckState.PASS}
    assert report.left_behind == ()
    assert documents(api_server) == before


def test_a_run_leaves_no_session_of_the_operator_behind(api_server: RunningServer) -> None:
    report = report_of(api_server.url, [suite("functional")], checks=["users_001", "crud.users"])

    assert report.sign_ins[0].ok
    assert api_server.documents["sessions"].count_documents({}) == 0


def test_nor_do_checks_that_sign_the_operator_in(api_server: RunningServer) -> None:
    consent = Consent(risks=frozenset({Risk.READS}))
    load = "performance.sessions"
    some = [suite("functional"), *(one for one in lighter(shipped()) if one.check(load))]
    checks = [*(one.id for one in some[0].checks), load, "token.query"]

    report = report_of(api_server.url, [*some, suite("security")], checks=checks, consent=consent)

    assert {"auth_001", load, "token.query"} <= {
        check for check, state in states(report).items() if state is CheckState.PASS
    }
    assert api_server.documents["sessions"].count_documents({}) == 0


def test_a_server_that_is_started_again_while_the_run_cleans_up_is_waited_for(
    api_server: RunningServer, tmp_path: Path
) -> None:
    before = documents(api_server)
    made = own_suite(tmp_path, own_check(WHOLE_BED, risk="writes"))
    order = Order(target=target(api_server.url), suites=(made,), consent=EVERYTHING, limits=QUICK)
    events = []
    with ThreadPoolExecutor(1) as pool:
        started: Future[None] | None = None
        for event in validate(order, TaskContext()):
            events.append(event)
            if isinstance(event, CleaningUp) and started is None:
                api_server.stop()
                started = pool.submit(api_server.start)
        assert started is not None
        started.result(30)

    last = events[-1]
    assert isinstance(last, RunEnded)
    assert last.report.left_behind == ()
    assert documents(api_server) == before
