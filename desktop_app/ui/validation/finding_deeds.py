"""What is done about a finding: run it again, accept it as known, take that back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from desktop_app.core.language import _
from desktop_app.core.validation.baseline import Accepted
from desktop_app.services.validation import words
from desktop_app.services.validation.desk import ValidationOrder
from desktop_app.ui.tab import TabTools
from desktop_app.ui.validation.accept_dialog import AcceptDialog
from desktop_app.ui.validation.acts import Acts, Again
from desktop_app.ui.validation.again_words import again_words
from desktop_app.ui.validation.finding_rows import FindingRow
from desktop_app.ui.validation.findings_page import FindingsPage
from desktop_app.ui.validation.opened import Opened


class FindingDeeds(QObject):
    """Works on the run that ``page`` shows; ``order`` gives sign-ins, consent and limits as typed.

    ``changed`` carries the run as it is after a check ran again; ``consent_asked`` when more has
    to be allowed first.
    """

    changed = Signal(object)
    consent_asked = Signal()

    def __init__(
        self,
        acts: Acts,
        page: FindingsPage,
        order: Callable[[], ValidationOrder],
        ready: Callable[[], bool],
        owner_name: str,
        tools: TabTools,
    ) -> None:
        """``ready`` tells whether what is allowed is signed off too."""
        super().__init__(page)
        self._acts, self._page, self._tools = acts, page, tools
        self._order, self._ready, self._owner_name = order, ready, owner_name
        self._row: FindingRow | None = None
        detail = page.detail
        detail.again_asked.connect(self.run_again)
        detail.accept_asked.connect(self.ask_accept)
        detail.withdraw_asked.connect(self.withdraw)
        acts.ran_again.connect(self._on_ran_again)

    @property
    def busy(self) -> bool:
        """Whether a check runs again now."""
        return self._row is not None

    def run_again(self, row: FindingRow, only: bool) -> None:
        """Run the check of a finding again, or only this finding of it."""
        shown, note, order = self._page.opened, self._page.detail.note, self._order()
        if shown is None or self._acts.work.busy:
            return
        if row.result.risk not in order.risks or not self._ready():
            text = _("This check does more than is allowed: “{what}”. Allow it first.")
            note.tell(
                text.format(what=_(words.RISKS[row.result.risk])),
                tone="warning",
                action=(_("Suites and safety"), self.consent_asked.emit),
            )
            return
        order = replace(
            order,
            suites=(),
            checks=frozenset({row.result.check}),
            subjects=frozenset({row.where()} if only and row.where() else ()),
            whole=False,
        )
        if self._acts.run_again(shown, row.result, order):
            self._row = row
            note.tell(_("Running it again…"), closable=False)

    def ask_accept(self, row: FindingRow) -> None:
        """Ask why a finding is accepted, by whom, and until when."""
        window = self._page.window()
        AcceptDialog(row, self._owner_name, accepted_as=self._accept, parent=window).open()

    def withdraw(self, row: FindingRow) -> None:
        """Accept a finding no longer."""
        if (shown := self._page.opened) is not None:
            self._page.detail.note.hide()
            self._acts.withdraw(shown, row.finding.key)

    def forget(self) -> None:
        """What ran again could not: nothing is waited for any more."""
        self._row = None
        self._page.detail.note.hide()

    def _accept(self, entry: Accepted) -> None:
        if (shown := self._page.opened) is not None:
            self._page.detail.note.hide()
            self._acts.accept(shown, entry)

    def _on_ran_again(self, again: Again) -> None:
        row, self._row = self._row, None
        shown: Opened | None = self._page.opened
        if row is None or shown is None or shown.report.run_id != again.now.report.run_id:
            return  # another run was opened meanwhile
        key = row.finding.key
        self._page.filter.keep(row.id)
        self.changed.emit(again.now)
        self._page.choose(key)
        text, tone = again_words(again, key, self._tools.settings)
        self._page.detail.note.tell(text, tone=tone)
