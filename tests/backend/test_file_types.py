"""Types by content: small true samples, and a server that asks no name."""

from __future__ import annotations

import io
import zipfile

import httpx
import pytest

from desktop_app.backend.files.sniffing import sniff
from desktop_app.core.file_types import FILE_TYPES, REFUSED_TYPES
from tests.backend.file_sending import codes, upload, uploaded


def zipped(*entries: str, mimetype: str = "") -> bytes:
    """A zip with entries of these names, a stored ``mimetype`` first where one is given."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype, zipfile.ZIP_STORED)
        for entry in entries:
            archive.writestr(entry, "x" * 50)
    return held.getvalue()


def compound(stream: bytes) -> bytes:
    """The beginning of an OLE file that holds a stream."""
    return bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + stream + bytes(512)


OFFICE = "application/vnd.openxmlformats-officedocument"
SAMPLES: dict[str, tuple[bytes, str]] = {
    "png": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "image/png"),
    "jpeg": (b"\xff\xd8\xff\xe0\x00\x10JFIF\x00", "image/jpeg"),
    "gif": (b"GIF89a\x01\x00\x01\x00\x80\x00\x00", "image/gif"),
    "webp": (b"RIFF\x24\x00\x00\x00WEBPVP8 ", "image/webp"),
    "bmp": (b"BM\x1e\x00\x00\x00" + bytes(24), "image/bmp"),
    "tiff": (b"II*\x00\x08\x00\x00\x00", "image/tiff"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "application/pdf"),
    "pdf in ascii": (b"%PDF-1.4\n1 0 obj\n", "application/pdf"),
    "pdf behind junk": (b"\x00\x01junk%PDF-1.4\n\xff", "application/pdf"),
    "docx": (
        zipped("[Content_Types].xml", "word/document.xml"),
        f"{OFFICE}.wordprocessingml.document",
    ),
    "xlsx": (zipped("[Content_Types].xml", "xl/workbook.xml"), f"{OFFICE}.spreadsheetml.sheet"),
    "pptx": (
        zipped("[Content_Types].xml", "ppt/presentation.xml"),
        f"{OFFICE}.presentationml.presentation",
    ),
    "odt": (
        zipped("content.xml", mimetype="application/vnd.oasis.opendocument.text"),
        "application/vnd.oasis.opendocument.text",
    ),
    "hwpx": (
        zipped("version.xml", "META-INF/manifest.xml", mimetype="application/hwp+zip"),
        "application/hwp+zip",
    ),
    "zip": (zipped("자료.txt"), "application/zip"),
    "empty zip": (zipped(), "application/zip"),
    "hwp": (compound(b"HWP Document File"), "application/x-hwp"),
    "old hwp": (b"HWP Document File V3.00 \x1a\x01\x02", "application/x-hwp"),
    "doc": (compound("WordDocument".encode("utf-16-le")), "application/msword"),
    "xls": (compound("Workbook".encode("utf-16-le")), "application/vnd.ms-excel"),
    "ppt": (
        compound("PowerPoint Document".encode("utf-16-le")),
        "application/vnd.ms-powerpoint",
    ),
    "other ole": (compound(b"something"), "application/x-ole-storage"),
    "7z": (b"7z\xbc\xaf\x27\x1c\x00\x04", "application/x-7z-compressed"),
    "gzip": (b"\x1f\x8b\x08\x00\x00\x00\x00\x00", "application/gzip"),
    "mp4": (b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00", "video/mp4"),
    "mp3": (b"ID3\x03\x00\x00\x00\x00\x00\x00", "audio/mpeg"),
    "utf-8": ("평가 자료입니다.\n".encode(), "text/plain"),
    "utf-8 with mark": ("\ufeff평가 자료".encode(), "text/plain"),
    "utf-16 with mark": ("평가 자료".encode("utf-16"), "text/plain"),
    "utf-16 without": ("plain words of a text".encode("utf-16-le"), "text/plain"),
    "cp949": ("한글로 쓴 오래된 자료입니다. 끝.".encode("cp949"), "text/plain"),
    "starts like a program": (b"MZ is how it begins", "text/plain"),
    "starts like a bitmap": (b"BM of the week, in words", "text/plain"),
    "csv": ("이름,점수\n가,1\n나,2\n".encode(), "text/csv"),
    "csv in cp949": ("이름,점수\n가나다,1\n라마바,2\n".encode("cp949"), "text/csv"),
    "tsv": (b"a\tb\n1\t2\n", "text/csv"),
    "json": (b'{"a": [1, 2]}', "application/json"),
    "broken json": (b'{"a": [1, 2', "text/plain"),
    "html": (b"<!DOCTYPE html><title>x</title>", "text/html"),
    "html behind a comment": (b"\n<!-- x --><script>alert(1)</script>", "text/html"),
    "html in utf-16": ("<html><body>안녕</body></html>".encode("utf-16"), "text/html"),
    "xhtml": (b'<?xml version="1.0"?><html xmlns="x"></html>', "text/html"),
    "svg": (b'<?xml version="1.0"?>\n<!-- x -->\n<svg xmlns="x"></svg>', "image/svg+xml"),
    "svg with prefix": (b'<s:svg xmlns:s="http://www.w3.org/2000/svg"/>', "image/svg+xml"),
    "svg with doctype": (b'<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "image/svg+xml"),
    "doctype without end": (b"<!DOCTYPE " + b"[]" * 5000, "text/plain"),
    "xml": (b'<?xml version="1.0"?><items/>', "application/xml"),
    "rtf": (b"{\\rtf1\\ansi words}", "application/rtf"),
    "nothing": (b"", "text/plain"),
    "noise": (bytes(range(256)) * 4, "application/octet-stream"),
    "zeros": (bytes(5000), "application/octet-stream"),
    # What is not taken
    "exe": (b"MZ\x90\x00\x03\x00", "application/vnd.microsoft.portable-executable"),
    "elf": (b"\x7fELF\x02\x01\x01\x00", "application/x-elf"),
    "mach-o": (b"\xcf\xfa\xed\xfe\x07\x00\x00\x01", "application/x-mach-binary"),
    "class": (b"\xca\xfe\xba\xbe\x00\x00\x00\x34", "application/java-vm"),
    "jar": (zipped("META-INF/MANIFEST.MF", "a.class"), "application/java-archive"),
    "apk": (
        zipped("AndroidManifest.xml", "classes.dex"),
        "application/vnd.android.package-archive",
    ),
    "msi": (compound(bytes.fromhex("84100c0000000000c000000000000046")), "application/x-msi"),
    "lnk": (b"L\x00\x00\x00\x01\x14\x02\x00\x00\x00", "application/x-ms-shortcut"),
    "wasm": (b"\x00asm\x01\x00\x00\x00", "application/wasm"),
    "script": (b"#!/bin/sh\nrm -rf /\n", "application/x-shellscript"),
}


@pytest.mark.parametrize(("content", "expected"), SAMPLES.values(), ids=SAMPLES)
def test_type_is_told_by_content(content: bytes, expected: str) -> None:
    assert sniff(content, len(content)) == expected
    assert expected in FILE_TYPES or expected in REFUSED_TYPES


def test_text_that_is_cut_within_a_character_is_still_text() -> None:
    content = ("가" * 1000).encode()
    assert sniff(content[:1000], len(content)) == "text/plain"
    assert sniff(content[:1000], 1000) != "text/plain"


def test_json_that_is_longer_than_what_is_seen_is_told_by_its_start() -> None:
    assert sniff(b'{"a": [1, 2, ', 10_000) == "application/json"


def test_name_does_not_count(admin: httpx.Client) -> None:
    html, _ = SAMPLES["html"]
    assert uploaded(admin, "사진.png", html)["file_type"] == "text/html"
    png, _ = SAMPLES["png"]
    assert uploaded(admin, "page.html", png)["file_type"] == "image/png"


REFUSED = [name for name, (_, kind) in SAMPLES.items() if kind in REFUSED_TYPES]


@pytest.mark.parametrize("name", REFUSED)
def test_programs_are_not_taken(admin: httpx.Client, name: str) -> None:
    answer = upload(admin, "보고서.pdf", SAMPLES[name][0])
    assert codes(answer) == [("", "file_type_refused")]


@pytest.mark.parametrize("name", ["a.exe", "a.BAT", "a.pdf.js", "a.cmd.", "보고서.hta"])
def test_text_under_a_name_that_is_run_is_not_taken(admin: httpx.Client, name: str) -> None:
    answer = admin.post("/api/files/upload", json={"file_name": name, "size": 3})
    assert codes(answer) == [("file_name", "runnable_name")]
