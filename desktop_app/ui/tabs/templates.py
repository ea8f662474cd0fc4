"""The templates that sheets are made from: their criteria, revisions and files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtWidgets import QWidget

from desktop_app.api.companies import Companies
from desktop_app.api.imports import Imports
from desktop_app.api.templates import Templates
from desktop_app.core.language import N_, NN_, _
from desktop_app.core.permissions import may
from desktop_app.core.tasks import TaskContext
from desktop_app.core.templates import TEMPLATE_FIELDS, Template, check_template
from desktop_app.core.users import Role, User
from desktop_app.ui.records.actions import RecordAction
from desktop_app.ui.records.kind import Activity, RecordKind, RecordWords
from desktop_app.ui.records.record_tab import RecordTab
from desktop_app.ui.tab import TabTools
from desktop_app.ui.templates.columns import template_columns
from desktop_app.ui.templates.export_work import TemplateExport
from desktop_app.ui.templates.import_dialog import TemplateImportDialog
from desktop_app.ui.templates.preview_dialog import PreviewDialog
from desktop_app.ui.templates.revisions_dialog import RevisionsDialog
from desktop_app.ui.templates.template_dialog import TemplateDialog
from desktop_app.ui.templates.template_form import CRITERIA_FIELD
from desktop_app.ui.widgets.lookups import resource_lookup

_NOT_YOURS = N_("A template that all companies share is changed by administrators: duplicate it.")


def _labels(flat: Mapping[str, Any]) -> Mapping[str, str]:
    return {"company_id": str(flat.get("company_name") or "")}


TEMPLATES: RecordKind[Template] = RecordKind(
    name="templates",
    fields=(*TEMPLATE_FIELDS, CRITERIA_FIELD),
    check=check_template,
    name_of=lambda template: template.name,
    is_active=lambda template: template.is_active,
    labels_of=_labels,
    activity=Activity(stop_label=N_("Archive"), stop_icon="inbox"),
    words=RecordWords(
        title=N_("Templates"),
        purpose=N_("What is evaluated: criteria, weights and guides, in revisions."),
        new=N_("New template"),
        new_title=N_("New template"),
        edit_title=N_("Edit {name}"),
        create=N_("Create template"),
        import_title=N_("Import templates"),
        nothing_yet=N_("Make the first template, or import some from a file."),
        search_hint=N_("Search by name, category or description"),
        deletions=NN_("Delete {n} template", "Delete {n} templates"),
        deactivations=NN_("Archive {n} template", "Archive {n} templates"),
        activations=NN_("Activate {n} template", "Activate {n} templates"),
        deactivation_text=N_(
            "They stay, and what uses them keeps them, but no project can choose them any more."
        ),
    ),
)


class TemplatesTab(RecordTab[Template]):
    """Lists templates; shared ones are changed by administrators, others by their company."""

    form_dialog = TemplateDialog
    import_verb = "create"

    def __init__(
        self,
        *,
        templates: Templates,
        companies: Companies,
        imports: Imports,
        me: User,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        self._templates, self._me = templates, me
        self._company_name = me.company_name or ""
        super().__init__(
            TEMPLATES,
            templates,
            template_columns(tools.settings),
            imports=imports,
            lookups={"companies": resource_lookup(companies, lambda company: company.name)},
            role=me.role,
            tools=tools,
            watches=frozenset({"companies", "projects", "evaluations"}),
            parent=parent,
        )
        self._learn_company(companies)

    def row_actions(self) -> Sequence[RecordAction[Template]]:
        """The usual actions, and copies, previews, revisions and files."""
        return (
            dataclasses.replace(
                self.edit_action(), applies=lambda _template: True, refusal=self.protected
            ),
            RecordAction(
                id="duplicate",
                operation="templates.create",
                label=N_("Duplicate"),
                icon="copy",
                run=lambda templates: self._duplicate(templates[0]),
                many=False,
                shortcut="Ctrl+D",
            ),
            RecordAction(
                id="preview",
                operation="templates.read",
                label=N_("Preview"),
                icon="eye",
                run=lambda templates: self._preview(templates[0]),
                many=False,
                write=False,
            ),
            RecordAction(
                id="revisions",
                operation="templates.revisions",
                label=N_("Revisions"),
                icon="history",
                run=lambda templates: self._show_revisions(templates[0]),
                many=False,
                write=False,
            ),
            RecordAction(
                id="export",
                operation="templates.list",
                label=N_("Export"),
                icon="export",
                run=lambda _templates: self.start_export(),
                write=False,
                in_bar=False,
            ),
            *self.activity_actions(),
            self.delete_action(),
        )

    def editable(self, item: Template) -> bool:
        """Administrators change all, managers those of their own company."""
        if not may("templates.change", self._me.role):
            return False
        own = item.company_id is not None and item.company_id == self._me.company_id
        return self._me.role is Role.ADMIN or own

    def protected(self, item: Template) -> str:
        """A shared template is not a manager's to change."""
        return "" if self.editable(item) else _NOT_YOURS

    def locked_fields(self, item: Template) -> frozenset[str]:  # noqa: ARG002 - for all alike
        """Only administrators give a template to another company, or to all."""
        return self.locked_in_new()

    def locked_in_new(self) -> frozenset[str]:
        """Only administrators make templates for other companies."""
        return frozenset() if self._me.role is Role.ADMIN else frozenset({"company_id"})

    def new_values(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """A manager's templates belong to their company."""
        company = self._own_company()
        if company is None:
            return {}, {}
        return {"company_id": company[0]}, {"company_id": company[1]}

    def start_import(self) -> None:
        """Open the import of files of templates."""
        dialog = TemplateImportDialog(
            self._templates,
            self._lookups,
            self._tools,
            company=self._own_company(),
            edit=self.add_like,
            parent=self,
        )
        dialog.open()

    def start_export(self) -> None:
        """Export the templates selected, or all that the list finds."""
        TemplateExport(
            self._templates, self.table.selected(), self.table.query, self._tools, self
        ).ask()

    def _own_company(self) -> tuple[str, str] | None:
        if self._me.role is Role.ADMIN or self._me.company_id is None:
            return None
        return self._me.company_id, self._company_name or self._me.company_id

    def _learn_company(self, companies: Companies) -> None:
        """What one's own company is called, for forms in which it cannot be chosen."""
        if (own := self._own_company()) is None or self._company_name:
            return

        def work(_context: TaskContext) -> str:
            return companies.get(own[0]).name

        def done(name: str) -> None:
            self._company_name = name

        def failed(_error: Exception) -> None:
            """The forms show its id then."""

        self._tools.runner.start(work, owner=self, done=done, failed=failed)

    def _duplicate(self, template: Template) -> None:
        own, labels = self.new_values()
        self.add_like(
            {
                "name": _("{name} (copy)").format(name=template.name),
                "category": template.category,
                "company_id": template.company_id,
                "description": template.description,
                "criteria": template.criteria,
                **own,
            },
            labels or {"company_id": template.company_name or ""},
        )

    def _preview(self, template: Template) -> None:
        PreviewDialog(template.name, template.criteria, parent=self).open()

    def _show_revisions(self, template: Template) -> None:
        RevisionsDialog(
            template,
            self._templates,
            self._tools,
            editable=self.editable(template),
            parent=self,
        ).open()
