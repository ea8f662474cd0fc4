"""Sheets on their way to the real server, which is stopped, restarted and written to by others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from desktop_app.api.client import ApiClient
from desktop_app.config.profiles import Environment, Profile
from desktop_app.config.secrets import Secrets
from desktop_app.core.evaluations import Draft, EvaluationStatus, Score
from desktop_app.services.scoring import sync
from desktop_app.services.scoring.desk import Desk
from desktop_app.services.scoring.journal import Change, Records
from desktop_app.services.scoring.records import Intent, Trouble
from desktop_app.services.scoring.sync import (
    Closed,
    Gone,
    NotNow,
    Outcome,
    Read,
    Refused,
    Saved,
    Submitted,
)
from desktop_app.services.session import SessionKeeper
from tests.backend.hall import FULL, OWN, PASSWORD, Hall
from tests.fixtures.server import RunningServer


@pytest.fixture
def hall(api_server: RunningServer) -> Hall:
    """A project with a panel and companies."""
    hall = Hall(api_server)
    hall.build()
    return hall


class Enters:
    """Signs people in, and ends their sessions."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._keepers: list[SessionKeeper] = []

    def __call__(self, login_id: str = "evaluator1", password: str = PASSWORD) -> ApiClient:
        profile = Profile(
            id=f"p{len(self._keepers)}",
            name="T",
            environment=Environment.LOCAL,
            api_url=self._url,
            proxy="none",
        )
        keeper = SessionKeeper(profile, Secrets(open_keyring=lambda: None))
        self._keepers.append(keeper)
        return keeper.sign_in(login_id, password).api

    def close(self) -> None:
        for keeper in self._keepers:
            keeper.close()


@pytest.fixture
def enter(hall: Hall) -> Iterator[Enters]:
    enters = Enters(hall.server.url)
    yield enters
    enters.close()


class Paper:
    """A journal that is a dictionary."""

    def __init__(self) -> None:
        self.records: Records = {}
        self._number = 0

    def write(self, changes: Iterable[Change]) -> int:
        for change in changes:
            names = self.records.setdefault(change.sheet, {})
            names.pop(change.name, None)
            if change.text is not None:
                names[change.name] = change.text
        self._number += 1
        return self._number


class Seat:
    """One evaluator with a desk, who types and sends; ``again`` sits down after a crash."""

    def __init__(self, api: ApiClient, id_: str, paper: Paper | None = None) -> None:
        self.api, self.id = api, id_
        self.paper = paper or Paper()
        self.desk = Desk(dict(self.paper.records), self.paper.write)
        if self.desk.get(id_) is None:
            self.take(sync.read(api.evaluations, id_))

    def again(self) -> Seat:
        return Seat(self.api, self.id, self.paper)

    def type(self, key: str, text: str) -> None:
        self.desk.type(self.id, key, text)

    def take(self, outcome: Outcome) -> Outcome:
        self.desk.take(self.id, outcome)
        return outcome

    def send(self) -> Outcome:
        record = self.desk.get(self.id)
        assert record is not None
        draft = record.to_send
        assert draft is not None
        self.desk.sending(self.id, draft)
        version = record.sheet.evaluation.version
        return self.take(sync.save(self.api.evaluations, self.id, draft, version))

    def submit(self, key: str = "confirmation-1") -> Outcome:
        record = self.desk.get(self.id)
        assert record is not None
        draft = record.draft
        self.desk.submitting(self.id, Intent(key=key, draft=draft))
        version = record.sheet.evaluation.version
        return self.take(sync.submit(self.api.evaluations, self.id, draft, version, key))

    @property
    def texts(self) -> dict[str, str]:
        record = self.desk.get(self.id)
        assert record is not None
        return record.texts

    @property
    def server(self) -> dict[str, float | None]:
        scores = self.api.evaluations.sheet(self.id).scores
        return {score.criterion_id: score.score for score in scores}


ACCURACY, PERFORMANCE = "scores.accuracy", "scores.performance"


def test_a_draft_reaches_the_server_and_the_desk_is_done_with_it(hall: Hall, enter: Enters) -> None:
    seat = Seat(enter(), hall.sheet())
    seat.type(ACCURACY, "80")
    seat.type("comments.accuracy", "근거가 충실함 ")
    assert isinstance(seat.send(), Saved)
    assert seat.server == {"accuracy": 80}
    record = seat.desk.get(seat.id)
    assert record is not None
    assert record.typed == {}
    assert record.sheet.evaluation.status is EvaluationStatus.IN_PROGRESS


def test_typing_goes_on_without_the_server_and_after_a_restart(hall: Hall, enter: Enters) -> None:
    seat = Seat(enter(), hall.sheet())
    hall.server.stop()
    seat.type(ACCURACY, "80")
    assert isinstance(seat.send(), NotNow)
    seat.type(PERFORMANCE, "9")
    later = seat.again()  # the console was killed meanwhile
    assert later.texts == {ACCURACY: "80", PERFORMANCE: "9"}
    later.type(PERFORMANCE, "90")
    hall.server.start()
    assert isinstance(later.send(), Saved)
    assert later.server == {"accuracy": 80, "performance": 90}


def test_an_answer_that_was_lost_costs_nothing(hall: Hall, enter: Enters) -> None:
    seat = Seat(enter(), hall.sheet())
    seat.type(ACCURACY, "8")
    record = seat.desk.get(seat.id)
    assert record is not None
    assert record.to_send is not None
    seat.desk.sending(seat.id, record.to_send)
    seat.api.evaluations.save_draft(seat.id, record.to_send, version=1)  # nobody hears of it
    later = seat.again()
    later.type(ACCURACY, "80")
    assert isinstance(later.send(), Read)
    assert isinstance(later.send(), Saved)
    assert later.server == {"accuracy": 80}


def test_two_computers_merge_what_each_changed(hall: Hall, enter: Enters) -> None:
    id_ = hall.sheet()
    first, second = Seat(enter(), id_), Seat(enter(), id_)
    first.type(ACCURACY, "10")
    first.send()
    second.type(PERFORMANCE, "20")
    assert isinstance(second.send(), Read)
    assert isinstance(second.send(), Saved)
    assert second.server == {"accuracy": 10, "performance": 20}
    assert second.texts == {ACCURACY: "10", PERFORMANCE: "20"}


def test_a_contradiction_of_two_computers_is_decided_by_the_person(
    hall: Hall, enter: Enters
) -> None:
    id_ = hall.sheet()
    first, second = Seat(enter(), id_), Seat(enter(), id_)
    first.type(ACCURACY, "10")
    first.send()
    second.type(ACCURACY, "99")
    assert isinstance(second.send(), Read)
    later = second.again()
    record = later.desk.get(id_)
    assert record is not None
    assert record.merge is not None
    assert record.to_send is None
    assert later.texts[ACCURACY] == "99"
    later.desk.resolve(id_, {ACCURACY: "mine"})
    assert isinstance(later.send(), Saved)
    assert later.server == {"accuracy": 99}


def test_a_sheet_given_to_someone_else_keeps_what_was_typed(hall: Hall, enter: Enters) -> None:
    seat = Seat(enter(), hall.sheet())
    seat.type(ACCURACY, "80")
    hall.server.documents["evaluations"].update_one(
        {"_id": seat.id}, {"$set": {"evaluator_id": "user-eva2"}, "$inc": {"version": 1}}
    )
    assert isinstance(seat.send(), Gone)
    later = seat.again()
    assert later.texts == {ACCURACY: "80"}
    later.desk.seen_listed([])
    record = later.desk.get(seat.id)
    assert record is not None
    assert record.trouble is Trouble.GONE
    later.desk.discard(seat.id)
    assert later.desk.get(seat.id) is None
    assert later.paper.records[seat.id] == {}


def test_a_closed_project_is_said_and_keeps_what_was_typed(hall: Hall, enter: Enters) -> None:
    seat = Seat(enter(), hall.sheet())
    seat.type(ACCURACY, "80")
    hall.server.documents["projects"].update_one({"_id": OWN}, {"$set": {"status": "closed"}})
    assert isinstance(seat.send(), Closed)
    record = seat.desk.get(seat.id)
    assert record is not None
    assert record.trouble is Trouble.CLOSED
    hall.server.documents["projects"].update_one({"_id": OWN}, {"$set": {"status": "active"}})
    seat.take(sync.read(seat.api.evaluations, seat.id))
    assert isinstance(seat.send(), Saved)


def test_what_breaks_a_rule_of_the_server_is_refused_at_its_field(
    hall: Hall, enter: Enters
) -> None:
    id_ = hall.sheet()
    draft = Draft(scores=(Score(criterion_id="accuracy", score=101.0, comment="x" * 5000),))
    outcome = sync.save(enter().evaluations, id_, draft, 1)
    assert isinstance(outcome, Refused)
    assert {problem.field for problem in outcome.problems} == {ACCURACY, "comments.accuracy"}


def test_a_submission_gives_a_receipt_once_however_often_it_is_sent(
    hall: Hall, enter: Enters
) -> None:
    seat = Seat(enter(), hall.sheet())
    for id_, score in FULL.items():
        seat.type(f"scores.{id_}", str(score))
    record = seat.desk.get(seat.id)
    assert record is not None
    first = seat.submit("key")
    assert isinstance(first, Submitted)
    assert first.sheet.receipt
    again = sync.submit(seat.api.evaluations, seat.id, record.draft, 1, "key")
    assert isinstance(again, Submitted)
    assert again.sheet.receipt == first.sheet.receipt
    done = seat.desk.get(seat.id)
    assert done is not None
    assert (done.finished, done.typed, done.intent) == (True, {}, None)


def test_a_late_submission_is_refused_and_kept_as_the_draft(hall: Hall, enter: Enters) -> None:
    seat = Seat(enter(), hall.sheet())
    for id_, score in FULL.items():
        seat.type(f"scores.{id_}", str(score))
    late = datetime.now(UTC) - timedelta(minutes=1)
    hall.server.documents["projects"].update_one({"_id": OWN}, {"$set": {"deadline": late}})
    outcome = seat.submit()
    assert isinstance(outcome, Refused)
    assert outcome.late
    record = seat.desk.get(seat.id)
    assert record is not None
    assert record.sheet.evaluation.status is EvaluationStatus.IN_PROGRESS
    assert record.typed == {}
    assert seat.server == FULL


def test_a_submission_into_nowhere_can_be_repeated_with_its_key(hall: Hall, enter: Enters) -> None:
    seat = Seat(enter(), hall.sheet())
    for id_, score in FULL.items():
        seat.type(f"scores.{id_}", str(score))
    hall.server.stop()
    assert isinstance(seat.submit("key"), NotNow)
    later = seat.again()
    record = later.desk.get(seat.id)
    assert record is not None
    assert record.intent is not None
    assert record.intent.key == "key"
    hall.server.start()
    assert isinstance(later.submit("key"), Submitted)
