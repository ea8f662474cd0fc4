"""A run of validation: its events, what it may do, how it ends."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role
from desktop_app.core.validation.events import (
    CheckDone,
    CheckStarted,
    CleaningUp,
    Pulse,
    RunEnded,
    RunStarted,
)
from desktop_app.core.validation.report import Stop
from desktop_app.core.validation.suites import Risk
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.bed import TestBed
from desktop_app.engines.validation.client import Client
from desktop_app.engines.validation.run import Order, validate
from desktop_app.engines.validation.target import PRODUCTION, Consent, Limits
from tests.fixtures.server import RunningServer
from tests.validation.running import (
    EVERYTHING,
    QUICK,
    documents,
    own_check,
    own_suite,
    report_of,
    states,
    suite,
    target,
    unexpected,
)
from tests.validation.strange_servers import (
    MakeServer,
    StrangeServer,
    answer,
    hanging,
    requests,
    signing_in,
)


@pytest.mark.parametrize("change", [{"must_change_password": True}, {"role": "manager"}])
def test_who_cannot_do_the_work_of_an_administrator_is_told_and_not_used(
    api_server: RunningServer, change: dict[str, object]
) -> None:
    if "role" in change:  # somebody else stays administrator
        api_server.documents["users"].update_one(
            {"login_id": "manager1"}, {"$set": {"role": "admin"}}
        )
    api_server.documents["users"].update_one({"login_id": "admin"}, {"$set": change})

    report = report_of(api_server.url, [suite("functional")], checks=["users_001", "health_001"])

    [proven] = report.sign_ins
    assert not proven.ok
    assert proven.said is not None
    assert states(report) == {
        "health_001": CheckState.PASS,
        "users_001": CheckState.INCONCLUSIVE,
    }


def test_a_cancelled_run_keeps_what_it_has_and_cleans_up(api_server: RunningServer) -> None:
    before, context = documents(api_server), TaskContext()
    order = Order(target=target(api_server.url), suites=(suite("functional"),), consent=EVERYTHING)
    done: list[str] = []
    cleaned = 0

    for event in validate(order, context):
        if isinstance(event, CheckDone):
            done.append(event.result.check)
            if event.result.check == "projects_002":
                context.cancel()
        cleaned += isinstance(event, CleaningUp)

    assert isinstance(event, RunEnded)
    report = event.report
    assert report.stop is Stop.CANCELLED
    found = states(report)
    assert {check for check, state in found.items() if state is not CheckState.NOT_RUN} == set(done)
    assert found["projects_002"] is CheckState.PASS
    assert found["scores.draft"] is CheckState.NOT_RUN
    assert cleaned > 0
    assert report.left_behind == ()
    assert documents(api_server) == before


def test_a_run_that_nobody_listens_to_any_more_cleans_up(api_server: RunningServer) -> None:
    before = documents(api_server)
    order = Order(target=target(api_server.url), suites=(suite("functional"),), consent=EVERYTHING)
    events = validate(order, TaskContext())

    for event in events:
        if isinstance(event, CheckDone) and event.result.check == "users_002":
            break
    assert documents(api_server) != before
    events.close()  # type: ignore[attr-defined]

    assert documents(api_server) == before


def test_a_check_that_takes_long_pulses_and_can_be_cancelled(
    strange_server: MakeServer, tmp_path: Path
) -> None:
    def well_then_silent(server: StrangeServer, connection: object) -> None:
        for _method, path in requests(server, connection):  # type: ignore[arg-type]
            if path == "/hang":
                server.released.wait()
            server.send(connection, answer(200, {}))  # type: ignore[arg-type]

    steps = '[[checks.steps]]\nmethod = "GET"\npath = "/hang"\n'
    context = TaskContext()
    order = Order(
        target=target(strange_server(well_then_silent).url),
        suites=(own_suite(tmp_path, own_check(steps)),),
        limits=Limits(answer_s=60.0),
    )
    kinds: list[type] = []

    for event in validate(order, context):
        kinds.append(type(event))
        if isinstance(event, Pulse) and CheckStarted in kinds:
            context.cancel()

    assert kinds[:3] == [RunStarted, CheckStarted, Pulse]
    assert isinstance(event, RunEnded)
    assert event.report.stop is Stop.CANCELLED


def test_one_check_runs_alone(api_server: RunningServer) -> None:
    report = report_of(api_server.url, [suite("functional")], checks=["filter.evaluations"])

    assert states(report) == {"filter.evaluations": CheckState.PASS}
    assert report.results[0].requests > 3


def test_one_subject_of_a_check_runs_alone(api_server: RunningServer) -> None:
    order = Order(
        target=target(api_server.url),
        suites=(suite("errors"),),
        checks=frozenset({"errors.wrong_types"}),
        subjects=frozenset({"POST /api/companies"}),
        consent=EVERYTHING,
    )

    *_, last = validate(order, TaskContext())

    assert isinstance(last, RunEnded)
    [finding] = last.report.findings()
    assert finding.key == "errors.wrong_types[POST /api/companies]"
    assert finding.state is CheckState.PASS


def test_no_check_stands_on_one_before_it(api_server: RunningServer) -> None:
    forwards = suite("functional")
    backwards = replace(forwards, checks=forwards.checks[::-1])

    report = report_of(api_server.url, [backwards])

    assert unexpected(report) == []
    assert [result.check for result in report.results] == [
        check.id for check in sorted(backwards.checks, key=lambda check: check.last)
    ]


@pytest.mark.parametrize("sign_off", ["", "other", "REAL"])
def test_production_is_not_written_to_without_its_name(
    strange_server: MakeServer, sign_off: str
) -> None:
    server = strange_server(hanging)
    consent = Consent(risks=frozenset({Risk.READS, Risk.WRITES}), sign_off=sign_off)
    order = Order(
        target=target(server.url, environment=PRODUCTION, name="Real"),
        suites=(suite("functional"),),
        consent=consent,
    )

    *_, last = validate(order, TaskContext())

    assert isinstance(last, RunEnded)
    assert last.report.stop is Stop.REFUSED
    assert last.report.measured == 0
    assert server.asked == []


@pytest.mark.parametrize(
    ("risks", "sign_off"),
    [({Risk.READS}, ""), ({Risk.READS, Risk.WRITES}, "Real")],
    ids=["reading alone", "signed off"],
)
def test_production_is_tried_as_far_as_was_allowed(
    api_server: RunningServer, risks: set[Risk], sign_off: str
) -> None:
    order = Order(
        target=target(api_server.url, environment=PRODUCTION, name="Real"),
        suites=(suite("functional"),),
        checks=frozenset({"health_001", "crud.companies"}),
        consent=Consent(risks=frozenset(risks), sign_off=sign_off),
    )

    *_, last = validate(order, TaskContext())

    assert isinstance(last, RunEnded)
    found = states(last.report)
    assert found["health_001"] is CheckState.PASS
    wanted = CheckState.PASS if sign_off else CheckState.NOT_RUN
    assert found["crud.companies"] is wanted


def test_a_token_past_half_its_life_is_renewed_before_it_is_used(
    api_server: RunningServer,
) -> None:
    asked = target(api_server.url)
    client = Client(asked, QUICK, TaskContext())
    bed = TestBed(client, asked.credentials, EVERYTHING, "run")
    bed.sign_in_given(Role.ADMIN)
    admin = bed.actor(Role.ADMIN)
    first = admin.token
    assert bed.actor(Role.ADMIN).token == first

    admin.renew_at = 0.0

    assert bed.actor(Role.ADMIN).token not in ("", first)
    client.close()


def test_an_answer_that_holds_the_platforms_own_keys_is_found_and_never_shown(
    strange_server: MakeServer,
) -> None:
    key, password = "Key/of-the platform", "Word+of_the database"
    shown = {"status": "x", "a": f"with {key}", "b": f"mongodb://u@h {password}"}

    def telling(_method: str, path: str) -> bytes:
        me = {"login_id": "admin", "role": "admin"}
        return answer(200, me if path == "/api/auth/me" else shown)

    uri = f"mongodb://u:{quote(password)}@h/"
    url = strange_server(signing_in(telling)).url
    order = Order(
        target=target(url, signing_key=key, mongo_uri=uri),
        suites=(suite("security"),),
        checks=frozenset({"secrets.answers"}),
        subjects=frozenset({"GET /health"}),
    )

    *_, last = validate(order, TaskContext())

    assert isinstance(last, RunEnded)
    [finding] = last.report.findings()
    assert finding.state is CheckState.FAIL
    assert not [secret for secret in (key, password) if secret in str(last.report)]
