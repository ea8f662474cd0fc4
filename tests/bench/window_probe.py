"""The real window at work, in a process of its own; prints what it measured as JSON.

usage: python -m tests.bench.window_probe FOLDER USERS IMPORTED PAGES
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil
import xlsxwriter  # type: ignore[import-untyped]
from PySide6.QtCore import Qt

from desktop_app.app.console import Console, make_application
from desktop_app.app.selftest_play import Play
from desktop_app.app.selftest_sample import sample_users
from desktop_app.app.selftest_stage import Findings, Stage
from desktop_app.config.folders import user_folders
from desktop_app.core.business_number import check_digit, formatted
from desktop_app.ui.garbage import GarbageCollector
from desktop_app.ui.imports.import_dialog import ImportDialog
from tests.bench import million
from tests.bench.lateness import Lateness
from tests.bench.others import Others
from tests.bench.served import Served

LONG_S = 600.0
COMPANY = "Roomy company (bench)"


class Probe:
    """One console, signed in as a person would, and the beats of its event loop."""

    def __init__(self, folder: Path) -> None:
        self.app = make_application()
        self.collector = GarbageCollector()
        self.console = Console(self.app, user_folders())
        queued = Qt.ConnectionType.QueuedConnection
        self.console.parts.window.painted.connect(self.collector.started, queued)
        self.stage = Stage(None, Findings(), lambda _text: None)
        self.play = Play(self.console, self.stage, folder)
        self.folder = folder
        self.lateness = Lateness()
        self.measured: dict[str, Any] = {}

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        """Note how late the event loop is in here, and how busy others keep the machine."""
        beats: list[float] = []
        others = Others()
        with self.lateness.noting(beats):
            yield
        self.measured[name] = {"late_ms": beats, "others": others.share()}

    def start(self) -> Served:
        """Show the window and wait for its workspace; the loop is watched meanwhile."""
        window, link = self.console.parts.window, self.console.parts.workspace
        window.resize(1280, 800)
        self.console.show()
        self.stage.breathe(0.1)
        with self.phase("starting"):
            self.stage.wait(lambda: link.api_url is not None, "the workspace", 60)
        info = link.last.info if link.last is not None else None
        assert info is not None
        password = Path(info.admin_password_file).read_text(encoding="utf-8").strip()
        return Served(
            api_url=info.api_url,
            mongo_uri=info.mongo_uri,
            admin_login=info.admin_login,
            admin_password=password,
            ready_s=0,
        )

    def sign_in(self, served: Served) -> None:
        """Fill in the form and press the button."""
        page = self.console.signing_in.page
        page.show_login("")
        self.play.type(page.login, served.admin_login)
        self.play.type(page.password.edit, served.admin_password)
        page.button.click()
        self.stage.wait(lambda: self.console.working is not None, "signing in")

    def open_every_tab(self) -> None:
        """Open all tabs, then note the memory of this process."""
        for spec in self.play.working.page.specs:
            self.play.tab(spec.key)
        self.collector.collect()
        self.measured["rss_mb"] = psutil.Process().memory_info().rss / 1e6

    def turn_pages(self, pages: int) -> None:
        """Press "next" as soon as a page is there; note what the window adds to the server."""
        table = self.play.records("users").table
        table.pager.size_wanted.emit(100)
        self.stage.wait(lambda: not table.busy, "a page of 100")
        over: list[float] = []
        with self.phase("paging"):
            for _ in range(pages):
                started = time.perf_counter()
                shown: list[float] = []
                connection = table.loaded.connect(
                    lambda _page, shown=shown: shown.append(time.perf_counter())
                )
                table.pager.turn(1)
                self.stage.wait(lambda shown=shown: bool(shown), "the next page")  # type: ignore[misc]
                table.loaded.disconnect(connection)
                server_ms = table.page.server_ms if table.page is not None else None
                if server_ms is not None:
                    over.append((shown[0] - started) * 1000 - server_ms)
        self.measured["page_over_server_ms"] = over

    def make_room(self, served: Served, count: int) -> None:
        """A company that may have ``count`` users."""
        keeper, api = million.sign_in(served)
        values = {
            "name": COMPANY,
            "business_number": formatted(f"123456789{check_digit('123456789')}"),
            "settings.max_users": count,
        }
        try:
            api.companies.create(values)
        finally:
            keeper.sign_out()

    def import_rows(self, count: int) -> None:
        """Import a workbook from choosing the file to the last row written."""
        path = _workbook(self.folder / "import.xlsx", count)
        tab = self.play.records("users")
        tab.start_import()
        dialog = tab.findChild(ImportDialog)
        assert dialog is not None
        gc.collect()  # what writing the workbook left
        with self.phase("importing"):
            started = time.perf_counter()
            dialog.open_file(path)
            self._press_when_ready(dialog)  # to the columns
            self._press_when_ready(dialog)  # to the check
            self._press_when_ready(dialog)  # to the last step
            self._press_when_ready(dialog)  # write
            job = dialog.job
            self.stage.wait(lambda: not job.busy and job.started, "the import", LONG_S)
            self.measured["import_s"] = time.perf_counter() - started
        self.measured["imported"] = job.written
        dialog.done(0)

    def _press_when_ready(self, dialog: ImportDialog) -> None:
        self.stage.wait(dialog.next_button.isEnabled, "the next step", LONG_S)
        dialog.next_button.click()

    def close(self) -> None:
        """Close as the person's "close" does."""
        self.measured["rss_end_mb"] = psutil.Process().memory_info().rss / 1e6
        window = self.console.parts.window
        self.console.quit()
        self.stage.wait(lambda: not window.isVisible(), "the end", 60)
        self.console.parts.runner.shutdown(10)
        self.collector.close()


def _workbook(path: Path, count: int) -> Path:
    keys = list(next(sample_users(1)))
    with xlsxwriter.Workbook(str(path)) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_row(0, 0, [*keys, "company"])
        for number, values in enumerate(sample_users(count), start=1):
            row = {
                **values,
                "login_id": f"imported{number:06d}",
                "email": f"imported{number:06d}@example.com",
            }
            sheet.write_row(number, 0, [*(row[key] for key in keys), COMPANY])
    return path


def main(folder: Path, users: int, imported: int, pages: int) -> None:
    """Measure everything and print it."""
    probe = Probe(folder)
    served = probe.start()
    million.fill(served, users)
    probe.sign_in(served)
    probe.open_every_tab()
    probe.turn_pages(pages)
    probe.make_room(served, imported)
    probe.import_rows(imported)
    probe.close()
    sys.stdout.write(json.dumps(probe.measured) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
