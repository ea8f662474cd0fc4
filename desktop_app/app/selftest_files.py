"""Files in a selftest: samples of every kind, and the scenes that show them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path

from desktop_app.api.client import ApiClient
from desktop_app.app.selftest_play import Play
from desktop_app.core.files import PART_SIZE
from desktop_app.core.paging import PageQuery
from desktop_app.services.upload_ledger import Order
from desktop_app.ui.files.transfers import State, Transfer
from desktop_app.ui.tabs.files import FilesTab

_TEXT = """평가 자료 (예시)

1. 사업 개요
   이 문서는 화면을 보기 위한 예시입니다. 실제 회사나 사람과 관계가 없습니다.
2. 성능 지표
   정확도 93.2 %, 응답 시간 120 ms, 동시 사용자 250명
"""
_HTML = "<!DOCTYPE html>\n<html><body><script>alert('예시')</script>\n<h1>예시</h1></body></html>\n"


def sample_files() -> Iterator[tuple[str, bytes]]:
    """Names and contents; each says that it is an example."""
    yield "사업 계획서 (예시).pdf", _pdf("Sample plan")
    yield "시험 성적서 (예시).txt", _TEXT.encode("cp949")
    yield "시스템 구성도 (예시).png", _png(640, 400)
    yield (
        "제출 자료 목록 (예시).csv",
        "번호,이름,쪽수\n1,사업 계획서,24\n2,시험 성적서,8\n".encode(),
    )
    yield "소개 (예시).pdf", _HTML.encode()
    yield "발표 자료 (예시).hwp", b"HWP Document File V3.00 \x1a\x01\x02" + bytes(2000)


def create_sample_files(api: ApiClient) -> None:
    """Upload the samples, about the first companies; raises an error of the core."""
    companies = api.companies.page(PageQuery(page_size=25, sort="created_at")).items
    for number, (name, content) in enumerate(sample_files()):
        company = companies[number % len(companies)]
        upload = api.files.start(name, len(content), company_id=company.id)
        for offset in range(0, len(content), PART_SIZE):
            api.files.send_part(upload.id, offset, content[offset : offset + PART_SIZE])
        api.files.finish(upload.id, sha256(content).hexdigest())


def _tab(play: Play) -> FilesTab:
    tab = play.records("files")
    assert isinstance(tab, FilesTab)
    return tab


def _preview(play: Play) -> None:
    tab = _tab(play)
    for name in ("png", "txt", "hwp", "plan", "html"):
        file = next(f for f in tab.table.model.items if _FINDS[name](f.file_name, f.file_type))
        play.look(f"file-preview-{name}", lambda file=file: tab.preview(file))  # type: ignore[misc]
        play.close()


_FINDS: dict[str, Callable[[str, str], bool]] = {
    "png": lambda _name, kind: kind == "image/png",
    "txt": lambda _name, kind: kind == "text/plain",
    "hwp": lambda _name, kind: kind == "application/x-hwp",
    "plan": lambda _name, kind: kind == "application/pdf",
    "html": lambda _name, kind: kind == "text/html",
}


def _details(play: Play) -> None:
    tab = _tab(play)
    misleading = next(f for f in tab.table.model.items if f.file_type == "text/html")
    play.look("file-details", lambda: tab.show_details(misleading))


def _rename_and_delete(play: Play) -> None:
    tab = _tab(play)
    file = tab.table.model.items[0]
    play.look("file-rename", lambda: tab.edit(file))
    play.close()
    tab.table.view.selectAll()
    play.look("file-delete", lambda: tab.actions_of_rows.run("delete"))


def _upload(play: Play) -> None:
    tab = _tab(play)
    folder = play.folder / "보낼 파일"
    folder.mkdir()
    paths = []
    for name, content in (*sample_files(), ("설치 프로그램 (예시).exe", b"MZ")):
        paths.append(folder / name)
        paths[-1].write_bytes(content)
    play.look("file-upload", lambda: tab.offer(paths))
    play.close()
    play.look("file-drop", tab.overlay.cover)
    tab.overlay.hide()


def _transfers(play: Play) -> None:
    """What a strip of transfers looks like in each state."""
    tab = _tab(play)
    for name, state, done, note in (
        ("대용량 시험 자료 (예시).zip", State.RUNNING, 0.42, ""),
        ("동영상 (예시).mp4", State.WAITING, 0.0, ""),
        ("연결이 끊긴 자료 (예시).bin", State.FAILED, 0.7, "sample: no answer came in time."),
        (
            "아주 긴 이름을 가진 평가 대상 시스템 구성 및 운영 환경 설명 자료 (예시).pdf",
            State.DONE,
            1.0,
            "",
        ),
    ):
        size = 524_288_000
        transfer = Transfer(name=name, size=size, order=Order(path=Path(name)), state=state)
        transfer.done, transfer.note = round(size * done), note
        transfer.speed.note(0, round(transfer.done * 0.9))
        transfer.speed.note(4, transfer.done)
        tab.transfers.all.append(transfer)
        tab.transfers.added.emit(transfer)
    play.look("file-transfers")
    for transfer in list(tab.transfers.all):
        tab.transfers.all.remove(transfer)
        tab.transfers.removed.emit(transfer)


FILE_SCENES = (_preview, _details, _rename_and_delete, _upload, _transfers)
"""As administrator, with the samples."""


def _png(width: int, height: int) -> bytes:
    """A picture of two colours that run into each other."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        check = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", check)

    rows = bytearray()
    for y in range(height):
        rows.append(0)
        for x in range(width):
            rows += bytes((36 + x * 180 // width, 87 + y * 120 // height, 197))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = chunk(b"IDAT", zlib.compress(bytes(rows), 9)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + body


def _pdf(title: str) -> bytes:
    """Two pages with a line of text each."""
    pages = [f"BT /F1 28 Tf 72 740 Td ({title}, page {n}) Tj ET".encode() for n in (1, 2)]
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [4 0 R 6 0 R] /Count 2 >>",
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for number, page in enumerate(pages):
        content = 5 + 2 * number
        objects.append(
            b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R"
            b" /Resources << /Font << /F1 3 0 R >> >> >>" % content
        )
        objects.append(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page))
    written, places = bytearray(b"%PDF-1.4\n"), []
    for number, held in enumerate(objects, start=1):
        places.append(len(written))
        written += b"%d 0 obj\n%s\nendobj\n" % (number, held)
    start, count = len(written), len(objects) + 1
    written += b"xref\n0 %d\n0000000000 65535 f \n" % count
    for place in places:
        written += b"%010d 00000 n \n" % place
    written += b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, start)
    return bytes(written)
