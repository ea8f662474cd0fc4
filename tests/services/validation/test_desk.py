"""The desk: what wizard and command line do, against a real API server and odd ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from desktop_app.api.guard import WriteGuard
from desktop_app.config.profiles import LOCAL_PROFILE, Environment, Profile
from desktop_app.config.secrets import Secrets
from desktop_app.core.errors import LocalFailure, ProductionLocked
from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role
from desktop_app.core.validation.baseline import Accepted
from desktop_app.core.validation.events import CheckDone, Event, RunEnded
from desktop_app.core.validation.gate import Outcome
from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.validation.suites import Risk
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.bed import MARK
from desktop_app.engines.validation.target import Credential
from desktop_app.services.validation.desk import ALL_RISKS, Desk, SignOffNeeded, ValidationOrder
from desktop_app.services.validation.platform_secrets import Known, Source
from tests.fixtures.odd_server import MakeServer, answer
from tests.fixtures.server import RunningServer
from tests.services.validation.suites import ALL, write_suite

PROFILE = Profile(id="p1", name="운영 시스템", environment=Environment.STAGING)
MakeDesk = Callable[..., Desk]


@pytest.fixture
def make_desk(tmp_path: Path) -> MakeDesk:
    """``make_desk(url, environment)``: a desk whose only suite of its own is the tests'."""
    folder = tmp_path / "검증"
    write_suite(folder / "suites")

    def make(url: str, environment: Environment = Environment.STAGING) -> Desk:
        profile = replace(PROFILE, environment=environment, api_url=url)
        protected = environment is Environment.PRODUCTION
        guard = WriteGuard(profile.name, protected=protected)
        return Desk(profile=profile, guard=guard, by="김운영", folder=folder, address=lambda: url)

    return make


def admin(server: RunningServer) -> Credential:
    return Credential(role=Role.ADMIN, login_id=server.admin[0], password=server.admin[1])


def everything(*credentials: Credential) -> ValidationOrder:
    return ValidationOrder(credentials=credentials, suites=("own",), risks=ALL_RISKS)


def report_of(events: list[Event]) -> ValidationReport:
    assert isinstance(events[-1], RunEnded)
    return events[-1].report


def states(report: ValidationReport) -> dict[str, str]:
    return {one.check: one.state.value for one in report.results}


def test_a_run_is_told_and_kept(shared_api_server: RunningServer, make_desk: MakeDesk) -> None:
    desk = make_desk(shared_api_server.url)
    events = list(desk.run(everything(admin(shared_api_server)), TaskContext()))
    report = report_of(events)
    assert [one.result.check for one in events if isinstance(one, CheckDone)] == list(ALL)
    assert states(report) == {
        "own.health": "pass",
        "own.users": "pass",
        "own.teapot": "fail",
        "own.writes": "pass",
    }
    assert (report.stop, report.by, report.left_behind) == (Stop.DONE, "김운영", ())
    (head,) = desk.runs.heads(shared_api_server.url)
    assert desk.runs.report(head.run_id) == report
    names = shared_api_server.documents["companies"].distinct("name")
    assert not [name for name in names if MARK in name], "test data was removed"


def test_what_was_not_allowed_is_not_done(
    shared_api_server: RunningServer, make_desk: MakeDesk
) -> None:
    desk = make_desk(shared_api_server.url)
    order = replace(everything(admin(shared_api_server)), risks=frozenset({Risk.READS}))
    assert states(report_of(list(desk.run(order, TaskContext()))))["own.writes"] == "not_run"


def test_one_check_is_run_again(shared_api_server: RunningServer, make_desk: MakeDesk) -> None:
    desk = make_desk(shared_api_server.url)
    first = report_of(list(desk.run(everything(admin(shared_api_server)), TaskContext())))
    again = ValidationOrder(checks=frozenset({"own.teapot"}))
    report = report_of(list(desk.run(again, TaskContext())))
    assert states(report) == {"own.teapot": "fail"}
    assert [head.replay for head in desk.runs.heads()] == [True, False]
    compared = desk.compared(report)
    assert compared is not None
    assert compared.before_id == first.run_id, "a run of everything, not the replay"
    assert [one.key for one in compared.still] == ["own.teapot[GET /health]"]


@pytest.mark.parametrize("words", [("", False), ("운영 시스템", False), ("", True)])
def test_production_is_not_written_to_without_lock_and_sign_off(
    odd_server: MakeServer, make_desk: MakeDesk, words: tuple[str, bool]
) -> None:
    sign_off, unlocked = words
    server = odd_server(lambda _request: answer(200, {"status": "ok"}))
    desk = make_desk(server.url, Environment.PRODUCTION)
    if unlocked:
        desk.guard.unlock("운영 시스템", 5)
    order = replace(everything(), sign_off=sign_off)
    with pytest.raises(SignOffNeeded if unlocked else ProductionLocked):
        next(desk.run(order, TaskContext()))
    assert server.requests == []
    assert desk.runs.heads() == ()


def test_production_is_read_without_a_sign_off(
    shared_api_server: RunningServer, make_desk: MakeDesk
) -> None:
    desk = make_desk(shared_api_server.url, Environment.PRODUCTION)
    order = replace(everything(admin(shared_api_server)), risks=frozenset({Risk.READS}))
    assert report_of(list(desk.run(order, TaskContext()))).stop is Stop.DONE


def test_production_that_gets_locked_again_ends_the_run(
    shared_api_server: RunningServer, make_desk: MakeDesk
) -> None:
    desk = make_desk(shared_api_server.url, Environment.PRODUCTION)
    desk.guard.unlock("운영 시스템", 5)
    order = replace(everything(admin(shared_api_server)), sign_off="운영 시스템")
    events: list[Event] = []
    for event in desk.run(order, TaskContext()):
        events.append(event)
        if isinstance(event, CheckDone):
            desk.guard.lock()
    report = report_of(events)
    assert report.stop is Stop.CANCELLED
    assert report.stop_said is not None
    assert "locked again" in report.stop_said.text()
    assert states(report)["own.writes"] == "not_run"


def test_another_connection_to_the_same_place_may_be_production(make_desk: MakeDesk) -> None:
    staging = make_desk("https://api.example.com/")
    production = replace(
        PROFILE, id="p2", environment=Environment.PRODUCTION, api_url="https://API.example.com:443"
    )
    desk = Desk(
        profile=staging.profile,
        guard=WriteGuard("운영 시스템"),
        by="",
        folder=staging.suites_folder.parent,
        address=lambda: "https://api.example.com",
        others=[production],
    )
    assert desk.environment is Environment.PRODUCTION
    with pytest.raises(ProductionLocked):
        desk.check_consent(everything())


def test_each_sign_in_is_proven_and_ended(
    shared_api_server: RunningServer, make_desk: MakeDesk
) -> None:
    desk = make_desk(shared_api_server.url)
    wrong = Credential(role=Role.MANAGER, login_id="manager1", password="not-this-one")
    other = Credential(role=Role.SECRETARY, login_id="evaluator1", password="test123!")
    given = (admin(shared_api_server), wrong, other)
    audit = shared_api_server.documents["audit_log"]
    before = audit.count_documents({"operation": "auth.logout"})
    proven = list(desk.prove(given, TaskContext()))
    assert [(one.role, one.ok) for one in proven] == [
        ("admin", True),
        ("manager", False),
        ("secretary", False),
    ]
    assert proven[2].said is not None
    assert proven[2].said.text() == "evaluator1 signs in as evaluator."
    assert "not-this-one" not in repr(proven)
    assert audit.count_documents({"operation": "auth.logout"}) == before + 2


def test_secrets_are_nowhere(odd_server: MakeServer, make_desk: MakeDesk) -> None:
    """A server that says everything back that it was sent, in places where nobody looks."""
    secret = "Kwak-Dudal-77"

    def echo(request: bytes) -> bytes:
        if b"/login" in request:
            return answer(200, {"access_token": "tok-ABCDEFGH-12345", "user": {"role": secret}})
        return answer(200, {"status": secret, "x": "tok-ABCDEFGH-12345"}, X_Echo=secret)

    desk = make_desk(odd_server(echo).url)
    given = Credential(role=Role.ADMIN, login_id="root", password=secret)
    events = list(desk.run(everything(given), TaskContext()))
    assert secret not in repr(events)
    assert "tok-ABCDEFGH-12345" not in repr(events[-1])
    (kept,) = desk.runs._paths()
    assert secret not in kept.read_text(encoding="utf-8")


def test_a_closed_port_is_told_and_kept(make_desk: MakeDesk) -> None:
    desk = make_desk("http://127.0.0.1:1")
    report = report_of(list(desk.run(everything(), TaskContext())))
    assert report.stop is Stop.UNREACHABLE
    assert {one.state for one in report.results} == {CheckState.NOT_RUN}
    assert desk.runs.heads()[0].stop is Stop.UNREACHABLE
    assert desk.runs.last(desk.url) is None, "nothing was measured"


def test_costs_are_estimated_by_the_last_run(
    shared_api_server: RunningServer, make_desk: MakeDesk
) -> None:
    desk = make_desk(shared_api_server.url)
    order = everything(admin(shared_api_server))
    before = desk.estimate(order)
    assert (before.checks, before.not_allowed, before.seconds) == (4, 0, None)
    report = report_of(list(desk.run(order, TaskContext())))
    after = make_desk(shared_api_server.url).estimate(order)
    assert after.requests == sum(one.requests for one in report.results)
    assert after.seconds == pytest.approx(sum(one.seconds for one in report.results))
    reading = desk.estimate(replace(order, risks=frozenset({Risk.READS})))
    assert (reading.checks, reading.not_allowed) == (3, 1)


def test_a_broken_suite_is_told_and_the_others_work(make_desk: MakeDesk) -> None:
    desk = make_desk("http://127.0.0.1:1")
    write_suite(desk.suites_folder, "schema = 1\nid = [", "broken.toml")
    double = (desk.suites_folder / "own.toml").read_text(encoding="utf-8")
    write_suite(desk.suites_folder, double.replace('id = "own"', 'id = "other"'), "other.toml")
    shelf = desk.shelf(anew=True)
    assert shelf.suite("own") is not None or shelf.suite("other") is not None
    told = [str(failure) for failure in shelf.broken]
    assert len(told) == 2
    assert "broken.toml" in told[0]
    assert "own.health" in told[1]


def test_a_run_that_cannot_be_kept_is_told_all_the_same(make_desk: MakeDesk) -> None:
    desk = make_desk("http://127.0.0.1:1")
    (desk.suites_folder.parent / "runs").write_text("in the way", encoding="utf-8")
    assert report_of(list(desk.run(everything(), TaskContext()))).stop is Stop.UNREACHABLE
    assert isinstance(desk.not_kept, LocalFailure)


def test_the_baseline_is_kept_as_people_commit_it(make_desk: MakeDesk) -> None:
    desk = make_desk("http://127.0.0.1:1")
    assert desk.baseline().accepted == ()
    text = (
        '{"format": 1, "accepted": [{"key": "b", "reason": "프록시 교체 전", "owner": "이보안", '
        '"expires": "2027-01-31"}, {"key": "a", "reason": "r", "owner": "o", '
        '"expires": "2027-01-31", "state": "warn"}]}'
    )
    desk.baseline_file.write_text(text, encoding="utf-8")
    known = desk.baseline()
    desk.set_baseline(known)
    assert desk.baseline() == known
    assert "프록시 교체 전" in desk.baseline_file.read_text(encoding="utf-8")
    desk.baseline_file.write_text(text.replace("2027-01-31", "someday"), encoding="utf-8")
    with pytest.raises(LocalFailure, match="cannot be used"):
        desk.baseline()


def test_a_look_tells_what_answers_and_keeps_nothing(
    shared_api_server: RunningServer, make_desk: MakeDesk
) -> None:
    desk, context = make_desk(shared_api_server.url), TaskContext()
    looked = desk.look(context)
    assert (looked.stop, looked.target.contract) == (Stop.DONE, "v1")
    assert not context.cancelled, "whoever asked may go on"
    assert desk.runs.heads() == ()
    assert make_desk("http://127.0.0.1:1").look(TaskContext()).stop is Stop.UNREACHABLE


def test_runs_of_the_workspace_are_found_whatever_its_port(
    shared_api_server: RunningServer, tmp_path: Path
) -> None:
    address = [shared_api_server.url]
    desk = Desk(
        profile=LOCAL_PROFILE,
        guard=WriteGuard("local"),
        by="",
        folder=tmp_path,
        address=lambda: address[0],
    )
    order = ValidationOrder(checks=frozenset({"health_001"}), whole=True)
    first = report_of(list(desk.run(order, TaskContext())))
    second = report_of(list(desk.run(order, TaskContext())))
    address[0] = "http://127.0.0.1:1"
    assert [head.run_id for head in desk.runs.heads(desk.place)] == [second.run_id, first.run_id]
    moved = replace(second, target=replace(second.target, url=address[0]))
    compared = desk.compared(moved)
    assert compared is not None
    assert (compared.before_id, compared.same_target) == (first.run_id, True)


def test_runs_are_listed_as_they_are_judged(
    shared_api_server: RunningServer, make_desk: MakeDesk
) -> None:
    desk = make_desk(shared_api_server.url)
    order = replace(everything(admin(shared_api_server)), checks=frozenset({"own.teapot"}))
    report = report_of(list(desk.run(order, TaskContext())))
    assert [head.outcome for head in desk.heads()] == [Outcome.NOT_PASSED]

    today = date.today()
    entry = Accepted(
        key=report.findings()[0].key, reason="일부러", owner="김운영", expires=today, accepted=today
    )
    desk.set_baseline(desk.baseline().with_accepted(entry))

    assert [head.outcome for head in desk.heads()] == [Outcome.PASSED]
    assert desk.judge(report, today)[0].outcome is Outcome.PASSED
    # It is written down: nothing is judged twice.
    assert desk.runs.heads()[0].outcome is Outcome.PASSED


def test_what_is_typed_of_the_platform_s_secrets_is_kept_and_never_reported(
    shared_api_server: RunningServer, tmp_path: Path
) -> None:
    secrets = Secrets(open_keyring=lambda: None)
    key = "-----BEGIN PRIVATE KEY----- bm90IGEga2V5IGF0IGFsbA== -----END PRIVATE KEY-----"
    desk = Desk(
        profile=replace(PROFILE, api_url=shared_api_server.url),
        guard=WriteGuard(PROFILE.name, protected=False),
        by="김운영",
        folder=tmp_path,
        address=lambda: shared_api_server.url,
        secrets=secrets,
    )
    order = ValidationOrder(
        credentials=(admin(shared_api_server),),
        checks=frozenset({"health_001"}),
        known={Known.SIGNING_KEY: key},
    )
    assert desk.secrets.source(Known.SIGNING_KEY) is Source.NOWHERE

    report = report_of(list(desk.run(order, TaskContext())))

    assert states(report) == {"health_001": "pass"}
    assert desk.secrets.source(Known.SIGNING_KEY) is Source.MEMORY
    told = desk.target().signing_key or ""
    assert told.splitlines()[1] == "bm90IGEga2V5IGF0IGFsbA=="
    kept = "".join(path.read_text("utf-8") for path in tmp_path.rglob("*") if path.is_file())
    assert "bm90IGEga2V5" not in kept
    desk.secrets.forget(Known.SIGNING_KEY)
    assert desk.target().signing_key is None
