"""What a selftest looks at as an evaluator: the list, a sheet in every state, its dialogs."""

from __future__ import annotations

from desktop_app.app.selftest_play import Play
from desktop_app.app.selftest_sample_projects import PASSWORD
from desktop_app.app.selftest_stage import NotReached
from desktop_app.core.evaluations import Draft, EvaluationStatus, Score
from desktop_app.core.paging import PageQuery
from desktop_app.services.scoring.records import SheetRecord
from desktop_app.ui.scoring.receipt_dialog import ReceiptDialog
from desktop_app.ui.scoring.sheet_form import SheetForm
from desktop_app.ui.scoring.submit_dialog import SubmitDialog
from desktop_app.ui.tabs.my_evaluations import MyEvaluationsTab


class Keyring:
    """The keyring of a selftest: nothing of it may stay on the computer."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        """What is kept."""
        return self._kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep it while the selftest runs."""
        self._kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        """Keep it no more."""
        del self._kept[service, username]


def someone_who_evaluates(play: Play) -> tuple[str, str]:
    """Sign-in name and password of an evaluator with a sheet to begin, and one begun in time."""

    def with_sheets(status: EvaluationStatus, **filters: str) -> set[str]:
        query = PageQuery(page_size=200, filters={"status": status.value, **filters})
        sheets = play.api.evaluations.page(query).items
        return {sheet.evaluator_id for sheet in sheets if not sheet.conflict}

    def find() -> str:
        begun = with_sheets(EvaluationStatus.IN_PROGRESS, is_late="false")
        both = with_sheets(EvaluationStatus.ASSIGNED) & begun
        return min(play.api.users.get(id_).login_id for id_ in both)

    return play.elsewhere(find), PASSWORD


def _tab(play: Play) -> MyEvaluationsTab:
    tab = play.tab("my_evaluations")
    assert isinstance(tab, MyEvaluationsTab)
    return tab


def _record(play: Play, status: EvaluationStatus) -> SheetRecord:
    desk = _tab(play).session.desk
    assert desk is not None
    begun = status is EvaluationStatus.IN_PROGRESS  # what is late cannot be handed in
    for record in desk:
        one = record.sheet.evaluation
        late = one.deadline is not None and one.deadline < record.sheet.server_time
        if (
            one.status is status
            and not (begun and late)
            and not one.conflict
            and not record.trouble
        ):
            return record
    raise NotReached(f"no sheet is {status}")


def _opened(play: Play, id_: str) -> SheetForm:
    tab = _tab(play)
    tab.open_sheet(id_)
    play.settle("a sheet")
    assert tab.page.form is not None
    return tab.page.form


def _sheet(play: Play) -> None:
    tab = _tab(play)
    form = _opened(play, _record(play, EvaluationStatus.ASSIGNED).id)
    form.rows[0].score.setText("85")
    form.rows[0].comment.write()
    form.rows[0].comment.text.setPlainText("근거 자료가 충분합니다. (예시)")
    form.rows[1].score.setText("850")
    play.look("sheet")
    play.look("sheet-missing", tab.submission.begin)


def _contradiction(play: Play) -> None:
    """The same sheet on two computers."""
    tab = _tab(play)
    record = _record(play, EvaluationStatus.IN_PROGRESS)
    form = _opened(play, record.id)
    first, version = record.sheet.criteria[0].id, record.sheet.evaluation.version
    api, id_ = tab.evaluations, record.id
    other = Score(criterion_id=first, score=12.0, comment="다른 컴퓨터에서 (예시)")
    play.elsewhere(lambda: api.save_draft(id_, Draft(scores=(other,)), version=version))
    form.rows[0].score.setText("34")
    form.rows[0].comment.text.setPlainText("여기에서 (예시)")
    tab.page.leave()
    play.look("sheet-changed-elsewhere")
    play.look("sheet-merge", tab.page.banner.button.click)
    play.close()
    tab.remedies.decide(id_, _mine(tab, id_))
    play.settle("the merged sheet")


def _mine(tab: MyEvaluationsTab, id_: str) -> dict[str, str]:
    record = tab.session.desk.get(id_) if tab.session.desk is not None else None
    merge = record.merge if record is not None else None
    return {part.key: "mine" for part in merge.conflicts} if merge is not None else {}


def _submission(play: Play) -> None:
    tab = _tab(play)
    form = _opened(play, _record(play, EvaluationStatus.IN_PROGRESS).id)
    for row in form.rows:
        row.score.setText("80")
    play.settle("the draft")
    dialog = play.look("sheet-submit", tab.submission.begin)
    assert isinstance(dialog, SubmitDialog)
    receipt = play.look("sheet-receipt", dialog.submit_button.click)
    assert isinstance(receipt, ReceiptDialog)
    assert receipt.proven
    play.close()
    play.look("sheet-submitted")
    play.look("sheet-others-scores", tab.page.peers.click)


def _interests(play: Play) -> None:
    tab = _tab(play)
    tab.show_list()
    play.look("conflicts-of-interest", lambda: tab.offers()[0].run())


def _list(play: Play) -> None:
    tab = _tab(play)
    tab.show_list()
    play.look("my-evaluations-later")


EVALUATOR_SCENES = (_sheet, _contradiction, _submission, _interests, _list)
