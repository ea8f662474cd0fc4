"""Which server is tried, what is known of it, and what earlier runs found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import N_, _
from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.validation.suites import Suite
from desktop_app.services.validation import words
from desktop_app.services.validation.evidence import milliseconds
from desktop_app.services.validation.runs import RunHead
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.validation.run_columns import run_columns
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.elided_label import ElidedLabel
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.first_focus import FirstFocus
from desktop_app.ui.widgets.plain_text import one_line, plain_label
from desktop_app.ui.widgets.status_chip import StatusChip

_FACTS = (
    ("server", N_("Server")),
    ("contract", N_("Contract")),
    ("http", N_("Protocol")),
    ("tls", N_("Encryption")),
    ("network", N_("Round trip")),
)


class TargetPage(QWidget):
    """``look_asked`` to ask the server what it is; ``open_asked`` carries a run's id,

    ``compare_asked`` the ids of an earlier and a later one; ``evidence_asked`` when what was
    answered is to be seen.
    """

    look_asked = Signal()
    open_asked = Signal(str)
    compare_asked = Signal(str, str)
    evidence_asked = Signal()

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = self._url = ""
        self._environment = "local"
        self._suites: dict[str, Suite] = {}
        self._looked: ValidationReport | None = None
        self._looking = False
        self.environment = plain_label()
        self.name = plain_label(role="strong")
        self.address = ElidedLabel(role="muted")
        self.state = StatusChip(tools.theme)
        self.look_button, self.evidence_button = QPushButton(), QPushButton()
        self.look_button.clicked.connect(self.look_asked)
        self.evidence_button.clicked.connect(self.evidence_asked)
        self.facts: dict[str, tuple[QLabel, ElidedLabel]] = {}
        self.problem = Banner(tools.theme)
        self._heading = plain_label(role="section")
        self.runs: FigureTable[RunHead] = FigureTable(
            run_columns(tools.settings, self._suite), lambda head: head.run_id, tools.theme
        )
        self.runs.view.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.runs.view.opened.connect(lambda _row: self._open())
        self.runs.view.selectionModel().selectionChanged.connect(lambda *_: self._show_buttons())
        self.open_button, self.compare_button = QPushButton(), QPushButton()
        self.open_button.clicked.connect(self._open)
        self.compare_button.clicked.connect(self._compare)
        self.nothing = EmptyState(tools.theme)
        self._build()
        FirstFocus(self, self.runs)
        follow_language(self, self._word)

    def show_target(self, name: str, url: str, environment: str) -> None:
        """The connection, and what is at stake there."""
        self._name, self._url, self._environment = name, url, environment
        self._word()

    def show_looking(self) -> None:
        """The server is being asked."""
        self._looking = True
        self._word()

    def show_looked(self, looked: ValidationReport | None, error: str = "") -> None:
        """What the server said; ``error`` (translated) where not even that could be tried."""
        self._looking = False
        self._looked = looked
        if error:
            self.problem.tell(error, tone="danger", closable=False)
        else:
            self.problem.hide()
        self._word()

    def show_runs(self, heads: Sequence[RunHead], suites: Iterable[Suite]) -> None:
        """The runs of this target, newest first; ``suites`` are those that are known."""
        self._suites = {suite.id: suite for suite in suites}
        self.runs.show_items(heads)
        self.runs.setVisible(bool(heads))
        self.nothing.setVisible(not heads)
        self._show_buttons()

    def _suite(self, suite_id: str) -> str:
        known = self._suites.get(suite_id)
        return known.title.text() if known is not None else suite_id

    def _chosen(self) -> list[RunHead]:
        return [self.runs.model.items[row] for row in self.runs.view.selected_rows()]

    def _open(self) -> None:
        if (head := self.runs.current) is not None:
            self.open_asked.emit(head.run_id)

    def _compare(self) -> None:
        chosen = sorted(self._chosen(), key=lambda head: head.started_at)
        if len(chosen) == 2:
            self.compare_asked.emit(chosen[0].run_id, chosen[1].run_id)

    def _build(self) -> None:
        first, facts = QHBoxLayout(), QGridLayout()
        first.setSpacing(12)
        first.addWidget(self.environment)
        first.addWidget(self.name)
        first.addWidget(self.address, 1)
        first.addWidget(self.state)
        first.addWidget(self.evidence_button)
        first.addWidget(self.look_button)
        facts.setHorizontalSpacing(12)
        facts.setVerticalSpacing(4)
        for place, (key, _title) in enumerate(_FACTS):
            caption, value = plain_label(role="caption"), ElidedLabel()
            self.facts[key] = (caption, value)
            row, column = divmod(place, 3)
            facts.addWidget(caption, row, column * 2)
            facts.addWidget(value, row, column * 2 + 1)
            facts.setColumnStretch(column * 2 + 1, 1)
        frame = QFrame()
        frame.setProperty("role", "surface")
        inside = QVBoxLayout(frame)
        inside.setContentsMargins(12, 8, 8, 12)
        inside.setSpacing(8)
        inside.addLayout(first)
        inside.addLayout(facts)
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self._heading, 1)
        bar.addWidget(self.open_button)
        bar.addWidget(self.compare_button)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addWidget(frame)
        whole.addWidget(self.problem)
        whole.addLayout(bar)
        whole.addWidget(self.runs, 1)
        whole.addWidget(self.nothing, 1)
        self.runs.hide()

    def _show_buttons(self) -> None:
        chosen = len(self._chosen())
        self.open_button.setEnabled(chosen == 1)
        self.compare_button.setEnabled(chosen == 2)

    def _show_state(self) -> None:
        looked = self._looked
        reached = looked is not None and looked.stop is not Stop.UNREACHABLE
        if self._looking:
            self.state.show_state(_("Asking…"), "activity", "info")
        elif looked is None:
            self.state.show_state(_("Not asked yet"), "circle", "muted")
        elif reached:
            self.state.show_state(_("It answers"), "ok", "ok")
        else:
            self.state.show_state(_("It does not answer"), "unlink", "danger")
            said = looked.stop_said.text() if looked.stop_said is not None else ""
            text = _("{why} A run now would measure nothing.").format(why=said)
            self.problem.tell(text, tone="danger", closable=False)
        self.look_button.setEnabled(not self._looking)
        self.evidence_button.setEnabled(looked is not None and bool(looked.evidence))
        facts = looked.target if looked is not None and reached else None
        tls = _("none: HTTP in clear")
        if self._url.startswith("https://"):
            tls = facts.tls if facts is not None and facts.tls else _("TLS")
        network = facts.network_ms if facts is not None else None
        values = {
            "server": facts.server if facts is not None else "",
            "contract": facts.contract if facts is not None else "",
            "http": facts.http_version if facts is not None else "",
            "tls": tls,
            "network": milliseconds(network) if network is not None else "",
        }
        for key, title in _FACTS:
            caption, value = self.facts[key]
            caption.setText(_(title))
            value.show_text(one_line(values[key]) or "–")

    def _word(self) -> None:
        set_look(self.environment, "environment", self._environment)
        self.environment.setText(_(words.ENVIRONMENTS.get(self._environment, "")))
        self.name.setText(one_line(self._name))
        self.address.show_text(self._url)
        self.look_button.setText(_("Ask again") if self._looked else _("Ask the server"))
        self.look_button.setIcon(icon("refresh"))
        self.evidence_button.setText(_("What it answered"))
        self._heading.setText(_("Runs of this target"))
        self.runs.view.setAccessibleName(self._heading.text())
        self.open_button.setText(_("Open the run"))
        self.compare_button.setText(_("Compare two"))
        self.compare_button.setToolTip(_("Select two runs with Ctrl or Shift"))
        self.nothing.tell(
            _("Nothing was run here yet"),
            _("Go on to the sign-ins and the suites; each run is kept and listed here."),
            icon_name="history",
        )
        self._show_state()
        self._show_buttons()
