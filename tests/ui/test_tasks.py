import threading

import pytest
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop_app.core.errors import Cancelled, NotFound
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.ui.messages import MessageCentre
from desktop_app.ui.tasks import POOL_SIZE, Task, TaskRunner


@pytest.fixture
def owner(qtbot: QtBot) -> QObject:
    return QObject()


def test_the_result_arrives_on_the_gui_thread(
    runner: TaskRunner, owner: QObject, qtbot: QtBot
) -> None:
    threads: list[int] = []
    results: list[str] = []

    def work(_context: TaskContext) -> str:
        threads.append(threading.get_ident())
        return "done"

    def done(result: str) -> None:
        threads.append(threading.get_ident())
        results.append(result)

    runner.start(work, owner=owner, done=done)
    qtbot.waitUntil(lambda: results == ["done"])
    assert threads[0] != threading.get_ident()
    assert threads[1] == threading.get_ident()


def test_a_failure_arrives_where_it_is_expected(
    runner: TaskRunner, owner: QObject, messages: MessageCentre, qtbot: QtBot
) -> None:
    failures: list[Exception] = []

    def work(_context: TaskContext) -> None:
        raise NotFound()

    runner.start(work, owner=owner, failed=failures.append)
    qtbot.waitUntil(lambda: len(failures) == 1)
    assert isinstance(failures[0], NotFound)
    assert messages.history == ()


def test_a_failure_nobody_expects_is_shown(
    runner: TaskRunner, owner: QObject, messages: MessageCentre, qtbot: QtBot
) -> None:
    def work(_context: TaskContext) -> None:
        raise NotFound()

    runner.start(work, owner=owner, title="Loading users")
    qtbot.waitUntil(lambda: len(messages.history) == 1)
    assert messages.history[0].text == "Loading users: This entry does not exist any more."


def test_a_mistake_in_a_callback_does_not_keep_others_waiting(
    runner: TaskRunner, owner: QObject, qtbot: QtBot
) -> None:
    results: list[int] = []

    def broken(_result: int) -> None:
        raise ZeroDivisionError

    with qtbot.captureExceptions() as caught:
        runner.start(lambda _context: 1, owner=owner, done=broken)
        runner.start(lambda _context: 2, owner=owner, done=results.append)
        qtbot.waitUntil(lambda: results == [2])
        qtbot.waitUntil(lambda: len(caught) == 1)
    assert caught[0][0] is ZeroDivisionError


def test_a_destroyed_owner_is_never_called_back_and_its_work_is_cancelled(
    runner: TaskRunner, qtbot: QtBot
) -> None:
    owner = QObject()
    called: list[object] = []
    began, ended = threading.Event(), threading.Event()

    def work(context: TaskContext) -> None:
        began.set()
        try:
            context.wait(30)
        finally:
            ended.set()

    runner.start(work, owner=owner, done=called.append, failed=called.append)
    assert began.wait(5)
    delete(owner)
    assert ended.wait(5)
    qtbot.waitUntil(lambda: runner.idle)
    assert called == []


def test_kept_work_of_a_destroyed_owner_goes_on_to_its_end(
    runner: TaskRunner, qtbot: QtBot
) -> None:
    owner = QObject()
    called: list[object] = []
    go_on, ended = threading.Event(), threading.Event()

    def work(context: TaskContext) -> None:
        go_on.wait(5)
        context.check()
        ended.set()

    runner.start(work, owner=owner, done=called.append, keep=True)
    delete(owner)
    go_on.set()
    assert ended.wait(5)
    qtbot.waitUntil(lambda: runner.idle)
    assert called == []


def test_stopped_work_ends_as_cancelled_and_shows_no_error(
    runner: TaskRunner, owner: QObject, messages: MessageCentre, qtbot: QtBot
) -> None:
    ends: list[Exception] = []
    task = runner.start(
        lambda context: context.wait(30), owner=owner, failed=ends.append, title="Long work"
    )
    silent = runner.start(lambda context: context.wait(30), owner=owner)
    assert runner.running == [task]
    task.cancel()
    silent.cancel()
    qtbot.waitUntil(lambda: runner.idle)
    assert isinstance(ends[0], Cancelled)
    assert messages.history == ()


def test_the_last_report_always_arrives(runner: TaskRunner, owner: QObject, qtbot: QtBot) -> None:
    shown: list[Progress] = []
    let_go = threading.Event()

    def work(context: TaskContext) -> None:
        for number in range(1, 2001):
            context.report(number, 2000, "rows")
        let_go.wait(10)

    task = runner.start(work, owner=owner, progress=shown.append, title="Import")
    qtbot.waitUntil(lambda: task.progress.done == 2000)
    let_go.set()
    qtbot.waitUntil(lambda: runner.idle)
    assert shown[-1] == Progress(done=2000, total=2000, text="rows")


def test_urgent_work_does_not_queue_behind_blocked_work(
    runner: TaskRunner, owner: QObject, qtbot: QtBot
) -> None:
    free = threading.Event()
    results: list[str] = []
    for _number in range(POOL_SIZE + 2):
        runner.start(lambda _context: free.wait(10), owner=owner)
    runner.start(lambda _context: "renewed", owner=owner, done=results.append, urgent=True)
    qtbot.waitUntil(lambda: results == ["renewed"])
    free.set()
    qtbot.waitUntil(lambda: runner.idle)


@pytest.mark.logs("still running at shutdown: Stubborn work")
def test_shutdown_waits_a_bounded_time_and_names_what_still_runs(
    messages: MessageCentre, owner: QObject
) -> None:
    runner, free = TaskRunner(messages), threading.Event()
    runner.start(lambda _context: free.wait(10), owner=owner, title="Stubborn work")
    assert runner.shutdown(0.05) == ("Stubborn work",)
    with pytest.raises(RuntimeError):
        runner.start(lambda _context: None, owner=owner)
    free.set()


def test_shutdown_does_not_wait_for_what_never_began(
    messages: MessageCentre, owner: QObject
) -> None:
    runner = TaskRunner(messages)
    for _number in range(POOL_SIZE + 2):
        runner.start(lambda context: context.wait(30), owner=owner, title="Work")
    assert runner.shutdown(10) == ()


def test_time_left_follows_the_pace() -> None:
    task = Task("Import", keep=False)
    assert task.seconds_left() is None
    task.progress = Progress(done=50, total=100)
    task.started_at -= 10
    left = task.seconds_left()
    assert left is not None
    assert 9.5 < left < 10.5


def test_waiting_for_idle_ends_with_the_last_work_or_in_time(
    runner: TaskRunner, owner: QObject, qtbot: QtBot
) -> None:
    free, calls = threading.Event(), list[str]()
    runner.when_idle(lambda: calls.append("at once"), within_ms=10_000)
    runner.start(lambda _context: free.wait(10), owner=owner)
    runner.when_idle(lambda: calls.append("in time"), within_ms=20)
    runner.when_idle(lambda: calls.append("when idle"), within_ms=10_000)
    qtbot.waitUntil(lambda: calls == ["at once", "in time"])
    free.set()
    qtbot.waitUntil(lambda: calls == ["at once", "in time", "when idle"])


def test_work_says_how_long_it_may_take_to_end(
    runner: TaskRunner, owner: QObject, qtbot: QtBot
) -> None:
    assert runner.grace_ms == 0
    go_on = threading.Event()
    runner.start(lambda _context: go_on.wait(10), owner=owner)
    runner.start(lambda _context: go_on.wait(10), owner=owner, grace_ms=9_000)
    assert runner.grace_ms == 9_000
    go_on.set()
    qtbot.waitUntil(lambda: runner.idle)
    assert runner.grace_ms == 0


def test_kept_work_begins_even_when_everything_is_stopped_before_its_turn(
    runner: TaskRunner, owner: QObject, qtbot: QtBot
) -> None:
    free, done = threading.Event(), threading.Event()
    for _number in range(POOL_SIZE):
        runner.start(lambda _context: free.wait(10), owner=owner)
    runner.start(lambda _context: done.set(), owner=owner, keep=True)
    runner.stop_all()
    free.set()
    qtbot.waitUntil(lambda: runner.idle)
    assert done.is_set()
