"""What the codes of load runs mean to people, and figures as they are written."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desktop_app.core.language import N_, _
from desktop_app.core.load.counts import Failure
from desktop_app.core.load.events import Warned
from desktop_app.core.load.models import LoadModel, duration_s, highest
from desktop_app.core.load.result import Example, Gate, LoadResult, StepResult, StopReason, Verdict
from desktop_app.core.load.second import Phase
from desktop_app.core.load.thresholds import UNITS, GateState, Metric
from desktop_app.core.redaction import redact
from desktop_app.services.loadtest.comparison import Change, Difference
from desktop_app.services.validation.words import duration

MINUTE = 60

VERDICTS: Mapping[str, str] = {
    Verdict.PASSED: N_("Passed"),
    Verdict.FAILED: N_("Failed"),
    Verdict.INCONCLUSIVE: N_("Inconclusive"),
    Verdict.INVALID: N_("Invalid"),
    Verdict.NOT_MEASURED: N_("Not measured"),
}
STOPS: Mapping[str, str] = {
    StopReason.DONE: N_("Done"),
    StopReason.STOPPED: N_("Stopped"),
    StopReason.STOPPED_AT_ONCE: N_("Stopped at once"),
    StopReason.ABORTED: N_("Ended by a threshold"),
    StopReason.GENERATOR_LOST: N_("The generators died"),
    StopReason.NOT_PREPARED: N_("The preparation failed"),
    StopReason.UNREACHABLE: N_("The server does not answer"),
    StopReason.REFUSED: N_("Refused"),
}
GATE_STATES: Mapping[str, str] = {
    GateState.HOLDS: N_("Holds"),
    GateState.PENDING: N_("Broken now, but not for long enough"),
    GateState.BROKEN: N_("Broken"),
    GateState.NO_DATA: N_("Not measured"),
}
FAILURES: Mapping[str, str] = {
    Failure.DNS: N_("Name not found"),
    Failure.REFUSED: N_("Connection refused"),
    Failure.CONNECT_TIMEOUT: N_("Connecting took too long"),
    Failure.TLS: N_("TLS failed"),
    Failure.RESET: N_("Connection reset"),
    Failure.CUT: N_("Cut off in the middle of an answer"),
    Failure.TIMEOUT: N_("No answer in time"),
    Failure.MALFORMED: N_("The answer is not HTTP"),
    Failure.TOO_LARGE: N_("The answer is too large"),
    Failure.STATUS: N_("Status not expected"),
    Failure.CONTENT: N_("Content not expected"),
    Failure.GENERATOR: N_("This computer is at its limit"),
}
PHASES: Mapping[str, str] = {
    Phase.WARM_UP: N_("Warming up"),
    Phase.MEASURED: N_("Measuring"),
    Phase.DRAIN: N_("Waiting for the last answers"),
}
METRICS: Mapping[str, str] = {
    Metric.P50: "p50",
    Metric.P90: "p90",
    Metric.P95: "p95",
    Metric.P99: "p99",
    Metric.P999: "p99.9",
    Metric.MAX: N_("Longest"),
    Metric.MEAN: N_("Mean"),
    Metric.RATE: N_("Throughput"),
    Metric.ERRORS: N_("Errors"),
    Metric.DROPPED: N_("Never sent"),
    Metric.TARGET_CPU: N_("CPU of the server"),
    Metric.TARGET_MEMORY: N_("Memory of the server"),
}

INVALID_ADVICE = N_(
    "These figures say more about what sent the requests than about the server. End what else uses"
    " this computer, plan more generators or less load, and run it again."
)

CHANGES: Mapping[str, str] = {
    Change.WORSE: N_("Worse"),
    Change.BETTER: N_("Better"),
    Change.SAME: N_("The same"),
    Change.UNSURE: N_("Cannot be told from chance"),
}


def ms(value: float | None) -> str:
    """A latency with its unit, three digits that count: "0.42 ms", "13.4 ms", "1.25 s"."""
    if value is None:
        return "–"
    if value >= 1000:
        return f"{value / 1000:,.2f} s"
    digits = 2 if value < 10 else 1 if value < 100 else 0
    return f"{value:.{digits}f} ms"


def per_second(value: float | None) -> str:
    """A rate: "1,050/s"."""
    if value is None:
        return "–"
    return f"{value:,.1f}/s" if value < 100 else f"{value:,.0f}/s"


def span(seconds: float) -> str:
    """How long, in whole seconds below a minute."""
    if seconds < MINUTE:
        return _("{n} s").format(n=f"{max(0, round(seconds)):,}")
    return duration(round(seconds))


def at_second(second: float, digits: int = 0) -> str:
    """A moment of a run: "13 s", "13.4 s"."""
    return _("{n} s").format(n=f"{second:,.{digits}f}")


def share(value: float | None) -> str:
    """A share (0–1) as a percentage that does not round a failure away: "0.02 %"."""
    if value is None:
        return "–"
    if 0 < value < 0.0001:
        return "< 0.01 %"
    return f"{value * 100:.2f} %" if value < 0.1 else f"{value * 100:.1f} %"


def metric_value(metric: Metric, value: float | None) -> str:
    """A measured value as its metric is written."""
    if value is None:
        return "–"
    unit = UNITS[metric]
    if unit == "ms":
        return ms(value)
    return per_second(value) if unit == "/s" else share(value / 100)


def model_text(model: LoadModel) -> str:
    """The load model in one line."""
    seconds, most = duration_s(model.stages), highest(model.stages)
    flat = len({level for stage in model.stages for level in (stage.start, stage.end)}) == 1
    if model.is_open:
        said = (
            _("{rate} for {users} users, {seconds} s")
            if flat
            else _("up to {rate} for {users} users, {seconds} s")
        )
        return said.format(rate=per_second(most), users=f"{model.users:,}", seconds=f"{seconds:g}")
    said = _("{users} users, {seconds} s") if flat else _("up to {users} users, {seconds} s")
    return said.format(users=f"{model.users:,}", seconds=f"{seconds:g}")


def gate_text(gate: Gate) -> str:
    """One threshold and what came of it."""
    return f"{gate.threshold}: {_(GATE_STATES[gate.state])} ({gate_value(gate)})"


def gate_value(gate: Gate) -> str:
    """What a threshold was judged by, or why it could not be."""
    if gate.said is not None:
        return gate.said.text()
    return metric_value(gate.threshold.metric, gate.value)


def failure_counts(result: LoadResult) -> list[tuple[str, int]]:
    """How many requests failed by kind, the most first; then those that made the users ready."""
    found = []
    for text, failures in (
        ("{kind}", result.total.failures),
        (_("Preparation: {kind}"), result.setup_failures),
    ):
        for kind, count in sorted(failures.items(), key=lambda pair: -pair[1]):
            if count:
                found.append((text.format(kind=_(FAILURES[kind])), count))
    return found


def steps_of(result: LoadResult) -> tuple[StepResult, ...]:
    """The steps of the run; those of the preparation only where they were done again in it."""
    return tuple(step for step in result.steps if step.flow or step.total.sent)


def example_text(example: Example) -> str:
    """What was wrong with a failed request: in our words, else in the server's, redacted."""
    return example.said.text() if example.said is not None else redact(example.text)


def verdict_text(result: LoadResult) -> str:
    """The verdict in a sentence, with the first reason."""
    if result.reasons:
        return f"{_(VERDICTS[result.verdict])}: {result.reasons[0].text()}"
    if result.verdict is Verdict.NOT_MEASURED:
        said = result.stop_said.text() if result.stop_said else _(STOPS[result.stop])
        return f"{_(VERDICTS[result.verdict])}: {said}"
    told = [gate for gate in result.gates if gate.state is GateState.BROKEN]
    told += [gate for gate in result.gates if gate.state is GateState.NO_DATA]
    if told:
        return f"{_(VERDICTS[result.verdict])}: {'; '.join(gate_text(gate) for gate in told)}"
    if result.verdict is Verdict.INCONCLUSIVE:
        return _("Inconclusive: it was stopped after {seconds} of {planned}.").format(
            seconds=span(result.seconds_run), planned=span(result.plan.seconds)
        )
    if not result.gates:
        return _("Measured; there was no threshold to hold it to.")
    return _("Passed: every threshold holds.")


def advice_text(result: LoadResult) -> str:
    """What to do where a run is no result; "" where there is nothing to say."""
    if result.advice is not None:
        return result.advice.text()
    return _(INVALID_ADVICE) if result.verdict is Verdict.INVALID else ""


def remarks_of(result: LoadResult) -> list[str]:
    """Why a run is no result, then what else it is to be read with; each once."""
    return list(dict.fromkeys(said.text() for said in (*result.reasons, *result.warnings)))


def warned_text(event: Warned) -> str:
    """What an operator should know now, and whether it is worth going on."""
    said = event.said.text()
    return said + " " + _("The run is invalid by now.") if event.spoilt else said


def difference_row(one: Difference) -> tuple[str, str, str, str, str]:
    """Figure, before, now, the difference with its uncertainty, what it means."""
    write = {"rate": per_second, "errors": share}.get(one.figure, ms)
    name = {"rate": _("Throughput"), "errors": _("Errors")}.get(one.figure, one.figure)
    span = "–"
    if one.low is not None and one.high is not None:
        span = f"{_signed(one.low, write)} … {_signed(one.high, write)}"
    return name, write(one.before), write(one.after), span, _(CHANGES[one.change])


def _signed(value: float, write: Callable[[float | None], str]) -> str:
    return f"{'−' if value < 0 else '+'}{write(abs(value))}"
