"""What leaves the program holds no secret of a scenario, and can be read back nevertheless."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.core.load.result import LoadResult
from desktop_app.core.load.scenario import DataSet, Flow, Scenario, Step
from desktop_app.core.load.second import Second, StepSecond
from desktop_app.services.loadtest.comparison import compare
from desktop_app.services.loadtest.reports import plain
from desktop_app.services.loadtest.runs import LoadRuns, read_run
from tests.services.loadtest.made import run, second

SECRETS = ("hunter2", "in-the-table", "in-a-header")
SIGN_IN = Step(
    name="get_token",
    method="POST",
    path="/login",
    json={"login_id": "kim", "password": "hunter2"},
    save={"token": "access_token"},
)
SCENARIO = Scenario(
    name="signs in",
    setup=(SIGN_IN,),
    flows=(Flow(name="f", steps=(Step(name="read", path="/"),)),),
    headers={"Authorization": "Bearer ${token}", "X-Api-Key": "in-a-header"},
    data=(DataSet(name="people", columns=("id", "password"), rows=(("kim", "in-the-table"),)),),
)


def signing_in(run_id: str) -> LoadResult:
    """Its steps are told in each second, one of them by a name that sounds like a secret."""
    one = run(_told(second(n, [10.0 + n]) for n in range(12)), run_id)
    return replace(one, plan=replace(one.plan, scenario=SCENARIO))


def _told(seconds: Iterable[Second]) -> Iterable[Second]:
    for one in seconds:
        step = StepSecond(counts=one.counts, response=one.response, service=one.service)
        yield replace(one, steps={"get_token": step})


@pytest.fixture
def written(tmp_path: Path) -> Path:
    path = tmp_path / "결과.json"
    path.write_text(json.dumps(plain(signing_in("a"))), encoding="utf-8")
    return path


def test_a_report_holds_no_secret_and_is_read_back(written: Path) -> None:
    text = written.read_text(encoding="utf-8")
    assert not [secret for secret in SECRETS if secret in text]
    read, made = read_run(written), signing_in("a")
    assert read.seconds == made.seconds
    assert read.measured == made.measured
    assert read.plan.scenario.data[0].rows == (("kim", "***"),)


def test_a_kept_run_holds_no_secret(tmp_path: Path) -> None:
    LoadRuns(tmp_path).keep(signing_in("a"))
    [kept] = tmp_path.iterdir()
    text = kept.read_text(encoding="utf-8")
    assert "get_token" in text
    assert not [secret for secret in SECRETS if secret in text]


def test_the_same_scenario_is_the_same_once_its_secrets_are_gone(
    written: Path, tmp_path: Path
) -> None:
    runs = LoadRuns(tmp_path / "runs")
    runs.keep(signing_in("b"))
    for before in (read_run(written), runs.whole("b")):
        assert compare(before, signing_in("c")).remarks == ()
    other = replace(SCENARIO, flows=(Flow(name="f", steps=(Step(name="read", path="/other"),)),))
    changed = signing_in("d")
    changed = replace(changed, plan=replace(changed.plan, scenario=other))
    [said] = compare(read_run(written), changed).remarks
    assert "scenarios" in said.text()
