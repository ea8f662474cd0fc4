"""Asking a slow server again and again: only the answer to the newest question counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtCore import QObject

from desktop_app.core.errors import Cancelled
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.tasks import TaskRunner

Q = TypeVar("Q")
A = TypeVar("A")

AT_ONCE = 2


class Latest(QObject, Generic[Q, A]):
    """Answers the newest question; older answers are dropped, whenever they come.

    At most two requests are under way, so that a person who types while the server hangs does not
    fill the pool; questions between them and the newest are never sent.
    """

    def __init__(
        self,
        ask: Callable[[Q], A],
        runner: TaskRunner,
        *,
        answered: Callable[[Q, A], object],
        failed: Callable[[Q, Exception], object],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._ask = ask
        self._runner = runner
        self._answered = answered
        self._failed = failed
        self._newest = 0
        self._under_way = 0
        self._waiting: tuple[int, Q] | None = None
        self._settled = 0

    @property
    def busy(self) -> bool:
        """Whether the newest question has no answer yet."""
        return self._newest != self._settled

    def ask(self, question: Q) -> None:
        """Put ``question``; the answer to any earlier one is not wanted any more."""
        self._newest += 1
        if self._under_way < AT_ONCE:
            self._send(self._newest, question)
        else:
            self._waiting = (self._newest, question)

    def _send(self, number: int, question: Q) -> None:
        ask = self._ask

        def work(_context: TaskContext) -> A:
            return ask(question)

        self._under_way += 1
        self._runner.start(
            work,
            owner=self,
            done=lambda answer: self._on_done(number, question, answer),
            failed=lambda error: self._on_failed(number, question, error),
        )

    def _on_done(self, number: int, question: Q, answer: A) -> None:
        self._ended()
        if number == self._newest:
            self._settled = number
            self._answered(question, answer)

    def _on_failed(self, number: int, question: Q, error: Exception) -> None:
        self._ended()
        if number == self._newest and not isinstance(error, Cancelled):
            self._settled = number
            self._failed(question, error)

    def _ended(self) -> None:
        self._under_way -= 1
        if self._waiting is not None:
            number, question = self._waiting
            self._waiting = None
            self._send(number, question)
