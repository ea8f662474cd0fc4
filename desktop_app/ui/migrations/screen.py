"""Migrations of one database on screen: how it stands, what is done to it, what was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QMenu, QPushButton, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from desktop_app.core.errors import Cancelled, ConsoleError
from desktop_app.core.language import N_, _
from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.events import Event, Holder, Offender, SecretMade
from desktop_app.db.migrations.restore import RestoreEnded
from desktop_app.db.migrations.verification import VerifyEnded
from desktop_app.services.migrations import reports
from desktop_app.services.migrations.choice import DatabaseChoice, choice_from
from desktop_app.services.migrations.desk import Answer, Desk, NoDatabase, PasswordNeeded
from desktop_app.services.migrations.lines import line_of
from desktop_app.services.migrations.places import Place
from desktop_app.services.migrations.reports import Status
from desktop_app.ui.changes import Change
from desktop_app.ui.messages import Level
from desktop_app.ui.migrations.chips import tone_of
from desktop_app.ui.migrations.deeds import Deed, Deeds
from desktop_app.ui.migrations.document_dialog import DocumentDialog
from desktop_app.ui.migrations.engine_work import EngineWork
from desktop_app.ui.migrations.history_page import HistoryPage
from desktop_app.ui.migrations.lease_watch import LeaseWatch
from desktop_app.ui.migrations.made_password import show_password
from desktop_app.ui.migrations.plan_page import PlanPage
from desktop_app.ui.migrations.report_export import Report, ReportExport
from desktop_app.ui.migrations.run_page import RunPage
from desktop_app.ui.migrations.target_bar import TargetBar
from desktop_app.ui.migrations.target_dialog import TargetDialog
from desktop_app.ui.migrations.verify_page import VerifyPage
from desktop_app.ui.tab import TabAction, TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.first_focus import FirstFocus
from desktop_app.ui.widgets.page_header import PageHeader
from desktop_app.ui.widgets.second_click import SecondClick
from desktop_app.ui.widgets.skeleton import Skeleton

_CHOICE = "migrations.database"
_RESOURCES = ("users", "companies", "projects", "templates", "evaluations", "files")


class MigrationsScreen(QWidget):
    """``open_requested`` carries the key of a tab and filters: a document is to be seen there."""

    open_requested = Signal(str, dict)

    def __init__(self, desk: Desk, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._tools = desk, tools
        self._status: Answer[Status] | None = None
        self._verified: Answer[VerifyEnded] | None = None
        self._last: Report | None = None
        self._stale = self._told_of_look = False
        self.work = EngineWork(tools.runner, self)
        self.deeds = Deeds(desk, self._first_choice(), self.work, tools, self)
        self.header = PageHeader(
            N_("Migrations"),
            N_("Bring a database to this version: see first what would change, prove it, undo it."),
        )
        self.bar, self.banner = TargetBar(tools), Banner(tools.theme)
        self.plan, self.run = PlanPage(tools), RunPage(tools)
        self.verification, self.history = VerifyPage(tools), HistoryPage(tools)
        self.pages = QTabWidget()
        self.skeleton, self.empty = Skeleton(tools.theme), EmptyState(tools.theme)
        self.stack = QStackedWidget()
        self.more_button, self.verify_button = QPushButton(), QPushButton()
        self.backup_button, self.apply_button = QPushButton(), QPushButton()
        self.exporting = ReportExport(self, tools, self._report)
        self._lease = LeaseWatch(desk, tools.runner, self)
        self._build()
        self._connect()
        self.bar.show_target(self.choice, desk.address_of(self.choice))
        follow_language(self, self._word)

    # What the tab asks

    @property
    def choice(self) -> DatabaseChoice:
        """The database that is looked at."""
        return self.deeds.choice

    @property
    def status(self) -> Status | None:
        """How it stands, as far as known."""
        return self._status.result if self._status is not None else None

    def activated(self) -> None:
        """Look at the database the first time; the keyboard goes to the page in front."""
        if self._status is None and not self.work.busy:
            self.refresh()
        self.pages.currentWidget().setFocus()

    def refresh(self) -> None:
        """Look at the database anew; nothing while an engine runs."""
        self._look(thorough=False)

    def offers(self) -> list[TabAction]:
        """What can be done now, for the palette."""
        actions = (
            (self.apply_button, N_("Apply"), "play", self._ask_apply),
            (self.verify_button, N_("Verify"), "shield", self.deeds.verify),
            (self.backup_button, N_("Back up"), "download", self._ask_backup),
            (self.more_button, N_("Restore"), "upload", self.deeds.ask_restore),
            (self.more_button, N_("Roll back"), "undo", self.deeds.ask_rollback),
        )
        found = [
            TabAction(name=_(name), english=name, icon=icon_name, run=run)
            for button, name, icon_name, run in actions
            if button.isEnabled()
        ]
        return [*found, *self.exporting.menu.offers()]

    def choose(self) -> None:
        """Ask for another database."""
        if not self.work.busy:
            TargetDialog(
                self._desk, self.choice, self._tools, chosen=self.use, parent=self.window()
            ).open()

    def use(self, choice: DatabaseChoice) -> None:
        """Look at another database from now on."""
        self.deeds.choice = self._desk.settled(choice)
        self._tools.state.set(_CHOICE, self.choice.kept())
        self._status = self._verified = self._last = None
        self.banner.hide()
        self.bar.show_target(self.choice, self._desk.address_of(self.choice))
        self.verification.show_verification(None)
        self.refresh()

    def open_document(self, offender: Offender) -> None:
        """Show a document in its tab; one that no tab shows, as it is in the database."""
        choice, desk = self.choice, self._desk

        def work(_context: TaskContext) -> Place | str | None:
            return desk.place_of(choice, offender) or desk.document(choice, offender)

        self._tools.runner.start(
            work, owner=self, done=lambda found: self._on_document_found(offender, found)
        )

    # Inside

    def _first_choice(self) -> DatabaseChoice:
        kept = choice_from(self._tools.state.get(_CHOICE))
        return self._desk.settled(kept) if kept is not None else self._desk.own()

    def _build(self) -> None:
        self.more_button.setProperty("menu", "true")
        self.menu = QMenu(self.more_button)
        self.restore_action, self.rollback_action = self.menu.addAction(""), self.menu.addAction("")
        self.menu.addSeparator()
        self.export_action = self.menu.addMenu(self.exporting.menu)
        self.refresh_action = self.menu.addAction("")
        self.more_button.setMenu(self.menu)
        self.apply_button.setProperty("role", "primary")
        buttons = (self.more_button, self.backup_button, self.verify_button, self.apply_button)
        for button in buttons:
            self.header.add_action(button)
        for page in (self.plan, self.run, self.verification, self.history):
            self.pages.addTab(page, "")
        for content in (self.empty, self.skeleton, self.pages):
            self.stack.addWidget(content)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(12)
        column.addWidget(self.header)
        column.addWidget(self.bar)
        column.addWidget(self.banner)
        column.addWidget(self.stack, 1)
        FirstFocus(self.plan, self.plan.tree)
        FirstFocus(self.run, self.run.log)
        FirstFocus(self.verification, self.verification.checks)
        FirstFocus(self.history, self.history.runs)
        SecondClick(self, *buttons, self.run.stop_button)

    def _connect(self) -> None:
        self.bar.choose_asked.connect(self.choose)
        self.bar.break_asked.connect(self.deeds.ask_break)
        self.bar.resume_asked.connect(self._on_resume_asked)
        self.apply_button.clicked.connect(self._ask_apply)
        self.verify_button.clicked.connect(self.deeds.verify)
        self.backup_button.clicked.connect(self._ask_backup)
        self.restore_action.triggered.connect(self.deeds.ask_restore)
        self.rollback_action.triggered.connect(self.deeds.ask_rollback)
        self.refresh_action.triggered.connect(self.refresh)
        self.menu.aboutToShow.connect(self._show_menu)
        self.plan.document_asked.connect(self.open_document)
        self.plan.thorough_asked.connect(lambda: self._look(thorough=True))
        self.verification.document_asked.connect(self.open_document)
        self.run.stop_asked.connect(self._on_stop_asked)
        self.work.told.connect(self._on_told)
        self.work.changed.connect(self._show_state)
        self.deeds.begun.connect(self._on_begun)
        self.deeds.ended.connect(self._on_ended)
        self.deeds.verified.connect(self._on_verified)
        self.deeds.failed.connect(self._on_run_failed)
        self.deeds.refused.connect(self._on_refused)
        self.deeds.broken.connect(self._on_broken)
        self._lease.seen.connect(self._on_lease_seen)
        self._lease.ended.connect(self.refresh)

    def _ask_apply(self) -> None:
        if self._status is not None:
            self.deeds.ask_apply(self._status.result.plan)

    def _ask_backup(self) -> None:
        facts = self._status.target.facts if self._status is not None else None
        self.deeds.ask_backup(snapshots=facts is None or facts.snapshots)

    def _look(self, *, thorough: bool) -> None:
        started = self.work.start(
            "look",
            partial(self._desk.look, self.choice, thorough=thorough),
            title=_("Planning {database}").format(database=self.choice.database),
            done=self._on_looked,
            failed=self._on_look_failed,
        )
        self._stale = self._stale and not started
        if started and self._status is None:
            self.stack.setCurrentWidget(self.skeleton)

    def _refresh_if_stale(self) -> None:
        if self._stale:
            self.refresh()

    def _on_told(self, event: Event) -> None:
        if isinstance(event, SecretMade):
            show_password(event, self._tools, self.window())
        if self.work.kind != "look":
            self.run.follow(event)

    def _on_looked(self, answer: Answer[Status]) -> None:
        self._status = answer
        if self._told_of_look:
            self.banner.hide()
        self._told_of_look = False
        self.bar.show_status(answer)
        self.plan.show_plan(answer.result.plan)
        self.history.show_runs(answer.result.runs)
        self.stack.setCurrentWidget(self.pages)

    def _on_look_failed(self, error: Exception) -> None:
        text = self._worded(error) or _("Looking at the database was stopped.")
        ask = isinstance(error, PasswordNeeded | NoDatabase)
        action = (_("Choose database…"), self.choose) if ask else (_("Try again"), self.refresh)
        if self._status is not None:
            self.banner.tell(text, tone="danger", action=action)
            self._told_of_look = True
            return
        heading = _("The database cannot be looked at")
        if isinstance(error, NoDatabase):
            heading = _("Choose a database")
        elif isinstance(error, PasswordNeeded):
            heading = _("A password is needed")
        self.bar.show_status(None)
        self.empty.tell(
            heading,
            text,
            icon_name="key" if ask else "error",
            tone="muted" if ask else "danger",
            action=action,
        )
        self.stack.setCurrentWidget(self.empty)

    def _worded(self, error: Exception) -> str:
        """What failed; "" for what was only stopped."""
        if isinstance(error, Cancelled):
            return ""
        if isinstance(error, ConsoleError):
            return str(error)
        self._tools.messages.post_error(error, _("Migrations"))
        return _("Something went wrong: the message says what.")

    def _on_begun(self, title: str) -> None:
        self.banner.hide()
        self._told_of_look = False
        self.stack.setCurrentWidget(self.pages)
        self.run.begin(title)
        self.pages.setCurrentWidget(self.run)

    def _on_run_failed(self, error: Exception) -> None:
        text = self._worded(error) or _("Stopped.")
        self.run.end(text)
        self.banner.tell(text, tone="danger")
        self._stale = True

    def _on_ended(self, deed: Deed) -> None:
        ended = deed.ended
        self._last = Report(deed.report, ended, f"{deed.kind}-{self.choice.database}")
        self.run.end()
        tone, text = tone_of(ended.reason), line_of(ended)
        if tone != "ok":
            self.banner.tell(text, tone=tone)
        elif isinstance(ended, RestoreEnded) and ended.database != self.choice.database:
            into = replace(self.choice, database=ended.database)
            self.banner.tell(text, tone="ok", action=(_("Look at it"), lambda: self.use(into)))
        said, _line, more = text.partition("\n")
        self._tools.messages.post(Level(tone), f"{deed.title}: {said}", more)
        self._stale = deed.kind != "backup"
        if self._stale and self._desk.is_platform(self.choice):
            for resource in _RESOURCES:
                self._tools.changes.tell(Change(resource))

    def _on_verified(self, answer: Answer[VerifyEnded]) -> None:
        self._verified = answer
        self.run.end()
        self.verification.show_verification(answer.result)
        self.pages.setCurrentWidget(self.verification)

    def _on_refused(self, error: Exception) -> None:
        if text := self._worded(error):
            self.banner.tell(text, tone="danger")
        self.refresh()

    def _on_broken(self, holder: Holder) -> None:
        text = _("The lease of {by} was broken.").format(by=holder.by)
        self._tools.messages.post(Level.WARNING, text)
        self.refresh()

    def _on_resume_asked(self, command: str) -> None:
        if command == "rollback":
            self.deeds.ask_rollback()
        else:
            self._ask_apply()

    def _on_stop_asked(self) -> None:
        self.work.stop()
        self.run.show_stopping()

    def _on_lease_seen(self, holder: Holder, now: datetime) -> None:
        """Somebody else's run goes on: it grows older."""
        if self._status is not None:
            status = self._status.result
            seen = replace(status, holder=holder, plan=replace(status.plan, at=now))
            self._status = replace(self._status, result=seen)
            self.bar.show_status(self._status)

    def _on_document_found(self, offender: Offender, found: Place | str | None) -> None:
        if isinstance(found, Place):
            self.open_requested.emit(found.tab, dict(found.filters))
        elif found is not None:
            DocumentDialog(offender, found, self.window()).open()
        else:
            text = _("{collection} / {id} is not there any more.")
            self.banner.tell(text.format(collection=offender.collection, id=offender.id))

    def _report(self) -> Report | None:
        page, status, verified = self.pages.currentWidget(), self._status, self._verified
        name = self.choice.database
        if page is self.plan and status is not None:
            plan = status.result.plan
            return Report(reports.plan_report(plan), plan, f"plan-{name}")
        if page is self.history and status is not None:
            made = reports.status_report(status.target, status.result)
            return Report(made, status.result, f"migrations-{name}")
        if page is self.verification and verified is not None:
            made = reports.verify_report(verified.target, verified.result)
            return Report(made, verified.result, f"verification-{name}")
        return self._last if page is self.run else None

    def _show_menu(self) -> None:
        self.export_action.setEnabled(self._report() is not None)

    def _show_state(self) -> None:
        busy, status = self.work.busy, self.status
        if self._stale and not busy:
            QTimer.singleShot(0, self, self._refresh_if_stale)
        for button in (self.more_button, self.verify_button, self.backup_button):
            button.setEnabled(status is not None and not busy)
        plan = status.plan if status is not None else None
        ready = plan is not None and bool(plan.pending) and not plan.blockers
        self.apply_button.setEnabled(ready and not busy)
        self.bar.allow(not busy)
        held = status is not None and status.holder is not None and not busy
        self._lease.watch(self.choice if held else None)

    def _word(self) -> None:
        titles = (_("Plan"), _("Run"), _("Verification"), _("History"))
        for at, title in enumerate(titles):
            self.pages.setTabText(at, title)
        self.more_button.setText(_("More"))
        words = (
            (self.restore_action, _("Restore…"), "upload"),
            (self.rollback_action, _("Roll back…"), "undo"),
            (self.export_action, _("Export report"), "export"),
            (self.refresh_action, _("Look anew"), "refresh"),
        )
        for action, text, name in words:
            action.setText(text)
            action.setIcon(icon(name))
        self.backup_button.setText(_("Back up…"))
        self.verify_button.setText(_("Verify"))
        self.apply_button.setText(_("Apply…"))
        self._show_state()
