"""The rows of the list of sheets: what stands in each form, counted only when it changed."""

from __future__ import annotations

from desktop_app.core.evaluations import FINISHED, Evaluation
from desktop_app.core.language import language
from desktop_app.core.scoring import weighted_total
from desktop_app.core.sheet_fields import scores_given
from desktop_app.services.scoring.records import SheetRecord
from desktop_app.ui.scoring.courier import Courier
from desktop_app.ui.scoring.session import ScoringSession
from desktop_app.ui.scoring.sheet_model import SheetLine
from desktop_app.ui.scoring.sheet_page import said_in


class SheetLines:
    """Rows by sheet; one that says the same as the last time is not counted anew."""

    def __init__(self, session: ScoringSession) -> None:
        self._session = session
        self._known: dict[str, tuple[object, SheetLine]] = {}

    def of(self, evaluation: Evaluation, courier: Courier) -> SheetLine:
        """The row of a sheet."""
        session = self._session
        record = session.desk.get(evaluation.id) if session.desk is not None else None
        facts = (evaluation, record, courier.error, session.disk_error, language())
        known = self._known.get(evaluation.id)
        if known is None or known[0] != facts:
            known = (facts, self._read(evaluation, record, courier))
            self._known[evaluation.id] = known
        return known[1]

    def _read(
        self, evaluation: Evaluation, record: SheetRecord | None, courier: Courier
    ) -> SheetLine:
        if record is None or (evaluation.status in FINISHED and not record.finished):
            total = f"{evaluation.total_score:.2f}" if evaluation.total_score is not None else ""
            return SheetLine(evaluation, evaluation.answered, total)
        given = scores_given(record.sheet.criteria, record.texts)
        scored = sum(score is not None for score in given.values())
        total = f"{weighted_total(record.sheet.criteria, given):.2f}" if scored else ""
        said = said_in(self._session, record, courier) if record.typed else None
        return SheetLine(evaluation, scored, total, said)
