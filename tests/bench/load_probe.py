"""The window of load runs while one goes on; prints how late its event loop was, as JSON.

usage: python -m tests.bench.load_probe FOLDER URL RATE USERS SECONDS
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, QTimer

from desktop_app.core.load.models import constant, open_model
from desktop_app.ui.loadtest.screen import LoadScreen
from tests.bench.bare_parts import bare_parts
from tests.bench.lateness import Lateness
from tests.bench.others import Others
from tests.ui.loadtest.stage import make_desk
from tests.ui.validation.stage import OPERATOR


class Probe:
    """The screen, and a person who watches it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.desk = make_desk(folder / "load", url)
        self.parts = bare_parts(self.desk.guard)
        self.app, tools = self.parts.app, self.parts.tools
        self.runner = tools.runner
        self.screen = LoadScreen(self.desk, lambda: None, OPERATOR, tools)
        self.screen.resize(1280, 800)
        self.screen.show()
        self.screen.activated()
        self.looking = QTimer(interval=100)
        self.looking.timeout.connect(lambda: self.app.quit() if self.runner.idle else None)

    def until(self, condition: Callable[[], bool]) -> None:
        """Let the event loop run until ``condition`` holds."""
        while not condition():
            self.app.processEvents()

    def watch(self, rate: float, users: int, seconds: int) -> list[float]:
        """Run, and note how late the beats came meanwhile."""
        plan = self.screen.plan
        picker = plan.scenario.picker
        self.until(lambda: plan.scenario.shown is not None)
        at = picker.findText("health", Qt.MatchFlag.MatchStartsWith)
        picker.setCurrentIndex(at)
        picker.activated.emit(at)
        self.until(lambda: str(getattr(plan.scenario.shown, "path", "")).endswith("health.toml"))
        plan.load.show_model(open_model(constant(rate, seconds), users))
        plan.thresholds.show_texts(())
        plan.show_scenario()
        if not self.screen.start_button.isEnabled():
            raise RuntimeError(plan.state.accessibleName())
        late: list[float] = []
        lateness = Lateness()
        with lateness.noting(late):
            self.screen.start_button.click()
            self.looking.start()
            self.app.exec()
            self.looking.stop()
        return late

    def close(self) -> None:
        """End everything."""
        self.parts.close()


def main(folder: Path, url: str, rate: float, users: int, seconds: int) -> None:
    """Run once, and print."""
    probe = Probe(folder, url)
    others = Others()
    late = probe.watch(rate, users, seconds)
    opened = probe.screen.result.opened
    seen = {
        "late_ms": late,
        "others": others.share(),
        "rate": opened.result.measured.rate if opened and opened.result.measured else 0.0,
    }
    probe.close()
    print(json.dumps(seen))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5]))
