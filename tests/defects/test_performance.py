"""Where performance cannot be measured, nothing passes and nothing is blamed: why is said."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest

from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.events import RunEnded
from desktop_app.core.validation.findings import CheckResult, say
from desktop_app.core.validation.samples import Sample, Times
from desktop_app.core.validation.suites import Suite
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.probes import performance
from desktop_app.engines.validation.run import Order, validate
from desktop_app.engines.validation.suite_files import shipped
from tests.defects.backdoor import Backdoor
from tests.defects.examining import EVERYTHING, target_of
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.lighter import lighter
from tests.defects.matching import About, answering, on, status
from tests.defects.registry import Defect
from tests.defects.server import DefectServer

PERFORMANCE = next(suite for suite in lighter(shipped()) if suite.id == "performance")
ALL = frozenset(check.id for check in PERFORMANCE.checks)
JUDGED = ALL - {"performance.cache_hits", "performance.cache_time"}


def _with(**params: Any) -> Suite:
    changed = (replace(c, params={**c.params, **params}) for c in PERFORMANCE.checks)
    return replace(PERFORMANCE, checks=tuple(changed))


def _measured(
    server: DefectServer,
    checks: frozenset[str],
    subjects: frozenset[str] = frozenset(),
    **params: Any,
) -> Mapping[str, CheckResult]:
    order = Order(
        target=target_of(server),
        suites=(_with(**params),),
        checks=checks,
        subjects=subjects,
        consent=EVERYTHING,
        by="tests",
    )
    *_, last = validate(order, TaskContext())
    assert isinstance(last, RunEnded)
    assert not last.report.left_behind
    return {result.check: result for result in last.report.results}


def _defect(fault: Callable[[Backdoor], Fault]) -> Defect:
    return Defect(name="made up", does="", fails=frozenset({"performance.mean"}), fault=fault)


def _said(result: CheckResult) -> str:
    return " ".join(said.text() for finding in result.findings for said in finding.seen)


def _anything_but_signing_in(asked: Asked) -> bool:
    return not on("POST", "/api/auth/login")(asked)


_HEALTH: About = on("GET", "/health")


def _empty(_asked: Asked, _sound: Sound) -> Answered:
    return Answered(200, [(b"content-type", b"application/json")], b"{}")


def _always(answer: Callable[[Asked, Sound], Answered]) -> Callable[[Backdoor], Fault]:
    async def fault(asked: Asked, sound: Sound) -> Answered:
        return answer(asked, sound) if _anything_but_signing_in(asked) else await sound(asked)

    return lambda _backdoor: fault


def test_quick_answers_that_are_none_pass_nothing(defect_server: DefectServer) -> None:
    with defect_server.broken_by(_defect(_always(_empty))):
        results = _measured(defect_server, ALL)

    passed = {f.key for r in results.values() for f in r.findings if f.state is CheckState.PASS}
    assert {key.partition("[")[2] for key in passed} <= {"POST /api/auth/login]"}
    assert "means nothing" in _said(results["performance.mean"])


def test_a_rate_limit_is_no_verdict(defect_server: DefectServer) -> None:
    seen = 0

    async def fault(asked: Asked, sound: Sound) -> Answered:
        nonlocal seen
        seen += _HEALTH(asked)
        answered = await sound(asked)
        return answered.with_status(429) if _HEALTH(asked) and seen > 20 else answered

    with defect_server.broken_by(_defect(lambda _backdoor: fault)):
        results = _measured(
            defect_server,
            JUDGED - {"performance.sessions"},
            endpoints=["GET /health"],
        )

    assert {result.state for result in results.values()} == {CheckState.INCONCLUSIVE}
    assert "429" in _said(results["performance.errors"])


def test_a_busy_client_blames_nobody(defect_server: DefectServer) -> None:
    results = _measured(
        defect_server,
        frozenset({"performance.mean", "performance.max"}),
        busy_share=0.0,
        endpoints=["GET /health"],
    )

    assert {result.state for result in results.values()} == {CheckState.INCONCLUSIVE}
    finding = results["performance.mean"].findings[0]
    assert "busy with sending" in _said(results["performance.mean"])
    assert float(finding.facts["client_cpu_ms"]) > 0


def test_too_few_answers_are_no_percentile(defect_server: DefectServer) -> None:
    results = _measured(
        defect_server, frozenset({"performance.p99"}), requests=80, endpoints=["GET /health"]
    )

    assert results["performance.p99"].state is CheckState.INCONCLUSIVE
    assert "70 answers were measured; to say it takes 300." in _said(results["performance.p99"])
    assert "p99_ms" not in results["performance.p99"].findings[0].facts


def test_one_endpoint_is_measured_again_alone(defect_server: DefectServer) -> None:
    results = _measured(
        defect_server, frozenset({"performance.mean"}), frozenset({"GET /health"}), endpoints=None
    )

    mean = results["performance.mean"]
    assert [finding.subject for finding in mean.findings] == ["GET /health"]
    assert mean.requests < 100


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (answering(on("GET", "/metrics"), status(404)), "It has no /metrics"),
        (
            answering(on("GET", "/metrics"), lambda a: replace(a, body=b"up 1\n")),
            "tell of no cache",
        ),
    ],
)
def test_a_cache_that_tells_nothing_is_not_judged(
    fault: Callable[[Backdoor], Fault], said: str, defect_server: DefectServer
) -> None:
    checks = frozenset({"performance.cache_hits"})
    with defect_server.broken_by(_defect(fault)):
        results = _measured(defect_server, checks, endpoints=["GET /health"])

    result = results["performance.cache_hits"]
    assert result.state is CheckState.NOT_APPLICABLE
    assert said in _said(result)
    assert result.findings[0].exchanges


@pytest.mark.parametrize(
    ("late_ms", "state"), [(50, CheckState.FAIL), (150, CheckState.INCONCLUSIVE)]
)
def test_what_this_computer_added_itself_is_not_the_servers(
    late_ms: float, state: CheckState
) -> None:
    times = Times([*[Sample(ms=5, status=200, ok=True)] * 99, Sample(ms=600, status=200, ok=True)])

    found, _said = performance._verdict(
        times, lambda one: one.longest, lambda _t, _target: say("longest"), 500, late_ms, 30
    )

    assert found is state
