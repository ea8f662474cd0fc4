"""Every tab there is, and how it is built; a tab's code is loaded when it is first opened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_app.core.language import N_
from desktop_app.services.session import SignedIn
from desktop_app.ui.tab import Tab, TabSpec, TabTools

if TYPE_CHECKING:
    from desktop_app.core.validation.report import ValidationReport
    from desktop_app.services.loadtest.desk import LoadDesk
    from desktop_app.services.migrations.desk import Desk
    from desktop_app.services.validation.desk import Desk as ValidationDesk
    from desktop_app.ui.scoring.session import ScoringSession

OpenTab = Callable[[str, dict[str, str]], None]
"""Brings another tab to the front, narrowed to what fits the filters."""


def tab_specs(
    signed_in: SignedIn,
    tools: TabTools,
    open_tab: OpenTab,
    data_folder: Path,
    scoring: ScoringSession | None = None,
    *,
    desk: Callable[[], Desk],
    validation_desk: Callable[[], ValidationDesk],
    load_desk: Callable[[], LoadDesk],
    last_validation: Callable[[], ValidationReport | None],
) -> tuple[TabSpec, ...]:
    """The tabs in their order; which of them show depends on the role.

    What must outlast the program, tabs keep in ``data_folder``. ``scoring`` is there for
    evaluators only: nobody else has sheets of their own. ``desk`` makes what migrations work with,
    ``validation_desk`` what validation does, ``load_desk`` what load runs do; ``last_validation``
    reads the last validation run.
    """
    api, user = signed_in.api, signed_in.user

    def dashboard(parent: QWidget) -> Tab:
        from desktop_app.ui.tabs.dashboard import DashboardTab

        return DashboardTab(
            analytics=api.analytics,
            health=api.health,
            role=user.role,
            open_tab=open_tab,
            tools=tools,
            parent=parent,
        )

    def users(parent: QWidget) -> Tab:
        from desktop_app.ui.tabs.users import UsersTab

        return UsersTab(
            users=api.users,
            companies=api.companies,
            imports=api.imports,
            role=user.role,
            me=user.id,
            tools=tools,
            parent=parent,
        )

    def companies(parent: QWidget) -> Tab:
        from desktop_app.ui.tabs.companies import CompaniesTab

        tab = CompaniesTab(
            companies=api.companies,
            users=api.users,
            imports=api.imports,
            role=user.role,
            tools=tools,
            parent=parent,
        )
        tab.open_requested.connect(open_tab)
        return tab

    def projects(parent: QWidget) -> Tab:
        from desktop_app.ui.tabs.projects import ProjectsTab

        tab = ProjectsTab(
            projects=api.projects,
            companies=api.companies,
            users=api.users,
            templates=api.templates,
            imports=api.imports,
            me=user,
            tools=tools,
            parent=parent,
        )
        tab.open_requested.connect(open_tab)
        return tab

    def templates(parent: QWidget) -> Tab:
        from desktop_app.ui.tabs.templates import TemplatesTab

        return TemplatesTab(
            templates=api.templates,
            companies=api.companies,
            imports=api.imports,
            me=user,
            tools=tools,
            parent=parent,
        )

    def evaluations(parent: QWidget) -> Tab:
        from desktop_app.ui.tabs.evaluations import EvaluationsTab

        return EvaluationsTab(api=api, role=user.role, tools=tools, parent=parent)

    def my_evaluations(parent: QWidget) -> Tab:
        from desktop_app.ui.tabs.my_evaluations import MyEvaluationsTab

        assert scoring is not None
        return MyEvaluationsTab(
            session=scoring,
            evaluations=api.evaluations,
            projects=api.projects,
            files=api.files,
            tools=tools,
            parent=parent,
        )

    def files(parent: QWidget) -> Tab:
        from desktop_app.services.upload_ledger import UploadLedger
        from desktop_app.ui.tabs.files import FilesTab

        # By the connection's id: the local workspace has another address after each start.
        server = signed_in.profile.id
        return FilesTab(
            files=api.files,
            audit=api.audit,
            companies=api.companies,
            projects=api.projects,
            users=api.users,
            imports=api.imports,
            ledger=UploadLedger(data_folder, server=server, user_id=user.id),
            role=user.role,
            tools=tools,
            parent=parent,
        )

    def migrations(parent: QWidget) -> Tab:
        from desktop_app.ui.tabs.migrations import MigrationsTab

        tab = MigrationsTab(desk=desk, tools=tools, parent=parent)
        tab.open_requested.connect(open_tab)
        return tab

    def validation(parent: QWidget) -> Tab:
        from desktop_app.ui.tabs.validation import ValidationTab

        return ValidationTab(desk=validation_desk, user=user, tools=tools, parent=parent)

    def load(parent: QWidget) -> Tab:
        from desktop_app.ui.tabs.load import LoadTab

        tab = LoadTab(
            desk=load_desk,
            last_validation=last_validation,
            user=user,
            tools=tools,
            parent=parent,
        )
        tab.open_requested.connect(open_tab)
        return tab

    def settings(parent: QWidget) -> Tab:
        from desktop_app.ui.settings.tab import SettingsTab

        return SettingsTab(tools=tools, parent=parent)

    mine = _spec(
        "my_evaluations",
        "score",
        N_("My sheets"),
        "evaluations.draft",
        my_evaluations,
        icon="edit",
    )
    return (
        *((mine,) if scoring is not None else ()),  # what an evaluator comes for
        _spec("dashboard", "manage", N_("Dashboard"), "analytics.dashboard", dashboard),
        _spec("users", "manage", N_("Users"), "users.list", users),
        _spec("companies", "manage", N_("Companies"), "companies.list", companies, icon="company"),
        _spec("projects", "manage", N_("Projects"), "projects.list", projects, icon="project"),
        _spec("templates", "manage", N_("Templates"), "templates.list", templates, icon="template"),
        _spec(
            "evaluations",
            "manage",
            N_("Evaluations"),
            "projects.matrix",
            evaluations,
            icon="matrix",
        ),
        _spec("files", "manage", N_("Files"), "files.upload", files, icon="folder"),
        # It asks MongoDB, not the API: for those who may see the servers' insides.
        _spec(
            "migrations",
            "operate",
            N_("Migrations"),
            "metrics.read",
            migrations,
            icon="database",
        ),
        # It may attack what it tries: for the same people alone.
        _spec(
            "validation",
            "operate",
            N_("Validation"),
            "metrics.read",
            validation,
            icon="shield",
        ),
        _spec("load", "operate", N_("Load runs"), "metrics.read", load, icon="activity"),
        _spec("settings", "settings", N_("Settings"), "", settings),
    )


def _spec(
    key: str,
    group: str,
    title: str,
    operation: str,
    build: Callable[[QWidget], Tab],
    *,
    icon: str = "",
) -> TabSpec:
    return TabSpec(
        key=key, group=group, title=title, icon=icon or key, operation=operation, build=build
    )
