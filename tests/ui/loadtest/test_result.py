"""What a run's page shows: slow steps, failures by kind, charts that stand still."""

from __future__ import annotations

from dataclasses import replace

from pytestqt.qtbot import QtBot

from desktop_app.core.load.counts import Counts, Failure
from desktop_app.core.load.histogram import Histogram
from desktop_app.core.load.result import LoadResult, Measured, StepResult, StopReason, Verdict
from desktop_app.services.loadtest.reports import report_of
from desktop_app.services.loadtest.runs import head_of
from desktop_app.services.report_document import as_markdown
from desktop_app.ui.loadtest.axis import Axis
from desktop_app.ui.loadtest.opened import OpenedRun
from desktop_app.ui.loadtest.result_page import FAILURES, STEPS, ResultPage
from desktop_app.ui.loadtest.timeline import Timeline
from desktop_app.ui.tab import TabTools
from tests.services.loadtest.made import run, second


def open_page(qtbot: QtBot, tools: TabTools, result: LoadResult) -> ResultPage:
    """The page of this run, shown."""
    page = ResultPage(tools)
    qtbot.addWidget(page)
    page.resize(1100, 760)
    timeline = Timeline(None)
    timeline.add(result.seconds)
    page.show_run(OpenedRun(result=result, timeline=timeline))
    page.show()
    return page


def step(name: str, latency_ms: float, *, flow: str = "lists", failed: int = 0) -> StepResult:
    """A step of which ten requests took so long; none, where it took no time."""
    histogram = Histogram()
    for _request in range(10 if latency_ms else 0):
        histogram.record(round(latency_ms * 1000))
    done = histogram.total
    failures = {Failure.STATUS: failed} if failed else {}
    counts = Counts(sent=done + failed, completed=done, failures=failures)
    latency, log = histogram.latency(), histogram.encoded()
    measured = Measured(
        from_s=0,
        to_s=10,
        asked=counts.sent,
        dropped=0,
        counts=counts,
        rate=done / 10,
        response=latency,
        service=latency,
        response_log=log,
        service_log=log,
    )
    return StepResult(flow=flow, name=name, total=counts, measured=measured)


def test_the_slowest_step_stands_on_top_of_the_steps(qtbot: QtBot, tools: TabTools) -> None:
    steps = (step("sign in", 0, flow=""), step("list", 12), step("details", 340, failed=3))
    page = open_page(qtbot, tools, run([second(n, [5.0]) for n in range(10)], steps=steps))
    page.tabs.setCurrentIndex(STEPS)
    assert page.step_chart.isVisible()
    assert [one.name for one in page.step_chart.steps] == ["details", "list"]
    told = page.step_chart.accessibleDescription()
    assert told == "details: p95 340 ms; list: p95 12.0 ms"
    # What only made the users ready is no step with nothing sent.
    assert [one.name for one in page.steps.model.items] == ["list", "details"]


def test_failed_sign_ins_are_among_the_failures(qtbot: QtBot, tools: TabTools) -> None:
    refused = run(
        (),
        measured=None,
        verdict=Verdict.NOT_MEASURED,
        stop=StopReason.NOT_PREPARED,
        setup_failures={Failure.STATUS: 4},
    )
    page = open_page(qtbot, tools, refused)
    page.tabs.setCurrentIndex(FAILURES)
    (row,) = page.failures.model.items
    assert (row.name, row.text) == ("Preparation: Status not expected", "4")
    assert not page.nothing_failed.isVisible()
    page = open_page(qtbot, tools, run([second(n, [5.0]) for n in range(10)]))
    page.tabs.setCurrentIndex(FAILURES)
    assert page.nothing_failed.isVisible()
    assert page.nothing_failed.geometry().top() < 40
    assert not page.examples.isVisible()


def test_charts_of_a_run_that_is_over_stand_still(qtbot: QtBot, tools: TabTools) -> None:
    page = open_page(qtbot, tools, run([second(n, [5.0]) for n in range(10)]))
    page.tabs.setCurrentIndex(1)
    board = page.board
    qtbot.waitUntil(lambda: not board._turn.isActive())
    assert not board.pause_button.isVisible()
    assert board.follow_button.text() == "Whole run"
    assert board.plots["latency"].told["p95"] == "p95"


def test_figures_on_axes_are_written_as_people_write_them() -> None:
    axis = Axis("bottom", unit="{n} s")
    assert axis.tickStrings([0, 5], 1.0, 5) == ["0 s", "5 s"]
    assert Axis("left").tickStrings([500_000, 1_000_000], 1.0, 500_000) == ["500,000", "1,000,000"]
    (apart, _from), *_finer = Axis("bottom", least=1).tickSpacing(0.5, 2.5, 400)
    assert apart == 1  # there is no run 1.5
    assert Axis("left").tickStrings([0.0, 0.2], 1.0, 0.2) == ["0.0", "0.2"]


def test_a_report_has_note_tags_and_how_to_repeat_the_run() -> None:
    result = run([second(n, [5.0]) for n in range(10)])
    noted = replace(head_of(result), note="배포 전 확인", tags=("release", "야간"))
    text = as_markdown(report_of(result, head=noted))
    assert "- Note: 배포 전 확인" in text
    assert "- Tags: release, 야간" in text
    assert "- Random seed: 7" in text
