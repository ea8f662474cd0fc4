"""Editing one connection profile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.config.profiles import (
    ENVIRONMENT_LABELS,
    Environment,
    Profile,
    check_profile,
)
from desktop_app.core.language import _
from desktop_app.core.problems import Problem
from desktop_app.ui.profiles.fields import ENTRIES, PROXIES, Entry
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.theme.tokens import SPACE_1, SPACE_2
from desktop_app.ui.widgets.plain_text import plain_label

FIELD_WIDTH = 400


class ProfileEditor(QWidget):
    """Shows a profile and gives it back as edited; ``changed`` on every edit."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._profile: Profile | None = None
        self.lines: dict[str, QLineEdit] = {}
        self._problems: dict[str, QLabel] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(SPACE_1)
        self._add_entry(ENTRIES[0])
        self.environment = QComboBox()
        for environment in (Environment.STAGING, Environment.PRODUCTION, Environment.LOCAL):
            self.environment.addItem(_(ENVIRONMENT_LABELS[environment]), environment.value)
        self._add(_("Environment"), self.environment, key="environment")
        for entry in ENTRIES[1:]:
            self._add_entry(entry)
        self.verify = QCheckBox(_("Verify the server's certificate"))
        self.verify.setToolTip(_("Without this anyone on the way can read and change everything."))
        self.proxy, self.proxy_address = QComboBox(), QLineEdit()
        self.timeout = QDoubleSpinBox()
        self._build_rest()
        self._connect()

    def show_profile(self, profile: Profile) -> None:
        """Show ``profile`` to be edited; the local workspace can only be looked at."""
        self._profile = profile
        for key, line in self.lines.items():
            line.setText(str(getattr(profile, key) or ""))
        self.environment.setCurrentIndex(self.environment.findData(str(profile.environment)))
        self.verify.setChecked(profile.verify_tls)
        named = profile.proxy in ("system", "none")
        self.proxy.setCurrentIndex(self.proxy.findData(profile.proxy if named else ""))
        self.proxy_address.setText("" if named else profile.proxy)
        self.timeout.setValue(profile.connect_timeout_s)
        self.setEnabled(not profile.is_local)
        self._show_proxy()
        self.show_problems(())

    def profile(self) -> Profile:
        """The profile as edited; it may have problems."""
        assert self._profile is not None
        texts: dict[str, Any] = {key: line.text().strip() for key, line in self.lines.items()}
        for key in ("api_url", "mongo_uri", "ca_file"):
            texts[key] = texts[key] or None
        if texts["api_url"]:
            texts["api_url"] = texts["api_url"].rstrip("/")
        return replace(
            self._profile,
            **texts,
            environment=Environment(self.environment.currentData()),
            verify_tls=self.verify.isChecked(),
            proxy=self.proxy.currentData() or self.proxy_address.text().strip(),
            connect_timeout_s=self.timeout.value(),
        )

    @property
    def dirty(self) -> bool:
        """Whether something was changed."""
        return self._profile is not None and self.profile() != self._profile

    def check(self) -> bool:
        """Show what is wrong under the fields; True when nothing is."""
        problems = check_profile(self.profile())
        self.show_problems(problems)
        if problems and problems[0].field in self.lines:
            self.lines[problems[0].field].setFocus(Qt.FocusReason.OtherFocusReason)
        return not problems

    def show_problems(self, problems: tuple[Problem, ...]) -> None:
        """Show each problem under its field."""
        worded = {problem.field: problem.text() for problem in problems}
        for key, label in self._problems.items():
            label.setText(worded.get(key, ""))
            label.setVisible(key in worded)
            if key in self.lines:
                set_look(self.lines[key], "problem", key in worded)

    def _add_entry(self, entry: Entry) -> None:
        line = QLineEdit()
        line.setMaxLength(500)
        line.setPlaceholderText(entry.placeholder)
        self.lines[entry.key] = line
        line.textEdited.connect(lambda _text: self.changed.emit())
        field: QWidget = line
        if entry.picks_file:
            field = QWidget()
            row = QHBoxLayout(field)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(SPACE_2)
            pick = QPushButton(_("Choose…"))
            pick.clicked.connect(lambda: self._pick_file(line))
            row.addWidget(line, 1)
            row.addWidget(pick)
        self._add(_(entry.label), field, key=entry.key, focus=line, hint=_(entry.hint))

    def _add(
        self, text: str, field: QWidget, *, key: str, focus: QWidget | None = None, hint: str = ""
    ) -> None:
        label = plain_label(text)
        (focus or field).setAccessibleName(text)
        (focus or field).setAccessibleDescription(hint)
        label.setBuddy(focus or field)
        field.setMaximumWidth(FIELD_WIDTH)
        self._column.addWidget(label)
        self._column.addWidget(field)
        if hint:
            self._column.addWidget(plain_label(hint, role="caption"))
        problem = plain_label(role="problem")
        problem.setWordWrap(True)
        problem.hide()
        self._problems[key] = problem
        self._column.addWidget(problem)
        self._column.addSpacing(SPACE_2)

    def _build_rest(self) -> None:
        for value, text in PROXIES:
            self.proxy.addItem(_(text), value)
        self.proxy_address.setPlaceholderText("http://proxy.example.org:8080")
        self.proxy_address.setAccessibleName(_("Proxy address"))
        proxy = QWidget()
        row = QHBoxLayout(proxy)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SPACE_2)
        row.addWidget(self.proxy)
        row.addWidget(self.proxy_address, 1)
        self._column.addWidget(self.verify)
        self._column.addSpacing(SPACE_2)
        self._add(_("Proxy"), proxy, key="proxy", focus=self.proxy)
        self.timeout.setRange(0.5, 120)
        self.timeout.setDecimals(1)
        self.timeout.setSuffix(_(" s"))
        self.timeout.setFixedWidth(120)
        self._add(_("Longest wait for a connection"), self.timeout, key="connect_timeout_s")
        self._column.addStretch(1)

    def _connect(self) -> None:
        self.environment.activated.connect(lambda _index: self.changed.emit())
        self.verify.clicked.connect(lambda _on: self.changed.emit())
        self.proxy.activated.connect(self._on_proxy_activated)
        self.proxy_address.textEdited.connect(lambda _text: self.changed.emit())
        self.timeout.valueChanged.connect(lambda _value: self.changed.emit())

    def _on_proxy_activated(self) -> None:
        self._show_proxy()
        self.changed.emit()

    def _show_proxy(self) -> None:
        self.proxy_address.setVisible(self.proxy.currentData() == "")

    def _pick_file(self, line: QLineEdit) -> None:
        dialog = QFileDialog(self, _("Certificate file"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([_("Certificates (*.pem *.crt *.cer)"), _("All files (*)")])
        dialog.fileSelected.connect(line.setText)
        dialog.fileSelected.connect(lambda _path: self.changed.emit())
        dialog.open()
