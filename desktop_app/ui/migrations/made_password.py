"""The password that applying made up for a production administrator: shown this once."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from desktop_app.core.language import _
from desktop_app.db.migrations.events import SecretMade
from desktop_app.ui.dialogs.secret_dialog import SecretDialog
from desktop_app.ui.tab import TabTools


def show_password(event: SecretMade, tools: TabTools, parent: QWidget) -> SecretDialog:
    """Open the dialog that shows it."""
    text = _(
        "The password of “{login}”, made up for this database. It must be changed at the"
        " first sign-in."
    )
    dialog = SecretDialog(
        _("Password of the administrator"),
        text.format(login=event.login_id),
        event.password,
        tools,
        parent,
    )
    dialog.open()
    return dialog
