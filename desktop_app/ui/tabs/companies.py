"""The companies of the platform: how to reach them, what they may hold, who belongs to them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QWidget

from desktop_app.api.companies import Companies
from desktop_app.api.imports import Imports
from desktop_app.api.users import Users
from desktop_app.core.companies import COMPANY_FIELDS, Company, check_company
from desktop_app.core.language import N_, NN_
from desktop_app.core.users import Role
from desktop_app.ui.records.actions import RecordAction
from desktop_app.ui.records.company_columns import company_columns
from desktop_app.ui.records.kind import RecordKind, RecordWords
from desktop_app.ui.records.record_tab import RecordTab
from desktop_app.ui.tab import TabTools

COMPANIES: RecordKind[Company] = RecordKind(
    name="companies",
    fields=COMPANY_FIELDS,
    check=check_company,
    name_of=lambda company: company.name,
    is_active=lambda company: company.is_active,
    labels_of=lambda _flat: {},
    words=RecordWords(
        title=N_("Companies"),
        purpose=N_("The companies that take part, how to reach them, and what they may hold."),
        new=N_("New company"),
        new_title=N_("New company"),
        edit_title=N_("Edit {name}"),
        create=N_("Create company"),
        import_title=N_("Import companies"),
        nothing_yet=N_("Add the first company, or import many from a file."),
        search_hint=N_("Search by name or business number"),
        deletions=NN_("Delete {n} company", "Delete {n} companies"),
        deactivations=NN_("Deactivate {n} company", "Deactivate {n} companies"),
        activations=NN_("Activate {n} company", "Activate {n} companies"),
        deactivation_text=N_("They stay, but nothing new can refer to them until activated again."),
    ),
)


class CompaniesTab(RecordTab[Company]):
    """Lists companies; the users of one open in the tab of users."""

    def __init__(
        self,
        *,
        companies: Companies,
        users: Users,
        imports: Imports,
        role: Role,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        self._users = users
        super().__init__(
            COMPANIES,
            companies,
            company_columns(tools.settings),
            imports=imports,
            lookups={},
            role=role,
            tools=tools,
            watches=frozenset({"users"}),
            parent=parent,
        )

    def row_actions(self) -> Sequence[RecordAction[Company]]:
        """The usual actions, and the way to a company's users."""
        users: RecordAction[Company] = RecordAction(
            id="users",
            operation="users.list",
            label=N_("Show users"),
            icon="users",
            run=lambda companies: self._show_users(companies[0]),
            many=False,
            write=False,
        )
        return (self.edit_action(), users, *self.activity_actions(), self.delete_action())

    def _show_users(self, company: Company) -> None:
        self.open_requested.emit("users", {"company_id": company.id})
