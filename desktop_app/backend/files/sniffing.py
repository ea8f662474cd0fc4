"""The type of a file by its content: signatures, a look into containers, and a look at texts."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from itertools import islice

import puremagic

from desktop_app.core.file_types import FILE_TYPES, PLAIN_TEXT, UNKNOWN
from desktop_app.core.text_encoding import decoded

SNIFFED = 1024**2
"""Bytes of a file's start that are looked at."""

_MAGIC_LOOKS = 4096
_HEAD_OF_TEXT = 64 * 1024
_OFFICE = "application/vnd.openxmlformats-officedocument"
_PE = "application/vnd.microsoft.portable-executable"
_MACH_O = "application/x-mach-binary"


@dataclass(frozen=True, slots=True)
class _Signature:
    """Bytes at an offset that tell a type."""

    start: bytes
    media_type: str
    offset: int = 0


_SIGNATURES = (
    _Signature(b"\x89PNG\r\n\x1a\n", "image/png"),
    _Signature(b"\xff\xd8\xff", "image/jpeg"),
    _Signature(b"GIF87a", "image/gif"),
    _Signature(b"GIF89a", "image/gif"),
    _Signature(b"II*\x00", "image/tiff"),
    _Signature(b"MM\x00*", "image/tiff"),
    _Signature(b"WEBP", "image/webp", 8),
    _Signature(b"WAVE", "audio/wav", 8),
    _Signature(b"AVI ", "video/x-msvideo", 8),
    _Signature(b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    _Signature(b"Rar!\x1a\x07", "application/vnd.rar"),
    _Signature(b"\x1f\x8b\x08", "application/gzip"),
    _Signature(b"ALZ\x01", "application/x-alz"),
    _Signature(b"EGGA", "application/x-egg"),
    _Signature(b"ustar", "application/x-tar", 257),
    _Signature(b"HWP Document File V", "application/x-hwp"),
    _Signature(b"ftypheic", "image/heic", 4),
    _Signature(b"ftypheix", "image/heic", 4),
    _Signature(b"ftypmif1", "image/heic", 4),
    _Signature(b"ftypavif", "image/avif", 4),
    _Signature(b"ftypqt", "video/quicktime", 4),
    _Signature(b"ftypM4A", "audio/mp4", 4),
    _Signature(b"ftyp", "video/mp4", 4),
    _Signature(b"fLaC", "audio/flac"),
    _Signature(b"OggS", "audio/ogg"),
    _Signature(b"ID3", "audio/mpeg"),
    _Signature(b"\x7fELF", "application/x-elf"),
    _Signature(b"\xfe\xed\xfa\xce", _MACH_O),
    _Signature(b"\xfe\xed\xfa\xcf", _MACH_O),
    _Signature(b"\xce\xfa\xed\xfe", _MACH_O),
    _Signature(b"\xcf\xfa\xed\xfe", _MACH_O),
    # Java classes and universal Mach-O programs begin alike, and neither is taken.
    _Signature(b"\xca\xfe\xba\xbe", "application/java-vm"),
    _Signature(b"dex\n03", "application/vnd.android.dex"),
    _Signature(b"\x00asm", "application/wasm"),
    _Signature(b"L\x00\x00\x00\x01\x14\x02\x00", "application/x-ms-shortcut"),
)

_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_EMPTY_ZIP = b"PK\x05\x06"
_IN_ZIP = (
    (b"AndroidManifest.xml", "application/vnd.android.package-archive"),
    (b"META-INF/MANIFEST.MF", "application/java-archive"),
    (b"word/", f"{_OFFICE}.wordprocessingml.document"),
    (b"xl/", f"{_OFFICE}.spreadsheetml.sheet"),
    (b"ppt/", f"{_OFFICE}.presentationml.presentation"),
)
"""Beginnings of names of entries, by what is told apart first."""
_ENTRY = re.compile(rb"PK\x03\x04.{22}(..)..", re.DOTALL)
_IN_OLE = (
    (b"HWP Document File", "application/x-hwp"),
    (bytes.fromhex("84100c0000000000c000000000000046"), "application/x-msi"),
    ("WordDocument".encode("utf-16-le"), "application/msword"),
    ("PowerPoint Document".encode("utf-16-le"), "application/vnd.ms-powerpoint"),
    ("Workbook".encode("utf-16-le"), "application/vnd.ms-excel"),
    ("Book".encode("utf-16-le") + b"\x00\x00", "application/vnd.ms-excel"),
)
_PROLOGUE = re.compile(
    r"\s+|<\?.*?\?>|<!--.*?-->|<!doctype(?:[^>\[]|\[[^\]]*\])*>", re.IGNORECASE | re.DOTALL
)
_HTML_DOCTYPE = re.compile(r"<!doctype\s+html", re.IGNORECASE)
_TAG = re.compile(r"<(?:[A-Za-z_][\w.-]*:)?([A-Za-z][\w-]*)[\s/>]")
_HTML = (
    "html head body title meta link base style script noscript iframe frameset object embed video "
    "audio img form table font div span p h1 h2 h3 h4 h5 h6 a b i u br hr ul ol center"
)
_HTML_TAGS = frozenset(_HTML.split())
_JSON_START = re.compile(r"[\[{]\s*(?:[\"\[{\]}0-9-]|true|false|null|$)")


def sniff(head: bytes, size: int) -> str:
    """The media type of a file of ``size`` bytes that begins with ``head`` (up to ``SNIFFED``).

    One of ``FILE_TYPES`` or ``REFUSED_TYPES``; what nobody knows is ``UNKNOWN``.
    """
    whole = len(head) >= size
    found = decoded(head, whole=whole)
    if found is not None:
        return _type_of_text(found.text, whole=whole)
    if head.startswith(b"MZ"):
        return _PE
    if head.startswith((_ZIP, _EMPTY_ZIP)):
        return _type_of_zip(head)
    if head.startswith(_OLE):
        return next((kind for mark, kind in _IN_OLE if mark in head), "application/x-ole-storage")
    for known in _SIGNATURES:
        if head.startswith(known.start, known.offset):
            return known.media_type
    if b"%PDF-" in head[:1024]:
        return "application/pdf"
    if head.startswith(b"BM") and int.from_bytes(head[2:6], "little") == size:
        return "image/bmp"
    return _by_magic(head)


def _type_of_text(text: str, *, whole: bool) -> str:
    if text.startswith("#!"):
        return "application/x-shellscript"
    if text.startswith("{\\rtf"):
        return "application/rtf"
    if text.startswith("%PDF-"):
        return "application/pdf"
    if markup := _type_of_markup(text):
        return markup
    start = text.lstrip()
    if _JSON_START.match(start[:4096]) and (not whole or _is_json(text)):
        return "application/json"
    return "text/csv" if _is_table(text[:_HEAD_OF_TEXT]) else PLAIN_TEXT


def _type_of_markup(text: str) -> str | None:
    """HTML, SVG or XML by the first element behind declarations and comments."""
    at, doctype = 0, ""
    while (found := _PROLOGUE.match(text, at)) and found.end() > at:
        at = found.end()
        doctype += found[0] if found[0][:2] == "<!" else ""
    tag = _TAG.match(text, at)
    name = tag[1].lower() if tag else ""
    if name == "svg":
        return "image/svg+xml"
    if _HTML_DOCTYPE.search(doctype) or name in _HTML_TAGS:
        return "text/html"
    return "application/xml" if text.lstrip().startswith("<?xml") else None


def _is_json(text: str) -> bool:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_table(text: str) -> bool:
    """At least two lines of the same number of cells, at least two of them."""
    lines = text.splitlines()[:-1] if len(text) == _HEAD_OF_TEXT else text.splitlines()
    for delimiter in ",;\t":
        try:
            rows = list(islice(csv.reader(lines, delimiter=delimiter, strict=True), 50))
        except csv.Error:
            continue
        widths = {len(row) for row in rows if row}
        if len(rows) >= 2 and len(widths) == 1 and widths.pop() >= 2:
            return True
    return False


def _type_of_zip(head: bytes) -> str:
    names = [
        head[found.end() : found.end() + int.from_bytes(found[1], "little")]
        for found in _ENTRY.finditer(head)
    ]
    for start, media_type in _IN_ZIP:
        if any(name.startswith(start) for name in names):
            return media_type
    if names and names[0] == b"mimetype":
        begin = head.index(b"mimetype") + len(b"mimetype")
        told = head[begin : begin + 80].split(b"PK")[0].strip().decode("ascii", "replace")
        if told in FILE_TYPES:
            return told
    return "application/zip"


def _by_magic(head: bytes) -> str:
    try:
        found = puremagic.magic_string(head[:_MAGIC_LOOKS])
    except puremagic.PureError:
        return UNKNOWN
    kinds = (_ALIASES.get(match.mime_type, match.mime_type) for match in found)
    return next((kind for kind in kinds if kind in FILE_TYPES and kind != PLAIN_TEXT), UNKNOWN)


_ALIASES = {"audio/x-wav": "audio/wav", "audio/mp3": "audio/mpeg", "audio/x-flac": "audio/flac"}
