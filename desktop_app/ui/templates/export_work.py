"""Exporting templates with their criteria: those selected, or all that the list finds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QWidget

from desktop_app.api.templates import Templates
from desktop_app.core.errors import Cancelled, ConsoleError, LocalFailure
from desktop_app.core.language import N_, _, ngettext
from desktop_app.core.paging import PAGE_SIZES, PageQuery
from desktop_app.core.tasks import TaskContext
from desktop_app.core.templates import Template
from desktop_app.services.template_files import MOST_TEMPLATES, write_templates
from desktop_app.ui.messages import Level, error_detail
from desktop_app.ui.tab import TabTools
from desktop_app.ui.templates.file_choice import ask_save, file_name_of


class TemplateExport:
    """One export: ``chosen`` templates, or where there are none all that ``query`` finds."""

    def __init__(
        self,
        templates: Templates,
        chosen: Sequence[Template],
        query: PageQuery,
        tools: TabTools,
        owner: QWidget,
    ) -> None:
        self._templates, self._chosen, self._query = templates, tuple(chosen), query
        self._tools, self._owner = tools, owner

    def ask(self) -> QFileDialog:
        """Ask for the file, then write it as listed work."""
        count = len(self._chosen)
        name = self._chosen[0].name if count == 1 else _("templates")
        title = _("Export all templates found")
        if count:
            title = ngettext("Export {n} template", "Export {n} templates", count).format(n=count)
        suggested = f"{file_name_of(name)}.xlsx"
        return ask_save(self._owner, self._tools.state, title, suggested, self.start)

    def start(self, path: Path) -> None:
        """Write ``path``, also after a failure."""

        def work(context: TaskContext) -> int:
            found = self._chosen or self._all(context)
            write_templates(path, found, context)
            return len(found)

        self._tools.runner.start(
            work,
            owner=self._owner,
            done=lambda count: self._tell_done(path, count),
            failed=lambda error: self._tell_failed(path, error),
            title=_("Export to {name}").format(name=path.name),
        )

    def _all(self, context: TaskContext) -> tuple[Template, ...]:
        question = replace(self._query, page=1, page_size=max(PAGE_SIZES))
        context.check()
        page = self._templates.page(question)
        if page.total > MOST_TEMPLATES:
            raise LocalFailure(
                what=N_("A file holds at most {maximum} templates, and {total} were found."),
                advice=N_("Filter the list, or select some of them."),
                maximum=MOST_TEMPLATES,
                total=page.total,
            )
        return page.items

    def _tell_done(self, path: Path, count: int) -> None:
        text = ngettext(
            "{n} template exported to {name}.", "{n} templates exported to {name}.", count
        )
        url = QUrl.fromLocalFile(str(path.parent))
        self._tools.messages.post(
            Level.OK,
            text.format(n=count, name=path.name),
            str(path),
            action=(_("Open folder"), lambda: QDesktopServices.openUrl(url)),
        )

    def _tell_failed(self, path: Path, error: Exception) -> None:
        messages = self._tools.messages
        if isinstance(error, Cancelled):
            text = _("Export to {name} stopped; no file was written.")
            messages.post(Level.INFO, text.format(name=path.name))
        elif isinstance(error, ConsoleError):
            text = _("{name} was not written: {problem}")
            again = (_("Try again"), lambda: self.start(path))
            said = text.format(name=path.name, problem=error.text())
            messages.post(Level.DANGER, said, error_detail(error), action=again)
        else:
            messages.post_error(error, _("Export to {name}").format(name=path.name))
