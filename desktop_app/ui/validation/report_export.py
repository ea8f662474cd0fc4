"""Handing on the run that is open: for people, on paper, for programs and for build servers."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.tasks import TaskContext
from desktop_app.services.report_document import as_html, as_markdown, write_text
from desktop_app.services.validation.junit import as_junit
from desktop_app.services.validation.report_json import as_json
from desktop_app.services.validation.reports import Reported, validation_report
from desktop_app.ui.exports.export_menu import ExportMenu
from desktop_app.ui.exports.report_paper import write_paper
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabTools

KINDS: dict[str, str] = {
    "html": N_("Web page (.html)"),
    "pdf": N_("Paper (.pdf)"),
    "json": N_("Data (.json)"),
    "xml": N_("JUnit (.xml)"),
    "md": N_("Markdown (.md)"),
}


class ReportExport:
    """The menu of the wizard; ``reported`` gives what is open, None for nothing."""

    def __init__(
        self, owner: QWidget, tools: TabTools, reported: Callable[[], Reported | None]
    ) -> None:
        self._owner, self._tools, self._reported = owner, tools, reported
        self.menu = ExportMenu(owner, tools.state, KINDS, name=self._file_name, write=self.write)

    def write(self, path: Path) -> None:
        """Write what is open to ``path`` in the background; its ending says how."""
        reported = self._reported()
        if reported is None:
            return
        folder = str(path.parent)
        self._tools.runner.start(
            partial(_write, reported, path),
            owner=self._owner,
            done=lambda _nothing: self._tools.messages.post(
                Level.OK,
                _("The report was written to {name}.").format(name=path.name),
                str(path),
                action=(
                    _("Open folder"),
                    lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(folder)),
                ),
            ),
            title=_("Export to {name}").format(name=path.name),
        )

    def _file_name(self) -> str | None:
        reported = self._reported()
        return None if reported is None else f"validation-{reported.report.run_id}"


def _write(reported: Reported, path: Path, context: TaskContext) -> None:
    """On the worker."""
    suffix = path.suffix.lower()
    if suffix == ".json":
        write_text(path, as_json(reported))
    elif suffix == ".xml":
        write_text(path, as_junit(reported))
    elif suffix == ".pdf":
        write_paper(path, validation_report(reported), context)
    elif suffix == ".md":
        write_text(path, as_markdown(validation_report(reported)))
    else:
        write_text(path, as_html(validation_report(reported)))
