"""Kept load runs: what a later one is compared with."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from desktop_app.core.errors import LocalFailure
from desktop_app.core.load.plan import LoadTarget
from desktop_app.core.load.result import LoadResult, Verdict
from desktop_app.core.load.second import StepSecond
from desktop_app.services import kept_runs
from desktop_app.services.loadtest.runs import LoadRuns
from tests.services.loadtest.made import run, second


def made(run_id: str, url: str, *, minutes: int, verdict: Verdict = Verdict.PASSED) -> LoadResult:
    one = run((second(n, [10.0]) for n in range(3)), run_id, verdict=verdict)
    environment = "local" if "127.0.0.1" in url else "staging"
    return replace(
        one,
        started_at=one.started_at + timedelta(minutes=minutes),
        plan=replace(one.plan, target=LoadTarget(url=url, environment=environment)),
    )


@pytest.fixture
def runs(tmp_path: Path) -> LoadRuns:
    return LoadRuns(tmp_path / "지난 실행")


def test_the_workspace_of_another_start_is_the_same_target(runs: LoadRuns) -> None:
    runs.keep(made("old", "http://127.0.0.1:40001", minutes=0), place="local")
    runs.keep(made("remote", "https://eval.example.org", minutes=1))
    now = made("now", "http://127.0.0.1:51234", minutes=2)
    for place in ("local", ""):
        found = runs.baseline(now, place=place)
        assert found is not None
        assert found.run_id == "old"
    runs.keep(made("here", "http://127.0.0.1:51234", minutes=-1))
    here = runs.baseline(now)
    assert here is not None
    assert here.run_id == "here"


def test_another_computer_has_only_its_own_runs(runs: LoadRuns) -> None:
    runs.keep(made("old", "https://eval.example.org", minutes=0))
    runs.keep(made("local", "http://127.0.0.1:40001", minutes=0), place="local")
    assert runs.baseline(made("now", "https://eval.example.com", minutes=1)) is None


def test_a_run_without_a_verdict_on_a_threshold_is_a_measurement_all_the_same(
    runs: LoadRuns,
) -> None:
    url = "https://eval.example.org"
    runs.keep(made("open", url, minutes=0, verdict=Verdict.INCONCLUSIVE))
    runs.keep(made("none", url, minutes=1, verdict=Verdict.NOT_MEASURED))
    found = runs.baseline(made("now", url, minutes=2))
    assert found is not None
    assert found.run_id == "open"


def test_a_run_that_is_too_large_to_be_read_is_kept_without_its_steps_seconds(
    runs: LoadRuns, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = made("big", "http://127.0.0.1:1", minutes=0)
    told = {
        name: StepSecond(counts=each.counts, response=each.response, service=each.service)
        for each in one.seconds[:1]
        for name in ("list", "read", "write")
    }
    big = replace(one, seconds=tuple(replace(each, steps=told) for each in one.seconds))
    whole = len(msgspec.json.encode(one, enc_hook=str))
    monkeypatch.setattr(kept_runs, "LARGEST", whole + 500 + kept_runs._LARGEST_HEAD)
    runs.keep(big)
    assert runs.whole("big").seconds == one.seconds
    monkeypatch.setattr(kept_runs, "LARGEST", 100)
    with pytest.raises(LocalFailure, match="too large"):
        runs.keep(replace(big, run_id="huge"))
    assert [head.run_id for head in runs.heads()] == ["big"]
