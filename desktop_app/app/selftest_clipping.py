"""Find texts that a person cannot read whole: wider or higher than the widget that shows them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QCheckBox,
    QComboBox,
    QGroupBox,
    QLabel,
    QPushButton,
    QRadioButton,
    QStyle,
    QStyleOptionButton,
    QTabBar,
    QToolButton,
    QWidget,
)

from desktop_app.ui.widgets.elided_label import ElidedLabel

TOLERANCE = 1
"""Pixels by which a text may be wider: fractions are rounded up."""

_MNEMONIC = re.compile(r"&(.)")


@dataclass(frozen=True, slots=True)
class Clipped:
    """A text that does not fit: in which widget, the room it has and the room it needs (px)."""

    widget: str
    text: str
    has: tuple[int, int]
    needs: tuple[int, int]

    def __str__(self) -> str:
        has, needs = "×".join(map(str, self.has)), "×".join(map(str, self.needs))
        return f"{self.widget}: {self.text!r} has {has} px and needs {needs} px"


def clipped_texts(window: QWidget) -> Iterator[Clipped]:
    """The clipped texts of what is visible in ``window``.

    A text that its widget shortens itself, with the whole of it as tool tip, counts as whole.
    """
    for widget in (window, *window.findChildren(QWidget)):
        if not widget.isVisibleTo(window) or widget.size().isEmpty():
            continue
        for kind, check in _CHECKS.items():
            if isinstance(widget, kind):
                yield from check(widget)
                break
        else:
            continue
        yield from _outside(widget, window)


def _clipped(widget: QWidget, text: str, has: QSize, needs: QSize) -> Iterator[Clipped]:
    shortened = text.endswith("…") and len(widget.toolTip()) >= len(text)
    if shortened:
        return
    if needs.width() > has.width() + TOLERANCE or needs.height() > has.height() + TOLERANCE:
        yield Clipped(
            _path(widget), text[:80], (has.width(), has.height()), (needs.width(), needs.height())
        )


def _label(label: QLabel) -> Iterator[Clipped]:
    text = label.text()
    if not text or not label.pixmap().isNull():
        return
    if isinstance(label, ElidedLabel) and label.toolTip():
        return  # it shortens what it draws, not its text
    has = label.contentsRect().size()
    if label.wordWrap():
        margins = label.height() - has.height()
        needs = QSize(_widest_word(label, text), label.heightForWidth(label.width()) - margins)
    else:
        lines = text.splitlines()
        metrics = label.fontMetrics()
        needs = QSize(max(map(metrics.horizontalAdvance, lines)), metrics.height() * len(lines))
        if label.textFormat() is Qt.TextFormat.RichText:
            needs = label.sizeHint()
    # Line spacing may exceed a caption's box by its leading; letters are whole down to descent.
    needs.setHeight(needs.height() - label.fontMetrics().leading())
    yield from _clipped(label, text, has, needs)


def _widest_word(label: QLabel, text: str) -> int:
    metrics = label.fontMetrics()
    # Korean breaks between syllables, other texts between words.
    words = re.split(r"[\s\u1100-\u11ff\uac00-\ud7a3]+", text)
    return max((metrics.horizontalAdvance(word) for word in words), default=0)


def _button(button: QAbstractButton) -> Iterator[Clipped]:
    text = _MNEMONIC.sub(r"\1", button.text())
    if not text or _hides_text(button):
        return
    room = button.contentsRect().size()
    needs = _text_size(button.fontMetrics(), text)
    if isinstance(button, QPushButton | QCheckBox | QRadioButton):
        room = _contents(button).size().boundedTo(button.size())
    if not button.icon().isNull() and not _under_icon(button):
        needs.setWidth(needs.width() + button.iconSize().width() + 4)
    yield from _clipped(
        button, text, room, QSize(needs.width(), min(needs.height(), room.height()))
    )


def _contents(button: QPushButton | QCheckBox | QRadioButton) -> QRect:
    option = QStyleOptionButton()
    button.initStyleOption(option)
    elements = {
        QPushButton: QStyle.SubElement.SE_PushButtonContents,
        QCheckBox: QStyle.SubElement.SE_CheckBoxContents,
        QRadioButton: QStyle.SubElement.SE_RadioButtonContents,
    }
    element = next(value for kind, value in elements.items() if isinstance(button, kind))
    return button.style().subElementRect(element, option, button)


def _hides_text(button: QAbstractButton) -> bool:
    icon_only = Qt.ToolButtonStyle.ToolButtonIconOnly
    if not isinstance(button, QToolButton) or button.icon().isNull():
        return False
    return button.toolButtonStyle() is icon_only


def _under_icon(button: QAbstractButton) -> bool:
    under = Qt.ToolButtonStyle.ToolButtonTextUnderIcon
    return isinstance(button, QToolButton) and button.toolButtonStyle() is under


def _combo_box(box: QComboBox) -> Iterator[Clipped]:
    text = box.currentText()
    if not text or box.isEditable():
        return
    has = QSize(box.width() - _arrow_width(box), box.height())
    needs = _text_size(box.fontMetrics(), text)
    yield from _clipped(box, text, has, QSize(needs.width(), min(needs.height(), has.height())))


def _arrow_width(box: QComboBox) -> int:
    metric = QStyle.PixelMetric.PM_SmallIconSize
    return box.style().pixelMetric(metric, None, box)


def _group_box(box: QGroupBox) -> Iterator[Clipped]:
    needs = _text_size(box.fontMetrics(), _MNEMONIC.sub(r"\1", box.title()))
    yield from _clipped(box, box.title(), box.size(), QSize(needs.width(), 0))


def _tab_bar(bar: QTabBar) -> Iterator[Clipped]:
    for index in range(bar.count()):
        has = bar.tabRect(index).size()
        needs = _text_size(bar.fontMetrics(), _MNEMONIC.sub(r"\1", bar.tabText(index)))
        yield from _clipped(bar, bar.tabText(index), has, QSize(needs.width(), 0))


# The first kind that fits is taken: a subclass comes before its parent.
_CHECKS: dict[type[QWidget], Callable[..., Iterator[Clipped]]] = {
    QLabel: _label,
    QAbstractButton: _button,
    QComboBox: _combo_box,
    QGroupBox: _group_box,
    QTabBar: _tab_bar,
}


def _outside(widget: QWidget, window: QWidget) -> Iterator[Clipped]:
    """A widget that reaches beyond one it lies in; what can be scrolled to is not lost."""
    text = str(widget.property("text") or widget.property("title") or "")
    if not text:
        return
    parent = widget.parentWidget()
    while widget is not window and parent is not None:
        if isinstance(parent.parentWidget(), QAbstractScrollArea):
            return
        corner = widget.mapTo(parent, QPoint(0, 0))
        place = QRect(corner, widget.size())
        if not parent.rect().adjusted(-1, -1, 1, 1).contains(place):
            inside = place.intersected(parent.rect()).size()
            yield from _clipped(widget, text, inside, widget.size())
            return
        if parent is window:
            return
        parent = parent.parentWidget()


def _text_size(metrics: QFontMetrics, text: str) -> QSize:
    lines = text.splitlines() or [""]
    return QSize(max(map(metrics.horizontalAdvance, lines)), metrics.height() * len(lines))


def _path(widget: QWidget) -> str:
    """Where a widget is: class and object names from the window down, unnamed parents left out."""
    names: list[str] = []
    step: QWidget | None = widget
    while step is not None:
        name = type(step).__name__
        if step is widget or step.objectName() or not name.startswith("Q"):
            names.append(f"{name}#{step.objectName()}" if step.objectName() else name)
        step = None if step.isWindow() else step.parentWidget()
    return " > ".join(reversed(names))
