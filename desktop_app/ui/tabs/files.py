"""The tab of files: what is kept, what is on its way, and what is in it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_app.api.audit import Audit
from desktop_app.api.companies import Companies
from desktop_app.api.files import Files
from desktop_app.api.imports import Imports
from desktop_app.api.projects import Projects
from desktop_app.api.users import Users
from desktop_app.core.fields import check_fields
from desktop_app.core.files import FILE_FIELDS, StoredFile
from desktop_app.core.language import N_, NN_, _
from desktop_app.core.paging import PageQuery
from desktop_app.core.permissions import may
from desktop_app.core.problems import Problem
from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role
from desktop_app.services.downloading import Downloading
from desktop_app.services.upload_ledger import Begun, Order, UploadLedger
from desktop_app.services.uploading import Uploading
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.files.choosing import ask_files, ask_folder, ask_target, files_in, targets_in
from desktop_app.ui.files.columns import file_columns
from desktop_app.ui.files.drop_overlay import DropOverlay
from desktop_app.ui.files.transfer_list import TransferList
from desktop_app.ui.files.transfers import Transfers
from desktop_app.ui.records.actions import RecordAction
from desktop_app.ui.records.kind import RecordKind, RecordWords, counted
from desktop_app.ui.records.record_tab import RecordTab
from desktop_app.ui.tab import TabTools
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.lookups import RESULTS, Lookup, resource_lookup
from desktop_app.ui.widgets.plain_text import one_line


def _check(values: dict[str, Any], *, only: set[str] | None = None) -> tuple[Problem, ...]:
    return check_fields(FILE_FIELDS, values, only=only)


FILES: RecordKind[StoredFile] = RecordKind(
    name="files",
    fields=FILE_FIELDS,
    check=_check,
    name_of=lambda file: file.file_name,
    is_active=lambda _file: True,
    labels_of=lambda _flat: {},
    creation="upload",
    words=RecordWords(
        title=N_("Files"),
        purpose=N_("What companies handed in, and what the projects need; kept once, verified."),
        new=N_("Upload"),
        new_title=N_("Upload files"),
        edit_title=N_("Rename {name}"),
        create=N_("Upload"),
        import_title="",
        nothing_yet=N_("Upload the first files: press the button, or drop them here."),
        search_hint=N_("Search by file name"),
        deletions=NN_("Delete {n} file", "Delete {n} files"),
        deactivations=("", ""),
        activations=("", ""),
        deactivation_text="",
    ),
)

_OF_OTHERS = N_("This file belongs to another company: it can be read only.")
_DELETED = N_("They are gone for everyone who sees them there. This cannot be undone.")


class FilesTab(RecordTab[StoredFile]):
    """Lists files; uploads by button and by dropping, downloads, shows, tells who opened what."""

    def __init__(
        self,
        *,
        files: Files,
        audit: Audit,
        companies: Companies,
        projects: Projects,
        users: Users,
        imports: Imports,
        ledger: UploadLedger,
        role: Role,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        self._files, self._audit = files, audit
        self._downloading = Downloading(files)
        self._uploading = Uploading(files, ledger)
        self._recalled = False
        super().__init__(
            FILES,
            files,
            file_columns(tools.settings, staff=may("files.upload", role)),
            imports=imports,
            lookups={
                "companies": _company_lookup(companies),
                "projects": _project_lookup(projects),
                "users": resource_lookup(users, lambda user: f"{user.name} ({user.login_id})"),
            },
            role=role,
            tools=tools,
            parent=parent,
        )
        self.new_button.setIcon(icon("upload", "on_accent"))
        self.transfers = Transfers(self._uploading, self._downloading, tools, self)
        self.transfer_list = TransferList(self.transfers, tools)
        column = self.layout()
        assert isinstance(column, QVBoxLayout)
        column.insertWidget(1, self.transfer_list)
        self.overlay = DropOverlay(self)
        self.setAcceptDrops(may("files.upload", role))

    def row_actions(self) -> Sequence[RecordAction[StoredFile]]:
        """Look, save, rename, delete, and all that is known."""

        def action(
            id_: str,
            operation: str,
            label: str,
            image: str,
            run: Callable[..., object],
            **more: Any,
        ) -> RecordAction[StoredFile]:
            return RecordAction(
                id=id_, operation=operation, label=label, icon=image, run=run, write=False, **more
            )

        return (
            action(
                "preview",
                "files.download",
                N_("Preview"),
                "eye",
                lambda files: self.preview(files[0]),
                many=False,
            ),
            action("download", "files.download", N_("Download…"), "download", self.download),
            action(
                "details",
                "files.read",
                N_("Details"),
                "info",
                lambda files: self.show_details(files[0]),
                many=False,
                shortcut="Alt+Return",
            ),
            self._rename_action(),
            RecordAction(
                id="delete",
                operation="files.delete",
                label=N_("Delete"),
                icon="trash",
                run=self.ask_delete,
                refusal=self.protected,
                shortcut="Delete",
            ),
        )

    def protected(self, item: StoredFile) -> str:
        """A company does not change what others keep of it."""
        return "" if item.may_change else _OF_OTHERS

    def activated(self) -> None:
        """Load what is stale; the first time, recall what was begun and not finished."""
        super().activated()
        if not self._recalled and may("files.upload", self._role):
            self._recalled = True
            uploading = self._uploading

            def work(_context: TaskContext) -> tuple[Begun, ...]:
                return uploading.unfinished()

            self._tools.runner.start(
                work,
                owner=self,
                done=lambda found: self.transfers.remember([begun.order for begun in found]),
            )

    def open_item(self, item: StoredFile) -> None:
        """Enter or a double click looks at a file."""
        self.preview(item)

    # What the person does

    def add(self) -> None:
        """Choose files to upload."""
        ask_files(self, self._tools.state, self.offer)

    def offer(self, paths: Sequence[Path]) -> None:
        """Ask what these files belong to, and upload them then."""
        from desktop_app.ui.files.upload_dialog import UploadDialog

        if not paths:
            return
        filters = self.table.query.filters
        target = {k: filters[k] for k in ("company_id", "project_id") if filters.get(k)}
        bar = self.table.filter_bar
        dialog = UploadDialog(
            paths,
            lookups=self._lookups,
            target=target,
            labels={key: bar.value_text(key) for key in target},
            tools=self._tools,
            parent=self,
        )
        dialog.chosen.connect(self._on_chosen)
        dialog.open()

    def preview(self, file: StoredFile) -> None:
        """Look at a file without saving it."""
        from desktop_app.ui.files.preview_dialog import PreviewDialog

        dialog = PreviewDialog(
            file,
            self._downloading,
            self._tools,
            download=lambda: self.download((file,)),
            parent=self,
        )
        dialog.open()

    def download(self, files: tuple[StoredFile, ...]) -> None:
        """Ask where to, and save."""
        state = self._tools.state
        if len(files) == 1:
            [file] = files
            ask_target(self, state, file, lambda path: self.transfers.download(file, path))
            return

        def save_all(folder: Path) -> None:
            for file, target in zip(files, targets_in(folder, files), strict=True):
                self.transfers.download(file, target)

        ask_folder(self, state, save_all)

    def show_details(self, file: StoredFile) -> None:
        """All that is known of a file."""
        from desktop_app.ui.files.details_dialog import DetailsDialog

        audit = self._audit if may("audit.list", self._role) else None
        DetailsDialog(file, self._tools, audit=audit, parent=self).open()

    def ask_delete(self, files: tuple[StoredFile, ...]) -> None:
        """Ask, naming what the files belong to, then delete them."""
        title = counted(FILES.words.deletions, len(files))
        resource = self._files
        confirm(
            self,
            title=_("{action}?").format(action=title),
            text=_(_DELETED),
            lines=[_with_place(file) for file in files],
            action=title,
            danger=True,
            on_yes=lambda: self.batch.start(
                title, files, lambda file: resource.delete(file.id, version=file.version)
            ),
        )

    # Dropping

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome, unless the system is locked against changes."""
        if files_in(event.mimeData()) and not self._tools.guard.locked:
            self.overlay.cover()
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """They went elsewhere."""
        self.overlay.hide()
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Ask what they belong to."""
        self.overlay.hide()
        if paths := files_in(event.mimeData()):
            event.acceptProposedAction()
            self.offer(paths)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The overlay covers the whole tab."""
        super().resizeEvent(event)
        if self.overlay.isVisible():
            self.overlay.cover()

    # Inside

    def _on_chosen(self, orders: list[Order]) -> None:
        self.transfers.upload(orders)

    def _rename_action(self) -> RecordAction[StoredFile]:
        return RecordAction(
            id="edit",
            operation="files.change",
            label=N_("Rename"),
            icon="edit",
            run=lambda files: self.edit(files[0]),
            many=False,
            refusal=self.protected,
            shortcut="F2",
        )


def _with_place(file: StoredFile) -> str:
    places = [name for name in (file.project_name, file.company_name) if name]
    return one_line(" — ".join((file.file_name, *places)))


def _company_lookup(companies: Companies) -> Lookup:
    def look_up(text: str) -> list[tuple[str, str]]:
        page = companies.names(PageQuery(page_size=RESULTS, q=text))
        return [(company.id, company.name) for company in page.items]

    return look_up


def _project_lookup(projects: Projects) -> Lookup:
    def look_up(text: str) -> list[tuple[str, str]]:
        page = projects.page(PageQuery(page_size=RESULTS, q=text, sort="name"))
        return [(project.id, project.name) for project in page.items]

    return look_up
