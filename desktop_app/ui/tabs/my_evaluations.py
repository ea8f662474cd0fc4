"""My evaluations: an evaluator's sheets, one company per page, safe against whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.core.errors import ConsoleError
from desktop_app.core.evaluations import FINISHED
from desktop_app.core.language import N_, _
from desktop_app.ui.changes import Change
from desktop_app.ui.dialogs.confirm import confirm
from desktop_app.ui.messages import Level
from desktop_app.ui.scoring.courier import Courier
from desktop_app.ui.scoring.deadlines import WARN_AT, DeadlineWatch, Due, warning_text
from desktop_app.ui.scoring.interests import Interests
from desktop_app.ui.scoring.peers_dialog import PeersDialog
from desktop_app.ui.scoring.remedies import Remedies
from desktop_app.ui.scoring.session import ScoringSession
from desktop_app.ui.scoring.sheet_lines import SheetLines
from desktop_app.ui.scoring.sheet_list import SheetList
from desktop_app.ui.scoring.sheet_model import by_project
from desktop_app.ui.scoring.sheet_page import SheetPage
from desktop_app.ui.scoring.submission import Submission
from desktop_app.ui.tab import Tab, TabAction, TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.page_header import PageHeader

if TYPE_CHECKING:
    from desktop_app.api.evaluations import Evaluations
    from desktop_app.api.files import Files
    from desktop_app.api.projects import Projects


LIST_AGAIN_MS = 60_000
URGENT = len(WARN_AT) - 1
"""The level of a warning from which on it is a matter of minutes."""
LIST_AFTER_MS = 150
"""While many sheets come in, the list is built no more often than this."""


class MyEvaluationsTab(Tab):
    """The list of sheets, and behind it the sheet that is open.

    What is typed is in the journal before anything else happens to it: leaving asks only where
    there is no journal that outlives the program, or its disk refuses.
    """

    key = "my_evaluations"

    def __init__(
        self,
        *,
        session: ScoringSession,
        evaluations: Evaluations,
        projects: Projects,
        files: Files,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.session = session
        self.evaluations, self._tools = evaluations, tools
        self.watch = DeadlineWatch(session.clock, self)
        self.list = SheetList(tools, session.clock.now)
        self.page = SheetPage(session, files, tools)
        self.submission = Submission(self.page, session, tools)
        self.remedies = Remedies(self.page, session, self.submission, tools)
        self.interests = Interests(projects, tools, self)
        self.banner = Banner(tools.theme)
        self._go_on = QPushButton()
        self._go_on.setProperty("role", "primary")
        self._declare = QPushButton()
        self._pages = QStackedWidget()
        self._lines = SheetLines(session)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(LIST_AFTER_MS)
        self._soon.timeout.connect(self._show_list)
        self._again = QTimer(self)
        self._again.setInterval(LIST_AGAIN_MS)
        self._again.timeout.connect(self._on_again)
        self._warned: set[tuple[str, datetime]] = set()
        self._shown: Due | None = None
        self._disk_told = False
        self._build()
        self._connect()
        follow_language(self, self._retranslate)
        if session.courier is not None:
            self._on_ready()

    @property
    def courier(self) -> Courier | None:
        """The way to the server; None until the journal is open."""
        return self.session.courier

    @property
    def unsaved(self) -> bool:
        """Whether something typed is neither on the server nor safe on this computer."""
        if self.page.composing:
            return True
        desk = self.session.desk
        if desk is None or self.session.on_disk:
            return False
        return any(record.typed and not record.finished for record in desk)

    def activated(self) -> None:
        """Open the journal the first time; load the list anew each time."""
        self.session.start()
        if self.courier is not None:
            self.courier.load()
        if self._pages.currentWidget() is self.page and self.page.form is not None:
            return
        self.list.focus()

    def refresh(self) -> None:
        """Ask for the list anew, and send what waits."""
        if self.courier is not None:
            self.courier.flush()
            self.courier.load()
            if self._pages.currentWidget() is self.page:
                self.courier.want(self.page.id)

    def leave(self, proceed: Callable[[], None]) -> None:
        """Go at once when all is safe, else after asking."""
        self.page.leave()
        if self.unsaved:
            self.session.when_on_disk(proceed, lambda: self._ask_to_leave(proceed))
        else:
            proceed()

    def _ask_to_leave(self, proceed: Callable[[], None]) -> None:
        confirm(
            self.window(),
            title=_("Leave scores behind that are not sent yet?"),
            text=_(
                "This computer cannot keep them across a restart, and the server does not have"
                " them yet. They are lost when you leave now."
            ),
            action=_("Leave them behind"),
            on_yes=proceed,
            danger=True,
            cancel=_("Stay"),
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Visible: what staff does meanwhile appears by itself."""
        super().showEvent(event)
        self._again.start()
        if not event.spontaneous() and self._pages.currentWidget() is self.list_page:
            self.list.focus()  # whoever signs in had the keyboard on a page that is gone

    def hideEvent(self, event: QHideEvent) -> None:
        """Hidden: nothing is asked of the server but to take what was typed."""
        super().hideEvent(event)
        self._again.stop()

    def offers(self) -> Sequence[TabAction]:
        """What can be done here, for the command palette."""
        offers = [
            TabAction(
                name=_("Declare a conflict of interest…"),
                english="Declare a conflict of interest",
                icon="shield",
                run=self._on_declare_clicked,
            )
        ]
        if self._pages.currentWidget() is self.page:
            offers += [
                TabAction(
                    name=_("Next missing"),
                    english="Next missing score",
                    icon="arrow-down",
                    run=self.page.go_to_missing,
                    keys="F8",
                ),
                TabAction(
                    name=_("Submit…"),
                    english="Submit the sheet",
                    icon="check",
                    run=self.submission.begin,
                    keys="Ctrl+Shift+Return",
                ),
            ]
        return offers

    def show_filtered(self, filters: dict[str, str]) -> None:
        """Put the keyboard on a project or sheet: ``project_id`` or ``id``."""
        self.show_list()
        self.list.select(filters.get("id") or filters.get("project_id", ""))

    def open_sheet(self, id_: str) -> None:
        """Show one company's sheet."""
        for project in self.list.model.projects:
            ids = [line.evaluation.id for line in project.sheets]
            if id_ in ids:
                self._pages.setCurrentWidget(self.page)
                self.page.open(id_, ids.index(id_) + 1, len(ids))
                self.list.select(id_)
                if self.page.record is None and self.courier is not None:
                    self.courier.want(id_)
                return

    def show_list(self) -> None:
        """Back to the list of sheets."""
        self.page.leave()
        self._pages.setCurrentWidget(self.list_page)
        self._show_list()
        self.list.focus()

    def _build(self) -> None:
        header = PageHeader(N_("My sheets"), N_("The companies that you evaluate, and until when."))
        header.add_action(self._declare)
        header.add_action(self._go_on)
        self.list_page = QWidget()
        column = QVBoxLayout(self.list_page)
        column.setContentsMargins(24, 4, 24, 16)
        column.setSpacing(12)
        column.addWidget(header)
        column.addWidget(self.list, 1)
        self._pages.addWidget(self.list_page)
        self._pages.addWidget(self.page)
        above = QVBoxLayout()
        above.setContentsMargins(24, 12, 24, 0)
        above.addWidget(self.banner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(above)
        layout.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.session.ready.connect(self._on_ready)
        self.session.disk_changed.connect(self._on_disk_changed)
        self.list.open_asked.connect(self.open_sheet)
        self.list.retry_asked.connect(self.refresh)
        self.page.back_asked.connect(self.show_list)
        self.page.step_asked.connect(self._on_step_asked)
        self.page.peers_asked.connect(self._on_peers_asked)
        self.remedies.discarded.connect(self._on_discarded)
        self.interests.changed.connect(self.refresh)
        self.watch.warned.connect(self._on_warned)
        self.watch.come.connect(self.list.model.touch)
        self._go_on.clicked.connect(self._on_go_on_clicked)
        self._declare.clicked.connect(self._on_declare_clicked)
        self._tools.changes.changed.connect(self._on_changes_changed)

    def _on_ready(self) -> None:
        courier = self.courier
        assert courier is not None
        courier.changed.connect(self._on_courier_changed)
        courier.listed.connect(self._show_list)
        courier.trip_ended.connect(self._on_trip_ended)
        self.submission.watch(courier)
        courier.submission_ended.connect(self._on_submission_ended)
        self._show_list()
        courier.load()

    def _show_list(self) -> None:
        courier, desk = self.courier, self.session.desk
        if courier is None or desk is None:
            return
        evaluations = courier.evaluations
        self.watch.watch(evaluations, guess=courier.offline)
        self._renew_warning()
        projects = by_project(self._lines.of(evaluation, courier) for evaluation in evaluations)
        self.list.show_projects(projects)
        if not projects and courier.loaded:
            self.list.show_empty()
        elif not projects and courier.list_error is not None:
            error = courier.list_error
            shown = error if isinstance(error, ConsoleError) else ConsoleError()
            self.list.show_failure(str(shown))
        self._go_on.setEnabled(self._next_unfinished() is not None)
        self._declare.setEnabled(bool(projects))

    def _on_submission_ended(self, _id: str, _outcome: object) -> None:
        self._show_list()

    def _on_courier_changed(self, id_: str) -> None:
        if id_ == self.page.id:
            self.page.refresh()
        if self._pages.currentWidget() is not self.page and not self._soon.isActive():
            self._soon.start()

    def _on_again(self) -> None:
        if self.courier is not None and not self.courier.offline:
            self.courier.load()

    def _on_trip_ended(self) -> None:
        if self.session.clock.known:
            self.watch.look()

    def _on_disk_changed(self) -> None:
        if self.session.disk_error:
            self.banner.tell(
                _("What you type cannot be saved on this computer: {reason}.").format(
                    reason=self.session.disk_error
                ),
                tone="danger",
                closable=False,
            )
        elif self._disk_told:
            self.banner.hide()
        self._disk_told = bool(self.session.disk_error)

    def _on_step_asked(self, by: int) -> None:
        for project in self.list.model.projects:
            ids = [line.evaluation.id for line in project.sheets]
            if self.page.id in ids:
                place = ids.index(self.page.id) + by
                if 0 <= place < len(ids):
                    self.open_sheet(ids[place])
                return

    def _next_unfinished(self) -> str | None:
        return next(
            (
                line.evaluation.id
                for project in self.list.model.projects
                for line in project.sheets
                if line.evaluation.status not in FINISHED and not line.evaluation.conflict
            ),
            None,
        )

    def _on_go_on_clicked(self) -> None:
        if (id_ := self._next_unfinished()) is not None:
            self.open_sheet(id_)

    def _on_declare_clicked(self) -> None:
        project = self.list.current_project
        if project is None:
            return
        company = ""
        if self._pages.currentWidget() is self.page and self.page.record is not None:
            company = self.page.record.sheet.evaluation.company_id
        self.interests.open(project.id, project.name, company, self.window())

    def _on_peers_asked(self) -> None:
        record, api, id_ = self.page.record, self.evaluations, self.page.id
        if record is None:
            return
        sheet = record.sheet
        self._tools.runner.start(
            lambda _context: api.peers(id_),
            owner=self.page,
            done=lambda peers: PeersDialog(sheet, peers, self.window()).open(),
        )

    def _on_discarded(self) -> None:
        if self.page.record is None:
            self.show_list()
        self._show_list()

    def _on_warned(self, due: Due) -> None:
        now = self.session.clock.now()
        self._warned.add((due.project_id, due.deadline))
        self._show_warning()
        urgent = due.level(now) >= URGENT
        self._tools.messages.post(Level.DANGER if urgent else Level.WARNING, warning_text(due, now))

    def _show_warning(self) -> None:
        """Show the warning that matters most: the soonest deadline, and last those that passed."""
        now = self.session.clock.now()
        warned = [due for due in self.watch.dues if (due.project_id, due.deadline) in self._warned]
        self._shown = min(warned, key=lambda due: (due.deadline <= now, due.deadline), default=None)
        if self._shown is None:
            self.banner.hide()
        else:
            tone = "danger" if self._shown.level(now) >= URGENT else "warning"
            self.banner.tell(warning_text(self._shown, now), tone=tone)

    def _renew_warning(self) -> None:
        """Let the banner count what is unfinished now; hide it where nothing is."""
        if self._shown is None or self._shown in self.watch.dues:
            return
        if self.banner.isVisibleTo(self) and not self._disk_told:
            self._show_warning()

    def _on_changes_changed(self, change: Change) -> None:
        if change.resource in ("evaluations", "projects") and self.isVisible():
            self.refresh()

    def _retranslate(self) -> None:
        self._go_on.setText(_("Go on scoring"))
        self._go_on.setToolTip(_("The first sheet that is not submitted"))
        self._declare.setText(_("Conflict of interest…"))
        self._show_list()
