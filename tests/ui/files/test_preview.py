"""Looking at files: what is shown, what is not and why, and that nothing is ever rendered."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pytest
from PySide6.QtCore import QBuffer, QIODevice
from PySide6.QtGui import QPageSize, QPainter, QPdfWriter
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from desktop_app.services.downloading import Downloading
from desktop_app.services.session import SignedIn
from desktop_app.ui.files import preview_content
from desktop_app.ui.files.preview_content import (
    Content,
    ImagePreview,
    NoPreview,
    PdfPreview,
    TextPreview,
)
from desktop_app.ui.files.preview_dialog import ImageView, PreviewDialog
from desktop_app.ui.tab import TabTools
from tests.ui.files.stage import keep, png
from tests.ui.records.stage import gone


class Looker:
    """Opens previews and waits for what they show."""

    def __init__(self, qtbot: QtBot, who: SignedIn, tools: TabTools) -> None:
        self._qtbot, self._who, self._tools = qtbot, who, tools
        self.dialog: PreviewDialog

    def look(self, name: str, content: bytes) -> Content:
        file = keep(self._who.api, name, content)
        self.dialog = PreviewDialog(
            file, Downloading(self._who.api.files), self._tools, download=lambda: None
        )
        self.dialog.open()
        self._qtbot.waitUntil(lambda: self.dialog.content_shown is not None)
        shown = self.dialog.content_shown
        assert shown is not None
        return shown

    def close(self) -> None:
        self.dialog.reject()
        gone(self._qtbot)


@pytest.fixture
def looker(qtbot: QtBot, admin: SignedIn, tools: TabTools) -> Looker:
    return Looker(qtbot, admin, tools)


def pdf(pages: int = 2) -> bytes:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setPageSize(QPageSize(QPageSize.PageSizeId.A4))
    painter = QPainter(writer)
    for page in range(pages):
        if page:
            writer.newPage()
        painter.drawText(500, 500, f"page {page + 1}")
    painter.end()
    return bytes(buffer.data().data())


def claiming_png(width: int, height: int) -> bytes:
    """A PNG of a few bytes that says it is huge."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


def test_image_is_shown_with_its_size(looker: Looker, tmp_path: Path) -> None:
    shown = looker.look("사진.png", png(tmp_path / "a.png", 40, 30))
    assert isinstance(shown, ImagePreview)
    assert (shown.image.width(), shown.image.height()) == (40, 30)
    assert isinstance(looker.dialog.stack.currentWidget(), ImageView)
    assert "40 × 30 pixels" in looker.dialog.facts.text()
    looker.close()


def test_large_image_is_decoded_smaller(looker: Looker, tmp_path: Path) -> None:
    shown = looker.look("큰 사진.png", png(tmp_path / "a.png", 4800, 1200))
    assert isinstance(shown, ImagePreview)
    assert (shown.image.width(), shown.image.height()) == (2400, 600)
    looker.close()


def test_image_that_claims_to_be_huge_is_not_decoded(looker: Looker) -> None:
    shown = looker.look("bomb.png", claiming_png(60_000, 60_000))
    assert isinstance(shown, NoPreview)
    assert "60000 × 60000" in shown.reason
    looker.close()


@pytest.mark.qt_log_ignore("JPEG datastream|JFIF revision", extend=True)
def test_damaged_image_says_so(looker: Looker) -> None:
    shown = looker.look("a.jpg", b"\xff\xd8\xff\xe0\x00\x10JFIF\x00 and no more")
    assert isinstance(shown, NoPreview)
    assert "damaged" in looker.dialog.notice._text.text()
    looker.close()


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("평가 자료\n둘째 줄".encode(), "UTF-8"),
        ("한글로 쓴 오래된 자료입니다.\n끝".encode("cp949"), "CP949"),
        ("평가 자료\n둘째 줄".encode("utf-16"), "UTF-16-LE"),
    ],
)
def test_text_is_shown_in_its_encoding(looker: Looker, content: bytes, encoding: str) -> None:
    shown = looker.look("a.txt", content)
    assert isinstance(shown, TextPreview)
    assert shown.text.count("\n") == 1
    assert f"Encoding: {encoding}" in looker.dialog.facts.text()
    looker.close()


@pytest.mark.parametrize(
    "content",
    [
        b"<html><body><h1>Big</h1><script>alert(1)</script></body></html>",
        b'<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>',
    ],
    ids=["html", "svg"],
)
def test_html_and_svg_are_texts(looker: Looker, content: bytes) -> None:
    shown = looker.look("picture.png", content)
    assert isinstance(shown, TextPreview)
    box = looker.dialog.stack.currentWidget()
    assert isinstance(box, QPlainTextEdit)
    assert box.toPlainText() == content.decode()
    assert box.isReadOnly()
    looker.close()


def test_long_text_is_cut_and_long_lines_are_folded(looker: Looker) -> None:
    shown = looker.look("a.txt", b"word " * 200_000)
    assert isinstance(shown, TextPreview)
    assert len(shown.text.replace("\n", "")) == preview_content.TEXT_LIMIT
    assert max(map(len, shown.text.splitlines())) <= 4000
    assert "Only the first" in shown.facts
    looker.close()


def test_pdf_is_shown_page_by_page(looker: Looker) -> None:
    shown = looker.look("a.pdf", pdf(3))
    assert isinstance(shown, PdfPreview)
    assert isinstance(looker.dialog.stack.currentWidget(), QPdfView)
    assert "Pages: 3" in looker.dialog.facts.text()
    looker.close()


def test_damaged_pdf_says_so(looker: Looker) -> None:
    looker.look("a.pdf", b"%PDF-1.7\n\xff\xff nothing")
    shown = looker.dialog.content_shown
    assert isinstance(shown, NoPreview)
    assert "damaged" in shown.reason
    looker.close()


def test_other_types_say_why_there_is_nothing(looker: Looker) -> None:
    shown = looker.look("a.hwp", b"HWP Document File V3.00 \x1a\x01\x02")
    assert isinstance(shown, NoPreview)
    assert looker.dialog.notice.heading == "No preview"
    looker.close()


def test_file_above_the_limit_is_not_even_fetched(
    looker: Looker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, admin: SignedIn
) -> None:
    monkeypatch.setattr(preview_content, "IMAGE_LIMIT", 10)
    shown = looker.look("a.png", png(tmp_path / "a.png"))
    assert isinstance(shown, NoPreview)
    assert "10 B" in shown.reason
    looker.close()


def test_failure_is_told_in_place(
    qtbot: QtBot, admin: SignedIn, tools: TabTools, tmp_path: Path
) -> None:
    file = keep(admin.api, "a.txt", b"words")
    admin.api.files.delete(file.id, version=1)
    dialog = PreviewDialog(file, Downloading(admin.api.files), tools, download=lambda: None)
    dialog.open()
    qtbot.waitUntil(lambda: dialog.content_shown is not None)
    assert "does not exist" in dialog.notice._text.text()
    dialog.reject()
    gone(qtbot)
