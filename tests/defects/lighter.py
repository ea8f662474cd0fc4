"""The suites as they ship, but for how much is measured and made up: a test has no minute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from desktop_app.core.validation.suites import Check, Suite

_FEW: Mapping[str, Any] = {
    "requests": 80,
    "sign_ins": 34,
    "endpoints": ["GET /health", "GET /api/users", "POST /api/auth/login"],
    # The server shares this interpreter with the client, and the machine with other tests.
    "busy_share": 1.0,
    "late_ms": 60_000,
}
_MORE: Mapping[str, Mapping[str, Any]] = {
    # A P99 needs 300 answers.
    "performance.p99": {"requests": 310, "endpoints": ["GET /health"]},
    # One in a hundred fails.
    "performance.errors": {"requests": 120},
    "performance.concurrent": {"requests": 120},
}

_FUZZ: Mapping[str, Any] = {
    "examples": 1,
    "seconds": 20,
    "requests": 50,
    "endpoints": ["GET /health", "GET /api/companies/names"],
}


def lighter(suites: Iterable[Suite]) -> tuple[Suite, ...]:
    """The same checks of fewer requests to fewer endpoints."""
    return tuple(
        replace(suite, checks=tuple(map(_lighter, suite.checks)))
        if suite.id in ("performance", "fuzz")
        else replace(suite, checks=tuple(map(_cheaper, suite.checks)))
        for suite in suites
    )


def _cheaper(check: Check) -> Check:
    """The tests' servers hash passwords at next to no cost."""
    if check.id != "stored.passwords":
        return check
    return replace(check, params={**check.params, "memory_kib": 8, "work_kib": 8})


def _lighter(check: Check) -> Check:
    if check.id.startswith("fuzz."):
        return replace(check, params={**check.params, **_FUZZ})
    return replace(check, params={**check.params, **_FEW, **_MORE.get(check.id, {})})
