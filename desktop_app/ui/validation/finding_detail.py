"""One finding in full: what it is, what was seen, why it matters, how to mend it, the evidence."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.language import N_, _
from desktop_app.core.validation.baseline import Standing
from desktop_app.core.validation.comparison import PROBLEMS
from desktop_app.services.validation import words
from desktop_app.ui.exchanges.exchange_view import ExchangeView
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.validation.finding_rows import FindingRow
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.elided_label import ElidedLabel
from desktop_app.ui.widgets.plain_text import one_line, plain_label
from desktop_app.ui.widgets.status_chip import StatusChip

_SECTIONS = (
    ("seen", N_("What was seen")),
    ("why", N_("Why it matters")),
    ("fix", N_("How to mend it")),
    ("reference", N_("Reference")),
    ("facts", N_("Figures")),
    ("check", N_("Check")),
)


class FindingDetail(QWidget):
    """Shows a row. ``again_asked`` carries it and whether only its subject is to be tried;

    ``accept_asked`` and ``withdraw_asked`` carry it too.
    """

    again_asked = Signal(object, bool)
    accept_asked = Signal(object)
    withdraw_asked = Signal(object)

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row: FindingRow | None = None
        self._allowed = True
        self.title = ElidedLabel(role="strong")
        self.verdict, self.severity = StatusChip(tools.theme), StatusChip(tools.theme)
        self.subject = plain_label(role="muted")
        self.again_button, self.only_button = QPushButton(), QPushButton()
        self.known_button = QPushButton()
        self.again_button.clicked.connect(lambda: self._again(only=False))
        self.only_button.clicked.connect(lambda: self._again(only=True))
        self.known_button.clicked.connect(self._on_known_clicked)
        self.note = Banner(tools.theme)
        self.parts: dict[str, tuple[QLabel, QLabel]] = {}
        self.exchanges = ExchangeView(tools.theme)
        self.tabs = QTabWidget()
        self._build()
        follow_language(self, self._word)

    @property
    def row(self) -> FindingRow | None:
        """What is shown."""
        return self._row

    def show_row(self, row: FindingRow | None) -> None:
        """Show a finding; None for none."""
        if row is not None and self._row is not None and row.id != self._row.id:
            self.note.hide()
        self._row = row
        self.exchanges.show_exchanges(row.finding.exchanges if row is not None else ())
        self._word()

    def allow(self, allowed: bool) -> None:
        """Whether anything can be run again now."""
        self._allowed = allowed
        self._word()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(16)
        head.addWidget(self.title, 1)
        head.addWidget(self.subject)
        head.addWidget(self.verdict)
        head.addWidget(self.severity)
        actions = QWidget()
        row = QHBoxLayout(actions)
        row.setContentsMargins(0, 0, 0, 2)
        row.setSpacing(8)
        for button in (self.known_button, self.only_button, self.again_button):
            button.setProperty("role", "chip")  # as high as the tabs beside
            row.addWidget(button)
        content = QWidget()
        content.setObjectName("scrolled")
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 8, 12, 8)
        column.setSpacing(4)
        for key, _title in _SECTIONS:
            caption, text = plain_label(role="caption"), plain_label()
            text.setWordWrap(True)
            flags = Qt.TextInteractionFlag
            text.setTextInteractionFlags(flags.TextSelectableByMouse)
            text.setContentsMargins(0, 0, 0, 8)
            self.parts[key] = (caption, text)
            column.addWidget(caption)
            column.addWidget(text)
        column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setWidget(content)
        self.tabs.setCornerWidget(actions)
        self.tabs.addTab(self.area, "")
        self.tabs.addTab(self.exchanges, "")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(8)
        whole.addLayout(head)
        whole.addWidget(self.note)
        whole.addWidget(self.tabs, 1)

    def _texts(self, row: FindingRow) -> dict[str, str]:
        check = row.check
        facts = [f"{name}: {_figure(value)}" for name, value in row.finding.facts.items()]
        return {
            "seen": row.seen(),
            "why": check.why.text() if check is not None else "",
            "fix": check.fix.text() if check is not None else "",
            "reference": check.reference if check is not None else "",
            "facts": "\n".join(facts),
            "check": f"{row.result.check} · {row.group}",
        }

    def _word(self) -> None:
        self.tabs.setTabText(0, _("Finding"))
        row = self._row
        count = len(row.finding.exchanges) if row is not None else 0
        self.tabs.setTabText(1, _("Requests and answers ({n})").format(n=count))
        self.setVisible(row is not None)
        if row is None:
            return
        self.title.show_text(row.title())
        verdict, weight = row.verdict(), row.weight()
        self.verdict.show_state(verdict.text, verdict.icon, verdict.token)
        if weight is not None:
            self.severity.show_state(weight.text, weight.icon, weight.token)
        self.subject.setText(one_line(row.where()))
        texts = self._texts(row)
        for key, title in _SECTIONS:
            caption, text = self.parts[key]
            caption.setText(_(title))
            text.setText(texts[key])
            for part in (caption, text):
                part.setVisible(bool(texts[key]))
        self._word_buttons(row)

    def _word_buttons(self, row: FindingRow) -> None:
        several = len(row.result.findings) > 1 and bool(row.where())
        self.again_button.setText(_("Run again"))
        self.again_button.setIcon(icon("refresh"))
        self.again_button.setToolTip(_("Run this check again, all of it"))
        self.only_button.setText(_("Only this again"))
        self.only_button.setToolTip(_("Run this check again for this one alone"))
        self.only_button.setVisible(several)
        for button in (self.again_button, self.only_button):
            button.setEnabled(self._allowed and row.check is not None)
        self.known_button.setVisible(row.state in PROBLEMS)
        known = row.known is not None
        self.known_button.setText(_("No longer known") if known else _("Accept as known…"))
        if row.standing is not None:
            text = words.standing_text(row.weighed, row.finding.key)
            if not self.note.isVisible():
                tone = "info" if row.standing is Standing.ACCEPTED else "warning"
                self.note.tell(text, tone=tone, closable=False)

    def _again(self, *, only: bool) -> None:
        if self._row is not None:
            self.again_asked.emit(self._row, only)

    def _on_known_clicked(self) -> None:
        row = self._row
        if row is not None:
            (self.accept_asked if row.known is None else self.withdraw_asked).emit(row)


def _figure(value: float | int | str) -> str:
    if isinstance(value, float):
        return f"{value:,.3f}".rstrip("0").rstrip(".")
    return f"{value:,}" if isinstance(value, int) else one_line(value)
