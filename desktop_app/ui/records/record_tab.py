"""A screen that lists records of one kind and lets them be made, changed and deleted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from desktop_app.api.imports import Imports
from desktop_app.api.resource import Created, Resource
from desktop_app.core.fields import Field
from desktop_app.core.language import N_, _
from desktop_app.core.paging import Page
from desktop_app.core.permissions import OPERATIONS, may
from desktop_app.core.users import Role
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.edit_dialog import EditDialog, Record
from desktop_app.ui.exports.export_dialog import start_export
from desktop_app.ui.messages import Level
from desktop_app.ui.records.actions import RecordAction, RecordActions, lock_reason
from desktop_app.ui.records.batch_work import BatchWork
from desktop_app.ui.records.kind import RecordKind
from desktop_app.ui.tab import Tab, TabAction, TabTools
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.tables.empty_texts import EmptyTexts
from desktop_app.ui.tables.paged_table import PagedTable
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.lookups import Lookup
from desktop_app.ui.widgets.page_header import PageHeader

T = TypeVar("T", bound=Record)


class RecordTab(Tab, Generic[T]):
    """Lists ``kind``; a subclass declares the columns and adds actions of its own.

    ``open_requested`` asks for another tab: its key, and the filters to show there.
    """

    open_requested = Signal(str, dict)
    form_dialog: type[EditDialog[Any]] = EditDialog
    import_verb = "import"

    def __init__(
        self,
        kind: RecordKind[T],
        resource: Resource[T],
        columns: Sequence[Column[T]],
        *,
        imports: Imports,
        lookups: Mapping[str, Lookup],
        role: Role,
        tools: TabTools,
        watches: frozenset[str] = frozenset(),
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.key = kind.name
        self._kind, self._resource, self._imports = kind, resource, imports
        self._lookups, self._role, self._tools = lookups, role, tools
        self._watches = watches | {kind.name}
        self._stale = True
        self._select_after_load = ""
        self.batch = BatchWork(kind, resource, tools, self)
        self.table: PagedTable[T] = PagedTable(
            columns,
            resource.page,
            key=kind.name,
            tools=tools,
            id_of=lambda item: item.id,
            empty=EmptyTexts(name=kind.words.title, text=kind.words.nothing_yet),
            lookups=lookups,
            search_hint=kind.words.search_hint,
        )
        self.actions_of_rows = RecordActions(
            self.row_actions(), self.table.selected, role, tools.guard, self
        )
        self._build()
        self._connect()
        follow_language(self, self._retranslate)

    # What a subclass declares

    def row_actions(self) -> Sequence[RecordAction[T]]:
        """What can be done with selected rows, in order."""
        return (self.edit_action(), *self.activity_actions(), self.delete_action())

    def editable(self, item: T) -> bool:  # noqa: ARG002 - for subclasses
        """Whether the person may change ``item`` at all."""
        return may(self._kind.operation("change"), self._role)

    def form_fields(self, item: T | None) -> Sequence[Field]:  # noqa: ARG002 - for subclasses
        """The fields of the form of ``item``, or of a new record."""
        return self._kind.fields

    def locked_fields(self, item: T) -> frozenset[str]:  # noqa: ARG002 - for subclasses
        """Fields of ``item`` that may not be changed by this person."""
        return frozenset()

    def locked_in_new(self) -> frozenset[str]:
        """Fields of a new record that this person may not fill in."""
        return frozenset()

    def protected(self, item: T) -> str:  # noqa: ARG002 - for subclasses
        """Why ``item`` may not be deactivated or deleted here (a message id); empty if it may."""
        return ""

    def new_values(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """What a new record begins with beside the fields' defaults, and the names of what these
        values refer to, by field key."""
        return {}, {}

    def open_item(self, item: T) -> None:
        """Enter or a double click on ``item``."""
        self.edit(item)

    def on_created(self, created: Created[T]) -> None:
        """A new record was made."""

    # Actions that all kinds have

    def edit_action(self) -> RecordAction[T]:
        """Open the form of one row."""
        return RecordAction(
            id="edit",
            operation=self._kind.operation("change"),
            label=N_("Edit"),
            icon="edit",
            run=lambda items: self.edit(items[0]),
            many=False,
            applies=self.editable,
            shortcut="F2",
        )

    def activity_actions(self) -> tuple[RecordAction[T], ...]:
        """Put aside and bring back: activate and deactivate, or what the kind has instead."""
        activity = self._kind.activity
        return (
            RecordAction(
                id=activity.start,
                operation=self._kind.operation(activity.start),
                label=activity.start_label,
                icon=activity.start_icon,
                run=self.batch.activate,
                applies=lambda item: not self._kind.is_active(item),
            ),
            RecordAction(
                id=activity.stop,
                operation=self._kind.operation(activity.stop),
                label=activity.stop_label,
                icon=activity.stop_icon,
                run=self.batch.ask_deactivate,
                applies=self._kind.is_active,
                refusal=self.protected,
            ),
        )

    def delete_action(self) -> RecordAction[T]:
        """Delete."""
        return RecordAction(
            id="delete",
            operation=self._kind.operation("delete"),
            label=N_("Delete"),
            icon="trash",
            run=self.batch.ask_delete,
            refusal=self.protected,
            shortcut="Delete",
        )

    # What the main window asks

    def activated(self) -> None:
        """Load what is missing or stale; the keyboard goes to the table."""
        if self._stale:
            self.refresh()
        self.table.focus_content()

    def refresh(self) -> None:
        """Load the page anew."""
        self._stale = False
        self.table.reload()

    def show_filtered(self, filters: Mapping[str, str]) -> None:
        """Show only what fits ``filters``."""
        self._stale = False
        self.table.set_filters(filters)

    @property
    def unsaved(self) -> bool:
        """Whether a form is open in which something was typed."""
        return any(dialog.unsaved for dialog in self._open_forms())

    def leave(self, proceed: Callable[[], None]) -> None:
        """Ask about the form that is open, if anything was typed in it."""
        forms = self._open_forms()
        if forms:
            forms[-1].leave(proceed)
        else:
            proceed()

    def offers(self) -> list[TabAction]:
        """The buttons at the page's head, and what can be done with the rows selected."""
        words = self._kind.words
        buttons = (
            (self.new_button, words.new, "plus", self.add, "Ctrl+N"),
            (self.import_button, N_("Import"), "import", self.start_import, ""),
            (self.export_button, N_("Export"), "export", self.start_export, ""),
        )
        head = [
            TabAction(name=_(name), english=name, icon=image, run=run, keys=keys)
            for button, name, image, run, keys in buttons
            if button.isVisibleTo(self) and button.isEnabled()
        ]
        return head + self.actions_of_rows.offers()

    # What the person does

    def add(self) -> None:
        """Open an empty form."""
        self._open(None)

    def add_like(self, values: Mapping[str, Any], labels: Mapping[str, str]) -> None:
        """Open a form that begins with ``values``; ``labels`` names what these refer to."""
        self._open(None, (values, labels))

    def edit(self, item: T) -> None:
        """Open the form of ``item`` as it is now, to be read where it may not be changed."""
        self._open(item)

    def start_import(self) -> None:
        """Open the import of files."""
        from desktop_app.ui.imports.import_dialog import ImportDialog

        dialog = ImportDialog(
            self._resource,
            self._imports if may("imports.undo", self._role) else None,
            self._kind.fields,
            self._kind.check,
            self._kind.words.import_title,
            self._tools,
            self,
        )
        dialog.open()

    def start_export(self) -> None:
        """Ask what to export of what the table shows."""
        page = self.table.page
        start_export(
            self,
            self.table.columns,
            self._resource.page,
            self.table.query,
            self._kind.name,
            self._tools,
            selected=self.table.selected(),
            total=page.total if page is not None else None,
            shown=[column.key for column in self.table.visible_columns()],
        )

    # Inside

    def _allows(self, verb: str) -> bool:
        """Whether this kind has the operation, and the person may use it."""
        operation = self._kind.operation(verb)
        return operation in OPERATIONS and may(operation, self._role)

    def _build(self) -> None:
        words = self._kind.words
        self.header = PageHeader(words.title, words.purpose)
        self.export_button, self.import_button = QPushButton(), QPushButton()
        self.new_button = QPushButton()
        self.new_button.setProperty("role", "primary")
        self.export_button.setIcon(icon("export"))
        self.import_button.setIcon(icon("import"))
        self.new_button.setIcon(icon("plus", "on_accent"))
        for button, verb in (
            (self.export_button, "list"),
            (self.import_button, self.import_verb),
            (self.new_button, self._kind.creation),
        ):
            button.setVisible(self._allows(verb))
            self.header.add_action(button)
        self.new_action = QAction(self)
        self.new_action.setShortcut(QKeySequence(QKeySequence.StandardKey.New))
        self.new_action.setVisible(self._allows(self._kind.creation))
        if self.new_action.isVisible():
            self.addAction(self.new_action)
        self.table.set_empty_action(self.new_action)
        for action_id, action in self.actions_of_rows.actions.items():
            self.table.add_action(action, in_bar=self.actions_of_rows.in_bar(action_id))
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(16)
        column.addWidget(self.header)
        column.addWidget(self.table, 1)

    def _connect(self) -> None:
        self.new_action.triggered.connect(self.add)
        self.new_button.clicked.connect(self.new_action.trigger)
        self.import_button.clicked.connect(self.start_import)
        self.export_button.clicked.connect(self.start_export)
        self.table.activated.connect(self.open_item)
        self.table.selection_changed.connect(self.actions_of_rows.refresh)
        self.table.loaded.connect(self._on_table_loaded)
        self._tools.changes.changed.connect(self._on_changed)
        unsubscribe = self._tools.guard.on_changed(self._on_guard_changed)
        self.destroyed.connect(unsubscribe)
        self._on_guard_changed()

    def _open(
        self, item: T | None, begin: tuple[Mapping[str, Any], Mapping[str, str]] | None = None
    ) -> None:
        words, kind = self._kind.words, self._kind
        editable = item is None or self.editable(item)
        name = kind.name_of(item) if item is not None else ""
        title = _(words.new_title) if item is None else _(words.edit_title).format(name=name)
        dialog = self.form_dialog(
            title if editable else name,
            self.form_fields(item),
            self._resource,
            tools=self._tools,
            lookups=self._lookups,
            check=kind.check,
            record=item,
            name=name,
            labels_of=kind.labels_of,
            locked=self.locked_fields(item) if item is not None else self.locked_in_new(),
            read_only=not editable,
            save_text=_(words.create) if item is None else _("Save changes"),
            parent=self,
        )
        dialog.created.connect(self._on_created)
        if item is None:
            dialog.begin_with(*(begin or self.new_values()))
        if item is not None:
            dialog.saved.connect(lambda: self._say(_("{name}: changes saved."), item))
        dialog.open()

    def _say(self, text: str, item: T) -> None:
        name = self._kind.name_of(item)
        self._tools.messages.post(Level.OK, text.format(name=name))

    def _open_forms(self) -> list[EditDialog[T]]:
        return [dialog for dialog in self.findChildren(EditDialog) if dialog.isVisible()]

    def _on_created(self, created: Created[T]) -> None:
        self._select_after_load = created.id
        self._say(_("{name} added."), created.item)
        self.on_created(created)

    def _on_table_loaded(self, _page: Page[Any]) -> None:
        if self._select_after_load and self.table.select_id(self._select_after_load):
            self._select_after_load = ""
        self.actions_of_rows.refresh()

    def _on_changed(self, change: Change) -> None:
        if change.resource not in self._watches:
            return
        if self.isVisible():
            self.refresh()
        else:
            self._stale = True

    def _on_guard_changed(self) -> None:
        reason = lock_reason(self._tools.guard)
        # An import may be prepared and checked while locked: only its last step writes.
        self.new_button.setEnabled(not reason)
        self.new_button.setToolTip(reason)
        self.new_action.setEnabled(not reason)
        self.actions_of_rows.refresh()

    def _retranslate(self) -> None:
        words = self._kind.words
        self.new_action.setText(_(words.new))
        self.new_button.setText(_(words.new))
        self.import_button.setText(_("Import"))
        self.export_button.setText(_("Export"))
        self._on_guard_changed()
