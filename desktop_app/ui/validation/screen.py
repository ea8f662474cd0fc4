"""Validation on screen: a wizard in six steps, each of which keeps what was entered."""

from __future__ import annotations

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QWidget

from desktop_app.config.profiles import Environment
from desktop_app.core.errors import Cancelled, ConsoleError
from desktop_app.core.language import N_, _
from desktop_app.core.users import User
from desktop_app.core.validation.report import Stop, ValidationReport
from desktop_app.core.validation.suites import Risk
from desktop_app.services.validation import words
from desktop_app.services.validation.desk import Desk, ValidationOrder
from desktop_app.services.validation.junit import as_junit
from desktop_app.services.validation.report_json import as_json
from desktop_app.services.validation.reports import Reported, validation_report
from desktop_app.services.validation.runs import RunHead
from desktop_app.ui.changes import Change
from desktop_app.ui.exchanges.exchange_dialog import ExchangeDialog
from desktop_app.ui.exports.report_export import ReportExport
from desktop_app.ui.messages import Level
from desktop_app.ui.step_screen import StepScreen
from desktop_app.ui.tab import TabAction, TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.validation import run_columns
from desktop_app.ui.validation.acts import Acts, Loaded
from desktop_app.ui.validation.chips import OUTCOME_LOOKS
from desktop_app.ui.validation.compare_page import ComparePage
from desktop_app.ui.validation.finding_deeds import FindingDeeds
from desktop_app.ui.validation.findings_page import FindingsPage
from desktop_app.ui.validation.opened import Opened
from desktop_app.ui.validation.run_page import RunPage
from desktop_app.ui.validation.sign_in_page import SignInPage
from desktop_app.ui.validation.step_looks import step_looks
from desktop_app.ui.validation.suites_page import SuitesPage
from desktop_app.ui.validation.target_page import TargetPage

TARGET, SIGN_IN, SUITES, RUN, FINDINGS, COMPARE = range(6)
STEPS = (
    N_("Target"),
    N_("Sign-ins"),
    N_("Suites and safety"),
    N_("Run"),
    N_("Findings"),
    N_("Comparison"),
)
_RESOURCES = ("users", "companies", "projects", "templates", "evaluations", "files")
_TONES = {"ok": Level.OK, "danger": Level.DANGER, "warning": Level.WARNING}


class ValidationScreen(StepScreen):
    """The wizard; ``user`` is who is signed in."""

    def __init__(
        self, desk: Desk, user: User, tools: TabTools, parent: QWidget | None = None
    ) -> None:
        super().__init__(
            N_("Validation"),
            N_("Find what is wrong with an API, see the proof, and confirm that it is mended."),
            STEPS,
            tools,
            parent,
        )
        self.desk, self._user = desk, user
        self._heads: tuple[RunHead, ...] = ()
        self._looked: ValidationReport | None = None
        self.acts = Acts(desk, tools, self)
        self.back_button, self.next_button = QPushButton(), QPushButton()
        self.export_button = QPushButton()
        self.target = TargetPage(tools)
        self.sign_ins = SignInPage(tools, user.login_id)
        self.suites = SuitesPage(tools)
        self.run = RunPage(tools)
        self.findings = FindingsPage(tools)
        self.comparison = ComparePage(tools)
        self.deeds = FindingDeeds(
            self.acts,
            self.findings,
            self.order,
            lambda: self.suites.consent.ready,
            user.name,
            tools,
        )
        self.exporting = ReportExport(
            self,
            tools,
            self._reported,
            name=lambda reported: f"validation-{reported.report.run_id}",
            document=validation_report,
            others={"json": as_json, "xml": as_junit},
        )
        self._build()
        self._connect()
        follow_language(self, self._word)
        self._show_target()

    # What the tab asks

    def activated(self) -> None:
        """Look at the server the first time; the keyboard goes to the page in front."""
        if self._looked is None:
            self.refresh()
        self._place_focus()

    def refresh(self) -> None:
        """Read the runs and ask the server anew; a run that goes on is not disturbed."""
        self._show_target()
        self.acts.load()
        if self.acts.look():
            self.target.show_looking()

    def offers(self) -> list[TabAction]:
        """What can be done now, for the palette."""
        steps = self.step_offers(N_("Validation: {step}"), "shield")
        return [*steps, *self.exporting.menu.offers()]

    def order(self) -> ValidationOrder:
        """What would be run, as the pages stand."""
        shelf, checks = self.desk.shelf(), self.suites.checks
        suites = [suite for suite in shelf.suites if any(one.id in checks for one in suite.checks)]
        every = all(one.id in checks for suite in suites for one in suite.checks)
        consent = self.suites.consent
        return ValidationOrder(
            credentials=self.sign_ins.credentials(),
            known=self.sign_ins.secrets.typed(),
            suites=tuple(suite.id for suite in suites),
            checks=frozenset() if every else checks,
            risks=consent.risks,
            sign_off=consent.sign_off,
            limits=consent.limits,
            whole=True,
        )

    def begin(self) -> None:
        """Run what is chosen; nothing while something runs."""
        if not self._may_begin():
            return
        order = self.order()
        if self.acts.run(order):
            self.banner.hide()
            chosen = frozenset(check.id for _suite, check in self.desk.chosen(order))
            self.run.begin(self.desk.shelf().suites, chosen)
            self.show_step(RUN)

    # Inside

    def _build(self) -> None:
        self.export_button.setProperty("menu", "true")
        self.export_button.setMenu(self.exporting.menu)
        self._lay_out(
            (
                self.target,
                self.sign_ins,
                self.suites,
                self.run,
                self.findings,
                self.comparison,
            ),
            (self.export_button, self.back_button, self.next_button),
            main=self.next_button,
            pressed_once=(self.next_button, self.back_button, self.run.stop_button),
        )
        for button in (self.next_button, self.back_button):
            button.setAutoDefault(True)  # Enter presses the one that has the keyboard

    def _connect(self) -> None:
        acts = self.acts
        self.back_button.clicked.connect(lambda: self.show_step(max(TARGET, self.step - 1)))
        self.next_button.clicked.connect(self._on_next)
        self.target.look_asked.connect(self.refresh)
        self.target.open_asked.connect(lambda run_id: acts.open(run_id))
        self.target.compare_asked.connect(self._on_compare_asked)
        self.target.evidence_asked.connect(lambda: self._show_evidence(self._looked))
        self.sign_ins.prove_asked.connect(self._prove)
        self.sign_ins.changed.connect(self._show_buttons)
        self.sign_ins.secrets.forget_asked.connect(acts.forget)
        acts.sources.connect(self.sign_ins.secrets.show_sources)
        self.suites.changed.connect(self._on_choice_changed)
        self.suites.reload_asked.connect(lambda: acts.load(anew=True))
        self.suites.folder_asked.connect(self._open_folder)
        self.run.stop_asked.connect(acts.work.stop)
        self.run.opened.connect(self._on_check_opened)
        self.run.begin_asked.connect(lambda: self.show_step(SUITES))
        self.findings.begin_asked.connect(lambda: self.show_step(SUITES))
        self.findings.evidence_asked.connect(self._on_run_evidence_asked)
        self.deeds.changed.connect(self.show_opened)
        self.deeds.consent_asked.connect(lambda: self.show_step(SUITES))
        self.comparison.chosen.connect(lambda before, now: acts.open(now, before))
        self.comparison.opened.connect(self._on_check_opened)
        acts.work.told.connect(self._on_told)
        acts.work.changed.connect(self._on_work_changed)
        acts.loaded.connect(self._on_loaded)
        acts.looked.connect(self.show_looked)
        acts.proven.connect(self._on_proven)
        acts.waiting.connect(self.sign_ins.show_waiting)
        acts.ended.connect(self._on_ended)
        acts.opened.connect(self._on_opened)
        acts.heads.connect(self._show_heads)
        acts.failed.connect(self._on_failed)

    def _show_target(self) -> None:
        desk = self.desk
        try:
            url, stake, guard = desk.url, desk.environment, desk.guard
        except ConsoleError as error:
            self.target.show_looked(None, str(error))
            return
        self.target.show_target(desk.name, url, stake.value)
        self.suites.consent.show_target(
            desk.name, guard, production=stake is Environment.PRODUCTION
        )

    def _may_begin(self) -> bool:
        return bool(self.suites.checks) and self.suites.consent.ready and not self.acts.work.busy

    def _on_next(self) -> None:
        if self.step == SUITES:
            self.begin()
        else:
            self.show_step(min(COMPARE, self.step + 1))

    def _prove(self) -> None:
        credentials = self.sign_ins.credentials()
        if credentials and self.acts.prove(credentials):
            self.sign_ins.show_proving()

    def _on_proven(self, proven: tuple) -> None:  # type: ignore[type-arg]
        self.sign_ins.show_proven(proven)
        self._show_buttons()
        if self.sign_ins.all_proven and self.step == SIGN_IN:
            self.next_button.setFocus()

    def _on_choice_changed(self) -> None:
        estimate = self.desk.estimate(self.order()) if self.suites.checks else None
        self.suites.show_estimate(estimate)
        self._show_buttons()

    def _on_loaded(self, loaded: Loaded) -> None:
        self.suites.show_shelf(loaded.shelf, loaded.paces)
        self._show_heads(loaded.heads)
        self.sign_ins.secrets.show_sources(loaded.sources)
        if (shown := self.findings.opened) is not None:
            self.findings.show_run(shown, loaded.shelf.suites)

    def _show_heads(self, heads: tuple[RunHead, ...]) -> None:
        self._heads = heads
        self.target.show_runs(heads, self.desk.shelf().suites)
        self.comparison.show_runs(run_columns.whole(heads))

    def show_looked(self, looked: ValidationReport) -> None:
        """What the server said of itself."""
        self._looked = looked
        self.target.show_looked(looked)
        self._show_buttons()

    def _on_told(self, events: tuple) -> None:  # type: ignore[type-arg]
        if not self.deeds.busy:
            self.run.follow(events)

    def _on_work_changed(self) -> None:
        work = self.acts.work
        if work.stopping and not self.deeds.busy:
            self.run.show_stopping()
        self.findings.detail.allow(not work.busy)
        self._show_buttons()

    def _on_ended(self, opened: Opened) -> None:
        text = words.verdict(opened.judgement)
        self.run.end(opened.report, text)
        self.show_opened(opened)
        if not self.isVisible() or self.step != RUN:  # who watches it needs no message
            tone = OUTCOME_LOOKS[opened.judgement.outcome][1]
            self._tools.messages.post(
                _TONES.get(tone, Level.WARNING),
                _("Validation of {name}: {verdict}").format(name=self.desk.name, verdict=text),
                words.beside(opened.judgement),
            )
        if self.desk.not_kept is not None:
            self._tools.messages.post(Level.WARNING, str(self.desk.not_kept))
        if Risk.WRITES in opened.report.allowed and opened.report.stop is not Stop.REFUSED:
            for resource in _RESOURCES:  # test data came and went
                self._tools.changes.tell(Change(resource))
        self.acts.load()
        if self.step == RUN:
            self.show_step(FINDINGS)

    def _on_opened(self, opened: Opened) -> None:
        shown = self.findings.opened
        same = shown is not None and shown.report.run_id == opened.report.run_id
        self.show_opened(opened)
        if self.step == TARGET or (self.step == COMPARE and not same and opened.before is None):
            self.show_step(COMPARE if self._comparing else FINDINGS)
        self._comparing = False

    _comparing = False

    def _on_compare_asked(self, before: str, now: str) -> None:
        self._comparing = True
        self.acts.open(now, before)

    def show_opened(self, opened: Opened) -> None:
        """A run is open now, on the pages of findings and of the comparison."""
        suites = self.desk.shelf().suites
        self.findings.show_run(opened, suites)
        self.comparison.show_run(opened, suites)
        self._show_buttons()

    def _on_check_opened(self, key: str) -> None:
        if self.findings.choose(key):
            self.show_step(FINDINGS)

    def _on_failed(self, act: str, error: Exception) -> None:
        text = ""
        if isinstance(error, ConsoleError):
            text = str(error)
        elif not isinstance(error, Cancelled):
            self._tools.messages.post_error(error, _("Validation"))
            text = _("Something went wrong: the message says what.")
        if act == "look":
            self.target.show_looked(self._looked, text)
        elif act == "prove":
            self.sign_ins.show_proven(())
        elif act == "run":
            self.run.end(None, text or _("Stopped."))
        elif act == "again":
            self.deeds.forget()
        if text and act != "look":
            self.banner.tell(text, tone="danger")
        self._show_buttons()

    def _show_evidence(self, report: ValidationReport | None) -> None:
        if report is not None and report.evidence:
            title = _("What the server answered")
            theme = self._tools.theme
            ExchangeDialog(title, report.evidence, theme, self.window()).open()

    def _on_run_evidence_asked(self) -> None:
        shown = self.findings.opened
        self._show_evidence(shown.report if shown is not None else None)

    def _open_folder(self) -> None:
        folder = self.desk.suites_folder
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _reported(self) -> Reported | None:
        shown = self.findings.opened
        if shown is None:
            return None
        return Reported(
            report=shown.report,
            shelf=self.desk.shelf(),
            weighed=shown.weighed,
            comparison=shown.comparison,
        )

    def _place_focus(self) -> None:
        page = self.pages.currentWidget()
        if self.step in (TARGET, SIGN_IN) and self.next_button.isEnabled():
            waits = self.step == SIGN_IN and not self.sign_ins.all_proven
            (page if waits else self.next_button).setFocus()
        else:
            page.setFocus()

    def _show_buttons(self) -> None:
        step, busy = self.step, self.acts.work.busy
        shown = self.findings.opened
        self.back_button.setEnabled(step > TARGET)
        self.export_button.setEnabled(shown is not None)
        texts = {
            SUITES: _("Run {checks}").format(checks=words.checks(self.suites.will_run)),
            RUN: _("Findings"),
            FINDINGS: _("Compare"),
        }
        self.next_button.setText(texts.get(step, _("Next")))
        self.next_button.setVisible(step != COMPARE)
        enabled = {
            SUITES: self._may_begin() and self.suites.will_run > 0,
            RUN: shown is not None and not (busy and not self.deeds.busy),
            FINDINGS: shown is not None,
        }
        self.next_button.setEnabled(enabled.get(step, True))
        for place, look in enumerate(step_looks(self, self._looked, busy=busy)):
            self.steps.show_look(place, look)

    def _word(self) -> None:
        self.export_button.setText(_("Export"))
        self.export_button.setIcon(icon("export"))
        self.back_button.setText(_("Back"))
        self.next_button.setToolTip("Ctrl+Enter")
        self._show_buttons()
