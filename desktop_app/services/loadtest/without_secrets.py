"""Scenarios as they are kept and shown: tables, headers and bodies may hold passwords."""

from __future__ import annotations

from dataclasses import replace

import msgspec

from desktop_app.core.load.result import LoadResult
from desktop_app.core.load.scenario import DataSet, Scenario
from desktop_app.core.redaction import MARK, is_secret_key, redact, redact_mapping


def without_secrets(result: LoadResult) -> LoadResult:
    """The run, its scenario without secrets."""
    return replace(result, plan=replace(result.plan, scenario=disclosed(result.plan.scenario)))


def disclosed(scenario: Scenario) -> Scenario:
    """The scenario with *** for what is secret by its name; one that was made so stays as it is."""
    plain = msgspec.to_builtins(replace(scenario, data=()))
    shown = msgspec.convert(redact_mapping(plain), Scenario)
    return replace(shown, data=tuple(_table(table) for table in scenario.data))


def _table(table: DataSet) -> DataSet:
    secret = [is_secret_key(column) for column in table.columns]
    rows = tuple(
        tuple(MARK if hide else redact(cell) for hide, cell in zip(secret, row, strict=True))
        for row in table.rows
    )
    return replace(table, rows=rows)
