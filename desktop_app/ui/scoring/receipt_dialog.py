"""The receipt of a submitted sheet: its hash, computed again here, to be copied or saved."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QLineEdit, QWidget

from desktop_app.core.errors import LocalFailure
from desktop_app.core.evaluations import Sheet, receipt_hash
from desktop_app.core.language import N_, _
from desktop_app.core.scoring import weighted_total
from desktop_app.core.sheet_fields import scores_given, texts_of
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.messages import Level
from desktop_app.ui.scoring.sheet_text import sheet_as_text
from desktop_app.ui.scoring.submit_dialog import fact_row
from desktop_app.ui.tab import TabTools
from desktop_app.ui.theme.theme import monospace_font, set_look
from desktop_app.ui.times import local_time_exact
from desktop_app.ui.widgets.plain_text import plain_label


def computed_receipt(sheet: Sheet) -> str:
    """The receipt's hash as anyone who holds the sheet can compute it."""
    one = sheet.evaluation
    assert one.submitted_at is not None
    total = weighted_total(sheet.criteria, scores_given(sheet.criteria, texts_of(sheet)))
    return receipt_hash(
        evaluation_id=one.id,
        project_id=one.project_id,
        company_id=one.company_id,
        evaluator_id=one.evaluator_id,
        template_id=one.template_id,
        template_revision=one.template_revision,
        scores=sheet.scores,
        comment=sheet.comment,
        total_score=f"{total:.2f}",
        submitted_at=one.submitted_at,
    )


class ReceiptDialog(DialogFrame):
    """Says that a sheet is handed in, and proves it."""

    def __init__(self, sheet: Sheet, tools: TabTools, parent: QWidget | None = None) -> None:
        one = sheet.evaluation
        title = _("The sheet of “{company}” is submitted").format(company=one.company_name or "–")
        super().__init__(title, parent, narrowest=600)
        self._sheet, self._tools = sheet, tools
        self.proven = computed_receipt(sheet) == sheet.receipt
        total = f"{one.total_score or 0:.2f}"
        at = local_time_exact(one.submitted_at, tools.settings)
        for label, value in (
            (_("Project"), one.project_name or "–"),
            (_("Total"), total),
            (_("Submitted, by the server's clock"), at),
        ):
            self.content.addLayout(fact_row(label, value))
        self.content.addWidget(plain_label(_("Receipt (SHA-256)"), role="caption"))
        self.receipt = QLineEdit(sheet.receipt or "")
        self.receipt.setReadOnly(True)
        set_look(self.receipt, "readOnly", "true")
        self.receipt.setFont(monospace_font())
        self.receipt.setCursorPosition(0)
        self.receipt.setAccessibleName(_("Receipt (SHA-256)"))
        self.content.addWidget(self.receipt)
        verdict = plain_label(
            _("Computed again from the sheet on this computer: it is the same.")
            if self.proven
            else _(
                "Computed again from the sheet on this computer, it differs: tell an administrator."
            ),
            role="ok" if self.proven else "danger",
        )
        verdict.setWordWrap(True)
        self.content.addWidget(verdict)
        self.copy_button = self.add_button(_("Copy the receipt"), first=True)
        self.copy_button.clicked.connect(self._on_copy_clicked)
        self.save_button = self.add_button(_("Save the receipt…"), first=True)
        self.save_button.clicked.connect(self._on_save_clicked)
        self.close_button = self.add_button(_("Close"), role="primary")
        self.close_button.clicked.connect(self.accept)
        self.close_button.setFocus()

    def text(self) -> str:
        """The receipt with the whole sheet, as plain text."""
        one = self._sheet.evaluation
        at = one.submitted_at.isoformat(timespec="milliseconds") if one.submitted_at else "–"
        when, what = _("Submitted, by the server's clock"), _("Receipt (SHA-256)")
        return "\n".join(
            (
                sheet_as_text(self._sheet, texts_of(self._sheet)),
                "",
                f"{when}: {at}",
                f"{what}: {self._sheet.receipt}",
                f"{one.id} · {one.template_id} r{one.template_revision}",
                "",
            )
        )

    def save_to(self, path: Path) -> None:
        """Write the receipt to a file; the person hears of a failure."""
        try:
            path.write_text(self.text(), encoding="utf-8-sig")
        except OSError as error:
            self._tools.messages.post_error(
                LocalFailure(
                    what=N_("“{file}” could not be written: {reason}."),
                    advice=N_("Choose another place."),
                    file=path.name,
                    reason=error.strerror or str(error),
                )
            )
        else:
            self._tools.messages.post(
                Level.OK, _("The receipt is saved as “{file}”.").format(file=path.name)
            )

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(self.text())
        self._tools.messages.post(Level.OK, _("The receipt is copied."))

    def _on_save_clicked(self) -> None:
        one = self._sheet.evaluation
        name = _("Receipt {id}.txt").format(id=one.id)
        chooser = QFileDialog(self, _("Save the receipt"))
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        chooser.setNameFilter(_("Text (*.txt)"))
        chooser.setDefaultSuffix("txt")
        chooser.selectFile("".join(c if c.isalnum() or c in " ._-" else "_" for c in name))
        chooser.fileSelected.connect(lambda path: self.save_to(Path(path)))
        chooser.open()
