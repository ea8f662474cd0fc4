"""Before an upload: which files, about which company, for which project."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from desktop_app.core.fields import Field, check_fields
from desktop_app.core.file_names import clean_name, is_runnable
from desktop_app.core.files import LARGEST_FILE, TARGET_FIELDS
from desktop_app.core.language import _, ngettext
from desktop_app.core.problems import Problem
from desktop_app.services.upload_ledger import Order
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.dialogs.lock_notice import LockNotice
from desktop_app.ui.forms.form import Form
from desktop_app.ui.sizes import byte_size
from desktop_app.ui.tab import TabTools
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.lookups import Lookup
from desktop_app.ui.widgets.plain_text import one_line, plain_label, plain_tooltip

_ROW_HEIGHT = 28
_ROWS_SEEN = 6
_SIZE_WIDTH = 96
_REASONS_TOLD = 3


@dataclass(frozen=True, slots=True)
class Candidate:
    """A local file that may be uploaded; ``problem`` says why not (translated)."""

    path: Path
    size: int
    problem: str = ""


class UploadDialog(DialogFrame):
    """Asks what ``paths`` belong to; ``chosen`` carries the orders, a list of ``Order``."""

    chosen = Signal(list)

    def __init__(
        self,
        paths: Sequence[Path],
        *,
        lookups: Mapping[str, Lookup],
        target: Mapping[str, str],
        labels: Mapping[str, str],
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(_("Upload files"), parent, narrowest=560)
        found = [look_at(path) for path in dict.fromkeys(paths)]
        # What is not taken comes first: it must not be missed below the edge.
        self.candidates = tuple(sorted(found, key=lambda candidate: not candidate.problem))
        self.banner = Banner(tools.theme)
        self.list = self._build_list()
        self.form = Form(TARGET_FIELDS, lookups=lookups, tools=tools, check=_check)
        self.form.set_values(target, labels)
        hint = plain_label(
            _("Evaluators of the project see the files of what they evaluate."), role="muted"
        )
        hint.setWordWrap(True)
        self.left_out = plain_label(self._left_out_text(), role="problem")
        self.left_out.setWordWrap(True)
        self.left_out.setVisible(bool(self.left_out.text()))
        for part in (self.banner, self.list, self.left_out, self.form, hint):
            self.content.addWidget(part)
        self.cancel_button = self.add_button(_("Cancel"))
        self.cancel_button.clicked.connect(self.reject)
        good = len(self._good())
        text = ngettext("Upload {n} file", "Upload {n} files", good).format(n=good)
        self.upload_button = self.add_button(text, role="primary")
        self.upload_button.clicked.connect(self._on_upload_clicked)
        self.lock = LockNotice(self.banner, tools.guard, self)
        self.lock.changed.connect(self._on_lock_changed)
        self._on_lock_changed()

    def _good(self) -> list[Candidate]:
        return [candidate for candidate in self.candidates if not candidate.problem]

    def _left_out_text(self) -> str:
        """Which files are not taken and why, the first few of them."""
        bad = [candidate for candidate in self.candidates if candidate.problem]
        told = [f"{one_line(c.path.name)}: {c.problem}" for c in bad[:_REASONS_TOLD]]
        return "\n".join((*told, "…") if len(bad) > _REASONS_TOLD else told)

    def _build_list(self) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setHeaderHidden(True)
        tree.setColumnCount(2)
        tree.setAccessibleName(_("Files"))
        for candidate in self.candidates:
            problem = candidate.problem
            name = one_line(candidate.path.name)
            item = QTreeWidgetItem([name, byte_size(candidate.size)])
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            item.setIcon(0, icon("error", "danger") if problem else icon("file"))
            item.setToolTip(0, plain_tooltip(f"{candidate.path}\n{problem}".strip()))
            tree.addTopLevelItem(item)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, header.ResizeMode.Stretch)
        header.resizeSection(1, _SIZE_WIDTH)
        row = max(_ROW_HEIGHT, tree.sizeHintForRow(0))
        tree.setFixedHeight(row * min(_ROWS_SEEN, len(self.candidates)) + 12)
        return tree

    def _on_lock_changed(self) -> None:
        self.upload_button.setEnabled(bool(self._good()) and not self.lock.show())

    def _on_upload_clicked(self) -> None:
        if not self.form.validate():
            return
        values, label_of = self.form.values(), self.form.label_of
        orders = [
            Order(
                path=candidate.path,
                company_id=values.get("company_id"),
                company_name=label_of("company_id") or None,
                project_id=values.get("project_id"),
                project_name=label_of("project_id") or None,
            )
            for candidate in self._good()
        ]
        self.accept()
        self.chosen.emit(orders)


def look_at(path: Path) -> Candidate:
    """A local file, and what would keep the server from taking it, as far as it shows here."""
    try:
        size = path.stat().st_size
    except OSError as error:
        return Candidate(path, 0, error.strerror or str(error))
    if not path.is_file():
        return Candidate(path, 0, _("This is no file."))
    if size > LARGEST_FILE:
        limit = byte_size(LARGEST_FILE)
        return Candidate(path, size, _("Files of at most {size} are taken.").format(size=limit))
    name = clean_name(path.name)
    if not name or is_runnable(name):
        code = "runnable_name" if name else "required"
        return Candidate(path, size, Problem(field="file_name", code=code).text())
    return Candidate(path, size)


def _check(values: dict[str, Any], *, only: set[str] | None = None) -> tuple[Problem, ...]:
    fields: tuple[Field, ...] = TARGET_FIELDS
    return check_fields(fields, values, only=only)
