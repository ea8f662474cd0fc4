"""The evidence of a finding: each request beside its answer, with times, to be copied."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import _
from desktop_app.core.validation.findings import Exchange
from desktop_app.services.validation import evidence
from desktop_app.ui.exchanges.exchange_text import title_of, whole_text
from desktop_app.ui.exchanges.message_view import MessageView
from desktop_app.ui.exchanges.timing_bar import TimingBar
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.widgets.plain_text import one_line, plain_label

_NARROW = 520
"""Below this width request and answer stand one under the other."""


class ExchangeView(QWidget):
    """One exchange of several, chosen from a list."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._exchanges: tuple[Exchange, ...] = ()
        self.which = QComboBox()
        self.which.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.which.setMinimumContentsLength(12)
        self.which.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.which.currentIndexChanged.connect(lambda _at: self._show())
        self.curl_button, self.copy_button = QPushButton(), QPushButton()
        self.curl_button.clicked.connect(self.copy_curl)
        self.copy_button.clicked.connect(self.copy_text)
        self.request, self.response = MessageView(theme), MessageView(theme)
        self._request_label = plain_label(role="caption")
        self._response_label = plain_label(role="caption")
        self.times = TimingBar(theme)
        self.nothing = plain_label(role="muted")
        self.nothing.setWordWrap(True)
        self._build()
        follow_language(self, self._word)

    @property
    def current(self) -> Exchange | None:
        """The exchange shown."""
        at = self.which.currentIndex()
        return self._exchanges[at] if 0 <= at < len(self._exchanges) else None

    def show_exchanges(self, exchanges: Sequence[Exchange]) -> None:
        """Show these, the last one first: it is what the verdict was made of."""
        if tuple(exchanges) == self._exchanges:
            return
        self._exchanges = tuple(exchanges)
        self._list(len(self._exchanges) - 1)

    def copy_curl(self) -> None:
        """Put a line for a shell on the clipboard."""
        if (one := self.current) is not None:
            QGuiApplication.clipboard().setText(one.as_curl())

    def copy_text(self) -> None:
        """Put request and answer on the clipboard."""
        if (one := self.current) is not None:
            QGuiApplication.clipboard().setText(whole_text(one))

    def resizeEvent(self, event: object) -> None:
        """Side by side where there is room for it."""
        wide = self.width() >= _NARROW
        way = Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical
        if self.split.orientation() != way:
            self.split.setOrientation(way)
        super().resizeEvent(event)  # type: ignore[arg-type]

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.which, 1)
        bar.addWidget(self.curl_button)
        bar.addWidget(self.copy_button)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.setChildrenCollapsible(False)
        for label, view in (
            (self._request_label, self.request),
            (self._response_label, self.response),
        ):
            side = QWidget()
            column = QVBoxLayout(side)
            left = 0 if view is self.request else 8
            column.setContentsMargins(left, 0, 8 - left, 0)
            column.setSpacing(4)
            column.addWidget(label)
            column.addWidget(view, 1)
            view.setMinimumHeight(60)
            self.split.addWidget(side)
        self.split.setSizes([400, 600])
        self._parts = QWidget()
        inner = QVBoxLayout(self._parts)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(bar)
        inner.addWidget(self.times)
        inner.addWidget(self.split, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 0)
        column.addWidget(self.nothing)
        column.addWidget(self._parts, 1)
        column.addStretch(0)

    def _list(self, chosen: int) -> None:
        blocker = QSignalBlocker(self.which)
        self.which.clear()
        total = len(self._exchanges)
        for place, one in enumerate(self._exchanges, 1):
            self.which.addItem(one_line(title_of(one, place, total)))
        self.which.setCurrentIndex(chosen)
        del blocker
        self._show()

    def _show(self) -> None:
        one = self.current
        self.nothing.setVisible(one is None)
        self._parts.setVisible(one is not None)
        self.times.show_exchange(one)
        if one is not None:
            sent, came = evidence.request_title(one), evidence.answer_title(one)
            self.request.show_message(evidence.request_text(one, indented=True), sent)
            self.response.show_message(evidence.answer_text(one, indented=True), came)
            self._request_label.setText(one_line(sent))
            self._response_label.setText(came)

    def _word(self) -> None:
        self.which.setAccessibleName(_("Which request"))
        self.curl_button.setText(_("Copy as curl"))
        self.copy_button.setText(_("Copy as text"))
        for button in (self.curl_button, self.copy_button):
            button.setIcon(icon("copy"))
        self.nothing.setText(_("No request was sent for this."))
        self._list(self.which.currentIndex())
