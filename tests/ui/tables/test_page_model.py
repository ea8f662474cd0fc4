"""The model of one page of rows, held to Qt's own rules."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from desktop_app.ui.tables.columns import Align, Chip, Column
from desktop_app.ui.tables.page_model import CHIP_ROLE, ITEM_ROLE, PageModel


@dataclass(frozen=True)
class Thing:
    id: str
    name: str
    size: int = 0


COLUMNS: tuple[Column[Thing], ...] = (
    Column(key="name", title="Name", value=lambda t: t.name),
    Column(key="size", title="Size", value=lambda t: t.size, align=Align.END),
    Column(
        key="state", title="State", value=lambda t: "x", chip=lambda t: Chip("Fine", "ok", "ok")
    ),
)


def model_of(*things: Thing) -> PageModel[Thing]:
    model = PageModel(COLUMNS, lambda thing: thing.id)
    model.set_items(things)
    return model


def test_model_keeps_qts_rules(qtbot: QtBot) -> None:
    model = model_of(Thing("1", "한국 회사"), Thing("2", "<b>bold</b>"))
    # What the tester finds it says as a warning of Qt, which fails the test.
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning)
    model.set_items([Thing("3", "another")])
    model.set_items([])
    assert tester.model() is model


def test_cells_have_text_item_and_chip(qtbot: QtBot) -> None:
    model = model_of(Thing("1", "<b>bold</b>", 7))
    assert model.index(0, 0).data() == "<b>bold</b>"
    assert model.index(0, 1).data() == "7"
    assert model.index(0, 2).data() == "Fine"
    assert model.index(0, 0).data(ITEM_ROLE) == Thing("1", "<b>bold</b>", 7)
    assert model.index(0, 2).data(CHIP_ROLE) == Chip("Fine", "ok", "ok")
    assert model.index(0, 1).data(Qt.ItemDataRole.AccessibleTextRole) == "Size: 7"


def test_same_rows_with_new_values_do_not_reset(qtbot: QtBot) -> None:
    model = model_of(Thing("1", "old"), Thing("2", "b"))
    with qtbot.assertNotEmitted(model.modelReset), qtbot.waitSignal(model.dataChanged):
        assert not model.set_items([Thing("1", "new"), Thing("2", "b")])
    assert model.index(0, 0).data() == "new"


def test_rows_that_came_or_went_reset(qtbot: QtBot) -> None:
    model = model_of(Thing("1", "a"))
    with qtbot.waitSignal(model.modelReset):
        assert model.set_items([Thing("2", "b")])
    assert model.row_of("2") == 0
    assert model.row_of("1") is None
