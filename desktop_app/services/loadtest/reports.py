"""A load run as a report, as plain data for programs, and second by second as csv."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import Any

import msgspec

from desktop_app.config.profiles import ENVIRONMENT_LABELS, Environment
from desktop_app.core.language import _
from desktop_app.core.load.counts import Latency
from desktop_app.core.load.hdr_log import Interval, write_log
from desktop_app.core.load.histogram import Histogram
from desktop_app.core.load.result import LoadResult, Verdict
from desktop_app.core.redaction import redact_mapping
from desktop_app.services.chart_svg import as_svg
from desktop_app.services.loadtest import words
from desktop_app.services.loadtest.charts import charts_of
from desktop_app.services.loadtest.comparison import LoadComparison
from desktop_app.services.loadtest.runs import LoadHead
from desktop_app.services.loadtest.without_secrets import without_secrets
from desktop_app.services.report_document import Drawing, Part, ReportDocument, Row, Table


def report_of(
    result: LoadResult, comparison: LoadComparison | None = None, head: LoadHead | None = None
) -> ReportDocument:
    """Verdict, environment, figures, thresholds, charts, steps, failures, comparison.

    ``head`` has the note and the tags that people put to the run.
    """
    parts: list[Part] = [_gates(result), _figures(result)]
    parts += [Drawing(svg=svg) for chart in charts_of(result) if (svg := as_svg(chart))]
    parts += [_steps(result), _failures(result), _examples(result), _accounts(result)]
    if comparison is not None:
        parts.append(comparison_table(comparison))
    return ReportDocument(
        title=_("Load run · {url}").format(url=result.plan.target.url),
        verdict=words.verdict_text(result),
        facts=(*_facts(result), *_noted(head)),
        tables=tuple(part for part in parts if not isinstance(part, Table) or part.rows),
    )


def plain(result: LoadResult, comparison: LoadComparison | None = None) -> dict[str, Any]:
    """The run as JSON can hold it, without secrets: ``{"run": …, "comparison": …}``.

    Histograms are HdrHistogram's V2 encoding, compressed, in base64: other tools read them.
    """
    run = msgspec.to_builtins(without_secrets(result), str_keys=True, enc_hook=str)
    # Figures, under the names of steps: one may be called "token".
    seconds = run["seconds"]
    made: dict[str, Any] = {"run": {**redact_mapping({**run, "seconds": None}), "seconds": seconds}}
    if comparison is not None:
        made["comparison"] = redact_mapping(msgspec.to_builtins(comparison, enc_hook=str))
    return made


def as_csv(result: LoadResult) -> str:
    """One line per second; latencies in ms, empty where there were none.

    In a long run's older lines ``seconds`` were put together: counts are those of all of them.
    """
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(_COLUMNS)
    for second in result.seconds:
        response, service, counts = second.response, second.service, second.counts
        cpu = max((one.cpu_share for one in second.generators), default=None)
        late = max((one.late_p99_ms for one in second.generators), default=None)
        target = second.target
        lines.writerow(
            [
                second.number,
                second.width_s,
                second.phase.value,
                second.asked,
                counts.sent,
                counts.completed,
                counts.failed,
                second.dropped,
                second.users,
                second.busy,
                *_row_of(response),
                *_row_of(service),
                _figure(cpu),
                _figure(late),
                _figure(target.cpu_share if target else None),
                _figure(target.memory_share if target else None),
            ]
        )
    return out.getvalue()


def as_hlog(result: LoadResult) -> str:
    """Response times of each second as HdrHistogram's log: of all requests, and of each step."""
    intervals: list[Interval] = []
    for second in result.seconds:
        logs = {"": second.response_log}
        logs |= {name: step.response_log for name, step in second.steps.items()}
        intervals += [
            Interval(
                start_s=float(second.number),
                seconds=float(second.width_s),
                histogram=Histogram.decoded(log),
                tag=name,
            )
            for name, log in logs.items()
        ]
    return write_log(intervals, start_epoch_s=result.started_at.timestamp())


_FIGURES = ("p50", "p95", "p99", "max")
_COLUMNS = (
    *("second", "seconds", "phase", "asked", "sent", "completed", "failed", "dropped"),
    *("users", "busy"),
    *(f"{time}_{figure}" for time in ("response", "service") for figure in _FIGURES),
    *("generator_cpu", "generator_late_p99_ms", "target_cpu", "target_memory"),
)


def comparison_table(comparison: LoadComparison) -> Table:
    """Two runs side by side, each difference with its uncertainty."""
    remarks = [said.text() for said in comparison.remarks]
    if comparison.slower_chance is not None:
        remarks.append(
            _(
                "A request of this run takes longer than one of run {run} with probability {share}."
            ).format(run=comparison.before, share=words.share(comparison.slower_chance))
        )
    return Table(
        title=_("Compared with run {run}").format(run=comparison.before),
        headers=(_("Figure"), _("Before"), _("Now"), _("Difference (99 %)"), _("Meaning")),
        rows=tuple(words.difference_row(one) for one in comparison.differences),
        note=" ".join(remarks),
    )


def _facts(result: LoadResult) -> Iterator[tuple[str, str]]:
    plan, facts = result.plan, result.facts
    environment = ENVIRONMENT_LABELS.get(Environment(plan.target.environment), "")
    yield _("Target"), plan.target.url
    yield _("Environment"), _(environment)
    yield _("Scenario"), plan.scenario.name
    yield _("Load"), words.model_text(plan.model)
    yield _("Begun"), result.started_at.astimezone().strftime("%Y-%m-%d %H:%M:%S %z")
    yield _("By"), result.by or "–"
    yield _("Ended"), _(words.STOPS[result.stop])
    yield _("Generators"), f"{facts.generators} ({facts.loop})" if facts.generators else "–"
    yield _("Computer"), facts.client
    if facts.server:
        yield _("Server"), facts.server
    if result.measured is not None:
        span = f"{result.measured.from_s:g}–{result.measured.to_s:g}"
        yield _("Measured part"), _("{n} s").format(n=span)
    yield _("Random seed"), str(facts.seed or plan.seed)
    yield _("Run"), result.run_id
    if advice := words.advice_text(result):
        yield _("What to do"), advice
    for remark in words.remarks_of(result):
        yield _("Warning"), remark
    for mark in result.marks:
        yield _("Mark"), f"{words.at_second(mark.at_s)}: {mark.text}"


def _noted(head: LoadHead | None) -> Iterator[tuple[str, str]]:
    if head is not None and head.note:
        yield _("Note"), head.note
    if head is not None and head.tags:
        yield _("Tags"), ", ".join(head.tags)


def _gates(result: LoadResult) -> Table:
    rows = tuple(
        (
            str(gate.threshold),
            _(words.GATE_STATES[gate.state]),
            words.gate_value(gate),
            words.at_second(gate.broken_at) if gate.broken_at is not None else "",
        )
        for gate in result.gates
    )
    headers = (_("Threshold"), _("State"), _("Measured"), _("Broken at"))
    note = ""
    if result.verdict is Verdict.INVALID:
        note = _("The run is invalid: that a threshold holds says nothing of the server.")
    return Table(title=_("Thresholds"), headers=headers, rows=rows, note=note)


def _figures(result: LoadResult) -> Table:
    measured = result.measured
    if measured is None:
        return Table(title=_("Figures"), headers=(), rows=())
    return Table(
        title=_("Figures"),
        headers=("", *_LATENCY_HEADERS),
        rows=(
            (_("Response time"), *_latencies(measured.response)),
            (_("Service time"), *_latencies(measured.service)),
        ),
        note=_(
            "Response time counts from when a request was meant to be sent, service time from when"
            " it was. Done: {rate}; failed: {errors}."
        ).format(rate=words.per_second(measured.rate), errors=words.share(measured.error_share)),
    )


_LATENCY_HEADERS = ("p50", "p90", "p95", "p99", "p99.9", "max")


def _steps(result: LoadResult) -> Table:
    rows = tuple(
        (
            step.name,
            f"{step.total.sent:,}",
            f"{step.total.failed:,}",
            *_latencies(step.measured.response),
        )
        for step in words.steps_of(result)
    )
    headers = (_("Scenario step"), _("Sent"), _("Failed"), *_LATENCY_HEADERS)
    return Table(title=_("Scenario steps"), headers=headers, rows=rows)


def _failures(result: LoadResult) -> Table:
    rows = tuple((name, f"{count:,}") for name, count in words.failure_counts(result))
    return Table(title=_("Failures"), headers=(_("Kind"), _("Requests")), rows=rows)


def _examples(result: LoadResult) -> Table:
    rows: tuple[Row, ...] = tuple(
        (
            words.at_second(one.at_s, 1),
            one.step,
            _(words.FAILURES[one.kind]),
            str(one.status or ""),
            words.example_text(one),
        )
        for one in result.examples
    )
    headers = (_("At"), _("Scenario step"), _("Kind"), _("Status"), _("What came"))
    return Table(title=_("Examples of failures"), headers=headers, rows=rows)


def _accounts(result: LoadResult) -> Table:
    """Where every request went: it adds up, or the report says that it does not."""
    total = result.total
    rows = (
        (_("Asked"), f"{result.asked:,}"),
        (_("Sent"), f"{total.sent:,}"),
        (_("Never sent: no user was free in time"), f"{result.dropped:,}"),
        (_("Never sent: the run was stopped"), f"{result.unsent:,}"),
        (_("Done"), f"{total.completed:,}"),
        (_("Failed"), f"{total.failed:,}"),
        (_("Still on the way at the end"), f"{total.in_flight:,}"),
        (_("Sent late by the generator"), f"{total.late:,}"),
        (_("Sent once more: the connection had been closed"), f"{total.resent:,}"),
    )
    note = "" if result.adds_up else _("These figures do not add up: do not trust this run.")
    return Table(title=_("Requests"), headers=(_("Requests"), ""), rows=rows, note=note)


def _latencies(latency: Latency | None) -> Row:
    if latency is None:
        return ("–",) * len(_LATENCY_HEADERS)
    found = (latency.p50, latency.p90, latency.p95, latency.p99, latency.p999, latency.max)
    return tuple(words.ms(value) for value in found)


def _row_of(latency: Latency | None) -> list[str]:
    if latency is None:
        return [""] * 4
    return [_figure(value) for value in (latency.p50, latency.p95, latency.p99, latency.max)]


def _figure(value: float | None) -> str:
    """To a microsecond, or a thousandth of a share; never with an exponent."""
    return "" if value is None else f"{value:.3f}"
