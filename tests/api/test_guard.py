from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from desktop_app.api.client import ApiClient
from desktop_app.api.guard import WriteGuard
from desktop_app.api.transport import Transport
from desktop_app.config.profiles import Profile
from desktop_app.core.errors import LocalFailure, NotFound, ProductionLocked
from desktop_app.core.evaluations import Draft, Score
from tests.fixtures.odd_server import MakeServer, problem


class Clocks:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.seconds = 100.0
        self.moment = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)

    def pass_(self, seconds: float) -> None:
        self.seconds += seconds
        self.moment += timedelta(seconds=seconds)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def guard(clocks: Clocks) -> WriteGuard:
    return WriteGuard(
        "운영 (Seoul)",
        protected=True,
        monotonic=lambda: clocks.seconds,
        now=lambda: clocks.moment,
    )


def test_an_unprotected_system_is_never_locked() -> None:
    guard = WriteGuard("staging")
    guard.check()
    assert (guard.locked, guard.unlocked_until) == (False, None)


def test_a_production_system_is_locked_from_the_start(guard: WriteGuard) -> None:
    assert guard.locked
    with pytest.raises(ProductionLocked, match="운영"):
        guard.check()


@pytest.mark.parametrize("typed", ["", "운영", "운영 (seoul)", " 운영 (Seoul)"])
def test_only_the_exact_name_unlocks(guard: WriteGuard, typed: str) -> None:
    with pytest.raises(LocalFailure):
        guard.unlock(typed, 10)
    assert guard.locked


@pytest.mark.parametrize("minutes", [0, -1, 61])
def test_only_for_a_limited_time(guard: WriteGuard, minutes: int) -> None:
    with pytest.raises(ValueError, match="minutes"):
        guard.unlock("운영 (Seoul)", minutes)


def test_it_locks_itself_when_the_time_is_over(guard: WriteGuard, clocks: Clocks) -> None:
    guard.unlock("운영 (Seoul)", 10)
    assert guard.unlocked_until == clocks.moment + timedelta(minutes=10)
    clocks.pass_(599)
    guard.check()
    clocks.pass_(1)
    assert guard.locked


def test_the_end_of_an_unlock_is_told_once(guard: WriteGuard, clocks: Clocks) -> None:
    seen: list[bool] = []
    guard.unlock("운영 (Seoul)", 1)
    guard.on_changed(lambda: seen.append(guard.locked))
    assert guard.remaining_s == 60
    clocks.pass_(59)
    assert (guard.remaining_s, guard.expire_if_due(), seen) == (1, False, [])
    clocks.pass_(2)
    assert (guard.remaining_s, guard.expire_if_due(), seen) == (0, True, [True])
    assert (guard.expire_if_due(), seen) == (False, [True])


def test_a_computer_that_slept_or_a_clock_set_back_does_not_prolong_it(
    guard: WriteGuard, clocks: Clocks
) -> None:
    guard.unlock("운영 (Seoul)", 10)
    clocks.moment += timedelta(minutes=11)
    assert guard.locked
    clocks.moment -= timedelta(days=1)
    clocks.seconds += 601
    assert guard.locked


def test_locking_again_and_the_callbacks(guard: WriteGuard) -> None:
    seen: list[bool] = []
    leave = guard.on_changed(lambda: seen.append(guard.locked))
    guard.unlock("운영 (Seoul)", 1)
    guard.lock()
    leave()
    guard.lock()
    assert seen == [False, True]


DRAFT = Draft(scores=(Score(criterion_id="a", score=1),))


@pytest.fixture
def locked(guard: WriteGuard, odd_server: MakeServer) -> Iterator[ApiClient]:
    """A client of a locked production system: what arrives there is not found."""
    server = odd_server(lambda request: problem(404, "not-found"))
    profile = Profile(id="t", name="Test", proxy="none", connect_timeout_s=2)
    client = ApiClient(Transport(server.url, profile, guard=guard))
    yield client
    client.close()


@pytest.mark.parametrize(
    "enter",
    [
        lambda api: api.evaluations.save_draft("s", DRAFT, version=1),
        lambda api: api.evaluations.submit("s", DRAFT, version=1),
        lambda api: api.projects.declare("p", "c", "까닭"),
        lambda api: api.projects.withdraw("p", "c"),
    ],
    ids=["draft", "submit", "declare", "withdraw"],
)
def test_own_scores_and_conflicts_are_entered_without_an_unlock(
    locked: ApiClient, enter: Callable[[ApiClient], object]
) -> None:
    with pytest.raises(NotFound):
        enter(locked)


@pytest.mark.parametrize(
    "write",
    [
        lambda api: api.evaluations.confirm("s", version=1),
        lambda api: api.evaluations.reopen("s", "까닭", version=1),
        lambda api: api.evaluations.reassign("s", "e", "까닭", version=1),
        lambda api: api.evaluations.delete("s", version=1),
        lambda api: api.projects.assign("p", []),
        lambda api: api.projects.remind("p", ["s"]),
        lambda api: api.projects.declare("p", "c", "까닭", "another"),
        lambda api: api.projects.withdraw("p", "c", "another"),
        lambda api: api.projects.set_participants("p", [], [], version=1),
        lambda api: api.projects.revise("p", version=1),
        lambda api: api.projects.archive("p", version=1),
        lambda api: api.projects.restore("p", version=1),
        lambda api: api.templates.create({"name": "t"}),
        lambda api: api.users.change("u", {"name": "n"}, version=1),
        lambda api: api.companies.delete("c", version=1),
    ],
)
def test_every_other_write_waits_for_an_unlock(
    locked: ApiClient, write: Callable[[ApiClient], object]
) -> None:
    with pytest.raises(ProductionLocked):
        write(locked)
