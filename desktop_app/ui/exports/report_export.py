"""Handing on a run that is open: for people, on paper, for programs and for build servers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.tasks import TaskContext
from desktop_app.services.report_document import ReportDocument, as_html, as_markdown, write_text
from desktop_app.ui.exports.export_menu import ExportMenu
from desktop_app.ui.exports.report_paper import write_paper
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabTools

R = TypeVar("R")

KINDS: dict[str, str] = {
    "html": N_("Web page (.html)"),
    "pdf": N_("Paper (.pdf)"),
    "json": N_("Data (.json)"),
    "md": N_("Markdown (.md)"),
    "csv": N_("Table (.csv)"),
    "hlog": N_("Histograms (.hlog)"),
    "xml": N_("JUnit (.xml)"),
}
"""Every format there is, by the file's ending."""


class ReportExport(Generic[R]):
    """The menu of a screen; ``reported`` gives what is open, None for nothing.

    ``name`` names it in a file's name; ``document`` makes the report; ``others`` the texts of
    further formats, by the file's ending.
    """

    def __init__(
        self,
        owner: QWidget,
        tools: TabTools,
        reported: Callable[[], R | None],
        *,
        name: Callable[[R], str],
        document: Callable[[R], ReportDocument],
        others: Mapping[str, Callable[[R], str]],
    ) -> None:
        self._owner, self._tools, self._reported = owner, tools, reported
        self._name, self._document, self._others = name, document, dict(others)
        kinds = {
            suffix: title
            for suffix, title in KINDS.items()
            if suffix in ("html", "pdf", "md") or suffix in others
        }
        self.menu = ExportMenu(owner, tools.state, kinds, name=self._file_name, write=self.write)

    def write(self, path: Path) -> None:
        """Write what is open to ``path`` in the background; its ending says how."""
        reported = self._reported()
        if reported is None:
            return
        folder = str(path.parent)
        self._tools.runner.start(
            partial(_write, reported, path, self._document, self._others),
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
        return None if reported is None else self._name(reported)


def _write(
    reported: R,
    path: Path,
    document: Callable[[R], ReportDocument],
    others: Mapping[str, Callable[[R], str]],
    context: TaskContext,
) -> None:
    """On the worker."""
    suffix = path.suffix.lower()
    if (text := others.get(suffix.removeprefix("."))) is not None:
        write_text(path, text(reported))
    elif suffix == ".pdf":
        write_paper(path, document(reported), context)
    elif suffix == ".md":
        write_text(path, as_markdown(document(reported)))
    else:
        write_text(path, as_html(document(reported)))
