"""Load runs in words: every code has some, and what was not measured is never called passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum

import pytest

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.result import Gate, LoadResult, StopReason, Verdict
from desktop_app.core.load.second import Phase
from desktop_app.core.load.thresholds import GateState, Metric, parse
from desktop_app.core.validation.findings import say
from desktop_app.services.loadtest import words
from desktop_app.services.loadtest.comparison import Change
from desktop_app.services.loadtest.reports import plain, report_of
from desktop_app.services.report_document import as_markdown
from tests.services.loadtest.made import run, second


@pytest.mark.parametrize(
    ("table", "kind"),
    [
        (words.VERDICTS, Verdict),
        (words.STOPS, StopReason),
        (words.GATE_STATES, GateState),
        (words.FAILURES, Failure),
        (words.PHASES, Phase),
        (words.METRICS, Metric),
        (words.CHANGES, Change),
    ],
)
def test_every_code_has_its_word(table: Mapping[str, str], kind: type[StrEnum]) -> None:
    assert set(table) == set(kind)


@pytest.fixture
def undecided() -> LoadResult:
    holds = Gate(threshold=parse("errors < 1 %"), state=GateState.HOLDS, value=0.0)
    said = say("{n} s of the {needed} s it takes", n=3, needed=10)
    late = parse("p95 < 300 ms for 10 s")
    open_ = Gate(threshold=late, state=GateState.NO_DATA, value=12.0, said=said)
    one = run((second(n, [12.0]) for n in range(3)), "a", stop=StopReason.STOPPED)
    return replace(one, verdict=Verdict.INCONCLUSIVE, gates=(holds, open_))


def test_an_undecided_run_names_what_could_not_be_judged(undecided: LoadResult) -> None:
    sentence = "Inconclusive: p95 < 300 ms for 10 s: Not measured (3 s of the 10 s it takes)"
    assert words.verdict_text(undecided) == sentence
    written = as_markdown(report_of(undecided))
    assert "Not measured | 3 s of the 10 s it takes" in written
    assert "Passed" not in written
    kept = plain(undecided)["run"]
    assert (kept["verdict"], kept["gates"][1]["state"]) == ("inconclusive", "no_data")


def test_a_stopped_run_says_how_far_it_came() -> None:
    one = run((second(n, [12.0]) for n in range(3)), "a", stop=StopReason.STOPPED)
    stopped = replace(one, verdict=Verdict.INCONCLUSIVE, seconds_run=3.0)
    text = words.verdict_text(stopped)
    assert text.startswith("Inconclusive: it was stopped after 3 s of ")


def test_what_is_broken_comes_before_what_is_undecided(undecided: LoadResult) -> None:
    broken = Gate(threshold=parse("max < 1 ms"), state=GateState.BROKEN, value=12.0)
    failed = replace(undecided, verdict=Verdict.FAILED, gates=(*undecided.gates, broken))
    assert words.verdict_text(failed).startswith("Failed: max < 1 ms: Broken (12.0 ms); p95")
