"""Whom a project evaluates and who does so."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QTabWidget, QWidget

from desktop_app.api.projects import Projects
from desktop_app.core.errors import Conflict, ConsoleError, Rejected
from desktop_app.core.language import _, ngettext
from desktop_app.core.problems import Problem
from desktop_app.core.projects import Project
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.assignment.chooser import Chooser, Entry, Source
from desktop_app.ui.assignment.grid import Grid
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import confirm, listing
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.dialogs.lock_notice import LockNotice
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import plain_label

COMPANIES, PANEL = "candidate_ids", "panel_ids"
_TOLD = 20


class ParticipantsDialog(DialogFrame):
    """Chooses companies and evaluators; saves both at once, with the version it started from."""

    def __init__(
        self,
        project: Project,
        grid: Grid,
        projects: Projects,
        sources: tuple[Source, Source],
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Participants of {name}").format(name=project.name), parent)
        self._project, self._projects, self._tools = project, projects, tools
        self._version = project.version
        self._saving = False
        matrix = grid.matrix
        self.banner = Banner(tools.theme)
        self.refused: QWidget | None = None
        self.choosers = {
            COMPANIES: Chooser(
                sources[0],
                [Entry(company.id, company.name) for company in matrix.candidates],
                {c.id: grid.row_total(c.id).all for c in matrix.candidates},
                tools,
            ),
            PANEL: Chooser(
                sources[1],
                [Entry(person.id, person.name, person.email) for person in matrix.panel],
                {p.id: grid.column_total(p.id).all for p in matrix.panel},
                tools,
            ),
        }
        self._base = {key: self._ids(key) for key in self.choosers}
        self.tabs = QTabWidget()
        self.tabs.addTab(self.choosers[COMPANIES], "")
        self.tabs.addTab(self.choosers[PANEL], "")
        self.difference = plain_label(role="muted")
        self.content.addWidget(self.banner)
        self.content.addWidget(self.tabs, 1)
        self.content.addWidget(self.difference)
        self.cancel_button = self.add_button(_("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.save_button = self.add_button(_("Save participants"), role="primary")
        self.save_button.clicked.connect(self.save)
        for chooser in self.choosers.values():
            chooser.changed.connect(self._show_state)
        self.lock = LockNotice(self.banner, tools.guard, self)
        self.lock.changed.connect(self._show_state)
        room = self.screen().availableSize()
        self.resize(min(960, room.width() - 40), min(640, room.height() - 80))
        self._show_state()

    @property
    def unsaved(self) -> bool:
        """Whether something chosen would be lost."""
        return any(self._ids(key) != base for key, base in self._base.items())

    def save(self) -> None:
        """Send both lists; a second call while it is under way does nothing."""
        if self._saving or self.lock.show():
            return
        projects, project_id, version = self._projects, self._project.id, self._version
        candidates, panel = self._ids(COMPANIES), self._ids(PANEL)

        def work(_context: TaskContext) -> Project:
            return projects.set_participants(project_id, candidates, panel, version=version)

        self._saving = True
        self.banner.hide()
        self._forget_refused()
        self._show_state()
        self._tools.runner.start(
            work, owner=self, done=self._on_saved, failed=self._on_failed, keep=True
        )

    def reject(self) -> None:
        """Close; ask first when something chosen would be lost."""
        self.leave(lambda: None)

    def leave(self, proceed: Callable[[], object]) -> None:
        """Close and ``proceed``; ask first when something chosen would be lost."""
        if self._saving:
            return

        def close() -> None:
            self.done(0)
            proceed()

        if not self.unsaved:
            close()
            return
        confirm(
            self,
            title=_("Discard your changes?"),
            text=_("What you chose has not been saved."),
            action=_("Discard changes"),
            cancel=_("Keep editing"),
            danger=True,
            on_yes=close,
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's close button asks as Esc does."""
        event.ignore()
        self.reject()

    def _ids(self, key: str) -> list[str]:
        return [entry.id for entry in self.choosers[key].chosen]

    def _on_saved(self, project: Project) -> None:
        self._saving = False
        self._tools.changes.tell(Change("projects", frozenset({project.id})))
        text = _("{name}: {companies}, {evaluators}.").format(
            name=project.name,
            companies=_companies(len(project.candidate_ids)),
            evaluators=_evaluators(len(project.panel_ids)),
        )
        self._tools.messages.post(Level.OK, text)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self._saving = False
        self._show_state()
        if isinstance(error, Conflict):
            self._take_over(error)
        elif isinstance(error, Rejected) and error.problems:
            self._tell_refused(error.problems)
        elif isinstance(error, ConsoleError):
            text = _("{problem} What you chose is still here.").format(problem=error)
            self.banner.tell(text, tone="danger")
        else:
            self._tools.messages.post_error(error, doing=self.windowTitle())

    def _take_over(self, conflict: Conflict) -> None:
        """Put one's own changes onto what somebody else saved meanwhile; saving is asked anew."""
        self._version = int(conflict.current.get("version", self._version))
        for key, chooser in self.choosers.items():
            theirs = [str(id_) for id_ in conflict.current.get(key) or ()]
            mine, base = chooser.chosen, set(self._base[key])
            names = {entry.id: entry for entry in mine}
            added = [entry for entry in mine if entry.id not in base]
            removed = base - set(names)
            kept = [names.get(id_) or Entry(id_, id_) for id_ in theirs if id_ not in removed]
            self._base[key] = theirs
            there = {entry.id for entry in kept}
            chooser.show_chosen([*kept, *(e for e in added if e.id not in there)])
        self.banner.tell(
            _(
                "Someone else changed this project in the meantime. Your changes are put onto"
                " theirs: look, and save again."
            ),
            tone="warning",
        )
        self._show_state()

    def _tell_refused(self, problems: Sequence[Problem]) -> None:
        lines = [self._refusal(problem) for problem in problems]
        self.banner.tell(_("The server refused these entries:"), tone="danger", closable=False)
        self.refused = listing(lines[:_TOLD], _("The server refused these entries:"))
        self.content.insertWidget(1, self.refused)
        first = problems[0].field.split(".")[0]
        if first in self.choosers:
            self.tabs.setCurrentWidget(self.choosers[first])

    def _refusal(self, problem: Problem) -> str:
        key, _dot, place = problem.field.partition(".")
        entries = self.choosers[key].chosen if key in self.choosers else ()
        if place.isdigit() and int(place) < len(entries):
            name = entries[int(place)].label
            return _("{name}: {problem}").format(name=name, problem=problem.text())
        return problem.text()

    def _forget_refused(self) -> None:
        if self.refused is not None:
            self.refused.hide()
            self.refused.deleteLater()
            self.refused = None

    def _show_state(self) -> None:
        locked = self.lock.show()
        companies, panel = self._ids(COMPANIES), self._ids(PANEL)
        self.tabs.setTabText(0, _("Companies ({n})").format(n=f"{len(companies):,}"))
        self.tabs.setTabText(1, _("Evaluators ({n})").format(n=f"{len(panel):,}"))
        self.tabs.setEnabled(not self._saving)
        self.cancel_button.setEnabled(not self._saving)
        fits = not any(chooser.too_many for chooser in self.choosers.values())
        self.save_button.setEnabled(self.unsaved and fits and not self._saving and not locked)
        self.save_button.setText(_("Saving…") if self._saving else _("Save participants"))
        self.difference.setText(self._difference())

    def _difference(self) -> str:
        parts = []
        for key, words in ((COMPANIES, _companies), (PANEL, _evaluators)):
            now, base = set(self._ids(key)), set(self._base[key])
            parts += [_("+{what}").format(what=words(len(now - base)))] if now - base else []
            parts += [_("−{what}").format(what=words(len(base - now)))] if base - now else []
        return " · ".join(parts) or _("Nothing is changed yet.")


def _companies(n: int) -> str:
    return ngettext("{n} company", "{n} companies", n).format(n=f"{n:,}")


def _evaluators(n: int) -> str:
    return ngettext("{n} evaluator", "{n} evaluators", n).format(n=f"{n:,}")
