"""All connections: add, edit, copy, remove, examine."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QFrame,
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.config.profiles import ENVIRONMENT_LABELS, Environment, Profile, Profiles
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import _
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.profiles.editor import ProfileEditor
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import set_role
from desktop_app.ui.theme.tokens import SPACE_2, SPACE_4, SPACE_6
from desktop_app.ui.widgets.plain_text import one_line, plain_label


class ProfilesDialog(QDialog):
    """Edits ``profiles``; deletes itself when closed.

    ``saved`` carries the id of a profile saved or "" after a removal; ``doctor_asked`` the profile
    to examine, as it is on screen.
    """

    saved = Signal(str)
    doctor_asked = Signal(object)

    def __init__(self, profiles: Profiles, current: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(_("Connections"))
        self._profiles = profiles
        self._shown: Profile | None = None
        self.list = QListWidget()
        self.list.setAccessibleName(_("Connections"))
        self.editor = ProfileEditor()
        self.problem = plain_label(role="problem")
        self.problem.setWordWrap(True)
        self.local_note = plain_label(
            _("The local workspace needs no settings: the console runs it on this computer."),
            role="muted",
        )
        self.local_note.setWordWrap(True)
        self.add, self.copy, self.remove = (
            QPushButton(icon(name), text)
            for name, text in (("plus", _("New")), ("copy", _("Copy")), ("trash", _("Remove")))
        )
        self.doctor = QPushButton(icon("doctor"), _("Connection doctor…"))
        self.save_button, self.close_button = (
            QPushButton(_("Save connection")),
            QPushButton(_("Close")),
        )
        set_role(self.save_button, "primary")
        self.save_button.setDefault(True)
        self._build()
        self._connect()
        self._fill(current)
        self.resize(820, 640)

    def reject(self) -> None:
        """Close; ask first when something was typed."""
        self._leave(super().reject)

    def save(self) -> bool:
        """Keep what was edited; False when something is wrong with it."""
        if not self.editor.check():
            return False
        profile = self.editor.profile()
        try:
            self._profiles.save(profile)
        except LocalFailure as failure:
            self.problem.setText(str(failure))
            return False
        self._fill(profile.id)
        self.saved.emit(profile.id)
        return True

    def _build(self) -> None:
        self.list.setFixedWidth(288)
        left = QVBoxLayout()
        left.setSpacing(SPACE_2)
        left.addWidget(self.list, 1)
        buttons = QHBoxLayout()
        buttons.setSpacing(SPACE_2)
        for button in (self.add, self.copy, self.remove):
            buttons.addWidget(button)
        left.addLayout(buttons)
        content = QWidget()
        content.setObjectName("scrolled")
        form = QVBoxLayout(content)
        form.setContentsMargins(0, 0, SPACE_2, 0)
        form.addWidget(self.local_note)
        form.addWidget(self.editor)
        form.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(content)
        right = QVBoxLayout()
        right.setSpacing(SPACE_2)
        right.addWidget(area, 1)
        right.addWidget(self.problem)
        body = QHBoxLayout()
        body.setSpacing(SPACE_6)
        body.addLayout(left, 0)
        body.addLayout(right, 1)
        bottom = QHBoxLayout()
        bottom.setSpacing(SPACE_2)
        bottom.addWidget(self.doctor)
        bottom.addStretch(1)
        for button in (self.close_button, self.save_button):
            bottom.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(SPACE_6, SPACE_6, SPACE_6, SPACE_4)
        column.setSpacing(SPACE_4)
        column.addLayout(body, 1)
        column.addLayout(bottom)

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(self._on_current_changed)
        self.editor.changed.connect(self._on_edited)
        self.add.clicked.connect(self._on_add_clicked)
        self.copy.clicked.connect(self._on_copy_clicked)
        self.remove.clicked.connect(self._on_remove_clicked)
        self.save_button.clicked.connect(self.save)
        for keys in ("Ctrl+S", "Ctrl+Return", "Ctrl+Enter"):
            QShortcut(QKeySequence(keys), self, self.save_button.click)
        self.close_button.clicked.connect(self.reject)
        self.doctor.clicked.connect(self._on_doctor_clicked)

    def _fill(self, current: str) -> None:
        with QSignalBlocker(self.list):
            self.list.clear()
            for profile in self._profiles.all():
                name = _(profile.name) if profile.is_local else profile.name
                item = QListWidgetItem(
                    icon("pin", str(profile.environment)),
                    f"{one_line(name)} · {_(ENVIRONMENT_LABELS[profile.environment])}",
                )
                item.setData(Qt.ItemDataRole.UserRole, profile.id)
                self.list.addItem(item)
                if profile.id == current:
                    self.list.setCurrentItem(item)
        if self.list.currentItem() is None:
            self.list.setCurrentRow(0)
        else:
            self._show(self._profiles.get(current))

    def _show(self, profile: Profile) -> None:
        self._shown = profile
        self.problem.clear()
        self.editor.show_profile(profile)
        self.editor.setVisible(not profile.is_local)
        self.local_note.setVisible(profile.is_local)
        self.remove.setEnabled(not profile.is_local and bool(profile.api_url))
        self.copy.setEnabled(not profile.is_local)
        self._on_edited()

    def _on_edited(self) -> None:
        self.save_button.setEnabled(self.editor.dirty)

    def _on_current_changed(
        self, item: QListWidgetItem | None, before: QListWidgetItem | None
    ) -> None:
        if item is None:
            return
        wanted = str(item.data(Qt.ItemDataRole.UserRole))
        if self.editor.dirty:
            # Stay on the old one until the person has decided.
            with QSignalBlocker(self.list):
                if before is not None:
                    self.list.setCurrentItem(before)
        self._leave(lambda: self._fill(wanted))

    def _on_add_clicked(self) -> None:
        new = Profile(id=uuid.uuid4().hex, name="", environment=Environment.STAGING)
        self._leave(lambda: self._begin(new))

    def _on_copy_clicked(self) -> None:
        copied = self.editor.profile()
        name = _("Copy of {name}").format(name=copied.name)
        self._leave(lambda: self._begin(replace(copied, id=uuid.uuid4().hex, name=name)))

    def _begin(self, profile: Profile) -> None:
        with QSignalBlocker(self.list):
            self.list.setCurrentRow(-1)
        self._show(profile)
        self.save_button.setEnabled(True)
        self.editor.lines["name"].setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_remove_clicked(self) -> None:
        profile = self._shown
        if profile is None or profile.is_local:
            return

        def remove() -> None:
            try:
                self._profiles.remove(profile.id)
            except LocalFailure as failure:
                self.problem.setText(str(failure))
                return
            self._fill("local")
            self.saved.emit("")

        confirm(
            self,
            title=_("Remove this connection?"),
            text=_(
                "“{name}” is forgotten on this computer. The platform itself is untouched."
            ).format(name=one_line(profile.name)),
            action=_("Remove connection"),
            on_yes=remove,
            danger=True,
        )

    def _on_doctor_clicked(self) -> None:
        if self._shown is not None and (self._shown.is_local or self.editor.check()):
            shown = self._shown if self._shown.is_local else self.editor.profile()
            self.doctor_asked.emit(shown)

    def _leave(self, proceed: Callable[[], object]) -> None:
        if not self.editor.dirty:
            proceed()
            return

        def discard() -> None:
            assert self._shown is not None
            self.editor.show_profile(self._shown)
            proceed()

        confirm(
            self,
            title=_("Discard what you changed?"),
            text=_("The changes to this connection are not saved."),
            action=_("Discard changes"),
            on_yes=discard,
            danger=True,
            cancel=_("Go on editing"),
        )
