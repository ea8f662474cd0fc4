"""The difference of two revisions to read: what was, what is, criterion by criterion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from PySide6.QtCore import QUrl
from PySide6.QtGui import (
    QBrush,
    QFont,
    QTextCharFormat,
    QTextCursor,
    QTextDocument,
    QTextImageFormat,
    QTextLength,
    QTextTable,
    QTextTableFormat,
)
from PySide6.QtWidgets import QTextEdit, QWidget

from desktop_app.core.fields import Kind
from desktop_app.core.language import _
from desktop_app.core.template_revisions import (
    CriterionChange,
    Difference,
    FieldChange,
    What,
    changed_lines,
)
from desktop_app.ui.templates.words import (
    CHANGES,
    CRITERION_FIELD,
    TEMPLATE_FIELD,
    criterion_words,
    move_words,
    value_words,
)
from desktop_app.ui.theme import tokens
from desktop_app.ui.theme.icons import pixmap
from desktop_app.ui.theme.theme import Theme

_SHARES = (26, 37, 37)
"""Of the width, in percent: what changed, before, after."""
_ICON = 16


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the comparison: what, before, after; ``first`` ones begin a new entry.

    ``change`` names an entry of ``CHANGES`` whose icon and word stand with the name.
    """

    texts: tuple[str, str, str]
    first: bool = False
    change: What | None = None
    note: str = ""


class DifferenceView(QTextEdit):
    """Shows a ``Difference`` as one document: read, scrolled, selected and copied like a text.

    All is inserted as plain text, names and guides of templates too.
    """

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._shown: tuple[Difference, str, str] | None = None
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self.setAccessibleName(_("Differences"))
        theme.changed.connect(self._redraw)

    def show_difference(self, found: Difference, before: str, after: str) -> None:
        """Show ``found`` between what ``before`` and ``after`` name (translated)."""
        self._shown = found, before, after
        self._redraw()

    def _redraw(self) -> None:
        if self._shown is None:
            return
        found, before, after = self._shown
        document = QTextDocument(self)
        document.setDefaultFont(self.font())
        document.setDocumentMargin(8)
        self._add_icons(document)
        if found.empty:
            self.setDocument(document)
            self.textCursor().insertText(_("Both are the same."), self._format("muted"))
            return
        rows = [_Row(("", before, after)), *_rows(found)]
        self._fill(document, rows)
        self.setDocument(document)

    def _fill(self, document: QTextDocument, rows: Sequence[_Row]) -> None:
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        layout = QTextTableFormat()
        layout.setBorder(0)
        layout.setBorderCollapse(True)
        layout.setCellPadding(4)
        layout.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        layout.setColumnWidthConstraints(
            [QTextLength(QTextLength.Type.PercentageLength, share) for share in _SHARES]
        )
        table = cursor.insertTable(len(rows), 3, layout)
        for at, row in enumerate(rows):
            self._add_row(table, at, row)
        cursor.endEditBlock()

    def _add_row(self, table: QTextTable, at: int, row: _Row) -> None:
        tones = ("text" if row.first else "muted", "muted", "muted" if at == 0 else "text")
        for column, text in enumerate(row.texts):
            cell = table.cellAt(at, column)
            if row.first and at > 1:
                line = cell.format().toTableCellFormat()
                line.setTopBorder(1)
                line.setTopBorderStyle(QTextTableFormat.BorderStyle.BorderStyle_Solid)
                line.setTopBorderBrush(QBrush(self._theme.color("border")))
                cell.setFormat(line)
            cursor = cell.firstCursorPosition()
            cursor.insertText(text, self._format(tones[column], strong=row.first and not column))
            if column or row.change is None:
                continue
            word, icon, _token = CHANGES[row.change]
            image = QTextImageFormat()
            image.setName(_url(icon).toString())
            image.setWidth(_ICON)
            image.setHeight(_ICON)
            image.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignMiddle)
            cursor.insertBlock()
            cursor.insertImage(image)
            cursor.insertText(f" {_(word)}", self._format("text"))
            if row.note:
                cursor.insertBlock()
                cursor.insertText(row.note, self._format("muted"))

    def _add_icons(self, document: QTextDocument) -> None:
        for _word, icon, token in CHANGES.values():
            picture = pixmap(icon, token, _ICON, self.devicePixelRatioF())
            document.addResource(
                QTextDocument.ResourceType.ImageResource.value, _url(icon), picture
            )

    def _format(self, token: str, *, strong: bool = False) -> QTextCharFormat:
        made = QTextCharFormat()
        made.setForeground(QBrush(self._theme.color(token)))
        made.setFontWeight(tokens.WEIGHT_STRONG if strong else QFont.Weight.Normal)
        return made


def _url(icon: str) -> QUrl:
    return QUrl(f"change:{icon}")


def _rows(found: Difference) -> list[_Row]:
    rows = [_field_row(change, criterion=False) for change in found.fields]
    for change in found.criteria:
        rows.append(_criterion_row(change))
        rows += [_field_row(field, criterion=True) for field in change.fields]
    return rows


def _criterion_row(change: CriterionChange) -> _Row:
    before = after = ""
    if change.what is What.REMOVED and change.before is not None:
        before = criterion_words(asdict(change.before))
    elif change.what is What.ADDED and change.after is not None:
        after = criterion_words(asdict(change.after))
    return _Row(
        (change.name, before, after), first=True, change=change.what, note=move_words(change)
    )


def _field_row(change: FieldChange, *, criterion: bool) -> _Row:
    field = (CRITERION_FIELD if criterion else TEMPLATE_FIELD)[change.key]
    before, after = value_words(field, change.before), value_words(field, change.after)
    if field.kind is Kind.MULTILINE and change.before and change.after:
        before, after = changed_lines(before, after)
    return _Row((_(field.label), before, after), first=not criterion)
