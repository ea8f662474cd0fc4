"""The selftest's search for clipped texts finds what is clipped and nothing else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGroupBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.app.selftest_clipping import clipped_texts

LONG = "A text that is quite a bit longer than sixty pixels"


def combo(parent: QWidget) -> QComboBox:
    box = QComboBox(parent)
    box.addItem(LONG)
    return box


WIDGETS: dict[str, Callable[[QWidget], QWidget]] = {
    "label": lambda parent: QLabel(LONG, parent),
    "button": lambda parent: QPushButton(LONG, parent),
    "check box": lambda parent: QCheckBox(LONG, parent),
    "combo box": combo,
    "group box": lambda parent: QGroupBox(LONG, parent),
}


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    window.resize(900, 200)
    qtbot.addWidget(window)
    return window


@pytest.mark.parametrize("kind", WIDGETS)
def test_a_text_wider_than_its_widget_is_found(window: QWidget, kind: str) -> None:
    widget = WIDGETS[kind](window)
    widget.resize(60, 40)
    window.show()
    found = list(clipped_texts(window))
    assert [clipped.text for clipped in found] == [LONG]
    assert type(widget).__name__ in found[0].widget


@pytest.mark.parametrize("kind", WIDGETS)
def test_a_text_that_fits_is_not_found(window: QWidget, kind: str) -> None:
    layout = QHBoxLayout(window)
    layout.addWidget(WIDGETS[kind](window))
    window.show()
    assert list(clipped_texts(window)) == []


def test_a_wrapped_text_without_the_height_for_its_lines_is_found(window: QWidget) -> None:
    label = QLabel(LONG, window)
    label.setWordWrap(True)
    label.resize(120, label.fontMetrics().height())
    window.show()
    assert len(list(clipped_texts(window))) == 1
    label.resize(120, label.heightForWidth(120))
    assert list(clipped_texts(window)) == []


def test_a_button_that_reaches_out_of_its_parent_is_found(window: QWidget) -> None:
    box = QWidget(window)
    box.resize(100, 100)
    button = QPushButton(LONG, box)
    button.resize(button.sizeHint())
    window.show()
    assert [clipped.text for clipped in clipped_texts(window)] == [LONG]


def test_what_can_be_scrolled_to_is_whole(window: QWidget) -> None:
    area = QScrollArea(window)
    area.resize(100, 100)
    area.setWidget(QLabel(LONG))
    window.show()
    assert list(clipped_texts(window)) == []


def test_a_text_that_its_widget_shortens_with_a_tool_tip_is_whole(window: QWidget) -> None:
    label = QLabel(f"{LONG}…", window)
    label.setToolTip(f"{LONG} and whole")
    label.resize(60, 30)
    window.show()
    assert list(clipped_texts(window)) == []
