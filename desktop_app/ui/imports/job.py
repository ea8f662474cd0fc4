"""The work of one import on the pool: check, check again, apply, go on, undo; one at a time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Qt

from desktop_app.core.fields import Field
from desktop_app.core.imports import RowResult, UndoResult
from desktop_app.core.language import _
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.services.importing import Check, ImportRun, guess_mapping
from desktop_app.services.sheet import Sheet
from desktop_app.ui.changes import Change
from desktop_app.ui.imports.draft import ImportDraft
from desktop_app.ui.imports.mapping_page import Mapped
from desktop_app.ui.imports.outcome_words import outcome_lines, undo_lines
from desktop_app.ui.imports.words import UNCHECKED
from desktop_app.ui.messages import Level
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tasks import Task

if TYPE_CHECKING:
    from desktop_app.api.imports import Imports
    from desktop_app.api.resource import Resource

T = TypeVar("T")
Ended = Callable[[Exception | None], object]
"""Called at the end of work, with what went wrong."""


class ImportJob(QObject):
    """Holds the draft and the run behind it; ``ended`` callbacks arrive on the GUI thread."""

    def __init__(
        self,
        resource: Resource[Any],
        imports: Imports | None,
        fields: Sequence[Field],
        check: Check,
        tools: TabTools,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self.resource = resource
        self.fields = tuple(fields)
        self.draft: ImportDraft | None = None
        self.run: ImportRun[Any] | None = None
        self.started = False
        self.undone: UndoResult | None = None
        self.passwords_saved = False
        self._all_checked = False
        self._imports, self._check_values, self._tools = imports, check, tools
        self._task: Task | None = None

    @property
    def busy(self) -> bool:
        """Whether work is under way."""
        return self._task is not None and self._task.active

    @property
    def applied(self) -> tuple[RowResult, ...]:
        """What became of the rows that the server has."""
        return self.run.applied if self.run is not None else ()

    @property
    def may_undo(self) -> bool:
        """Whether the person may take imports back."""
        return self._imports is not None

    @property
    def written(self) -> int:
        """How many rows the server has by now; right also while the import runs."""
        return self.run.written if self.run is not None else 0

    @property
    def left(self) -> int:
        """How many sound rows are not written yet."""
        if self.draft is None:
            return 0
        # Of what was sound, only rows without word remain unchecked once writing has begun.
        return self.draft.counts().get(UNCHECKED, 0) if self.started else self.draft.to_write

    @property
    def checked(self) -> bool:
        """Whether every row has a verdict."""
        return self.draft is not None and self._all_checked

    @property
    def passwords(self) -> int:
        """How many one-time passwords the server issued."""
        return self.run.passwords if self.run is not None else 0

    @property
    def unsaved_passwords(self) -> int:
        """How many one-time passwords would be lost now."""
        return 0 if self.passwords_saved or self.undone is not None else self.passwords

    def guess(self, sheet: Sheet) -> dict[str, int]:
        """The column that each field is most likely in."""
        return guess_mapping(sheet.columns, self.fields)

    def prepare(self, sheet: Sheet, mapped: Mapped) -> ImportDraft:
        """Begin anew with this sheet and mapping; nothing is checked yet."""
        self.stop()
        self.draft = ImportDraft(sheet, self.fields, mapped.columns)
        self.run = ImportRun(
            self.resource,
            self.fields,
            self._check_values,
            sheet,
            mapped.columns,
            update_existing=mapped.update_existing,
            issue_passwords=mapped.issue_passwords,
        )
        self.started, self.undone, self.passwords_saved = False, None, False
        self._all_checked = False
        return self.draft

    def check(self, progress: Callable[[Progress], object], ended: Ended) -> None:
        """Find the verdict on each row: all of them at first, then those corrected since."""
        run, draft = self._parts()
        if not self._all_checked:
            self._start(run.check, progress, self._verdicts_to(draft, ended), ended)
            return
        numbers = [draft.row_number(place) for place in draft.unchecked]
        sheet = draft.corrected_sheet()

        def work(context: TaskContext) -> tuple[RowResult, ...]:
            return run.recheck(sheet, numbers, context)

        self._start(work, progress, self._verdicts_to(draft, ended), ended)

    def apply(self, progress: Callable[[Progress], object], ended: Ended) -> None:
        """Write what is sound and not written yet; the same rows are never written twice."""
        run, draft = self._parts()
        self.started = True

        def over(error: Exception | None) -> None:
            applied = run.applied
            draft.take_written(applied)
            if applied:
                ids = frozenset(result.id for result in applied if result.id)
                self._tools.changes.tell(Change(self.resource.name, ids))
                self._tell_outcome(draft)
            ended(error)

        title = _("Import of {name}").format(name=draft.sheet.path.name)
        self._start(run.apply, progress, lambda _results: over(None), over, title=title, keep=True)

    def undo(self, ended: Ended) -> None:
        """Take back what this import wrote; what changed since is kept."""
        run, draft = self._parts()
        imports, import_id = self._imports, run.import_id
        if imports is None:
            return

        def done(result: UndoResult) -> None:
            self.undone = result
            self._tools.changes.tell(Change(self.resource.name))
            name = draft.sheet.path.name
            text = _("The import of {name} was undone.").format(name=name)
            lines = undo_lines(self.resource.name, result)
            self._tools.messages.post(Level.OK, text, "\n".join(lines))
            ended(None)

        self._start(lambda _context: imports.undo(import_id), None, done, ended)

    def save_errors(self, path: Path, ended: Ended) -> None:
        """Write the rows with problems to ``path``, as they are in the file."""
        run, _draft = self._parts()
        self._start(
            lambda _context: run.write_error_file(path), None, lambda _n: ended(None), ended
        )

    def save_passwords(self, path: Path, ended: Ended) -> None:
        """Write the one-time passwords to ``path``, readable by this person only."""
        run, _draft = self._parts()

        def done(_count: int) -> None:
            self.passwords_saved = True
            ended(None)

        self._start(lambda _context: run.write_passwords(path), None, done, ended)

    def stop(self) -> None:
        """Ask what runs to stop: between two chunks, never within one."""
        if self._task is not None:
            self._task.cancel()

    def after_work(self, then: Callable[[], None]) -> None:
        """Call ``then`` once what runs now has ended."""
        assert self._task is not None
        self._task.finished.connect(then, Qt.ConnectionType.QueuedConnection)

    def _tell_outcome(self, draft: ImportDraft) -> None:
        lines = outcome_lines(self.resource.name, draft.counts())
        text = _("Import of {name}: {outcome}").format(name=draft.sheet.path.name, outcome=lines[0])
        level = Level.WARNING if self.left else Level.OK
        self._tools.messages.post(level, text, "\n".join(lines[1:]))

    def _parts(self) -> tuple[ImportRun[Any], ImportDraft]:
        assert self.run is not None
        assert self.draft is not None
        return self.run, self.draft

    def _verdicts_to(
        self, draft: ImportDraft, ended: Ended
    ) -> Callable[[tuple[RowResult, ...]], object]:
        def done(results: tuple[RowResult, ...]) -> None:
            draft.take(results)
            self._all_checked = True
            ended(None)

        return done

    def _start(
        self,
        work: Callable[[TaskContext], T],
        progress: Callable[[Progress], object] | None,
        done: Callable[[T], object],
        failed: Callable[[Exception], object],
        *,
        title: str = "",
        keep: bool = False,
    ) -> None:
        self._task = self._tools.runner.start(
            work, owner=self, done=done, failed=failed, progress=progress, title=title, keep=keep
        )
