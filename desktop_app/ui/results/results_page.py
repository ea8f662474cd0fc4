"""The results of one project: how far, who stands where, and what to hand on."""

from __future__ import annotations

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
from desktop_app.core.results import CompanyResult, EvaluatorResult, Figures, Results
from desktop_app.ui.changes import Change
from desktop_app.ui.results.company_panel import CompanyPanel
from desktop_app.ui.results.figure_table import FigureTable
from desktop_app.ui.results.ranking_columns import EVALUATORS, RANKING
from desktop_app.ui.results.words import agreement_text, number
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.latest import Latest
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.skeleton import Skeleton

if TYPE_CHECKING:
    from desktop_app.api.projects import Projects

RANKING_PAGE, EVALUATORS_PAGE = range(2)
_TITLES = (N_("Ranking"), N_("Evaluators"))
_SHOWN_BY = frozenset({"evaluations", "projects"})


class ResultsPage(QWidget):
    """Results of the project last given to ``show_project``; None shows that none is chosen.

    They are read anew when sheets change while the page is visible, else when it is shown next.
    """

    def __init__(
        self, *, projects: Projects, tools: TabTools, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._projects, self._tools = projects, tools
        self._project_id: str | None = None
        self._results: Results | None = None
        self._stale = False
        self._latest: Latest[str, Results] = Latest(
            projects.results,
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
        """Show this project's results from now on."""
        if project_id == self._project_id and self._results is not None:
            return
        self._project_id, self._results = project_id, None
        self.banner.hide()
        if project_id is None:
            self._tell_none_chosen()
            return
        self._stack.setCurrentWidget(self._skeleton)
        self.refresh()

    def refresh(self) -> None:
        """Read the results anew; what is shown stays meanwhile."""
        self._stale = False
        if self._project_id is not None:
            self._latest.ask(self._project_id)

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
        self.banner = Banner(theme)
        self.panel = CompanyPanel(theme, self._evaluator_name)
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
        self.tabs.currentChanged.connect(self._pages.setCurrentIndex)
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
        return head

    def _build_pages(self) -> tuple[QWidget, ...]:
        ranking = QSplitter(Qt.Orientation.Horizontal)
        ranking.setChildrenCollapsible(False)
        ranking.addWidget(self.ranking)
        ranking.addWidget(self.panel)
        ranking.setStretchFactor(0, 3)
        ranking.setStretchFactor(1, 2)
        evaluators = QWidget()
        column = QVBoxLayout(evaluators)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._advice)
        column.addWidget(self.evaluators, 1)
        return ranking, evaluators

    def _evaluator_name(self, evaluator_id: str) -> str:
        people = self._results.figures.evaluators if self._results else ()
        return next((one.name for one in people if one.id == evaluator_id), evaluator_id)

    def _on_answered(self, project_id: str, results: Results) -> None:
        if project_id != self._project_id:
            return
        self._results = results
        self.empty.hide()
        self.ranking.show_items(results.figures.companies)
        self.evaluators.show_items(results.figures.evaluators)
        self._word()
        if results.figures.companies:
            self._stack.setCurrentWidget(self._content)
        else:
            self._tell_no_companies()

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
        self._summary.setText(_summary(self._results))
        self._rules.setText(_rules(self._results.figures))
        self._warn(self._results.figures)

    def _warn(self, figures: Figures) -> None:
        wrong = sum(given.differs for company in figures.companies for given in company.totals)
        if not wrong:
            self.banner.hide()
            return
        text = ngettext(
            "{n} sheet has a total that its scores do not come to. It counts as submitted.",
            "{n} sheets have totals that their scores do not come to. They count as submitted.",
            wrong,
        )
        self.banner.tell(text.format(n=wrong), tone="danger", closable=False)


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
    text = _("Ranked by {figure_name}; trimmed from {n} sheets on").format(
        figure_name=_(BASIS_LABELS[rules.basis]), n=rules.minimum_panel
    )
    if rules.cut_line is None:
        return text
    return f"{text} · " + _("cut line {figure}").format(figure=number(rules.cut_line))
