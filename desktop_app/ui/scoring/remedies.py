"""What can be done about a sheet that cannot be sent as it is: decide, copy, discard, try again."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QGuiApplication

from desktop_app.core.language import _
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.messages import Level
from desktop_app.ui.scoring.merging import merge_dialog
from desktop_app.ui.scoring.notices import Remedy
from desktop_app.ui.scoring.session import ScoringSession
from desktop_app.ui.scoring.sheet_page import SheetPage
from desktop_app.ui.scoring.sheet_text import sheet_as_text
from desktop_app.ui.scoring.submission import Submission
from desktop_app.ui.tab import TabTools


class Remedies(QObject):
    """Does what the banner of ``page`` offers; ``discarded``: what was typed has been given up."""

    discarded = Signal()

    def __init__(
        self, page: SheetPage, session: ScoringSession, submission: Submission, tools: TabTools
    ) -> None:
        super().__init__(page)
        self._page, self._session, self._tools = page, session, tools
        self._submission = submission
        page.remedy_asked.connect(self._on_asked)

    def decide(self, id_: str, choices: dict[str, str]) -> None:
        """Settle what two computers wrote otherwise: "mine" or "theirs" by field."""
        if self._session.desk is None or self._session.courier is None:
            return
        self._session.desk.resolve(id_, choices)
        self._page.refresh()
        self._session.courier.flush()

    def _on_asked(self, remedy: Remedy) -> None:
        record = self._page.record
        if record is None:
            return
        if remedy is Remedy.SUBMIT:
            self._submission.confirm()
        elif remedy is Remedy.DECIDE:
            dialog = merge_dialog(record, self._page.window())
            if dialog is not None:
                id_ = record.id
                dialog.resolved.connect(lambda choices: self.decide(id_, choices))
                dialog.open()
        elif remedy is Remedy.COPY:
            id_, company = record.id, record.sheet.evaluation.company_name or "–"
            QGuiApplication.clipboard().setText(sheet_as_text(record.sheet, record.texts))
            self._tools.messages.post(
                Level.OK,
                _("The sheet of “{company}” is copied as text.").format(company=company),
                action=(_("Discard what I typed…"), lambda: self._ask_to_discard(id_, company)),
            )

    def _ask_to_discard(self, id_: str, company: str) -> None:
        confirm(
            self._page.window(),
            title=_("Discard what you typed?"),
            text=_(
                "What the server does not have of the sheet of “{company}” is removed from this"
                " computer."
            ).format(company=company),
            action=_("Discard it"),
            on_yes=lambda: self._discard(id_),
            danger=True,
        )

    def _discard(self, id_: str) -> None:
        desk = self._session.desk
        if desk is None or desk.get(id_) is None:
            return
        desk.discard(id_)
        if self._page.id == id_:
            self._page.refresh(anew=True)
        self.discarded.emit()
