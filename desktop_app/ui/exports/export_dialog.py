"""Export of a list: which rows and columns, to which file, then as listed work with a stop."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Generic, TypeVar

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QDialog,
    QFileDialog,
    QHBoxLayout,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.core.errors import Cancelled, ConsoleError
from desktop_app.core.fields import Kind
from desktop_app.core.language import _, ngettext
from desktop_app.core.paging import Page, PageQuery
from desktop_app.core.tasks import TaskContext
from desktop_app.services.exporting import ExportColumn, export
from desktop_app.ui.exports.export_menu import FOLDER
from desktop_app.ui.messages import Level, error_detail
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tables.columns import Column
from desktop_app.ui.texts import follow_language
from desktop_app.ui.times import zone
from desktop_app.ui.widgets.file_asking import file_dialog
from desktop_app.ui.widgets.plain_text import plain_label

T = TypeVar("T")
Load = Callable[[PageQuery], Page[T]]

_FORMAT = "export.format"
_KINDS = {
    Kind.INTEGER: "number",
    Kind.DECIMAL: "number",
    Kind.DATETIME: "date",
    Kind.FLAG: "flag",
}
_FORMATS = ("xlsx", "csv")


def start_export(
    parent: QWidget,
    columns: Sequence[Column[T]],
    load: Load[T],
    query: PageQuery,
    suggested_name: str,
    tools: TabTools,
    *,
    selected: Sequence[T] = (),
    total: int | None = None,
    shown: Sequence[str] | None = None,
) -> ExportDialog[T]:
    """Ask what to export and where to, then write the file in the background.

    ``columns`` are all that could be exported; ``shown`` the keys of those on screen (those
    declared visible when None). ``selected`` offers these rows instead of the whole ``query``;
    ``total`` is how many rows the query finds, if known.
    """
    keys = tuple(shown) if shown is not None else tuple(c.key for c in columns if c.visible)
    dialog = ExportDialog(
        columns=tuple(columns),
        shown=tuple(column for column in columns if column.key in keys),
        load=load,
        query=query,
        suggested_name=suggested_name,
        tools=tools,
        selected=tuple(selected),
        total=total,
        parent=parent,
    )
    dialog.open()
    return dialog


class ExportDialog(QDialog, Generic[T]):
    """Rows, columns and format; its button asks for the file."""

    def __init__(
        self,
        *,
        columns: tuple[Column[T], ...],
        shown: tuple[Column[T], ...],
        load: Load[T],
        query: PageQuery,
        suggested_name: str,
        tools: TabTools,
        selected: tuple[T, ...],
        total: int | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._columns, self._shown = columns, shown or columns
        self._load, self._query = load, query
        self._name, self._tools = suggested_name, tools
        self._selected, self._total = selected, total
        self._owner = parent
        self._build()
        follow_language(self, self._retranslate)

    def _build(self) -> None:
        self._rows_label, self._columns_label = plain_label(), plain_label()
        self._format_label = plain_label()
        self.all_rows, self.selected_rows = QRadioButton(), QRadioButton()
        self.shown_columns, self.all_columns = QRadioButton(), QRadioButton()
        self._groups = [
            self._group(self.all_rows, self.selected_rows),
            self._group(self.shown_columns, self.all_columns),
        ]
        self.selected_rows.setVisible(bool(self._selected))
        self.selected_rows.setChecked(len(self._selected) > 1)
        self.all_columns.setVisible(len(self._columns) > len(self._shown))
        self.format = QComboBox()
        for suffix in _FORMATS:
            self.format.addItem("", suffix)
        kept = self._tools.state.get(_FORMAT)
        self.format.setCurrentIndex(_FORMATS.index(kept) if kept in _FORMATS else 0)
        self._format_label.setBuddy(self.format)
        self.cancel_button, self.export_button = QPushButton(), QPushButton()
        self.export_button.setProperty("role", "primary")
        self.export_button.setDefault(True)
        self.cancel_button.clicked.connect(self.reject)
        self.export_button.clicked.connect(self._ask_for_file)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch(1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.export_button)
        self.setMinimumWidth(400)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(8)
        layout.addWidget(self._rows_label)
        layout.addWidget(self.all_rows)
        layout.addWidget(self.selected_rows)
        layout.addSpacing(8)
        layout.addWidget(self._columns_label)
        layout.addWidget(self.shown_columns)
        layout.addWidget(self.all_columns)
        layout.addSpacing(8)
        layout.addWidget(self._format_label)
        layout.addWidget(self.format, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addSpacing(16)
        layout.addStretch(1)
        layout.addLayout(buttons)

    def _group(self, first: QRadioButton, second: QRadioButton) -> QButtonGroup:
        group = QButtonGroup(self)
        group.addButton(first)
        group.addButton(second)
        first.setChecked(True)
        return group

    def _retranslate(self) -> None:
        self.setWindowTitle(_("Export"))
        self._rows_label.setText(_("Rows"))
        self._columns_label.setText(_("Columns"))
        self._format_label.setText(_("Format"))
        if self._total is None:
            self.all_rows.setText(_("All rows found, on all pages"))
        else:
            self.all_rows.setText(_rows_text(self._total, _found_text))
        self.selected_rows.setText(_rows_text(len(self._selected), _selected_text))
        self.shown_columns.setText(_("The columns shown ({n})").format(n=len(self._shown)))
        self.all_columns.setText(_("All columns ({n})").format(n=len(self._columns)))
        self.format.setItemText(0, _("Excel workbook (.xlsx)"))
        self.format.setItemText(1, _("Text with commas (.csv, UTF-8)"))
        self.format.setAccessibleName(_("Format"))
        self.cancel_button.setText(_("Cancel"))
        self.export_button.setText(_("Export…"))

    def _ask_for_file(self) -> None:
        suffix = self.format.currentData()
        chooser = file_dialog(self, _("Export to which file?"), self._tools.state, FOLDER)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilter(
            f"{self.format.currentText().replace('(', '').replace(')', '')} (*.{suffix})"
        )
        chooser.setDefaultSuffix(suffix)
        chooser.selectFile(f"{self._name}-{datetime.now():%Y-%m-%d}.{suffix}")
        chooser.fileSelected.connect(self._on_file_selected)
        chooser.open()

    def _on_file_selected(self, name: str) -> None:
        path = Path(name)
        if path.suffix.lower().lstrip(".") not in _FORMATS:
            path = path.with_name(f"{path.name}.{self.format.currentData()}")
        self._tools.state.set(FOLDER, str(path.parent))
        self._tools.state.set(_FORMAT, self.format.currentData())
        chosen = self._selected if self.selected_rows.isChecked() else ()
        columns = self._columns if self.all_columns.isChecked() else self._shown
        job = _Export(
            path=path,
            columns=columns,
            load=_given(chosen) if chosen else self._load,
            query=self._query,
            tools=self._tools,
            owner=self._owner,
        )
        self.accept()
        job.start()


class _Export(Generic[T]):
    """One export under way: listed work, and its end in words."""

    def __init__(
        self,
        *,
        path: Path,
        columns: tuple[Column[T], ...],
        load: Load[T],
        query: PageQuery,
        tools: TabTools,
        owner: QWidget,
    ) -> None:
        self._path, self._load, self._query = path, load, query
        self._tools, self._owner = tools, owner
        self._columns = [
            ExportColumn(
                title=column.title, value=column.value, kind=_KINDS.get(column.kind, "text")
            )
            for column in columns
        ]

    def start(self) -> None:
        """Begin, also after a failure."""
        path, columns, load, query = self._path, self._columns, self._load, self._query
        time_zone = zone(self._tools.settings)

        def work(context: TaskContext) -> int:
            return export(path, columns, load, query, context, zone=time_zone)

        self._tools.runner.start(
            work,
            owner=self._owner,
            done=self._done,
            failed=self._failed,
            title=_("Export to {name}").format(name=path.name),
        )

    def _done(self, rows: int) -> None:
        text = ngettext("{n} row exported to {name}.", "{n} rows exported to {name}.", rows)
        folder = str(self._path.parent)
        self._tools.messages.post(
            Level.OK,
            text.format(n=f"{rows:,}", name=self._path.name),
            str(self._path),
            action=(
                _("Open folder"),
                lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(folder)),
            ),
        )

    def _failed(self, error: Exception) -> None:
        messages = self._tools.messages
        if isinstance(error, Cancelled):
            messages.post(
                Level.INFO,
                _("Export to {name} stopped; no file was written.").format(name=self._path.name),
            )
        elif isinstance(error, ConsoleError):
            text = _("{name} was not written: {problem}").format(
                name=self._path.name, problem=error.text()
            )
            again = (_("Try again"), self.start)
            messages.post(Level.DANGER, text, error_detail(error), action=again)
        else:
            messages.post_error(error, _("Export to {name}").format(name=self._path.name))


def _given(items: tuple[T, ...]) -> Load[T]:
    """A list that consists of ``items`` alone, in one page."""

    def load(query: PageQuery) -> Page[T]:
        page = items if query.page == 1 else ()
        return Page(items=page, total=len(items), page=query.page, page_size=max(1, len(items)))

    return load


def _found_text(n: int) -> str:
    return ngettext("The {n} row found", "All {n} rows found, on all pages", n)


def _selected_text(n: int) -> str:
    return ngettext("The {n} row selected", "The {n} rows selected", n)


def _rows_text(n: int, form: Callable[[int], str]) -> str:
    return form(n).format(n=f"{n:,}")
