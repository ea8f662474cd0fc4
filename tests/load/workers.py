"""Workers of a run from several computers: here, each a process of its own."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from desktop_app.core.load.control import Control
from desktop_app.core.load.distribution import Distribution, new_code
from desktop_app.core.load.events import Event, Preparing
from desktop_app.engines.own_command import own_command, own_environment


class Workers:
    """Starts them once the master of a run listens."""

    def __init__(self, folder: Path, code: str = "") -> None:
        self.code = code or new_code()
        self._folder = folder
        self.started: list[subprocess.Popen[bytes]] = []

    def distribution(self, workers: int) -> Distribution:
        return Distribution(workers=workers, port=0, code=self.code, patience_s=30)

    def start(self, address: str, code: str = "") -> None:
        """Have one more join the master at ``address``."""
        file = self._folder / "code"
        file.write_text(code or self.code, encoding="utf-8")
        words = ["--master", address, "--code-file", str(file)]
        self.started.append(
            subprocess.Popen(
                [*own_command("load-worker"), *words],
                env=own_environment(),
                stderr=subprocess.DEVNULL,
            )
        )

    def join(self, count: int, code: str = "") -> Callable[[Event, Control], None]:
        """What to do at a run's events."""

        def joining(event: Event, _control: Control) -> None:
            if isinstance(event, Preparing) and event.address and not self.started:
                for _number in range(count):
                    self.start(event.address, code)

        return joining

    def end(self) -> None:
        for process in self.started:
            try:
                process.wait(15)
            finally:
                process.kill()
                process.wait()
