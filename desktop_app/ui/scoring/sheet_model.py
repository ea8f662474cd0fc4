"""One's sheets by project, as a tree of two levels."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont

from desktop_app.core.evaluations import (
    EVALUATION_STATUS_LABELS,
    FINISHED,
    Evaluation,
    EvaluationStatus,
)
from desktop_app.core.language import N_, _
from desktop_app.core.projects import PROJECT_STATUS_LABELS, ProjectStatus
from desktop_app.ui.scoring.deadlines import Due, time_left, token_of
from desktop_app.ui.scoring.states import Said
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.theme.theme import Theme
from desktop_app.ui.times import local_time
from desktop_app.ui.widgets.plain_text import one_line, plain_tooltip

if TYPE_CHECKING:
    from desktop_app.config.settings import Settings

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns, in their order."""

    NAME = 0
    STATUS = 1
    SCORED = 2
    TOTAL = 3
    STATE = 4
    NOTICE = 5


HEADINGS = {
    Column.NAME: N_("Company"),
    Column.STATUS: N_("Status"),
    Column.SCORED: N_("Scored"),
    Column.TOTAL: N_("Total"),
    Column.STATE: N_("Your changes"),
    Column.NOTICE: N_("Notice"),
}

_NUMERIC = (Column.SCORED, Column.TOTAL)
_NUMBERS = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_WORDS = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter

_STATUS_ICONS = {
    EvaluationStatus.ASSIGNED: ("inbox", "muted"),
    EvaluationStatus.IN_PROGRESS: ("edit", "info"),
    EvaluationStatus.SUBMITTED: ("ok", "ok"),
    EvaluationStatus.CONFIRMED: ("lock", "ok"),
}


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A sheet as the list shows it; ``scored`` and ``total`` count what stands in the form."""

    evaluation: Evaluation
    scored: int
    total: str
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project with its sheets; ``level`` counts the warnings' times that have come."""

    id: str
    name: str
    status: ProjectStatus
    deadline: datetime | None
    sheets: tuple[SheetLine, ...]

    @property
    def finished(self) -> int:
        """How many are handed in."""
        return sum(line.evaluation.status in FINISHED for line in self.sheets)


def by_project(lines: Iterable[SheetLine]) -> tuple[ProjectLine, ...]:
    """Projects with something to do first, the soonest deadline first; companies by name."""
    groups: dict[str, list[SheetLine]] = {}
    for line in lines:
        groups.setdefault(line.evaluation.project_id, []).append(line)
    projects = []
    for id_, sheets in groups.items():
        first = sheets[0].evaluation
        sheets.sort(key=lambda line: (line.evaluation.company_name or "", line.evaluation.id))
        projects.append(
            ProjectLine(
                id_,
                first.project_name or "–",
                first.project_status,
                first.deadline,
                tuple(sheets),
            )
        )

    def order(project: ProjectLine) -> tuple[bool, bool, float, str]:
        done = project.finished == len(project.sheets)
        at = project.deadline.timestamp() if project.deadline else 0.0
        return done, project.deadline is None, at, project.name

    return tuple(sorted(projects, key=order))


class SheetModel(QAbstractItemModel):
    """Rows of projects with rows of sheets below; ``line`` gives what an index stands for."""

    def __init__(
        self,
        theme: Theme,
        settings: Settings,
        now: Callable[[], datetime],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._settings, self._now = theme, settings, now
        self.projects: tuple[ProjectLine, ...] = ()
        self._bold = QFont()
        self._bold.setWeight(QFont.Weight.DemiBold)

    def show_projects(self, projects: tuple[ProjectLine, ...]) -> bool:
        """Show ``projects``; False when only the content of rows changed, not the rows."""
        if _shape(projects) == _shape(self.projects):
            self.projects = projects
            self.touch()
            return False
        self.beginResetModel()
        self.projects = projects
        self.endResetModel()
        return True

    def touch(self) -> None:
        """Words and colours may be others now."""
        last = len(Column) - 1
        for row, project in enumerate(self.projects):
            top = self.index(row, 0)
            self.dataChanged.emit(top, self.index(row, last))
            if project.sheets:
                end = self.index(len(project.sheets) - 1, last, top)
                self.dataChanged.emit(self.index(0, 0, top), end)

    def tick(self) -> None:
        """The time left is another: the projects' rows alone."""
        if self.projects:
            last = self.index(len(self.projects) - 1, Column.STATE)
            self.dataChanged.emit(self.index(0, Column.STATE), last)

    def line(self, index: Index) -> ProjectLine | SheetLine | None:
        """The project or the sheet of a row."""
        if not index.isValid():
            return None
        above = index.internalId()
        if above == 0:
            return self.projects[index.row()]
        return self.projects[above - 1].sheets[index.row()]

    def index_of(self, id_: str) -> QModelIndex:
        """Where the sheet or project ``id_`` is; invalid when it is not here."""
        for row, project in enumerate(self.projects):
            if project.id == id_:
                return self.index(row, 0)
            for place, line in enumerate(project.sheets):
                if line.evaluation.id == id_:
                    return self.index(place, 0, self.index(row, 0))
        return QModelIndex()

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        """The index of a row; sheets know their project's row, plus one."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, parent.row() + 1 if parent.isValid() else 0)

    def parent(self, index: Index = QModelIndex()) -> Any:  # noqa: B008
        """The project of a sheet."""
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(int(index.internalId()) - 1, 0, 0)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Projects at the top, sheets below them."""
        if not parent.isValid():
            return len(self.projects)
        if parent.internalId() or parent.column():
            return 0
        return len(self.projects[parent.row()].sheets)

    def columnCount(self, _parent: Index = QModelIndex()) -> int:  # noqa: B008
        """The same for all rows."""
        return len(Column)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        """The headings."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(HEADINGS[Column(section)])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBERS if section in _NUMERIC else _WORDS
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """What a cell shows."""
        line = self.line(index)
        if line is None:
            return None
        column = Column(index.column())
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _NUMBERS if column in _NUMERIC else _WORDS
        if role == Qt.ItemDataRole.FontRole and isinstance(line, ProjectLine) and not column:
            return self._bold
        text, icon_name, token = self._cell(line, column)
        if role == Qt.ItemDataRole.DisplayRole:
            return one_line(text)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(self._detail(line, column) or text)
        if role == Qt.ItemDataRole.DecorationRole and icon_name:
            return icon(icon_name, token)
        if role == Qt.ItemDataRole.ForegroundRole and token:
            return self._theme.color(token)
        return None

    def _cell(self, line: ProjectLine | SheetLine, column: Column) -> tuple[str, str, str]:
        if isinstance(line, ProjectLine):
            return self._project_cell(line, column)
        one = line.evaluation
        if column is Column.NAME:
            return one.company_name or one.company_id, "", ""
        if column is Column.STATUS:
            return (_(EVALUATION_STATUS_LABELS[one.status]), *_STATUS_ICONS[one.status])
        if column is Column.SCORED:
            return f"{line.scored} / {one.criteria_count}", "", ""
        if column is Column.TOTAL:
            return line.total, "", ""
        if column is Column.STATE:
            return (line.said.text, line.said.icon, line.said.token) if line.said else ("", "", "")
        return self._notice(one)

    def _project_cell(self, line: ProjectLine, column: Column) -> tuple[str, str, str]:
        if column is Column.NAME:
            return line.name, "", ""
        if column is Column.STATUS:
            text = _("{done} of {all} submitted").format(done=line.finished, all=len(line.sheets))
            return text, "", "muted"
        if column is Column.STATE:
            if line.status is not ProjectStatus.ACTIVE:
                return _(PROJECT_STATUS_LABELS[line.status]), "lock", "muted"
            if line.deadline is None or line.finished == len(line.sheets):
                return "", "", ""
            due = Due(line.id, line.name, line.deadline, 1)
            now = self._now()
            return time_left(line.deadline, now), "clock", token_of(due.level(now))
        if column is Column.NOTICE and line.deadline is not None:
            at = local_time(line.deadline, self._settings)
            return _("Deadline {at}").format(at=at), "", "muted"
        return "", "", ""

    def _notice(self, one: Evaluation) -> tuple[str, str, str]:
        if one.conflict:
            return _("Conflict of interest declared"), "shield", "danger"
        if one.status in FINISHED:
            at = local_time(one.submitted_at, self._settings)
            return _("Submitted {at}").format(at=at), "", "muted"
        if one.reopened is not None:
            return _("Reopened: {reason}").format(reason=one.reopened.reason), "undo", "warning"
        if one.reminded_at is not None:
            at = local_time(one.reminded_at, self._settings)
            return _("Reminded {at}").format(at=at), "bell", "warning"
        return "", "", ""

    def _detail(self, line: ProjectLine | SheetLine, column: Column) -> str:
        if isinstance(line, SheetLine) and column is Column.STATE and line.said:
            return line.said.detail
        return ""


def _shape(projects: tuple[ProjectLine, ...]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    return tuple((p.id, tuple(line.evaluation.id for line in p.sheets)) for p in projects)
