"""What must not lose a keystroke: sessions that end, computers that differ, disks that refuse."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.dialogs.conflict_dialog import ConflictDialog
from desktop_app.ui.scoring.interest_dialog import InterestDialog
from desktop_app.ui.tab import TabTools
from tests.backend.hall import Hall
from tests.ui.records.stage import compose, dialog, gone
from tests.ui.scoring.stage import Desk, SitDown, stand_up

ACCURACY = "scores.accuracy"


def opened(hall: Hall, sit_down: SitDown, **options: object) -> tuple[Desk, str]:
    """An evaluator with an empty sheet open."""
    id_ = hall.sheet()
    desk = sit_down(**options)
    desk.settled()
    desk.open(id_)
    return desk, id_


def test_a_contradiction_is_shown_and_decided_and_nothing_is_lost(
    hall: Hall, sit_down: SitDown
) -> None:
    id_ = hall.sheet()
    one, other = sit_down(), sit_down(computer="two")
    for desk in (one, other):
        desk.settled()
        desk.open(id_)
    one.form.rows[0].score.setText("10")
    one.form.rows[1].score.setText("11")
    one.sent(id_)
    other.form.rows[0].score.setText("20")
    other.form.rows[2].score.setText("30")
    other.courier.flush()
    other.qtbot.waitUntil(lambda: other.state == "Changed elsewhere too", timeout=15_000)
    assert other.form.rows[0].score.text() == "20"
    assert not other.tab.page.submit.isEnabled()
    other.tab.page.banner.button.click()
    decide = dialog(other.qtbot, ConflictDialog)
    assert list(decide.choices()) == []
    assert "on another computer" in decide.windowTitle()
    assert "Someone" not in decide.explanation.text()
    decide.choose(ACCURACY, "mine")  # type: ignore[arg-type]
    decide.save_button.click()
    gone(other.qtbot)
    other.sent(id_)
    scores = {s["criterion_id"]: s["score"] for s in hall.kept(id_)["scores"]}
    assert scores == {"accuracy": 20, "performance": 11, "robustness": 30}
    assert other.form.rows[1].score.text() == "11"


def test_an_ended_session_keeps_the_form_and_sends_after_signing_in_again(
    hall: Hall, sit_down: SitDown
) -> None:
    desk, id_ = opened(hall, sit_down)
    keeper = desk.who.api._transport.credentials
    assert keeper is not None
    ended: list[bool] = []
    keeper.on_expired = lambda: ended.append(True)  # type: ignore[attr-defined]
    users = hall.server.documents["users"]
    users.update_one({"_id": "user-evaluator1"}, {"$inc": {"session_epoch": 1}})
    for cache in hall.server.platform.sessions.caches:
        cache.clear()
    desk.form.rows[0].score.setText("80")
    desk.qtbot.waitUntil(lambda: bool(ended), timeout=20_000)
    desk.form.rows[1].score.setText("90")  # the form goes on taking keys
    desk.qtbot.waitUntil(lambda: desk.state == "Saved on this computer")
    desk.tab.session._runner.start(
        lambda _context: keeper.resume("test123!"),  # type: ignore[attr-defined]
        owner=desk.tab,
        urgent=True,
    )
    desk.sent(id_)
    scores = {s["criterion_id"]: s["score"] for s in hall.kept(id_)["scores"]}
    assert scores == {"accuracy": 80, "performance": 90}


def test_a_syllable_that_is_composed_survives_leaving_the_sheet(
    hall: Hall, sit_down: SitDown
) -> None:
    desk, id_ = opened(hall, sit_down)
    desk.form.focus_field("comments.accuracy")
    compose(desk.form.rows[0].comment.text, "ㅎ", "하", "한")
    assert "comments.accuracy" not in desk.record(id_).texts
    assert desk.tab.unsaved  # so that leaving asks the tab, which finishes it
    left: list[bool] = []
    desk.tab.leave(lambda: left.append(True))
    assert desk.record(id_).texts["comments.accuracy"] == "한"
    desk.qtbot.waitUntil(lambda: bool(left))  # once it is on the disk, without a question


def test_a_killed_console_has_finished_syllables_and_not_the_unfinished_one(
    hall: Hall, sit_down: SitDown
) -> None:
    desk, id_ = opened(hall, sit_down)
    hall.server.stop()
    desk.form.focus_field("comments.accuracy")
    text = desk.form.rows[0].comment.text
    compose(text, "ㅎ", "하", "한", commit="한")
    compose(text, "ㄱ", "그", "글")
    desk.qtbot.waitUntil(lambda: desk.session.on_disk)
    journal = desk.session._path.read_bytes()
    copy = desk.session._path.with_name("copy.journal")
    copy.write_bytes(journal)
    log = desk.session._path.with_name("one.journal-wal")
    del log
    wal = desk.session._path.with_name(desk.session._path.name + "-wal")
    copy.with_name("copy.journal-wal").write_bytes(wal.read_bytes())
    from desktop_app.services.scoring.journal import Journal
    from desktop_app.services.scoring.sealing import key_from_text

    kept = desk.session._secrets.get("journal", desk.session._path.stem)
    key = key_from_text(kept or "")
    assert key is not None
    killed = Journal(copy, key)  # the files as a kill at this moment would leave them
    records, unreadable = killed.read()
    killed.close()
    assert unreadable == []
    assert records[id_]["text:comments.accuracy"] == "한"
    hall.server.start()


def test_with_a_keyring_leaving_asks_nothing_also_while_offline(
    hall: Hall, sit_down: SitDown
) -> None:
    desk, _id = opened(hall, sit_down)
    hall.server.stop()
    desk.form.rows[0].score.setText("80")
    desk.qtbot.waitUntil(lambda: desk.session.on_disk)
    assert not desk.tab.unsaved
    hall.server.start()


def test_without_a_keyring_the_window_says_so_and_asks_before_leaving(
    hall: Hall, sit_down: SitDown, tools: TabTools
) -> None:
    desk, id_ = opened(hall, sit_down, keyring=None)
    assert any("no keyring" in message.text for message in tools.messages.history)
    hall.server.stop()
    desk.form.rows[0].score.setText("80")
    assert desk.tab.unsaved
    left: list[bool] = []
    desk.tab.leave(lambda: left.append(True))
    question = dialog(desk.qtbot, ConfirmDialog)
    question.cancel_button.click()
    gone(desk.qtbot)
    assert not left
    hall.server.start()
    desk.sent(id_)
    assert not desk.tab.unsaved


def test_a_disk_that_refuses_is_said_at_once(hall: Hall, sit_down: SitDown) -> None:
    desk, _id = opened(hall, sit_down)
    desk.session._write_failed.emit("disk full")
    desk.qtbot.waitUntil(lambda: desk.tab.banner.isVisible())
    assert "disk full" in desk.tab.banner.text
    desk.form.rows[0].score.setText("80")
    desk.qtbot.waitUntil(lambda: desk.tab.banner.isHidden(), timeout=10_000)


def test_a_sheet_given_away_says_so_and_its_text_can_be_copied_then_discarded(
    hall: Hall, sit_down: SitDown, tools: TabTools
) -> None:
    desk, id_ = opened(hall, sit_down)
    hall.server.documents["evaluations"].update_one(
        {"_id": id_}, {"$set": {"evaluator_id": "user-eva2"}, "$inc": {"version": 1}}
    )
    desk.form.rows[0].score.setText("80")
    desk.qtbot.waitUntil(lambda: desk.state == "Cannot be sent", timeout=15_000)
    assert "not yours any more" in desk.tab.page.banner.text
    assert desk.form.read_only
    desk.tab.page.banner.button.click()
    assert "정확도: 80" in QGuiApplication.clipboard().text()
    (message, *_) = tools.messages.history
    assert message.action is not None
    message.action[1]()
    dialog(desk.qtbot, ConfirmDialog).action_button.click()
    gone(desk.qtbot)
    assert desk.session.desk is not None
    assert desk.session.desk.get(id_) is None
    assert desk.tab.list.isVisible()


def test_a_project_closed_meanwhile_is_said_and_goes_on_when_it_is_opened(
    hall: Hall, sit_down: SitDown
) -> None:
    desk, id_ = opened(hall, sit_down)
    hall.change_project(status="closed")
    desk.form.rows[0].score.setText("80")
    desk.qtbot.waitUntil(lambda: "not active" in desk.tab.page.banner.text, timeout=15_000)
    assert desk.record(id_).texts[ACCURACY] == "80"
    hall.change_project(status="active")
    hall.server.platform.pages.clear()
    desk.tab.refresh()
    desk.sent(id_)
    assert hall.kept(id_)["scores"][0]["score"] == 80


def test_a_conflict_of_interest_is_declared_and_withdrawn(hall: Hall, sit_down: SitDown) -> None:
    hall.sheet()
    desk = sit_down()
    desk.settled()
    desk.tab._declare.click()
    interests = dialog(desk.qtbot, InterestDialog)
    desk.qtbot.waitUntil(lambda: interests.companies.count() == 2, timeout=15_000)
    interests.companies.setCurrentIndex(interests.companies.findData("alpha"))
    interests.declare_button.click()
    assert interests.problem.text() == "This is needed."
    compose(interests.reason, "ㅊ", "치", commit="친")
    compose(interests.reason, "척")  # still composed when the button is pressed
    interests.declare_button.click()
    desk.qtbot.waitUntil(lambda: bool(interests.withdraw_buttons), timeout=15_000)
    (conflict,) = hall.server.documents["conflicts_of_interest"].find()
    assert conflict["reason"] == "친척"
    interests.withdraw_buttons["alpha"].click()
    desk.qtbot.waitUntil(lambda: interests.companies.count() == 2, timeout=15_000)
    interests.reject()


def test_after_a_restart_the_same_person_goes_on_where_it_was(
    hall: Hall, sit_down: SitDown
) -> None:
    desk, id_ = opened(hall, sit_down)
    desk.form.rows[0].score.setText("8")
    desk.form.rows[1].score.setText("9x")
    stand_up(desk)
    later = sit_down()
    later.settled()
    later.open(id_)
    assert [row.score.text() for row in later.form.rows[:2]] == ["8", "9x"]
    assert later.form.rows[1].note.text()
    later.tab.activateWindow()
    assert QApplication.focusWidget() is not None
    assert later.form.rows[0].score.alignment() & Qt.AlignmentFlag.AlignRight
