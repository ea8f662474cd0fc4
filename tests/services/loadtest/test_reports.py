"""What reports of a load run say in figures."""

from __future__ import annotations

import csv
import io
from dataclasses import replace

import pytest

from desktop_app.config.catalogues import use_language
from desktop_app.services.loadtest.reports import as_csv, report_of
from desktop_app.services.report_document import as_markdown
from tests.services.loadtest.made import run, second


def test_seconds_are_written_exactly_and_without_exponents() -> None:
    [line] = csv.DictReader(io.StringIO(as_csv(run([second(0, [12_345.678, 12_345.678])]))))
    assert line["response_p50"].partition(".")[0].isdecimal()
    assert float(line["response_p50"]) == pytest.approx(12_345.678, rel=0.001)


def test_requests_that_were_sent_twice_are_told() -> None:
    use_language("en")
    made = run([second(0, [1.0])])
    made = replace(made, total=replace(made.total, resent=4))
    text = as_markdown(report_of(made))
    assert "| Sent once more: the connection had been closed | 4 |" in text
