"""Exchanges to be read on demand: of a sign-in, of a server that could not be reached."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop_app.core.language import _
from desktop_app.core.validation.findings import Exchange
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.exchanges.exchange_view import ExchangeView
from desktop_app.ui.theme.theme import Theme


class ExchangeDialog(DialogFrame):
    """Shows ``exchanges`` under ``title`` (translated)."""

    def __init__(
        self, title: str, exchanges: Sequence[Exchange], theme: Theme, parent: QWidget | None = None
    ) -> None:
        super().__init__(title, parent, narrowest=760)
        self.exchanges = ExchangeView(theme)
        self.exchanges.setMinimumHeight(360)
        self.exchanges.show_exchanges(exchanges)
        self.content.addWidget(self.exchanges, 1)
        self.close_button = self.add_button(_("Close"), role="primary")
        self.close_button.clicked.connect(self.reject)
        self.close_button.setFocus()
