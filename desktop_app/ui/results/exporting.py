"""Export of a project's results: to which file, then as listed work with a stop."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop_app.core.errors import Cancelled, ConsoleError
from desktop_app.core.language import N_, _
from desktop_app.core.results import Results
from desktop_app.core.tasks import TaskContext
from desktop_app.services.results_export import write_results
from desktop_app.ui.exports.export_menu import ExportMenu
from desktop_app.ui.messages import Level, error_detail
from desktop_app.ui.results.paper import write_pdf
from desktop_app.ui.tab import TabTools
from desktop_app.ui.times import zone

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f]+')
_LONGEST_NAME = 80

KINDS: dict[str, str] = {
    "pdf": N_("Paper to sign (.pdf)"),
    "xlsx": N_("Excel workbook with formulas (.xlsx)"),
    "csv": N_("Table (.csv, UTF-8)"),
}
"""What can be written, by the file's ending; message ids."""

Read = Callable[[], Results]


class ResultsExport:
    """The export of one page: ``read`` asks for results with their sheets, on the worker."""

    def __init__(self, owner: QWidget, tools: TabTools) -> None:
        self._owner, self._tools = owner, tools
        self._read: Read | None = None
        self._name = ""
        self.menu = ExportMenu(owner, tools.state, KINDS, name=self._file_name, write=self.write)

    def offer(self, read: Read, project_name: str) -> None:
        """Export these results when somebody asks."""
        self._read, self._name = read, project_name

    def write(self, path: Path) -> None:
        """Write to ``path`` in the background; its ending says what."""
        read = self._read
        if read is None:
            return
        write = write_pdf if path.suffix.lower() == ".pdf" else write_results
        work = _Work(read, write, path, zone(self._tools.settings))
        self._tools.runner.start(
            work,
            owner=self._owner,
            done=lambda _nothing: self._done(path),
            failed=lambda error: self._failed(path, error),
            title=_("Export to {name}").format(name=path.name),
        )

    def _file_name(self) -> str | None:
        return None if self._read is None else file_name(self._name)

    def _done(self, path: Path) -> None:
        folder = str(path.parent)
        self._tools.messages.post(
            Level.OK,
            _("The results were exported to {name}.").format(name=path.name),
            str(path),
            action=(
                _("Open folder"),
                lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(folder)),
            ),
        )

    def _failed(self, path: Path, error: Exception) -> None:
        messages = self._tools.messages
        if isinstance(error, Cancelled):
            text = _("Export to {name} stopped; no file was written.")
            messages.post(Level.INFO, text.format(name=path.name))
        elif isinstance(error, ConsoleError):
            text = _("{name} was not written: {problem}").format(
                name=path.name, problem=error.text()
            )
            again = (_("Try again"), lambda: self.write(path))
            messages.post(Level.DANGER, text, error_detail(error), action=again)
        else:
            messages.post_error(error, _("Export to {name}").format(name=path.name))


class _Work:
    """Reads and writes on a worker thread; holds no widget."""

    def __init__(
        self, read: Read, write: Callable[..., object], path: Path, time_zone: tzinfo | None
    ) -> None:
        self._read, self._write, self._path, self._zone = read, write, path, time_zone

    def __call__(self, context: TaskContext) -> None:
        results = self._read()
        context.check()
        self._write(self._path, results, context, zone=self._zone)


def file_name(project_name: str) -> str:
    """A project's name as part of a file's name, wherever the file goes."""
    words = _FORBIDDEN.sub(" ", project_name).split()
    name = " ".join(words).strip(" .")[:_LONGEST_NAME].strip(" .")
    results = _("results")
    return f"{name} {results}".strip()
