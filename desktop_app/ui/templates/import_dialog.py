"""Importing templates: a file, what it holds, what is wrong with it, and for which company."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableView,
    QWidget,
)

from desktop_app.api.templates import Templates
from desktop_app.core.errors import Cancelled, ConsoleError, Rejected
from desktop_app.core.language import _, ngettext
from desktop_app.core.tasks import TaskContext
from desktop_app.services.template_files import TEMPLATE_KEYS, FoundTemplate, read_templates
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import listing
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.dialogs.lock_notice import LockNotice
from desktop_app.ui.forms.form import Form
from desktop_app.ui.messages import Level
from desktop_app.ui.records.batch import Outcome, run_batch
from desktop_app.ui.tab import TabTools
from desktop_app.ui.templates.file_choice import FORMATS, ask_open
from desktop_app.ui.templates.found_model import COUNT, NAME, Entry, FoundModel, State
from desktop_app.ui.templates.words import TEMPLATE_FIELD
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.lookups import Lookup
from desktop_app.ui.widgets.plain_text import plain_label

Values = Mapping[str, Any]
_SIZE = (760, 560)
_DETAIL_HEIGHT = 120


@dataclass(slots=True)
class _Request:
    """A template on its way to the server; ``made`` is its id once it is there."""

    entry: Entry
    values: dict[str, Any]
    key: str
    made: str = ""


class TemplateImportDialog(DialogFrame):
    """Reads a file, lists its templates, creates those that are ticked.

    ``company`` is the id and the name of the one they must belong to, None where that is chosen
    here. ``edit`` opens the form of a new template with the values of one that has problems.
    """

    def __init__(
        self,
        templates: Templates,
        lookups: Mapping[str, Lookup],
        tools: TabTools,
        *,
        company: tuple[str, str] | None,
        edit: Callable[[Values, Mapping[str, str]], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Import templates"), parent)
        self._templates, self._tools, self._edit = templates, tools, edit
        self._company, self._path = company, Path()
        self._attempt = uuid.uuid4()
        self._busy = False
        self.setAcceptDrops(True)
        self.resize(*_SIZE)
        self.banner = Banner(tools.theme)
        self.model = FoundModel(tools.theme, self)
        self.model.changed.connect(self._show_state)
        self.table = self._build_table()
        self.company = Form([TEMPLATE_FIELD["company_id"]], lookups=lookups, tools=tools, columns=1)
        if company is not None:
            self.company.set_values({"company_id": company[0]}, {"company_id": company[1]})
            self.company.set_read_only(None)
        self._build()
        self.lock = LockNotice(self.banner, tools.guard, self)
        self.lock.changed.connect(self._show_state)
        self.lock.show()
        self._show_state()

    # What the person does

    def open_file(self, path: Path) -> None:
        """Read ``path`` and list its templates."""

        def work(context: TaskContext) -> tuple[FoundTemplate, ...]:
            return read_templates(path, context)

        def done(found: tuple[FoundTemplate, ...]) -> None:
            self._busy, self._path = False, path
            self._attempt = uuid.uuid4()
            self.model.show(found)
            self._file_label.setText(path.name)
            self.table.setCurrentIndex(self.model.index(0, NAME))
            self.table.setFocus(Qt.FocusReason.OtherFocusReason)

        def failed(error: Exception) -> None:
            self._busy = False
            self._show_state()
            if isinstance(error, ConsoleError):
                self.banner.tell(str(error), tone="danger")
            elif not isinstance(error, Cancelled):
                self._tools.messages.post_error(error, doing=self.windowTitle())

        self.banner.hide()
        self._busy = True
        self._show_state()
        self._tools.runner.start(work, owner=self, done=done, failed=failed)

    def create_templates(self) -> None:
        """Create the templates that are ticked, one after the other."""
        wanted = self.model.wanted()
        if self._busy or not wanted or self.lock.show() or not self.company.validate():
            return
        company_id = self.company.values()["company_id"]
        requests = [self._request(entry, company_id) for entry in wanted]
        templates = self._templates

        def create(request: _Request) -> None:
            request.made = templates.create(request.values, idempotency_key=request.key)

        def work(context: TaskContext) -> Outcome[_Request]:
            return run_batch(requests, create, lambda request: request.entry.found.name, context)

        self._busy = True
        self._show_state()
        self._tools.runner.start(
            work,
            owner=self,
            done=self._on_created,
            failed=self._on_failed,
            title=_("Import templates"),
            keep=True,
        )

    def edit_current(self) -> None:
        """Open the form of a new template that begins with what was read, to be corrected."""
        entry = self._current()
        if entry is None or self._busy:
            return
        values = {**entry.found.values, **self.company.values()}
        values["criteria"] = [c for c in values["criteria"] if isinstance(c, Mapping)]
        labels = {"company_id": self.company.label_of("company_id")}
        self.accept()
        self._edit(values, labels)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """One file of a kind that can be read is welcome."""
        urls = event.mimeData().urls()
        suffixes = {suffix for suffix, _label in FORMATS}
        if len(urls) == 1 and Path(urls[0].toLocalFile()).suffix.lower().lstrip(".") in suffixes:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Read the file."""
        event.acceptProposedAction()
        self.open_file(Path(event.mimeData().urls()[0].toLocalFile()))

    def reject(self) -> None:
        """Close, but not while templates are being created."""
        if not self._busy:
            super().reject()

    # Inside

    def _request(self, entry: Entry, company_id: str | None) -> _Request:
        found = {key: entry.found.values.get(key) for key in (*TEMPLATE_KEYS, "criteria")}
        values = {k: v for k, v in {**found, "company_id": company_id}.items() if v is not None}
        place = self.model.entries.index(entry)
        content = json.dumps([place, values], sort_keys=True, default=str)
        # The same content again is the same request: a cut connection cannot make two.
        return _Request(entry, values, str(uuid.uuid5(self._attempt, content)))

    def _on_created(self, outcome: Outcome[_Request]) -> None:
        self._busy = False
        for request in outcome.done:
            request.entry.state, request.entry.wanted, request.entry.said = State.CREATED, False, ""
        for request, error in outcome.failed:
            problems = error.problems if isinstance(error, Rejected) else ()
            said = " ".join(problem.text() for problem in problems)
            request.entry.state, request.entry.said = State.FAILED, said or str(error)
            # What the server refused is refused again; what it did not get may be sent once more.
            request.entry.wanted = not problems
        if outcome.done:
            ids = frozenset(request.made for request in outcome.done)
            self._tools.changes.tell(Change("templates", ids))
            count = len(ids)
            text = ngettext("{n} template imported.", "{n} templates imported.", count)
            self._tools.messages.post(Level.OK, text.format(n=count))
        self.model.redraw()
        self._show_entry()
        if not outcome.failed and not outcome.untried:
            self.accept()

    def _on_failed(self, error: Exception) -> None:
        self._busy = False
        self._show_state()
        if not isinstance(error, Cancelled):
            self._tools.messages.post_error(error, doing=self.windowTitle())

    def _current(self) -> Entry | None:
        row = self.table.currentIndex().row()
        return self.model.entries[row] if 0 <= row < len(self.model.entries) else None

    def _build(self) -> None:
        self.choose_button = QPushButton(_("Choose file…"))
        self.choose_button.setIcon(icon("folder"))
        self.choose_button.clicked.connect(
            lambda: ask_open(self, self._tools.state, self.open_file)
        )
        self._file_label = plain_label(
            _("or drop a file here: xlsx or json, as exported or with headings of your own"),
            role="muted",
        )
        self._file_label.setWordWrap(True)
        place = QFrame()
        place.setProperty("role", "surface")
        top = QHBoxLayout(place)
        top.setContentsMargins(16, 16, 16, 16)
        top.setSpacing(12)
        top.addWidget(self.choose_button)
        top.addWidget(self._file_label, 1)
        self.details = listing([], _("Problems"))
        self.details.setFixedHeight(_DETAIL_HEIGHT)
        self.content.addWidget(self.banner)
        self.content.addWidget(place)
        self.content.addWidget(self.table, 1)
        self.content.addWidget(self.details)
        self.content.addWidget(self.company)
        self._room = QWidget()
        self.content.addWidget(self._room, 1)
        self.edit_button = self.add_button(_("Open in the editor"), first=True)
        self.edit_button.clicked.connect(self.edit_current)
        self.cancel_button = self.add_button(_("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.create_button = self.add_button("", role="primary")
        self.create_button.clicked.connect(self.create_templates)

    def _build_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName(_("Templates in the file"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeading | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(COUNT, 80)
        header.setStretchLastSection(False)
        table.selectionModel().currentRowChanged.connect(self._on_current_changed)
        return table

    def _on_current_changed(self, _current: QModelIndex, _previous: QModelIndex) -> None:
        self._show_entry()

    def _show_entry(self) -> None:
        entry = self._current()
        lines = entry.lines() if entry is not None else []
        self.details.setPlainText("\n".join(lines))
        self.details.setVisible(bool(lines))
        self._show_state()

    def _show_state(self) -> None:
        count, entry = len(self.model.wanted()), self._current()
        locked = self.lock.locked if hasattr(self, "lock") else False
        some = bool(self.model.entries)
        self.table.setVisible(some)
        self._room.setVisible(not some)
        self.company.setVisible(some)
        self.company.setEnabled(not self._busy)
        self.choose_button.setEnabled(not self._busy)
        self.cancel_button.setEnabled(not self._busy)
        text = ngettext("Create {n} template", "Create {n} templates", count or 1)
        self.create_button.setText(text.format(n=count) if count else _("Create templates"))
        self.create_button.setEnabled(bool(count) and not self._busy and not locked)
        self.edit_button.setVisible(some)
        editable = entry is not None and entry.state is not State.CREATED
        self.edit_button.setEnabled(editable and not self._busy and not locked)
        if not some:
            self.details.hide()
