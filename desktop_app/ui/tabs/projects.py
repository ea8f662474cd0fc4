"""The projects: what is evaluated under whom, until when, and how far it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop_app.api.companies import Companies
from desktop_app.api.imports import Imports
from desktop_app.api.projects import Projects
from desktop_app.api.templates import Templates
from desktop_app.api.users import Users
from desktop_app.core.fields import Field
from desktop_app.core.language import N_, NN_, _
from desktop_app.core.problems import TEXTS
from desktop_app.core.projects import (
    PROJECT_FIELDS,
    STATUS_STEPS,
    Project,
    ProjectStatus,
    check_project,
)
from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role, User
from desktop_app.ui.changes import Change
from desktop_app.ui.messages import Level
from desktop_app.ui.projects.columns import project_columns
from desktop_app.ui.records.actions import RecordAction
from desktop_app.ui.records.kind import Activity, RecordKind, RecordWords
from desktop_app.ui.records.record_tab import RecordTab
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.lookups import resource_lookup


def _labels(flat: Mapping[str, Any]) -> Mapping[str, str]:
    template = str(flat.get("template_name") or "")
    if template and flat.get("template_revision"):
        template = _("{name} · revision {n}").format(name=template, n=flat["template_revision"])
    return {
        "company_id": str(flat.get("company_name") or ""),
        "manager_id": str(flat.get("manager_name") or ""),
        "template_id": template,
    }


PROJECTS: RecordKind[Project] = RecordKind(
    name="projects",
    fields=PROJECT_FIELDS,
    check=check_project,
    name_of=lambda project: project.name,
    is_active=lambda project: project.status is not ProjectStatus.ARCHIVED,
    labels_of=_labels,
    activity=Activity(
        stop="archive",
        start="restore",
        stop_label=N_("Archive"),
        start_label=N_("Restore"),
        stop_icon="folder",
        start_icon="undo",
    ),
    words=RecordWords(
        title=N_("Projects"),
        purpose=N_("What is evaluated, with which template, by when, and how far it is."),
        new=N_("New project"),
        new_title=N_("New project"),
        edit_title=N_("Edit {name}"),
        create=N_("Create project"),
        import_title=N_("Import projects"),
        nothing_yet=N_("Add the first project, or import many from a file."),
        search_hint=N_("Search by name or description"),
        deletions=NN_("Delete {n} project", "Delete {n} projects"),
        deactivations=NN_("Archive {n} project", "Archive {n} projects"),
        activations=NN_("Restore {n} project", "Restore {n} projects"),
        deactivation_text=N_(
            "Their sheets and results stay to be read, but nothing in them changes any more."
        ),
    ),
)


class ProjectsTab(RecordTab[Project]):
    """Lists projects; who evaluates whom in one opens in the tab of evaluations."""

    def __init__(
        self,
        *,
        projects: Projects,
        companies: Companies,
        users: Users,
        templates: Templates,
        imports: Imports,
        me: User,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        self._projects, self._me = projects, me
        self._referred: Mapping[str, Any] = {
            "company_id": companies,
            "manager_id": users,
            "template_id": templates,
        }
        lookups = {
            "companies": resource_lookup(companies, lambda company: company.name),
            "users": resource_lookup(
                users, lambda user: f"{user.name} ({user.login_id})", role=Role.MANAGER.value
            ),
            "templates": resource_lookup(templates, lambda template: template.name),
        }
        super().__init__(
            PROJECTS,
            projects,
            project_columns(tools.settings),
            imports=imports,
            lookups=lookups,
            role=me.role,
            tools=tools,
            watches=frozenset({"companies", "users", "templates", "evaluations"}),
            parent=parent,
        )

    def row_actions(self) -> Sequence[RecordAction[Project]]:
        """The usual actions, the way to the sheets, and the newest revision."""
        evaluations: RecordAction[Project] = RecordAction(
            id="evaluations",
            operation="projects.matrix",
            label=N_("Show evaluations"),
            icon="check",
            run=lambda projects: self._show_evaluations(projects[0]),
            many=False,
            write=False,
        )
        revise: RecordAction[Project] = RecordAction(
            id="revise",
            operation="projects.revise",
            label=N_("Use newest revision"),
            icon="refresh",
            run=lambda projects: self._revise(projects[0]),
            many=False,
            applies=lambda project: project.template_id is not None and self.editable(project),
            refusal=_begun,
            in_bar=False,
        )
        return (
            self.edit_action(),
            evaluations,
            revise,
            *self.activity_actions(),
            self.delete_action(),
        )

    def editable(self, item: Project) -> bool:
        """What is archived is restored before it is changed."""
        return super().editable(item) and item.status is not ProjectStatus.ARCHIVED

    def form_fields(self, item: Project | None) -> Sequence[Field]:
        """Of the statuses only those that the project can go to from where it is."""
        now = item.status if item is not None else ProjectStatus.DRAFT
        reached = {now} | STATUS_STEPS[now] - {ProjectStatus.ARCHIVED}
        return [
            replace(field, choices=tuple(c for c in field.choices if c.value in reached))
            if field.key == "status"
            else field
            for field in PROJECT_FIELDS
        ]

    def locked_fields(self, item: Project) -> frozenset[str]:
        """What the sheets of a project hang on does not change under them."""
        return frozenset({"template_id", "company_id"}) if item.progress.total else frozenset()

    def new_values(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """A manager's project is that of the own company, and the manager's."""
        if self._me.role is Role.ADMIN or not self._me.company_id:
            return {}, {}
        values = {"company_id": self._me.company_id, "manager_id": self._me.id}
        own = f"{self._me.name} ({self._me.login_id})"
        return values, {"company_id": self._me.company_name or "", "manager_id": own}

    def show_filtered(self, filters: Mapping[str, str]) -> None:
        """Show only what fits ``filters``; entries in them are named once they are known."""
        super().show_filtered(filters)
        for key in self._referred:
            if filters.get(key):
                self._name_filter(key, filters[key])

    def _name_filter(self, key: str, entry_id: str) -> None:
        resource = self._referred[key]

        def work(_context: TaskContext) -> str:
            return str(resource.get(entry_id).name)

        def done(name: str) -> None:
            if self.table.query.filters.get(key) == entry_id:
                self.table.name_reference(key, name)

        self._tools.runner.start(work, owner=self, done=done)

    def _show_evaluations(self, project: Project) -> None:
        self.open_requested.emit("evaluations", {"project_id": project.id})

    def _revise(self, project: Project) -> None:
        projects = self._projects

        def work(_context: TaskContext) -> Project:
            return projects.revise(project.id, version=project.version)

        def done(revised: Project) -> None:
            self._tools.changes.tell(Change("projects", frozenset({project.id})))
            same = revised.template_revision == project.template_revision
            text = (
                _("{name} has the newest revision already: {n}.")
                if same
                else _("{name} is scored by revision {n} from now on.")
            )
            text = text.format(name=project.name, n=revised.template_revision)
            self._tools.messages.post(Level.INFO if same else Level.OK, text)

        title = _("Newest revision for {name}").format(name=project.name)
        self._tools.runner.start(work, owner=self, done=done, title=title)


def _begun(project: Project) -> str:
    progress = project.progress
    return TEXTS["sheet_begun"] if progress.in_progress or progress.finished else ""
