"""Before applying: what it does, how long it takes, what cannot be undone, and the backup."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QButtonGroup, QRadioButton, QVBoxLayout, QWidget

from desktop_app.api.guard import WriteGuard
from desktop_app.config.profiles import Environment
from desktop_app.core.language import _, ngettext
from desktop_app.db.migrations.plan_data import Plan
from desktop_app.services.migrations import words
from desktop_app.services.migrations.desk import ApplyOrder
from desktop_app.ui.dialogs.confirm import listing
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.dialogs.lock_notice import LockNotice
from desktop_app.ui.migrations.folder_field import FolderField
from desktop_app.ui.migrations.plan_model import about
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.plain_text import plain_label


class ApplyDialog(DialogFrame):
    """``ordered`` gets the order once it is given; a production database needs a backup."""

    def __init__(
        self,
        plan: Plan,
        guard: WriteGuard,
        tools: TabTools,
        *,
        server: str,
        folder: str,
        ordered: Callable[[ApplyOrder], object],
        parent: QWidget | None = None,
    ) -> None:
        count = len(plan.pending)
        action = ngettext("Apply {n} step", "Apply {n} steps", count).format(n=count)
        super().__init__(action, parent, narrowest=560)
        self._plan, self._ordered, self._given = plan, ordered, False
        self.banner = Banner(tools.theme)
        self.content.addWidget(self.banner)
        stake = _(words.ENVIRONMENTS[plan.environment])
        text = _("“{database}” ({environment}) on {server}. Estimated time: {time}.").format(
            database=plan.database,
            environment=stake,
            server=server,
            time=about(plan.estimate_s),
        )
        self._add_words(text)
        lines = [
            f"{words.step_title(step.id)}: {words.what_a_step_does(step)}" for step in plan.pending
        ]
        self.content.addWidget(listing(lines, _("Steps")))
        self._add_warnings(plan, tools)
        self.new = QRadioButton(_("Back up first, into this new folder:"))
        self.existing = QRadioButton(_("There is a backup of the last 24 hours, in this folder:"))
        self.without = QRadioButton(_("Without a backup"))
        self.new_folder = FolderField(_("Folder for the backup"), tools.state, new=folder)
        self.existing_folder = FolderField(_("Folder of the backup"), tools.state)
        self._build_backup()
        if plan.environment == Environment.PRODUCTION:
            self.without.setText(_("Without a backup: not for production"))
            self.without.setEnabled(False)
        self.cancel_button = self.add_button(_("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        self.action_button = self.add_button(action, role="primary")
        self.action_button.clicked.connect(self.order)
        self.lock = LockNotice(self.banner, guard, self)
        self.lock.changed.connect(self._show)
        self.new.setChecked(True)
        self.action_button.setFocus()

    def order(self) -> None:
        """Give the order, once."""
        if self._given or self.lock.show():
            return
        made = ApplyOrder(
            backup_to=self.new_folder.path if self.new.isChecked() else None,
            backed_up=self.existing_folder.path if self.existing.isChecked() else None,
        )
        self._given = True
        if self.new.isChecked():
            self.new_folder.remember()
        self.accept()
        self._ordered(made)

    def _add_words(self, text: str) -> None:
        label = plain_label(text)
        label.setWordWrap(True)
        self.content.addWidget(label)

    def _add_warnings(self, plan: Plan, tools: TabTools) -> None:
        said = []
        lasting = [words.step_title(step.id) for step in plan.pending if not step.reversible]
        if lasting:
            text = _("Cannot be undone except from a backup: {steps}.")
            said.append(text.format(steps=", ".join(lasting)))
        if plan.violations:
            text = _("{documents} will still violate their validator: they stay as they are.")
            said.append(text.format(documents=words.documents(plan.violations)))
        if plan.uncounted:
            said.append(_("Not everything was counted: duplicates may yet stop it."))
        if said:
            warning = Banner(tools.theme)
            warning.tell("\n".join(said), tone="warning", closable=False)
            self.content.addWidget(warning)

    def _build_backup(self) -> None:
        which = QButtonGroup(self)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(plain_label(_("Backup"), role="strong"))
        rows: tuple[tuple[QRadioButton, FolderField | None], ...] = (
            (self.new, self.new_folder),
            (self.existing, self.existing_folder),
            (self.without, None),
        )
        for button, field in rows:
            which.addButton(button)
            column.addWidget(button)
            button.toggled.connect(lambda _on: self._show())
            if field is not None:
                field.setContentsMargins(24, 0, 0, 0)
                field.changed.connect(self._show)
                column.addWidget(field)
        self.content.addLayout(column)
        self.content.addStretch(1)

    def _show(self) -> None:
        self.new_folder.setEnabled(self.new.isChecked())
        self.existing_folder.setEnabled(self.existing.isChecked())
        locked = self.lock.show()
        field = self.new_folder if self.new.isChecked() else self.existing_folder
        named = self.without.isChecked() or field.path is not None
        self.action_button.setEnabled(named and not locked)
