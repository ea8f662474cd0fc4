"""What is run against which server, how much of it, and what it is held to."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import N_, _
from desktop_app.core.load.checking import check_model
from desktop_app.core.load.distribution import Distribution, new_code
from desktop_app.core.load.presets import PRESETS, Preset, preset
from desktop_app.services.loadtest.accounts import needs_accounts
from desktop_app.services.loadtest.desk import LoadOrder
from desktop_app.ui.loadtest.accounts_panel import AccountsPanel
from desktop_app.ui.loadtest.load_form import LoadForm
from desktop_app.ui.loadtest.permission_panel import PermissionPanel
from desktop_app.ui.loadtest.scenario_panel import ScenarioPanel
from desktop_app.ui.loadtest.target_line import TargetLine
from desktop_app.ui.loadtest.threshold_list import ThresholdList
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.status_chip import StatusChip
from desktop_app.ui.widgets.still_fields import StillFields

FIRST = "smoke"
_OWN = ""
_HEADINGS = {
    "scenario": N_("Scenario"),
    "accounts": N_("Sign-ins"),
    "load": N_("Load"),
    "thresholds": N_("Thresholds"),
}


_LEAST_OUTLINE, _MOST_OUTLINE = 184, 560


class PlanPage(QWidget):
    """``changed`` after each edit."""

    changed = Signal()

    def __init__(self, tools: TabTools, login_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ready = False
        self._code = new_code()
        self.target = TargetLine(tools)
        self.permission = PermissionPanel(tools.theme)
        self.scenario = ScenarioPanel(tools)
        self.accounts = AccountsPanel(tools, login_id)
        self.preset = QComboBox()
        self.preset.addItem("", _OWN)
        for one in PRESETS:
            self.preset.addItem("", one.id)
        self.purpose = plain_label(role="caption")
        self.purpose.setWordWrap(True)
        self.load = LoadForm(tools.theme)
        self.thresholds = ThresholdList()
        self.state = StatusChip(tools.theme)
        self._headings: dict[str, QLabel] = {key: plain_label(role="section") for key in _HEADINGS}
        StillFields(self, self.preset, self.scenario.picker)
        self._area, self._left = QScrollArea(), _column()
        self._build()
        self._connect()
        self.choose_preset(FIRST)
        follow_language(self, self._word)

    @property
    def order(self) -> LoadOrder | None:
        """What would be run; None without a scenario that can be."""
        scenario = self.scenario.scenario
        if scenario is None:
            return None
        return LoadOrder(
            scenario=scenario,
            model=self.load.model,
            thresholds=self.thresholds.thresholds,
            generators=self.load.generators.value(),
            accounts=self.accounts.accounts if needs_accounts(scenario) else (),
            host=self.permission.host if self.permission.asks_host else "",
            preset=self.preset.currentData(),
            distribution=self._distribution(),
        )

    def _distribution(self) -> Distribution | None:
        workers, address = self.load.workers.value(), self.load.join_address
        if not workers or address is None:
            return None
        host, port = address
        return Distribution(workers=workers, address=host, port=port, code=self._code)

    @property
    def missing(self) -> str:
        """What keeps the run from beginning, in words; "" for nothing."""
        scenario = self.scenario.scenario
        if not self._ready:
            return _("There is no server yet.")
        if scenario is None:
            return _("Choose a scenario that can be run.")
        if needs_accounts(scenario) and not self.accounts.accounts:
            return _("The scenario signs users in: give a password or a file of accounts.")
        if problems := check_model(self.load.model):
            return _("The load makes no sense: {why}").format(why=problems[0].text())
        if self.load.workers.value() and self.load.join_address is None:
            return _("Computers join at an address and a port: 127.0.0.1:5557.")
        if not self.thresholds.sound:
            return _("A threshold cannot be judged.")
        return self.permission.refusal(self.load.model)

    @property
    def may_rehearse(self) -> bool:
        """Whether one round can be tried."""
        scenario = self.scenario.scenario
        if not self._ready or scenario is None:
            return False
        return bool(self.accounts.accounts) or not needs_accounts(scenario)

    def show_ready(self, *, ready: bool) -> None:
        """Whether there is a server."""
        self._ready = ready
        self._show_state()

    def choose_preset(self, preset_id: str) -> None:
        """Put a preset's load and thresholds into the form."""
        chosen = preset(preset_id)
        self.load.show_model(chosen.model)
        self.thresholds.show_texts(chosen.thresholds)
        self._on_changed()

    def _on_preset(self) -> None:
        if (chosen := self.preset.currentData()) != _OWN:
            self.choose_preset(chosen)
        self._show_preset()

    def _on_changed(self) -> None:
        self._show_preset()
        scenario = self.scenario.scenario
        if scenario is not None:
            self.thresholds.show_steps([step.name for _flow, step in scenario.steps()])
        signs_in = scenario is not None and needs_accounts(scenario)
        self._headings["accounts"].setVisible(signs_in)
        self.accounts.setVisible(signs_in)
        self._fit_outline()
        self._show_state()
        self.changed.emit()

    def _show_preset(self) -> None:
        """Which preset the form is still as."""
        kept = next((one for one in PRESETS if self._is(one)), None)
        blocker = QSignalBlocker(self.preset)
        self.preset.setCurrentIndex(self.preset.findData(kept.id if kept is not None else _OWN))
        del blocker
        self.purpose.setText(_(kept.purpose) if kept is not None else _("Your own load."))

    def _is(self, one: Preset) -> bool:
        return one.model == self.load.model and one.thresholds == self.thresholds.texts

    def _show_state(self) -> None:
        if missing := self.missing:
            self.state.show_state(missing, "info", "muted")
        else:
            self.state.show_state(_("Ready to start"), "ok", "ok")

    def _build(self) -> None:
        left, right = self._left, _column()
        for key, part in (("scenario", self.scenario), ("accounts", self.accounts)):
            left.addWidget(self._headings[key])
            left.addWidget(part)
            left.addSpacing(8)
        left.addStretch(1)
        right.addWidget(self._headings["load"])
        right.addWidget(self.preset)
        right.addWidget(self.purpose)
        right.addWidget(self.load)
        right.addSpacing(8)
        right.addWidget(self._headings["thresholds"])
        right.addWidget(self.thresholds)
        right.addStretch(1)
        inside = QWidget()
        inside.setObjectName("scrolled")
        row = QHBoxLayout(inside)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(24)
        row.addLayout(left, 1)
        row.addLayout(right, 1)
        area = self._area
        area.viewport().installEventFilter(self)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # it follows what is in it
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(12)
        whole.addWidget(self.target)
        whole.addWidget(self.permission)
        whole.addWidget(area, 1)
        whole.addWidget(self.state)

    def _connect(self) -> None:
        self.preset.activated.connect(lambda _at: self._on_preset())
        for part in (self.load, self.thresholds, self.accounts, self.permission):
            part.changed.connect(self._on_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """More or less of the plan is in sight."""
        if event.type() is QEvent.Type.Resize:
            self._fit_outline()
        return super().eventFilter(watched, event)

    def _fit_outline(self) -> None:
        """The scenario's steps take what height the sign-ins below them leave."""
        outline = self.scenario.outline
        others = self._left.sizeHint().height() - outline.height()
        room = self._area.viewport().height() - others
        outline.setFixedHeight(min(max(room, _LEAST_OUTLINE), _MOST_OUTLINE))

    def show_scenario(self) -> None:
        """The scenario was changed."""
        self._on_changed()

    def _word(self) -> None:
        for key, label in self._headings.items():
            label.setText(_(_HEADINGS[key]))
        self.preset.setAccessibleName(_("Load to start with"))
        self.preset.setItemText(0, _("Own load"))
        for place, one in enumerate(PRESETS, 1):
            self.preset.setItemText(place, _(one.label))
        self._show_preset()
        self._show_state()


def _column() -> QVBoxLayout:
    column = QVBoxLayout()
    column.setSpacing(8)
    return column
