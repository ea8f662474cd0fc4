"""The Qt model of criteria follows the draft through whatever is done to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from desktop_app.core.criteria_draft import CriteriaDraft
from desktop_app.ui.templates.criteria_model import HANDLE, CriteriaModel, Index
from tests.core.test_criteria_draft import ACTIONS, draft_of

STEPS: list[Callable[[CriteriaDraft, int], object]] = [
    *ACTIONS,
    lambda draft, _n: draft.undo(),
    lambda draft, _n: draft.redo(),
]


class Watched(CriteriaModel):
    """The watcher knows a row by its first cell, which must not be the place it stands at."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and index.column() == HANDLE and role == Qt.ItemDataRole.DisplayRole:
            return self.rows[index.row()].id
        return super().data(index, role)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(STEPS), st.integers(0, 1000)), max_size=15))
def test_rows_and_what_points_at_them_stay_true(
    qtbot: QtBot, steps: list[tuple[Callable[[CriteriaDraft, int], object], int]]
) -> None:
    draft = draft_of("a", "b", "c", "d")
    model = Watched(draft)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
    for step, n in steps:
        pointers = {row.id: _pointer(model, at) for at, row in enumerate(model.rows)}
        step(draft, n)
        model.sync()
        assert model.rows == draft.rows
        for at, row in enumerate(model.rows):
            pointer = pointers.get(row.id)
            if pointer is not None and pointer.isValid():
                assert pointer.row() == at


def _pointer(model: CriteriaModel, at: int) -> QPersistentModelIndex:
    return QPersistentModelIndex(model.index(at, 1))
