"""A run of validation against the real API server: events, evidence, test data and its removal."""

from __future__ import annotations

from pathlib import Path

from desktop_app.core.validation.events import CheckDone, CleaningUp, RunEnded, RunStarted
from desktop_app.core.validation.report import Stop
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.bed import MARK
from tests.fixtures.server import RunningServer
from tests.validation.running import events_of, own_check, own_suite

WHOLE_BED = """
[[checks.steps]]
method = "GET"
path = "/api/evaluations/{evaluation_id}"
by = "own:evaluator"
[checks.steps.expect]
status = [200]
keys = ["sheet.evaluation.project_id"]
schema = true

[[checks.steps]]
method = "GET"
path = "/api/evaluations/{other_evaluation_id}"
by = "own:evaluator"
[checks.steps.expect]
status = [404]
problem = true

[[checks.steps]]
method = "GET"
path = "/api/files/{other_file_id}"
by = "other:manager"
[checks.steps.expect]
status = [200]
schema = true
"""


def test_a_run_makes_what_its_checks_name_and_removes_it(
    api_server: RunningServer, tmp_path: Path
) -> None:
    before = _documents(api_server)

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
    assert _documents(api_server) == before
    assert MARK not in str([list(api_server.documents[name].find()) for name in before])


def _documents(server: RunningServer) -> dict[str, int]:
    names = ("users", "companies", "templates", "projects", "evaluations", "files")
    return {name: server.documents[name].count_documents({}) for name in names}
