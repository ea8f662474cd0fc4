"""A screen of several steps: a header with its actions, the bar of steps, the page in front."""

from __future__ import annotations

import functools
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.core.language import _
from desktop_app.ui.tab import TabAction, TabTools
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.page_header import PageHeader
from desktop_app.ui.widgets.second_click import SecondClick
from desktop_app.ui.widgets.step_bar import StepBar


class StepScreen(QWidget):
    """Each page keeps what was entered; Alt+1 and so on bring one to the front.

    A screen of this kind builds its pages, then calls ``_lay_out``.
    """

    def __init__(
        self,
        title: str,
        purpose: str,
        steps: Sequence[str],
        tools: TabTools,
        parent: QWidget | None,
    ) -> None:
        """``title``, ``purpose`` and ``steps`` are message ids."""
        super().__init__(parent)
        self._tools, self._titles = tools, tuple(steps)
        self.header = PageHeader(title, purpose)
        self.steps = StepBar(steps)
        self.banner = Banner(tools.theme)
        self.pages = QStackedWidget()

    @property
    def step(self) -> int:
        """The page in front, from 0."""
        return self.pages.currentIndex()

    def show_step(self, step: int) -> None:
        """Bring a page to the front."""
        self.pages.setCurrentIndex(step)
        self.steps.show_step(step)
        self._show_buttons()
        self._place_focus()

    def step_offers(self, message: str, icon: str) -> list[TabAction]:
        """The steps for the palette; ``message`` is a message id with a place for {step}."""
        return [
            TabAction(
                name=_(message).format(step=_(title)),
                english=message.format(step=title),
                icon=icon,
                run=functools.partial(self.show_step, place),
            )
            for place, title in enumerate(self._titles)
        ]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A double click on a button is one press, not two."""
        return event.type() == QEvent.Type.MouseButtonDblClick or super().eventFilter(
            watched, event
        )

    def _lay_out(
        self,
        pages: Sequence[QWidget],
        actions: Sequence[QPushButton],
        *,
        main: QPushButton,
        pressed_once: Sequence[QPushButton],
    ) -> None:
        """``main`` of the header's ``actions`` is pressed by Ctrl+Enter, too.

        A double click on one of ``pressed_once`` presses it once, and what takes its place not.
        """
        main.setProperty("role", "primary")
        for button in actions:
            self.header.add_action(button)
        for page in pages:
            self.pages.addWidget(page)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(self.steps)
        column.addWidget(self.banner)
        column.addWidget(self.pages, 1)
        SecondClick(self, *pressed_once)
        for button in pressed_once:
            button.installEventFilter(self)
        self.steps.chosen.connect(self.show_step)
        for keys in ("Ctrl+Return", "Ctrl+Enter"):
            self._shortcut(keys).activated.connect(main.click)
        for place in range(len(self._titles)):
            going = functools.partial(self.show_step, place)
            self._shortcut(f"Alt+{place + 1}").activated.connect(going)

    def _shortcut(self, keys: str) -> QShortcut:
        made = QShortcut(QKeySequence(keys), self)
        made.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        return made

    def _show_buttons(self) -> None:
        """Set the header's actions to what can be done now."""

    def _place_focus(self) -> None:
        """Give the keyboard to the page in front."""
        self.pages.currentWidget().setFocus()
