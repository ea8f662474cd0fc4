"""The results of one project: how far, who stands where, and what to hand on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.errors import Cancelled, ConsoleError, Forbidden
from desktop_app.core.language import N_, _, ngettext
from desktop_app.core.projects import BASIS_LABELS
from desktop_app.core.results import (
    CompanyResult,
    EvaluatorResult,
    Figures,
    Results,
    fingerprint,
)
from desktop_app.ui.changes import Change
from desktop_app.ui.results.charts import Charts
from desktop_app.ui.results.company_panel import CompanyPanel
from desktop_app.ui.results.exporting import ResultsExport
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.results.ranking_columns import EVALUATORS, RANKING
from desktop_app.ui.results.words import agreement_text, number, warnings
from desktop_app.ui.tab import TabAction, TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.latest import Latest
from desktop_app.ui.widgets.plain_text import plain_label, plain_tooltip
from desktop_app.ui.widgets.skeleton import Skeleton

if TYPE_CHECKING:
    from desktop_app.api.projects import Projects

RANKING_PAGE, CRITERIA_PAGE, HEAT_PAGE, DISTRIBUTION_PAGE, EVALUATORS_PAGE = range(5)
_TITLES = (
    N_("Ranking"),
    N_("Criteria"),
    N_("Heat map"),
    N_("Distribution"),
    N_("Evaluators"),
)
_SHOWN_BY = frozenset({"evaluations", "projects"})


class ResultsPage(QWidget):
    """Results of the project last given to ``show_project``; None shows that none is chosen.

    They are read when the page is looked at, and anew when sheets change meanwhile.
    """

    def __init__(
        self, *, projects: Projects, tools: TabTools, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._projects, self._tools = projects, tools
        self._project_id: str | None = None
        self._results: Results | None = None
        self._stale = False
        self._hash = ""
        self._latest: Latest[str, _Read] = Latest(
            _reader(projects),
            tools.runner,
            answered=self._on_answered,
            failed=self._on_failed,
            parent=self,
        )
        self._build()
        tools.changes.changed.connect(self._on_changes_changed)
        follow_language(self, self._word)

    @property
    def results(self) -> Results | None:
        """What is shown."""
        return self._results

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._latest.busy

    @property
    def summary_text(self) -> str:
        """The line that says how far the evaluation is."""
        return self._summary.text()

    def show_project(self, project_id: str | None) -> None:
        """Show this project's results from now on; they are read once the page is looked at."""
        if project_id != self._project_id:
            self._project_id, self._results = project_id, None
            self.banner.hide()
            if project_id is None:
                self._tell_none_chosen()
                return
            self._stack.setCurrentWidget(self._skeleton)
            self._read_if_seen()

    def refresh(self) -> None:
        """Read the results anew; what is shown stays meanwhile."""
        self._stale = False
        if self._project_id is not None:
            self._latest.ask(self._project_id)

    def offers(self) -> list[TabAction]:
        """What can be done here now, for the palette."""
        return self.exporting.menu.offers() if self._results is not None else []

    def showEvent(self, event: QShowEvent) -> None:
        """Visible again: what changed meanwhile is read."""
        super().showEvent(event)
        if self._stale:
            self.refresh()

    def _build(self) -> None:
        theme = self._tools.theme
        self._summary = plain_label()
        self._summary.setWordWrap(True)
        self._rules = plain_label(role="muted")
        self._rules.setWordWrap(True)
        self.refresh_button = QPushButton()
        self.refresh_button.setIcon(icon("refresh"))
        self.refresh_button.clicked.connect(self.refresh)
        self.export_button = QPushButton()
        self.export_button.setIcon(icon("export"))
        self.export_button.setProperty("menu", "true")
        self.exporting = ResultsExport(self, self._tools)
        self.export_button.setMenu(self.exporting.menu)
        self.banner = Banner(theme)
        self.panel = CompanyPanel(theme, self._evaluator_name, self._compare)
        self.ranking: FigureTable[CompanyResult] = FigureTable(
            RANKING, lambda company: company.id, theme, chosen=self.panel.show_company
        )
        self.evaluators: FigureTable[EvaluatorResult] = FigureTable(
            EVALUATORS, lambda evaluator: evaluator.id, theme
        )
        self._advice = plain_label(role="muted")
        self._advice.setWordWrap(True)
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self._pages = QStackedWidget()
        for title, page in zip(_TITLES, self._build_pages(), strict=True):
            self.tabs.addTab(_(title))
            self._pages.addWidget(page)
        self.charts = Charts(theme)
        self.tabs.currentChanged.connect(self._on_tabs_current_changed)
        self._skeleton, self.empty = Skeleton(theme), EmptyState(theme)
        self._content = QWidget()
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(12)
        content.addLayout(self._build_head())
        content.addWidget(self.banner)
        content.addWidget(self.tabs)
        content.addWidget(self._pages, 1)
        self._stack = QStackedWidget()
        for part in (self._skeleton, self.empty, self._content):
            self._stack.addWidget(part)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._stack)

    def _build_head(self) -> QHBoxLayout:
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self._summary)
        words.addWidget(self._rules)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addLayout(words, 1)
        head.addWidget(self.refresh_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self.export_button, 0, Qt.AlignmentFlag.AlignTop)
        return head

    def _build_pages(self) -> tuple[QWidget, ...]:
        ranking = QSplitter(Qt.Orientation.Horizontal)
        ranking.setChildrenCollapsible(False)
        ranking.addWidget(self.ranking)
        ranking.addWidget(self.panel)
        ranking.setStretchFactor(0, 1)
        ranking.setSizes([780, 360])
        evaluators = QWidget()
        column = QVBoxLayout(evaluators)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._advice)
        column.addWidget(self.evaluators, 1)
        charts = (_place(), _place(), _place())
        return ranking, *charts, evaluators

    def _evaluator_name(self, evaluator_id: str) -> str:
        people = self._results.figures.evaluators if self._results else ()
        return next((one.name for one in people if one.id == evaluator_id), evaluator_id)

    def _on_tabs_current_changed(self, at: int) -> None:
        self._pages.setCurrentIndex(at)
        self._show_chart()

    def _show_chart(self) -> None:
        """Build the chart of the page in front, and show it what there is."""
        page = self._pages.currentWidget()
        at = self._pages.currentIndex()
        if self._results is not None and CRITERIA_PAGE <= at <= DISTRIBUTION_PAGE:
            chart = self.charts.shown(at - CRITERIA_PAGE, self._results)
            layout = page.layout()
            if layout is not None and layout.count() == 0:
                layout.addWidget(chart)

    def _compare(self, company_id: str) -> None:
        self.tabs.setCurrentIndex(CRITERIA_PAGE)
        if self.charts.criteria is not None:
            self.charts.criteria.compare(company_id)

    def _on_answered(self, project_id: str, read: _Read) -> None:
        if project_id != self._project_id:
            return
        self._results, self._hash = read.results, read.hash
        figures = read.results.figures
        self.panel.set_results(read.results)
        self.ranking.show_items(figures.companies)
        self.evaluators.show_items(figures.evaluators)
        self._show_chart()
        projects = self._projects
        self.exporting.offer(
            lambda: projects.results(project_id, sheets=True), read.results.project_name
        )
        self._stack.setCurrentWidget(self._content)
        self._word()

    def _on_failed(self, project_id: str, error: Exception) -> None:
        if isinstance(error, Cancelled) or project_id != self._project_id:
            return
        if not isinstance(error, ConsoleError):
            self._tools.messages.post_error(error, _("Reading the results"))
            text = _("Something went wrong: the message says what.")
        else:
            text = error.text()
        again = None if isinstance(error, Forbidden) else (_("Try again"), self.refresh)
        if self._results is not None:
            self.banner.tell(text, tone="warning", action=again)
            return
        self.empty.tell(
            _("The results could not be read"),
            text,
            icon_name="error",
            tone="danger",
            action=again,
        )
        self._stack.setCurrentWidget(self.empty)

    def _tell_none_chosen(self) -> None:
        self.empty.tell(_("No project is chosen"), _("Choose a project above."))
        self._stack.setCurrentWidget(self.empty)

    def _tell_no_companies(self) -> None:
        self.empty.tell(
            _("This project evaluates no company yet"),
            _("Choose companies and evaluators on the page “Assignment”."),
        )
        self._stack.setCurrentWidget(self.empty)

    def _on_changes_changed(self, change: Change) -> None:
        if change.resource not in _SHOWN_BY or self._project_id is None:
            return
        self._read_if_seen()

    def _read_if_seen(self) -> None:
        if self.isVisible():
            self.refresh()
        else:
            self._stale = True

    def _word(self) -> None:
        for at, title in enumerate(_TITLES):
            self.tabs.setTabText(at, _(title))
        self.tabs.setAccessibleName(_("Results"))
        self.refresh_button.setText(_("Refresh"))
        self.refresh_button.setToolTip(_("Read the results anew"))
        self.export_button.setText(_("Export"))
        self.ranking.view.setAccessibleName(_("Ranking"))
        self.evaluators.view.setAccessibleName(_("Evaluators"))
        self._advice.setText(
            _(
                "Advice only: scores that sit apart may be right. No sheet is dropped or changed"
                " because of it."
            )
        )
        if self._results is None:
            if self._project_id is None:
                self._tell_none_chosen()
            return
        if not self._results.figures.companies:
            self._tell_no_companies()
            return
        self._summary.setText(_summary(self._results))
        hash_ = _("hash {hash}").format(hash=self._hash[:16])
        self._rules.setText(f"{_rules(self._results.figures)} · {hash_}")
        self._rules.setToolTip(
            plain_tooltip(
                _("SHA-256 of these figures, as on the paper to sign: {hash}").format(
                    hash=self._hash
                )
            )
        )
        self._warn(self._results)

    def _warn(self, results: Results) -> None:
        text = warnings(results)
        if text:
            self.banner.tell(text, tone="warning", closable=False)
        else:
            self.banner.hide()


@dataclass(frozen=True, slots=True)
class _Read:
    """Results, and the hash of their figures."""

    results: Results
    hash: str


def _reader(projects: Projects) -> Callable[[str], _Read]:
    def read(project_id: str) -> _Read:
        results = projects.results(project_id)
        # The charts' library takes a third of a second to load: here nobody waits for it.
        import_module("pyqtgraph")
        return _Read(results, fingerprint(project_id, results.figures))

    return read


def _place() -> QWidget:
    """An empty page for a chart that is built when it is first looked at."""
    page = QWidget()
    QVBoxLayout(page).setContentsMargins(0, 0, 0, 0)
    return page


def _summary(results: Results) -> str:
    figures = results.figures
    sheets = ngettext("{n} sheet in", "{n} sheets in", figures.sheets)
    parts = [sheets.format(n=f"{figures.sheets:,}")]
    if figures.missing:
        missing = ngettext("{n} missing", "{n} missing", figures.missing)
        parts.append(missing.format(n=f"{figures.missing:,}"))
    agreement = agreement_text(results.agreement.totals)
    parts.append(_("agreement of evaluators: {agreement}").format(agreement=agreement))
    return " · ".join(parts)


def _rules(figures: Figures) -> str:
    rules = figures.rules
    text = _("Ranked by: {figure_name}, trimmed from {n} sheets on").format(
        figure_name=_(BASIS_LABELS[rules.basis]), n=rules.minimum_panel
    )
    if rules.cut_line is None:
        return text
    return f"{text} · " + _("cut line {figure}").format(figure=number(rules.cut_line))
