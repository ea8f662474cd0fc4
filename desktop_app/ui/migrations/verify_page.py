"""What verifying found: each check with its evidence, and the documents of the one chosen."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QVBoxLayout, QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.verdicts import CheckState
from desktop_app.db.migrations.events import Offender
from desktop_app.db.migrations.verification import CheckResult, VerifyEnded
from desktop_app.services.migrations import words
from desktop_app.services.verdict_words import STATES
from desktop_app.ui.migrations.chips import state_chip
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.columns import Align, Column
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.status_chip import StatusChip

_ORDER = {state: place for place, state in enumerate(
    (CheckState.FAIL, CheckState.INCONCLUSIVE, CheckState.WARN, CheckState.NOT_RUN,
     CheckState.PASS, CheckState.NOT_APPLICABLE)
)}  # fmt: skip


def _index(result: CheckResult) -> str:
    return ", ".join(result.plan.indexes) if result.plan is not None else ""


def _found(result: CheckResult) -> str:
    if not result.count:
        return ""
    return f"{result.count:,}" if result.exact else _("≥ {n}").format(n=f"{result.count:,}")


CHECKS: tuple[Column[CheckResult], ...] = (
    Column(
        key="state",
        title=N_("Verdict"),
        value=lambda result: _ORDER[result.state],
        chip=lambda result: state_chip(result.state),
        width=120,
    ),
    Column(
        key="check",
        title=N_("Check"),
        value=lambda result: words.check_title(result.check),
        width=300,
    ),
    Column(
        key="group",
        title=N_("Group"),
        value=lambda result: _(words.GROUPS[result.group]),
        width=80,
    ),
    Column(
        key="count",
        title=N_("Findings"),
        value=lambda result: result.count,
        text=_found,
        align=Align.END,
        width=70,
    ),
    Column(
        key="seconds",
        title=N_("Time"),
        value=lambda result: result.seconds,
        text=lambda result: f"{result.seconds * 1000:,.0f} ms",
        align=Align.END,
        width=70,
    ),
    Column(
        key="index",
        title=N_("Index used"),
        value=lambda result: _index(result) or None,
        width=120,
    ),
)
OFFENDERS: tuple[Column[Offender], ...] = (
    Column(key="collection", title=N_("Collection"), value=lambda one: one.collection, width=140),
    Column(key="id", title=N_("Document"), value=lambda one: one.id, width=240),
    Column(
        key="detail",
        title=N_("What"),
        value=lambda one: words.detail_text(one.detail),
        width=200,
    ),
)


class VerifyPage(QWidget):
    """Shows a verification; ``document_asked`` carries the document that is to be seen."""

    document_asked = Signal(object)

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._ended: VerifyEnded | None = None
        self.verdict = StatusChip(tools.theme)
        self.summary = plain_label(role="muted")
        self.summary.setWordWrap(True)
        self.evidence = plain_label(role="muted")
        self.evidence.setWordWrap(True)
        self.evidence.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.checks: FigureTable[CheckResult] = FigureTable(
            CHECKS, lambda result: result.check, tools.theme, chosen=self._on_check_chosen
        )
        self.offenders: FigureTable[Offender] = FigureTable(
            OFFENDERS, lambda one: f"{one.collection}/{one.id}", tools.theme
        )
        self.open_button = QPushButton()
        self.open_button.clicked.connect(self._open)
        self.offenders.view.opened.connect(lambda _row: self._open())
        self._build()
        follow_language(self, self._word)

    @property
    def ended(self) -> VerifyEnded | None:
        """The verification shown."""
        return self._ended

    def show_verification(self, ended: VerifyEnded | None) -> None:
        """Show a verification: failures first; None for nothing any more."""
        self._ended = ended
        results = sorted(ended.results, key=lambda one: _ORDER[one.state]) if ended else []
        self.checks.show_items(results)
        if results:
            self.checks.choose(results[0].check)
        else:
            self._on_check_chosen(None)
        self._word()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.verdict)
        head.addWidget(self.summary, 1)
        below = QWidget()
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.evidence, 1)
        bar.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignTop)
        inner = QVBoxLayout(below)
        inner.setContentsMargins(0, 8, 0, 0)
        inner.setSpacing(8)
        inner.addLayout(bar)
        inner.addWidget(self.offenders, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        above = QWidget()
        room = QVBoxLayout(above)
        room.setContentsMargins(0, 0, 0, 8)
        room.addWidget(self.checks)
        split.addWidget(above)
        split.addWidget(below)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 12, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(split, 1)

    def _on_check_chosen(self, result: CheckResult | None) -> None:
        self.offenders.show_items(result.offenders if result is not None else ())
        self.open_button.setEnabled(result is not None and bool(result.offenders))
        if result is None:
            self.evidence.clear()
            return
        parts = [words.check_title(result.check), words.evidence(result)]
        parts.append(words.detail_text(result.detail))
        if result.count > len(result.offenders) > 0:
            listed = _("{listed} of {n} documents are listed")
            parts.append(listed.format(listed=len(result.offenders), n=_found(result)))
        self.evidence.setText(" · ".join(part for part in parts if part))

    def _open(self) -> None:
        if (one := self.offenders.current) is not None:
            self.document_asked.emit(one)

    def _word(self) -> None:
        self.checks.view.setAccessibleName(_("Checks"))
        self.offenders.view.setAccessibleName(_("Offending documents"))
        self.open_button.setText(_("Open document"))
        self.open_button.setIcon(icon("external"))
        ended = self._ended
        if ended is None:
            self.verdict.show_state(_("Not verified yet"), "circle", "muted")
            self.summary.setText(
                _("Verifying checks integrity, schema and queries; it only reads.")
            )
            return
        if ended.passed:
            self.verdict.show_state(_("Passed"), "ok", "ok")
        else:
            self.verdict.show_state(_("Not passed"), "error", "danger")
        counts = [
            f"{_(text)} {ended.count(CheckState(state))}"
            for state, text in STATES.items()
            if ended.count(CheckState(state))
        ]
        said = " · ".join([*counts, f"{ended.seconds:.1f} s"])
        if ended.reason != "done":
            said = f"{words.stop_text(ended.reason, ended.error)} · {said}"
        self.summary.setText(said)
        self._on_check_chosen(self.checks.current)
