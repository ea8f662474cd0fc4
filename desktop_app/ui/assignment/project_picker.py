"""Which project is looked at: found as its name is typed, and where it stands."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from desktop_app.api.projects import Projects
from desktop_app.core.fields import Field, Kind
from desktop_app.core.language import N_, _
from desktop_app.core.paging import PageQuery
from desktop_app.core.projects import PROJECT_STATUS_LABELS, Project, ProjectStatus
from desktop_app.ui.forms.reference_editor import ReferenceEditor
from desktop_app.ui.projects.columns import deadline_state, project_state
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.lookups import RESULTS, Lookup
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.reference_picker import ReferencePicker
from desktop_app.ui.widgets.status_chip import StatusChip

_FIELD = Field(key="project_id", kind=Kind.REFERENCE, label=N_("Project"), reference="projects")
_NARROWEST, _WIDTH = 200, 320


def project_lookup(projects: Projects) -> Lookup:
    """Projects within reach, the newest first; one that is not active says so."""

    def look_up(text: str) -> list[tuple[str, str]]:
        found = projects.page(PageQuery(page_size=RESULTS, q=text))
        return [(project.id, project_label(project)) for project in found.items]

    return look_up


def project_label(project: Project) -> str:
    """The name, with the status of a project that is not active."""
    if project.status is ProjectStatus.ACTIVE:
        return project.name
    return f"{project.name} · {_(PROJECT_STATUS_LABELS[project.status])}"


class ProjectPicker(QWidget):
    """``chosen`` carries the id of another project."""

    chosen = Signal(str)

    def __init__(self, projects: Projects, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._lookup = project_lookup(projects)
        self._shown: tuple[Project, datetime] | None = None
        self.label = plain_label(role="strong")
        self.editor = ReferenceEditor(_FIELD, self._lookup, tools)
        self.editor.setMinimumWidth(_NARROWEST)
        self.editor.setMaximumWidth(_WIDTH)
        self.label.setBuddy(self.editor.line)
        self.list_button = QToolButton()
        self.list_button.setIcon(icon("chevron-down"))
        self.state, self.deadline = StatusChip(tools.theme), StatusChip(tools.theme)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(self.label)
        row.addWidget(self.editor, 1)
        row.addWidget(self.list_button)
        row.addSpacing(8)
        row.addWidget(self.state)
        row.addSpacing(8)
        row.addWidget(self.deadline)
        row.addStretch(1)
        self.editor.edited.connect(self._on_edited)
        self.list_button.clicked.connect(self.show_list)
        follow_language(self, self._retranslate)

    def show_project(self, project: Project, now: datetime) -> None:
        """Show ``project`` as chosen."""
        self._shown = (project, now)
        if self.editor.problem() is None:  # what is being typed is left alone
            self.editor.set_value(project.id)
            self.editor.set_label(project_label(project))
        self._show_state()

    def clear(self) -> None:
        """Nothing is chosen."""
        self._shown = None
        self.editor.set_value(None)
        self._show_state()

    def show_list(self) -> None:
        """All projects in a list to search in."""
        picker = ReferencePicker(
            _("Choose a project"), self._lookup, self._tools, self.window(), take=_("Open project")
        )
        picker.chosen.connect(self._on_picked)
        picker.open()

    def _on_picked(self, project_id: str, label: str) -> None:
        self.editor.set_value(project_id)
        self.editor.set_label(label)
        self.chosen.emit(project_id)

    def _on_edited(self) -> None:
        project_id = self.editor.value()
        if project_id is not None:
            self.chosen.emit(project_id)

    def _show_state(self) -> None:
        self.state.setVisible(self._shown is not None)
        self.deadline.setVisible(self._shown is not None)
        if self._shown is None:
            return
        project, now = self._shown
        for chip, what in (
            (self.state, project_state(project)),
            (self.deadline, deadline_state(project, self._tools.settings, now)),
        ):
            chip.show_state(what.text, what.icon, what.token)

    def _retranslate(self) -> None:
        self.label.setText(_("Project"))
        self.list_button.setToolTip(_("Show all projects"))
        self.list_button.setAccessibleName(_("Show all projects"))
        self._show_state()
