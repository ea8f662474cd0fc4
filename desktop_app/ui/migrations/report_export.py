"""Handing on what a page of migrations shows: as a web page, on paper, or as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.tasks import TaskContext
from desktop_app.services.migrations import reports
from desktop_app.services.report_document import ReportDocument, as_html, write_text
from desktop_app.ui.exports.export_menu import ExportMenu
from desktop_app.ui.exports.report_paper import write_paper
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabTools

KINDS: dict[str, str] = {
    "html": N_("Web page (.html)"),
    "pdf": N_("Paper (.pdf)"),
    "json": N_("Data (.json)"),
}


@dataclass(frozen=True, slots=True)
class Report:
    """What can be handed on: the document, what stands behind it, and a name for the file."""

    document: ReportDocument
    data: Any
    name: str


class ReportExport:
    """The menu of one screen; ``report`` gives what is in front, None for nothing."""

    def __init__(
        self, owner: QWidget, tools: TabTools, report: Callable[[], Report | None]
    ) -> None:
        self._owner, self._tools, self._report = owner, tools, report
        self.menu = ExportMenu(owner, tools.state, KINDS, name=self._file_name, write=self.write)

    def write(self, path: Path) -> None:
        """Write what is in front to ``path`` in the background; its ending says how."""
        report = self._report()
        if report is None:
            return
        folder = str(path.parent)
        self._tools.runner.start(
            partial(_write, report, path),
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
        report = self._report()
        return None if report is None else report.name


def _write(report: Report, path: Path, context: TaskContext) -> None:
    """On the worker."""
    if path.suffix.lower() == ".pdf":
        write_paper(path, report.document, context)
    elif path.suffix.lower() == ".json":
        content = reports.plain(report.data)
        write_text(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    else:
        write_text(path, as_html(report.document))
