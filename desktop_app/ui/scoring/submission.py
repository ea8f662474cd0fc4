"""Handing a sheet in: what is missing, the summary, the answer, the receipt."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_app.core.language import _
from desktop_app.core.sheet_fields import (
    GENERAL_COMMENT,
    comment_key,
    score_key,
    scores_given,
    written,
)
from desktop_app.services.scoring.records import SheetRecord
from desktop_app.services.scoring.sync import Closed, Gone, NotNow, Read, Refused, Submitted
from desktop_app.ui.scoring.courier import Courier
from desktop_app.ui.scoring.notices import Remedy
from desktop_app.ui.scoring.receipt_dialog import ReceiptDialog
from desktop_app.ui.scoring.session import ScoringSession
from desktop_app.ui.scoring.sheet_form import SheetForm
from desktop_app.ui.scoring.sheet_page import SheetPage
from desktop_app.ui.scoring.submit_dialog import MissingDialog, SubmitDialog
from desktop_app.ui.tab import TabTools
from desktop_app.ui.times import local_time


class Submission(QObject):
    """Drives the submission of the sheet that ``page`` shows."""

    def __init__(self, page: SheetPage, session: ScoringSession, tools: TabTools) -> None:
        super().__init__(page)
        self._page, self._session, self._tools = page, session, tools
        self._under_way = ""
        page.submit_asked.connect(self.begin)
        page.receipt_asked.connect(self.show_receipt)

    def watch(self, courier: Courier) -> None:
        """Hear from ``courier`` what came of submissions."""
        courier.submission_ended.connect(self._on_ended)

    def begin(self) -> None:
        """Name what is missing, or ask whether to hand in."""
        page = self._page
        if page.form is None or page.busy:
            return
        page.form.finish_composition()
        record = page.record
        if record is None or record.finished or record.theirs is not None:
            return
        items = unready(record, page.form)
        if items:
            page.form.mark_missing()
            dialog = MissingDialog(items, page.window())
            dialog.go_asked.connect(page.form.focus_field)
            dialog.open()
            return
        self._ask(record, page.form)

    def confirm(self) -> None:
        """Hand the sheet in as it stands."""
        courier, page = self._session.courier, self._page
        if courier is None or page.record is None:
            return
        self._under_way = page.id
        page.banner.hide()
        courier.submit(page.id)
        page.set_busy(True)

    def show_receipt(self) -> None:
        """Show the receipt of the sheet on the page."""
        record = self._page.record
        if record is not None and record.sheet.receipt is not None:
            ReceiptDialog(record.sheet, self._tools, self._page.window()).open()

    def _ask(self, record: SheetRecord, form: SheetForm) -> None:
        one, courier = record.sheet.evaluation, self._session.courier
        texts = form.texts()
        comments = sum(bool(texts.get(comment_key(c), "").strip()) for c in form.criteria)
        facts = [
            (_("Project"), one.project_name or "–"),
            (_("Total"), f"{form.weighted_total:.2f}"),
            (
                _("Comments"),
                _("{n} of {all} criteria").format(n=comments, all=len(form.criteria)),
            ),
            (_("Deadline"), local_time(one.deadline, self._tools.settings)),
        ]
        if not texts[GENERAL_COMMENT].strip():
            facts.insert(3, (_("Comment on the whole"), _("None")))
        hindrance = ""
        if one.conflict:
            hindrance = _("There is a conflict of interest with this company.")
        elif courier is not None and courier.error is not None:
            hindrance = _("The server is not reached: {why} Your scores are kept.").format(
                why=courier.error.text()
            )
        given = scores_given(form.criteria, texts)
        scores = [
            (c.name, f"{written(given[c.id])} / {written(c.max_score)}") for c in form.criteria
        ]
        dialog = SubmitDialog(
            one.company_name or "–",
            facts,
            scores=scores,
            hindrance=hindrance,
            parent=self._page.window(),
        )
        dialog.accepted.connect(self.confirm)
        dialog.open()

    def _on_ended(self, id_: str, outcome: object) -> None:
        page = self._page
        mine = id_ == self._under_way
        self._under_way = ""
        if page.id != id_:
            return
        page.set_busy(False)
        if isinstance(outcome, Submitted | Read) and page.record and page.record.finished:
            if mine:
                self.show_receipt()
        elif isinstance(outcome, Read):
            if page.record is not None and page.record.theirs is None:
                page.say(
                    _("The sheet was changed elsewhere meanwhile: look at it and submit again."),
                    "warning",
                )
        elif isinstance(outcome, Refused):
            self._say_refused(outcome)
        elif isinstance(outcome, NotNow):
            text = _("Not submitted: {why} Your scores are kept.")
            page.say(text.format(why=outcome.error.text()), "danger", Remedy.SUBMIT)
        elif not isinstance(outcome, Gone | Closed):
            page.refresh()

    def _say_refused(self, outcome: Refused) -> None:
        page = self._page
        if page.form is not None:
            page.form.show_refusals(outcome.problems)
        words = " ".join(dict.fromkeys(problem.text() for problem in outcome.problems))
        if outcome.late:
            page.say(words, "danger")
        else:
            page.say(_("Not submitted. {why}").format(why=words), "danger")


def unready(record: SheetRecord, form: SheetForm) -> list[tuple[str, str]]:
    """The fields that keep a sheet from being handed in, by key, with what is wrong there."""
    names = {}
    for criterion in form.criteria:
        names[score_key(criterion)] = criterion.name
        names[comment_key(criterion)] = _("Comment on {criterion}").format(criterion=criterion.name)
    names[GENERAL_COMMENT] = _("Comment on the whole")
    wrong = {problem.field: problem.text() for problem in record.problems}
    for criterion in form.missing:
        wrong.setdefault(score_key(criterion), _("This criterion has no score yet."))
    return [(key, f"{names[key]}: {wrong[key]}") for key in names if key in wrong]
