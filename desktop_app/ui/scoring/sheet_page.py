"""One company per page: its sheet, where what was typed is, and what is to be said about it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.documents import same
from desktop_app.core.language import _
from desktop_app.core.sheet_fields import field_values
from desktop_app.services.scoring.records import SheetRecord
from desktop_app.ui.files.file_list import FileList
from desktop_app.ui.scoring.courier import Courier
from desktop_app.ui.scoring.notices import REMEDY_TEXTS, Remedy, is_locked, notice_of
from desktop_app.ui.scoring.session import ScoringSession
from desktop_app.ui.scoring.sheet_form import SheetForm
from desktop_app.ui.scoring.sheet_head import SheetHead
from desktop_app.ui.scoring.states import Said, said_of
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.skeleton import Skeleton

if TYPE_CHECKING:
    from desktop_app.api.files import Files

STATE_AFTER_MS = 120
"""While keys come, the state is looked at no more often than this."""


class SheetPage(QWidget):
    """Shows one sheet of ``session`` at a time; every change of its form goes to the desk at once.

    ``step_asked`` carries −1 or 1. The buttons at the foot only ask: ``submit_asked``,
    ``peers_asked``, ``receipt_asked``, and ``remedy_asked`` with what the banner's button offers.
    """

    back_asked = Signal()
    step_asked = Signal(int)
    submit_asked = Signal()
    peers_asked = Signal()
    receipt_asked = Signal()
    remedy_asked = Signal(object)

    def __init__(
        self,
        session: ScoringSession,
        files: Files,
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session, self._tools = session, tools
        self._place = (1, 1)
        self.id = ""
        self.busy = False
        self._noticed = False
        self._awaited = False
        self.form: SheetForm | None = None
        self.head = SheetHead(tools)
        self.banner = Banner(tools.theme)
        self._skeleton = Skeleton(tools.theme)
        self.file_list = FileList(files, tools)
        self.file_list.hide()
        self.files = _button()
        self.files.setCheckable(True)
        self.files.hide()
        self._file_count = 0
        self.peers, self.receipt, self.missing = _button(), _button(), _button()
        self.submit = _button("primary")
        self._foot = QWidget(self)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(STATE_AFTER_MS)
        self._soon.timeout.connect(self._show_state)
        self._tick = QTimer(self)
        self._tick.setSingleShot(True)
        self._tick.timeout.connect(self.show_time)
        self._build()
        self._connect()
        follow_language(self, self._retranslate)

    @property
    def record(self) -> SheetRecord | None:
        """What is known of the sheet shown; None while it is not on this computer."""
        return self._session.desk.get(self.id) if self._session.desk is not None else None

    @property
    def composing(self) -> bool:
        """Whether an input method holds an unfinished syllable in the form."""
        return self.form is not None and self.form.composing

    def open(self, id_: str, place: int, count: int) -> None:
        """Show a sheet, the one numbered ``place`` (from 1) of ``count`` in its project."""
        self.leave()
        changed = id_ != self.id
        self.id, self._place, self.busy = id_, (place, count), False
        self.banner.hide()
        record = self.record
        if changed and self.form is not None:
            self._drop_form(keep=record is not None and self.form.criteria == record.sheet.criteria)
        self.refresh(anew=changed)
        if changed and record is not None:
            self._ask_files(record)
        self._awaited = self.form is None
        if self.form is not None:
            self.form.focus_first()

    def leave(self) -> None:
        """Finish what is being composed, and send what waits."""
        if self.form is not None:
            self.form.finish_composition()
        if self._session.courier is not None:
            self._session.courier.flush()

    def refresh(self, *, anew: bool = False) -> None:
        """Show the record as it is; ``anew``: it is another sheet than before."""
        record = self.record
        self._skeleton.setVisible(record is None)
        self._foot.setVisible(record is not None)
        if record is None:
            self._drop_form(keep=False)
            self._show_absent()
            return
        self._show_form(record, anew=anew)
        self.head.show_sheet(record.sheet.evaluation, *self._place)
        self._show_notice(record)
        self._show_buttons(record)
        self._show_state()
        self.show_time()
        if self._awaited and self.form is not None:
            self._awaited = False
            self.form.focus_first()

    def set_busy(self, busy: bool) -> None:
        """While a submission is under way nothing may be typed that would come too late."""
        self.busy = busy
        self.refresh()

    def say(self, text: str, tone: str, remedy: Remedy = Remedy.NONE) -> None:
        """Say something above the form; it stays until it is closed or something else is said."""
        action = None
        if remedy:
            action = (_(REMEDY_TEXTS[remedy]), lambda: self.remedy_asked.emit(remedy))
        self.banner.tell(text, tone=tone, action=action)

    def show_time(self) -> None:
        """Show the time left, and look again when the words change; hidden, never."""
        holds = self.head.show_time(self._session.clock.now())
        if holds is not None and self.isVisible():
            most = min(holds, timedelta(hours=1))
            self._tick.start(int(most.total_seconds() * 1000) + 20)

    def showEvent(self, event: QShowEvent) -> None:
        """Visible: the time left goes on."""
        super().showEvent(event)
        self.show_time()

    def hideEvent(self, event: QHideEvent) -> None:
        """Hidden: nothing ticks."""
        super().hideEvent(event)
        self._tick.stop()

    def _build(self) -> None:
        foot = QHBoxLayout(self._foot)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(8)
        for button in (self.files, self.peers, self.receipt, self.missing, self.submit):
            foot.addWidget(button)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(24, 0, 24, 16)
        self._column.setSpacing(12)
        self._column.addWidget(self.head)
        self._column.addWidget(self.banner)
        self._column.addWidget(self.file_list)
        self._column.addWidget(self._skeleton, 1)

    def _connect(self) -> None:
        self.head.back_asked.connect(self.back_asked)
        self.head.step_asked.connect(self.step_asked)
        self.submit.clicked.connect(self.submit_asked)
        self.peers.clicked.connect(self.peers_asked)
        self.receipt.clicked.connect(self.receipt_asked)
        self.files.toggled.connect(self.file_list.setVisible)
        self.file_list.loaded.connect(self._on_files_loaded)
        self.missing.clicked.connect(self.go_to_missing)
        self._session.disk_changed.connect(self._soon.start)
        for keys, run in (
            ("Alt+Left", lambda: self._step(-1)),
            ("Alt+Right", lambda: self._step(1)),
            ("F8", self.go_to_missing),
            ("Ctrl+Shift+Return", self._ask_submit),
            ("Esc", self.back_asked.emit),
        ):
            shortcut = QShortcut(QKeySequence(keys), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(run)

    def go_to_missing(self) -> None:
        """Put the keyboard into the next criterion without a score."""
        if self.form is not None and not self.form.focus_next_missing():
            self.submit.setFocus()

    def _ask_files(self, record: SheetRecord) -> None:
        self._on_files_loaded(0)
        one = record.sheet.evaluation
        self.file_list.show_for(one.project_id, one.company_id)

    def _on_files_loaded(self, count: int) -> None:
        self._file_count = count
        self.files.setVisible(count > 0)
        if not count:
            self.files.setChecked(False)
        self._word_files()

    def _word_files(self) -> None:
        self.files.setText(_("Files ({n})").format(n=self._file_count))
        self.files.setToolTip(_("Show or hide the files of this company"))

    def _step(self, by: int) -> None:
        place, count = self._place
        if 1 <= place + by <= count:
            self.step_asked.emit(by)

    def _ask_submit(self) -> None:
        if not self.submit.isHidden() and self.submit.isEnabled():
            self.submit_asked.emit()

    def _drop_form(self, *, keep: bool) -> None:
        if self.form is None or keep:
            return
        self._foot.setParent(self)
        self._column.removeWidget(self.form)
        self.form.hide()
        self.form.deleteLater()
        self.form = None

    def _show_form(self, record: SheetRecord, *, anew: bool) -> None:
        criteria = record.sheet.criteria
        if self.form is not None and self.form.criteria != criteria:
            self._drop_form(keep=False)
        if self.form is None:
            anew = True
            self.form = SheetForm(criteria, parent=self)
            self.form.edited.connect(self._on_form_edited)
            self.form.left.connect(self._soon.start)
            self.form.end_reached.connect(self.submit.setFocus)
            self.form.footer.addWidget(self._foot)
            self._foot.show()
            self._column.addWidget(self.form, 1)
            self.form.show()
        if anew:
            self.form.put_all(record.texts)
            self.form.area.verticalScrollBar().setValue(0)
        else:
            self._take_in(self.form, record)
        self.form.set_read_only(self.busy or is_locked(record))
        self.form.show_refusals(record.refused)

    def _take_in(self, form: SheetForm, record: SheetRecord) -> None:
        """Show what came from elsewhere; a field that means the same stays as it was typed."""
        if form.composing:
            return
        shown, texts = form.texts(), record.texts
        before, after = (field_values(form.criteria, t) for t in (shown, texts))
        other = {key: texts.get(key, "") for key in after if not same(before[key], after[key])}
        if other:
            form.put(other)

    def _on_form_edited(self, key: str, text: str) -> None:
        desk, courier = self._session.desk, self._session.courier
        if desk is None or courier is None:
            return
        desk.type(self.id, key, text)
        courier.touch(self.id)
        if not self._soon.isActive():
            self._soon.start()

    def _show_notice(self, record: SheetRecord) -> None:
        notice = None if self.busy else notice_of(record)
        if notice is not None:
            self.say(notice.text, notice.tone, notice.remedy)
            self._noticed = True
        elif self._noticed:
            self._noticed = False
            self.banner.hide()

    def _show_absent(self) -> None:
        courier = self._session.courier
        if self.id and courier is not None and courier.error is not None:
            text = _("This sheet is not on this computer yet, and the server is not reached: {why}")
            self.say(text.format(why=courier.error.text()), "warning")
            self._noticed = True

    def _show_buttons(self, record: SheetRecord) -> None:
        open_ = not is_locked(record)
        self.peers.setVisible(record.finished)
        self.receipt.setVisible(record.finished and record.sheet.receipt is not None)
        self.missing.setVisible(open_)
        self.submit.setVisible(open_)
        self.submit.setEnabled(not self.busy and record.theirs is None)

    def _show_state(self) -> None:
        record, courier = self.record, self._session.courier
        if record is None or courier is None:
            return
        self.head.show_said(said_in(self._session, record, courier))

    def _retranslate(self) -> None:
        self._word_files()
        self.peers.setText(_("Others' scores…"))
        self.receipt.setText(_("Receipt…"))
        self.missing.setText(_("Next missing"))
        self.missing.setToolTip(_("The next criterion without a score (F8)"))
        self.submit.setText(_("Submit…"))
        self.submit.setToolTip(_("Check and submit (Ctrl+Shift+Enter)"))
        self.refresh()


def said_in(session: ScoringSession, record: SheetRecord, courier: Courier) -> Said:
    """The state of a sheet in words."""
    return said_of(record, error=courier.error, disk_error=session.disk_error, kept=session.kept)


def _button(role: str = "") -> QPushButton:
    button = QPushButton()
    if role:
        button.setProperty("role", role)
    return button
