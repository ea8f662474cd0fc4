"""Cells on the clipboard."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.ui.tables.tsv import cell, tsv


@pytest.mark.parametrize("text", ["=1+1", "+82-10-1234", "@SUM(A1)", "-2+3", " =HYPERLINK()"])
def test_what_a_spreadsheet_would_calculate_becomes_text(text: str) -> None:
    assert cell(text).startswith("'")


@pytest.mark.parametrize("text", ["-3.5", "김철수", "a=b", "02-123-4567", ""])
def test_ordinary_texts_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


@given(st.lists(st.lists(st.text(max_size=20), min_size=2, max_size=2), min_size=1, max_size=5))
def test_no_cell_can_break_out_of_its_place(rows: list[list[str]]) -> None:
    lines = tsv(rows).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(rows)
    assert all(line.count("\t") == 1 for line in lines)
