"""Which database is looked at, and how it stands."""

from __future__ import annotations

from datetime import datetime

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.language import _, ngettext
from desktop_app.db.migrations.events import Holder
from desktop_app.db.migrations.server import Topology
from desktop_app.services.migrations import words
from desktop_app.services.migrations.choice import DatabaseChoice
from desktop_app.services.migrations.desk import Answer
from desktop_app.services.migrations.reports import Status
from desktop_app.services.migrations.standing import (
    SITUATIONS,
    Situation,
    interrupted_command,
    situation_of,
)
from desktop_app.ui.migrations.chips import SITUATION_LOOKS
from desktop_app.ui.migrations.plan_model import about
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.theme import set_look
from desktop_app.ui.times import duration, local_time
from desktop_app.ui.widgets.elided_label import ElidedLabel
from desktop_app.ui.widgets.plain_text import plain_label
from desktop_app.ui.widgets.status_chip import StatusChip

_TOPOLOGIES = {
    Topology.STANDALONE: "standalone",
    Topology.REPLICA_SET: "replica set",
    Topology.SHARDED: "sharded",
}


class TargetBar(QFrame):
    """Two lines: the database with its environment, and its situation with what to do about it.

    ``choose_asked``: another database; ``resume_asked`` carries the command that was cut short;
    ``break_asked`` the holder whose lease is in the way.
    """

    choose_asked = Signal()
    resume_asked = Signal(str)
    break_asked = Signal(object)

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._choice: DatabaseChoice | None = None
        self._address = ""
        self._answer: Answer[Status] | None = None
        self._text = ""
        self.setProperty("role", "surface")
        self._environment = plain_label()
        self._database = plain_label(role="strong")
        self._server = ElidedLabel(role="muted")
        self.choose_button = QPushButton()
        self.choose_button.clicked.connect(self.choose_asked)
        self.state = StatusChip(tools.theme)
        self.detail = plain_label(role="muted")
        self.detail.setWordWrap(True)
        self.resume_button, self.break_button = QPushButton(), QPushButton()
        self.resume_button.clicked.connect(self._on_resume_clicked)
        self.break_button.clicked.connect(self._on_break_clicked)
        self._build()
        follow_language(self, self._show)

    @property
    def situation(self) -> Situation | None:
        """What is shown; None while nothing is known."""
        return situation_of(self._answer.result) if self._answer is not None else None

    def show_target(self, choice: DatabaseChoice, address: str) -> None:
        """Another database, of which nothing is known yet."""
        self._choice, self._address, self._answer = choice, address, None
        self._show()

    def show_status(self, answer: Answer[Status] | None, text: str = "") -> None:
        """How it stands; None with a ``text`` (translated) that says why that is not known."""
        self._answer, self._text = answer, text
        self._show()

    def allow(self, allowed: bool) -> None:
        """Whether anything can be asked for now."""
        for button in (self.choose_button, self.resume_button, self.break_button):
            button.setEnabled(allowed)

    def _build(self) -> None:
        first = QHBoxLayout()
        first.setSpacing(12)
        first.addWidget(self._environment)
        first.addWidget(self._database)
        first.addWidget(self._server, 1)
        first.addWidget(self.choose_button)
        second = QHBoxLayout()
        second.setSpacing(12)
        second.addWidget(self.state)
        second.addWidget(self.detail, 1)
        second.addWidget(self.resume_button)
        second.addWidget(self.break_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.setSpacing(4)
        column.addLayout(first)
        column.addLayout(second)

    def _show(self) -> None:
        self.choose_button.setText(_("Choose database…"))
        self.resume_button.setText(_("Resume…"))
        self.break_button.setText(_("Break the lease…"))
        self._show_target()
        status = self._answer.result if self._answer is not None else None
        situation = self.situation
        self.resume_button.setVisible(situation is Situation.INTERRUPTED)
        self.break_button.setVisible(situation is Situation.BUSY)
        if status is None or situation is None:
            self.state.show_state(_("Not known"), "circle", "muted")
            self.detail.setText(self._text)
            return
        self.state.show_state(_(SITUATIONS[situation]), *SITUATION_LOOKS[situation])
        self.detail.setText(self._detail(status, situation))

    def _show_target(self) -> None:
        if self._choice is None:
            return
        stake = self._choice.environment
        set_look(self._environment, "environment", stake.value)
        self._environment.setText(_(words.ENVIRONMENTS[stake.value]))
        self._database.setText(self._choice.database)
        server = self._address
        if self._answer is not None:
            facts = self._answer.target.facts
            server += f" · MongoDB {facts.version} · {_TOPOLOGIES[facts.topology]}"
        self._server.show_text(server)

    def _detail(self, status: Status, situation: Situation) -> str:
        plan = status.plan
        if status.holder is not None:
            return holder_line(status.holder, plan.at)
        said = []
        if situation is Situation.INTERRUPTED:
            text = _("The last run ({command}) was cut short; it goes on from there.")
            command = _(words.COMMANDS.get(interrupted_command(status), ""))
            said.append(text.format(command=command))
        if plan.blockers:
            count = len(plan.blockers)
            text = ngettext(
                "{n} thing stands in the way: see the plan.",
                "{n} things stand in the way: see the plan.",
                count,
            )
            said.append(text.format(n=count))
        if plan.pending:
            count = len(plan.pending)
            text = ngettext("{n} step to apply", "{n} steps to apply", count).format(n=count)
            said.append(f"{text}, {about(plan.estimate_s)}.")
        if plan.drifted:
            count = len(plan.drifted)
            text = ngettext(
                "{n} step was altered by hand; applying mends it.",
                "{n} steps were altered by hand; applying mends them.",
                count,
            )
            said.append(text.format(n=count))
        if status.runs:
            last = status.runs[0]
            text = _("Last run: {when}, {by}, {result}.")
            said.append(
                text.format(
                    when=local_time(last.started_at, self._tools.settings),
                    by=last.by,
                    result=_(words.STOPS[last.outcome]),
                )
            )
        return " ".join(said) or _("Everything is as this version declares it.")

    def _on_resume_clicked(self) -> None:
        if self._answer is not None:
            self.resume_asked.emit(interrupted_command(self._answer.result))

    def _on_break_clicked(self) -> None:
        if self._answer is not None and self._answer.result.holder is not None:
            self.break_asked.emit(self._answer.result.holder)


def holder_line(holder: Holder, now: datetime) -> str:
    """Who holds the lease, since when, and when it ends by itself."""
    text = _(
        "{by} has been at it for {age} ({command}, run {run}). Unless renewed, the lease ends in"
        " {left}."
    )
    return text.format(
        by=holder.by,
        age=duration((now - holder.acquired_at).total_seconds()),
        command=_(words.COMMANDS.get(holder.command, holder.command)),
        run=holder.run_id,
        left=duration((holder.expires_at - now).total_seconds()),
    )
