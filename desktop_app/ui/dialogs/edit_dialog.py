"""Creating and editing one entry: refusals, conflicts and failures all keep what was typed."""

from __future__ import annotations

import dataclasses
import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from desktop_app.api.resource import Created, Resource
from desktop_app.core.documents import flatten
from desktop_app.core.errors import Conflict, ConsoleError, NotFound, Rejected
from desktop_app.core.fields import Field, Kind
from desktop_app.core.language import _
from desktop_app.core.merge import Merge, three_way
from desktop_app.core.tasks import TaskContext
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.dialogs.conflict_dialog import ConflictDialog, SideLabels
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.dialogs.lock_notice import LockNotice
from desktop_app.ui.forms.form import Check, Form
from desktop_app.ui.forms.moment_editor import moment_text
from desktop_app.ui.tab import TabTools
from desktop_app.ui.times import local_time
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.lookups import Lookup
from desktop_app.ui.widgets.search_field import commit_composition


class Record(Protocol):
    """What every document of the API carries."""

    @property
    def id(self) -> str:
        """Its id."""

    @property
    def version(self) -> int:
        """The version that a change must name."""


T = TypeVar("T", bound=Record)
LabelsOf = Callable[[Mapping[str, Any]], Mapping[str, str]]
"""Takes a document's flat values; returns the names of the entries it refers to, by field key."""


class EditDialog(DialogFrame, Generic[T]):
    """A form for one entry of ``resource``; without ``record`` it makes a new one.

    ``saved`` carries the id, ``created`` the server's ``Created``. ``locked`` names fields that
    may not be changed here, ``read_only`` locks all.
    """

    saved = Signal(str)
    created = Signal(object)

    def __init__(
        self,
        title: str,
        fields: Sequence[Field],
        resource: Resource[T],
        *,
        tools: TabTools,
        lookups: Mapping[str, Lookup],
        check: Check,
        record: T | None = None,
        name: str = "",
        labels_of: LabelsOf = lambda _flat: {},
        locked: frozenset[str] = frozenset(),
        read_only: bool = False,
        save_text: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(title, parent)
        self._tools, self._resource, self._fields = tools, resource, tuple(fields)
        self._name, self._labels_of, self._read_only = name, labels_of, read_only
        self._record = record
        self._base: dict[str, Any] = {}
        self._base_labels: Mapping[str, str] = {}
        self._version = 0
        self._saving = False
        self._attempt = uuid.uuid4()
        self.banner = Banner(tools.theme)
        self.form = self.build_form(lookups, check)
        self.content.addWidget(self.banner)
        self.content.addWidget(self.form)
        self.content.addStretch(1)
        self.cancel_button = self.add_button(_("Close") if read_only else _("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.save_button = self.add_button(save_text or _("Save"), role="primary")
        self.save_button.clicked.connect(self.save)
        self.save_button.setVisible(not read_only)
        for keys in ("Ctrl+S", "Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.save)
        if record is not None:
            flat = flatten(dataclasses.asdict(record))  # type: ignore[call-overload]
            self._rebase(flat, record.version)
            locked = locked | {field.key for field in fields if field.fixed}
        self._fixed = locked
        self.lock = LockNotice(self.banner, tools.guard, self)
        self.lock.changed.connect(self._on_lock_changed)
        self._on_lock_changed()

    def build_form(self, lookups: Mapping[str, Lookup], check: Check) -> Form:
        """The form, which is not shown yet."""
        return Form(self._fields, lookups=lookups, tools=self._tools, check=check)

    # What the person does

    def save(self) -> None:
        """Check and send; a second call while it is under way does nothing."""
        if self._saving or self._read_only:
            return
        commit_composition()
        if not self.form.validate():
            return
        if self.lock.show():
            return
        if self._record is None:
            values = {k: v for k, v in self.form.values().items() if v is not None}
            self._send(lambda: self._resource.add(values, idempotency_key=self._key(values)))
            return
        changes = self.form.changes()
        if not changes:
            self.accept()
            return
        self._send_change(changes, self._version)

    def begin_with(self, values: Mapping[str, Any], labels: Mapping[str, str]) -> None:
        """Let a new entry begin with ``values``, which are not lost work if it is closed."""
        if values:
            self.form.set_values({**self.form.values(), **values}, labels)

    def reject(self) -> None:
        """Close; ask first when something typed would be lost, and not at all while saving."""
        self.leave(lambda: None)

    @property
    def unsaved(self) -> bool:
        """Whether closing now would lose something typed, or an answer on its way."""
        return self._saving or (not self._read_only and self.form.dirty)

    def leave(self, proceed: Callable[[], object]) -> None:
        """Close and ``proceed``; ask first when something typed would be lost, wait when saving."""
        if self._saving:
            return
        if not self.unsaved:
            self.done(0)
            proceed()
            return

        def discard() -> None:
            self.done(0)
            proceed()

        confirm(
            self,
            title=_("Discard your changes?"),
            text=_("What you typed has not been saved."),
            action=_("Discard changes"),
            cancel=_("Keep editing"),
            danger=True,
            on_yes=discard,
        )

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window's close button asks as Esc does."""
        event.ignore()
        self.reject()

    def _on_lock_changed(self) -> None:
        """Nothing can be typed that could not be saved; what is typed already stays."""
        if self._read_only:
            self.form.set_read_only(None)
            return
        locked = self.lock.show()
        if not self.form.dirty:
            self.form.set_read_only(None if locked else self._fixed)
        self.save_button.setEnabled(not locked and not self._saving)
        if not locked:
            self.form.focus_first()

    # Sending

    def _send_change(self, changes: Mapping[str, Any], version: int) -> None:
        record_id = self._record_id()
        self._send(lambda: self._resource.change(record_id, changes, version=version))

    def _send(self, request: Callable[[], Created[T] | T]) -> None:
        def work(_context: TaskContext) -> Created[T] | T:
            return request()

        self._set_saving(True)
        self.banner.hide()
        self._tools.runner.start(
            work, owner=self, done=self._on_saved, failed=self._on_failed, keep=True
        )

    def _key(self, values: Mapping[str, Any]) -> str:
        # The same content again is the same request; changed content is another.
        content = json.dumps(values, sort_keys=True, default=str)
        return str(uuid.uuid5(self._attempt, content))

    def _set_saving(self, saving: bool) -> None:
        self._saving = saving
        focused = self.focusWidget()
        self.form.setEnabled(not saving)
        self.save_button.setEnabled(not saving and not self.lock.locked)
        self.cancel_button.setEnabled(not saving)
        if saving:
            self._focused, self._save_text = focused, self.save_button.text()
            self.save_button.setText(_("Saving…"))
        else:
            self.save_button.setText(self._save_text)
            if self._focused is not None and isValid(self._focused):
                self._focused.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_saved(self, answer: Created[T] | T) -> None:
        self._set_saving(False)
        self._tools.changes.tell(Change(self._resource.name, frozenset({answer.id})))
        if isinstance(answer, Created):
            self.created.emit(answer)
        self.saved.emit(answer.id)
        self.accept()

    def _on_failed(self, error: Exception) -> None:
        self._set_saving(False)
        if isinstance(error, Conflict):
            self._on_conflict(error.current)
        elif isinstance(error, Rejected):
            self.form.show_problems(error.problems)
            if not error.problems:
                self.banner.tell(str(error), tone="danger")
        elif isinstance(error, NotFound):
            self.banner.tell(
                _("Someone deleted this entry in the meantime. What you typed is still here."),
                tone="danger",
            )
        elif isinstance(error, ConsoleError):
            self.banner.tell(
                _("{problem} What you typed is still here.").format(problem=error), tone="danger"
            )
        else:
            self._tools.messages.post_error(error, doing=self.windowTitle())

    # Conflicts

    def _on_conflict(self, current: Mapping[str, Any]) -> None:
        theirs = _comparable(self._fields, flatten(current))
        keys = [field.key for field in self._fields]
        merge = three_way(self._base, self.form.values(), theirs, keys)
        labels = SideLabels(
            base={**self._base_labels, **self._moments(self._base)},
            mine={
                **{key: self.form.label_of(key) for key in keys},
                **self._moments(self.form.values()),
            },
            theirs={**self._labels_of(theirs), **self._moments(theirs)},
        )
        self.conflict = ConflictDialog(self._name, merge, self._fields, labels, self)
        self.conflict.resolved.connect(
            lambda choices: self._on_resolved(merge, theirs, labels, choices)
        )
        self.conflict.open()

    def _on_resolved(
        self,
        merge: Merge,
        theirs: Mapping[str, Any],
        labels: SideLabels,
        choices: Mapping[str, str],
    ) -> None:
        merged, changes = merge.resolved(choices), merge.changes(choices)
        self._rebase(theirs, int(theirs["version"]))
        names = {key: labels.mine.get(key, "") for key in changes if labels.mine.get(key)}
        self.form.put({key: merged[key] for key in changes}, names)
        if changes:
            self.save()
        else:
            self._leave_theirs()

    def _leave_theirs(self) -> None:
        """Nothing of one's own is left to save: close, as what they saved is news here."""
        self._tools.changes.tell(Change(self._resource.name, frozenset({self._record_id()})))
        self.saved.emit(self._record_id())
        self.accept()

    def _moments(self, flat: Mapping[str, Any]) -> dict[str, str]:
        """The moments among ``flat`` as the person reads them."""
        return {
            field.key: local_time(datetime.fromisoformat(flat[field.key]), self._tools.settings)
            for field in self._fields
            if field.kind is Kind.DATETIME and flat.get(field.key)
        }

    def _rebase(self, flat: Mapping[str, Any], version: int) -> None:
        self._version = version
        comparable = _comparable(self._fields, flat)
        self._base = {field.key: comparable.get(field.key) for field in self._fields}
        self._base_labels = self._labels_of(flat)
        self.form.set_values(self._base, self._base_labels)

    def _record_id(self) -> str:
        assert self._record is not None
        return self._record.id


def _comparable(fields: Sequence[Field], flat: Mapping[str, Any]) -> dict[str, Any]:
    """``flat`` with its moments written as the form writes them."""
    moments = {field.key for field in fields if field.kind is Kind.DATETIME}
    return {key: moment_text(v) if key in moments else v for key, v in flat.items()}
