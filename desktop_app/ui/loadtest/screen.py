"""Load runs on screen: plan, live, result, history; each page keeps what was entered."""

from __future__ import annotations

import functools
import json
import weakref

from PySide6.QtCore import QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QPushButton, QWidget
from shiboken6 import isValid

from desktop_app.config.profiles import Environment
from desktop_app.core.errors import Cancelled, ConsoleError
from desktop_app.core.language import N_, _
from desktop_app.core.load.result import Verdict
from desktop_app.core.users import User
from desktop_app.services.loadtest import reports, words
from desktop_app.services.loadtest.desk import LoadDesk
from desktop_app.services.loadtest.own_scenarios import ScenarioText
from desktop_app.services.loadtest.runs import LoadHead
from desktop_app.ui.exports.report_export import ReportExport
from desktop_app.ui.loadtest.acts import Acts, LastValidation, Loaded
from desktop_app.ui.loadtest.chips import VERDICT_LOOKS
from desktop_app.ui.loadtest.history_page import HistoryPage
from desktop_app.ui.loadtest.live_page import LivePage
from desktop_app.ui.loadtest.opened import OpenedRun
from desktop_app.ui.loadtest.plan_page import PlanPage
from desktop_app.ui.loadtest.rehearsal_dialog import RehearsalDialog
from desktop_app.ui.loadtest.result_page import COMPARISON, ResultPage
from desktop_app.ui.loadtest.scenario_editor import ScenarioEditor
from desktop_app.ui.messages import Level
from desktop_app.ui.step_screen import StepScreen
from desktop_app.ui.tab import TabAction, TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon

PLAN, LIVE, RESULT, HISTORY = range(4)
STEPS = (N_("Plan"), N_("Live"), N_("Result"), N_("History"))
_LEVELS = {
    Verdict.PASSED: Level.OK,
    Verdict.FAILED: Level.WARNING,
    Verdict.INCONCLUSIVE: Level.WARNING,
    Verdict.INVALID: Level.WARNING,
    Verdict.NOT_MEASURED: Level.WARNING,
}


class LoadScreen(StepScreen):
    """The four pages; ``user`` is who is signed in. ``front_asked`` when they are to be seen."""

    front_asked = Signal()

    def __init__(
        self,
        desk: LoadDesk,
        last_validation: LastValidation,
        user: User,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(
            N_("Load runs"),
            N_("Put a server under load, watch what becomes of it, and hold it to its targets."),
            STEPS,
            tools,
            parent,
        )
        self.desk = desk
        self._loaded = False
        self._compares = False
        self.acts = Acts(desk, last_validation, tools, self)
        self.export_button, self.rehearse_button = QPushButton(), QPushButton()
        self.start_button = QPushButton()
        self.plan = PlanPage(tools, user.login_id)
        self.live = LivePage(tools)
        self.result = ResultPage(tools)
        self.history = HistoryPage(tools)
        self.exporting: ReportExport[OpenedRun] = ReportExport(
            self,
            tools,
            lambda: self.result.opened,
            name=lambda run: f"load-{run.result.run_id}",
            document=lambda run: reports.report_of(run.result, run.comparison, run.head),
            others={
                "json": _as_json,
                "csv": lambda run: reports.as_csv(run.result),
                "hlog": lambda run: reports.as_hlog(run.result),
            },
        )
        self._build()
        self._connect()
        follow_language(self, self._word)
        self._show_target()

    # What the tab asks

    def activated(self) -> None:
        """Read scenarios and runs the first time; the keyboard goes to the page in front."""
        self._show_target()
        if not self._loaded:
            self.acts.load()
        self.pages.currentWidget().setFocus()

    def refresh(self) -> None:
        """Read scenarios and runs anew; a run that goes on is not disturbed."""
        self._show_target()
        self.acts.load()

    def offers(self) -> list[TabAction]:
        """What can be done now, for the palette."""
        steps = self.step_offers(N_("Load runs: {step}"), "activity")
        return [*steps, *self.exporting.menu.offers()]

    def begin(self) -> None:
        """Run what is planned; nothing while something runs."""
        self._show_target()
        order = self.plan.order
        if order is None or self.plan.missing or not self.acts.run(order):
            return
        self.banner.hide()
        self.live.begin(order)
        self.show_step(LIVE)

    def rehearse(self) -> None:
        """Try one round of what is planned."""
        order = self.plan.order
        if order is not None and self.plan.may_rehearse and self.acts.rehearse(order):
            self.banner.hide()

    def stop(self) -> None:
        """Stop the run: gracefully, and at once when asked again."""
        control = self.acts.control
        if control is None:
            self.acts.work.stop()
        elif control.stopping:
            control.stop_at_once()
            self.live.show_stopping(at_once=True)
        else:
            control.stop()
            self.live.show_stopping(at_once=False)

    # Inside

    def _build(self) -> None:
        self.export_button.setProperty("menu", "true")
        self.export_button.setMenu(self.exporting.menu)
        self._lay_out(
            (self.plan, self.live, self.result, self.history),
            (self.export_button, self.rehearse_button, self.start_button),
            main=self.start_button,
            pressed_once=(self.start_button, self.rehearse_button, self.live.stop_button),
        )

    def _connect(self) -> None:
        acts, scenario = self.acts, self.plan.scenario
        self.start_button.clicked.connect(self._on_start)
        self.rehearse_button.clicked.connect(self.rehearse)
        self.plan.changed.connect(self._show_buttons)
        scenario.chosen.connect(acts.read_scenario)
        scenario.imported.connect(acts.import_har)
        scenario.validation_asked.connect(acts.import_validation)
        scenario.edit_asked.connect(self._on_edit_asked)
        scenario.folder_asked.connect(self._open_folder)
        self.live.stop_asked.connect(self.stop)
        self.live.mark_asked.connect(self._mark)
        for page in (self.live, self.result, self.history):
            page.plan_asked.connect(functools.partial(self.show_step, PLAN))
        self.result.compare_asked.connect(self._on_compare_asked)
        self.result.noted.connect(self._on_noted)
        self.history.open_asked.connect(self._on_open_asked)
        self.history.compare_asked.connect(self._on_compare_two)
        self.history.pin_asked.connect(lambda run_id, pinned: acts.pin(run_id, pinned=pinned))
        self.history.remove_asked.connect(acts.remove)
        acts.work.told.connect(self._on_told)
        acts.work.changed.connect(self._on_work_changed)
        acts.loaded.connect(self._on_loaded)
        acts.read.connect(self._on_read)
        acts.recorded.connect(self.edit)
        acts.rehearsed.connect(self._on_rehearsed)
        acts.ended.connect(self._on_ended)
        acts.opened.connect(self._on_opened)
        acts.heads.connect(self._show_heads)
        acts.noted.connect(self._on_kept_note)
        acts.failed.connect(self._on_failed)

    def _show_target(self) -> None:
        desk = self.desk
        try:
            url, stake, guard = desk.url, desk.environment, desk.guard
        except ConsoleError as error:
            self.plan.target.show_missing(desk.profile.name, error.text())
            self.plan.show_ready(ready=False)
            return
        self.plan.target.show_target(desk.profile.name, url, stake.value)
        self.plan.permission.show_target(url, guard, production=stake is Environment.PRODUCTION)
        self.plan.show_ready(ready=True)
        self._show_buttons()

    def _on_loaded(self, loaded: Loaded) -> None:
        self._loaded = True
        self.plan.scenario.show_paths(loaded.paths, self.desk.scenarios_folder)
        self._show_heads(loaded.heads)
        shown = self.plan.scenario.shown
        path = shown.path if shown is not None else (loaded.paths[0] if loaded.paths else None)
        if path is not None:
            self.acts.read_scenario(path)

    def _on_read(self, read: ScenarioText) -> None:
        self.plan.scenario.show_scenario(read)
        self.plan.show_scenario()

    def _on_edit_asked(self) -> None:
        if (shown := self.plan.scenario.shown) is not None:
            self.edit(shown)

    def edit(self, read: ScenarioText) -> ScenarioEditor:
        """Open the editor on a scenario."""
        editor = ScenarioEditor(read, self.desk.scenarios_folder, self._tools, self.window())
        editor.saved.connect(self._on_saved)
        editor.open()
        return editor

    def _on_saved(self, path: object) -> None:
        self.acts.load()
        self.acts.read_scenario(path)  # type: ignore[arg-type]

    def _open_folder(self) -> None:
        folder = self.desk.scenarios_folder
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _mark(self, text: str) -> None:
        if self.acts.control is not None:
            self.acts.control.mark(text)

    def _on_start(self) -> None:
        if self.step == PLAN:
            self.begin()
        else:
            self.show_step(LIVE if self.acts.control is not None else PLAN)

    def _on_told(self, events: tuple) -> None:  # type: ignore[type-arg]
        if self.acts.control is not None:
            self.live.follow(events)

    def _on_work_changed(self) -> None:
        if self.acts.work.stopping and self.live.running:
            self.live.show_stopping(at_once=True)
        self._show_buttons()

    def _on_rehearsed(self, steps: tuple) -> None:  # type: ignore[type-arg]
        RehearsalDialog(steps, self._tools.theme, self.window()).open()

    def _on_ended(self, run: OpenedRun) -> None:
        text = words.verdict_text(run.result)
        self.live.end(text)
        self.result.show_run(run)
        if self.desk.not_kept is not None:
            self._tools.messages.post_error(self.desk.not_kept)
        # Whoever watches it is led to the result: nothing need cover that.
        watched = self.step == LIVE and self.isVisible() and self.isActiveWindow()
        self._tools.messages.post(
            _LEVELS[run.result.verdict],
            _("Load run of {scenario}: {verdict}").format(
                scenario=run.result.plan.scenario.name,
                verdict=_(words.VERDICTS[run.result.verdict]),
            ),
            text,
            action=(_("Show the result"), _Showing(self)),
            seen=watched,
        )
        if self.step == LIVE:
            self.show_step(RESULT)
        self.acts.list_runs()
        self._show_buttons()

    def _on_opened(self, run: OpenedRun) -> None:
        self.result.show_run(run)
        if self._compares:
            self.result.tabs.setCurrentIndex(COMPARISON)
        self.show_step(RESULT)

    def _on_open_asked(self, run_id: str) -> None:
        self._compares = False
        self.acts.open(run_id)

    def _on_compare_two(self, before: str, after: str) -> None:
        self._compares = True
        self.acts.open(after, before)

    def _on_compare_asked(self, before: str) -> None:
        if (opened := self.result.opened) is not None:
            self._on_compare_two(before, opened.result.run_id)

    def _on_noted(self, note: str, tags: tuple[str, ...]) -> None:
        if (opened := self.result.opened) is not None:
            self.acts.note(opened.result.run_id, note, tags)

    def _on_kept_note(self, head: LoadHead) -> None:
        self.result.show_noted(head)
        self.acts.list_runs()

    def _show_heads(self, heads: tuple[LoadHead, ...]) -> None:
        self.history.show_runs(heads)
        self.result.show_runs(heads)

    def _on_failed(self, act: str, error: Exception) -> None:
        if act == "run":
            self.live.end("" if isinstance(error, Cancelled) else str(error))
        if act == "read":
            self.plan.scenario.show_failed(str(error))
        elif act in ("run", "rehearse", "record") and isinstance(error, ConsoleError):
            if not isinstance(error, Cancelled):
                self.banner.tell(str(error), tone="danger")
                self.show_step(PLAN)
        else:
            self._tools.messages.post_error(error)
        self._show_buttons()

    def _show_buttons(self) -> None:
        step, busy = self.step, self.acts.work.busy
        running = self.acts.control is not None
        self.export_button.setEnabled(self.result.opened is not None)
        self.export_button.setVisible(step == RESULT)
        self.rehearse_button.setVisible(step == PLAN)
        self.rehearse_button.setEnabled(self.plan.may_rehearse and not busy)
        self.rehearse_button.setText(_("Trying…") if busy and not running else _("Dry run"))
        texts = {PLAN: _("Start")}
        other = _("Watch the run") if running else _("Plan a run")
        self.start_button.setText(texts.get(step, other))
        self.start_button.setVisible(step != LIVE or not running)
        self.start_button.setEnabled(step != PLAN or (not self.plan.missing and not busy))
        opened = self.result.opened
        look = VERDICT_LOOKS[opened.result.verdict] if opened is not None else None
        self.steps.show_look(PLAN, ("ok", "ok") if not self.plan.missing else None)
        self.steps.show_look(LIVE, ("activity", "info") if running else None)
        self.steps.show_look(RESULT, look)

    def _word(self) -> None:
        self.export_button.setText(_("Export"))
        self.export_button.setIcon(icon("export"))
        self.rehearse_button.setToolTip(_("One round of everything by one user"))
        self.start_button.setToolTip("Ctrl+Enter")
        self._show_buttons()


class _Showing:
    """Brings the result to the front, as long as the screen is there: messages outlast it."""

    def __init__(self, screen: LoadScreen) -> None:
        self._screen = weakref.ref(screen)

    def __call__(self) -> None:
        screen = self._screen()
        if screen is not None and isValid(screen):
            screen.show_step(RESULT)
            screen.front_asked.emit()


def _as_json(run: OpenedRun) -> str:
    made = reports.plain(run.result, run.comparison)
    return json.dumps(made, ensure_ascii=False, indent=2) + "\n"
