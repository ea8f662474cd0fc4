"""A report on paper: all of it can be read and searched, also what does not fit on one page."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtPdf import QPdfDocument

from desktop_app.core.tasks import TaskContext
from desktop_app.services.report_document import Heading, Pair, ReportDocument, Sheet, Table
from desktop_app.ui.exports.report_paper import write_paper


def test_a_long_answer_goes_on_on_the_next_page(qapp: object, tmp_path: Path) -> None:
    lines = "\n".join(f"line-{number} 회사" for number in range(150))
    document = ReportDocument(
        title="API · 검증",
        verdict="Not passed <b>.",
        facts=(("Address", "http://127.0.0.1"),),
        tables=(
            Heading(title="Failed · Critical (1)", note="a note"),
            Sheet(
                title="jwt.none · GET /api/users",
                facts=(("Seen", "x" * 300), ("How to mend it", "Refuse it.")),
                pairs=(
                    Pair(
                        titles=("Request", "Answer"),
                        texts=("GET /api/users\nX-Long: " + "y" * 2000, lines),
                        line="curl -i http://127.0.0.1/api/users",
                    ),
                ),
            ),
            Table(
                title="Not measured",
                headers=("Check", "State", "Why"),
                rows=(("a.b", "Inconclusive", "because " * 40),) * 3,
            ),
        ),
    )
    path = tmp_path / "보고서.pdf"
    pages = write_paper(path, document, TaskContext())
    read = QPdfDocument()
    assert read.load(str(path)) is QPdfDocument.Error.None_
    assert read.pageCount() == pages > 2
    text = "".join(read.getAllText(page).text() for page in range(pages))
    read.close()
    for part in ("Not passed <b>.", "line-0 회사", "line-149 회사", "curl -i", "Refuse it."):
        assert part in text, part
    assert text.count("Inconclusive") == 3, "a word is not broken where there is room"
    assert text.count("y") >= 2000
