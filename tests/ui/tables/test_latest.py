"""Only the newest question is answered, however slow the server is."""

from __future__ import annotations

import threading

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from desktop_app.ui.tasks import TaskRunner
from desktop_app.ui.widgets.latest import Latest


class SlowServer:
    """Answers a question once its gate is opened."""

    def __init__(self, *questions: str) -> None:
        self.gates = {question: threading.Event() for question in questions}
        self.asked: list[str] = []

    def __call__(self, question: str) -> str:
        self.asked.append(question)
        assert self.gates[question].wait(10)
        return question.upper()


def test_late_answers_to_earlier_questions_are_dropped(qtbot: QtBot, runner: TaskRunner) -> None:
    owner, server, answers = QObject(), SlowServer("a", "ab"), list[str]()
    latest: Latest[str, str] = Latest(
        server,
        runner,
        answered=lambda _question, answer: answers.append(answer),
        failed=lambda _question, error: answers.append(repr(error)),
        parent=owner,
    )
    latest.ask("a")
    latest.ask("ab")
    server.gates["ab"].set()
    qtbot.waitUntil(lambda: answers == ["AB"])
    assert not latest.busy
    server.gates["a"].set()
    qtbot.waitUntil(lambda: runner.idle)
    assert answers == ["AB"]


def test_a_hanging_server_is_asked_two_things_at_most(qtbot: QtBot, runner: TaskRunner) -> None:
    owner, server, answers = QObject(), SlowServer("a", "b", "c", "d"), list[str]()
    latest: Latest[str, str] = Latest(
        server,
        runner,
        answered=lambda _question, answer: answers.append(answer),
        failed=lambda _question, error: answers.append(repr(error)),
        parent=owner,
    )
    for question in "abcd":
        latest.ask(question)
    qtbot.waitUntil(lambda: len(server.asked) == 2)
    for gate in server.gates.values():
        gate.set()
    qtbot.waitUntil(lambda: answers == ["D"])
    assert "c" not in server.asked
