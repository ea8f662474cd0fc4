"""An evaluator types into a sheet of 40 criteria; prints what it measured as JSON.

usage: python -m tests.bench.scoring_probe FOLDER ROUNDS

The page is the real one, with the journal on the disk; the server is never there, so drafts wait
and are tried again meanwhile.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from desktop_app.api.guard import WriteGuard
from desktop_app.config.secrets import Secrets
from desktop_app.core.errors import Unreachable
from desktop_app.core.evaluations import Evaluation, EvaluationStatus, Sheet
from desktop_app.core.projects import ProjectStatus
from desktop_app.core.templates import Criterion
from desktop_app.services.scoring.sync import Read
from desktop_app.ui.scoring.session import ScoringSession
from desktop_app.ui.scoring.sheet_page import SheetPage
from tests.bench.bare_parts import bare_parts
from tests.bench.others import Others
from tests.services.scoring.keyring import Keyring

CRITERIA = 40
GUIDE = "90점 이상: 요구사항을 모두 충족하고 결함이 없음\n70~89점: 일부 개선이 필요함\n" * 3


class Nowhere:
    """A server that is never reached."""

    def __getattr__(self, _name: str) -> Any:
        def refuse(*_arguments: Any, **_options: Any) -> Any:
            raise Unreachable(address="http://nowhere", reason="nothing listens there")

        return refuse


def sheet(number: int) -> Sheet:
    """A sheet of the largest size that the figures are asked for."""
    criteria = tuple(
        Criterion(
            id=f"c{n}", name=f"평가 항목 {n}", description="설명 " * 12, weight=2.5, guide=GUIDE
        )
        for n in range(CRITERIA)
    )
    now = datetime.now(UTC)
    evaluation = Evaluation(
        id=f"s{number}",
        project_id="p",
        project_name="사업",
        project_status=ProjectStatus.ACTIVE,
        deadline=now + timedelta(minutes=50),
        template_id="t",
        template_revision=1,
        company_id=f"c{number}",
        company_name=f"회사 {number}",
        evaluator_id="u",
        status=EvaluationStatus.IN_PROGRESS,
    )
    return Sheet(evaluation=evaluation, criteria=criteria, server_time=now)


class Painted(QObject):
    """Knows when a widget was painted last."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.yes = False
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note a paint event."""
        if event.type() == QEvent.Type.Paint:
            self.yes = True
        return super().eventFilter(watched, event)


class Probe:
    """The page, and a person who types into it."""

    def __init__(self, folder: Path) -> None:
        self.parts = bare_parts(WriteGuard("bench"))
        self.app, tools = self.parts.app, self.parts.tools
        self.runner = tools.runner
        ring = Keyring()
        server = cast(Any, Nowhere())
        self.session = ScoringSession(
            server,
            folder / "one.journal",
            Secrets(open_keyring=lambda: ring),
            self.runner,
            tools.messages,
        )
        self.page = SheetPage(self.session, server, tools)
        self.page.resize(1280, 800)
        self.session.start()
        self.until(lambda: self.session.desk is not None)
        assert self.session.desk is not None
        for number in range(4):
            self.session.desk.take(f"s{number}", Read(sheet(number)))

    def until(self, condition: Any) -> None:
        """Let the event loop run until ``condition`` holds."""
        while not condition():
            self.app.processEvents()

    def open(self, number: int) -> float:
        """Milliseconds until another company's sheet has been painted."""
        started = time.perf_counter()
        self.page.open(f"s{number}", number + 1, 4)
        self.page.show()
        assert self.page.form is not None
        painted = Painted(self.page.form)
        self.until(lambda: painted.yes)
        self.app.processEvents()
        return (time.perf_counter() - started) * 1000

    def key(self, target: QWidget, canvas: Painted, character: str) -> float:
        """Milliseconds from a key to the end of the painting that shows it."""
        canvas.yes = False
        started = time.perf_counter()
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            event = QKeyEvent(kind, 0, Qt.KeyboardModifier.NoModifier, character)
            QCoreApplication.sendEvent(target, event)
        self.until(lambda: canvas.yes)
        return (time.perf_counter() - started) * 1000

    def type_scores(self) -> list[float]:
        """A score of two digits, one of which is wrong first, into every criterion."""
        assert self.page.form is not None
        samples = []
        for row in self.page.form.rows:
            row.score.setFocus()
            row.score.clear()
            self.app.processEvents()
            canvas = Painted(row.score)
            samples += [self.key(row.score, canvas, c) for c in "8x"]
            row.score.backspace()
            samples.append(self.key(row.score, canvas, "5"))
        return samples

    def type_comments(self) -> list[float]:
        """Some words into every other comment."""
        assert self.page.form is not None
        samples = []
        for row in self.page.form.rows[::2]:
            row.comment.write()
            self.app.processEvents()
            text: QAbstractScrollArea = row.comment.text
            canvas = Painted(text.viewport())
            samples += [self.key(text, canvas, c) for c in "자료가 충실함"]
        return samples

    def close(self) -> None:
        """End everything."""
        self.runner.stop_all()
        self.session.farewell()()
        self.parts.close()


def main(folder: Path, rounds: int) -> None:
    """Type, and print the milliseconds."""
    probe = Probe(folder)
    first = probe.open(0)
    others = Others()
    scores: list[float] = []
    comments: list[float] = []
    nexts: list[float] = []
    for number in range(rounds):
        scores += probe.type_scores()
        comments += probe.type_comments()
        nexts.append(probe.open((number + 1) % 4))
    seen = {
        "first_ms": first,
        "score_ms": scores,
        "comment_ms": comments,
        "next_ms": nexts,
        "others": others.share(),
    }
    probe.close()
    print(json.dumps(seen))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
