"""Handing on what a page of migrations shows: as a web page, on paper, or as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.tasks import TaskContext
from desktop_app.services.migrations import reports
from desktop_app.services.report_document import ReportDocument, as_html, write_text
from desktop_app.ui.exports.report_paper import write_paper
from desktop_app.ui.imports.file_choice import folder_to_begin_in
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabAction, TabTools
from desktop_app.ui.texts import follow_language

KINDS: dict[str, str] = {
    "html": N_("Web page (.html)"),
    "pdf": N_("Paper (.pdf)"),
    "json": N_("Data (.json)"),
}
_FOLDER = "export.folder"


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
        self.menu = QMenu(owner)
        for suffix, title in KINDS.items():
            action = self.menu.addAction(_(title))
            action.setData(suffix)
            action.triggered.connect(partial(self._ask, suffix))
        follow_language(self.menu, self._word)

    def offers(self) -> list[TabAction]:
        """What can be exported now, for the palette."""
        if self._report() is None:
            return []
        return [
            TabAction(
                name=_("Export: {kind}").format(kind=_(title)),
                english=f"Export: {title}",
                icon="export",
                run=partial(self._ask, suffix),
            )
            for suffix, title in KINDS.items()
        ]

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

    def _ask(self, suffix: str, _checked: bool = False) -> None:
        report = self._report()
        if report is None:
            return
        chooser = QFileDialog(self._owner, _("Export to which file?"))
        chooser.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        words = _(KINDS[suffix]).partition("(")[0].strip()  # parentheses hold a filter's patterns
        chooser.setNameFilter(f"{words} (*.{suffix})")
        chooser.setDefaultSuffix(suffix)
        chooser.setDirectory(folder_to_begin_in(self._tools.state.get(_FOLDER)))
        chooser.selectFile(f"{report.name}-{datetime.now():%Y-%m-%d}.{suffix}")
        chooser.fileSelected.connect(partial(self._on_file_selected, suffix))
        chooser.open()

    def _on_file_selected(self, suffix: str, name: str) -> None:
        path = Path(name)
        if path.suffix.lower() != f".{suffix}":
            path = path.with_name(f"{path.name}.{suffix}")
        self._tools.state.set(_FOLDER, str(path.parent))
        self.write(path)

    def _word(self) -> None:
        for action in self.menu.actions():
            action.setText(_(KINDS[action.data()]))


def _write(report: Report, path: Path, context: TaskContext) -> None:
    """On the worker."""
    if path.suffix.lower() == ".pdf":
        write_paper(path, report.document, context)
    elif path.suffix.lower() == ".json":
        content = reports.plain(report.data)
        write_text(path, json.dumps(content, ensure_ascii=False, indent=2) + "\n")
    else:
        write_text(path, as_html(report.document))
