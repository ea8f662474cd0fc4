"""Types of files that the platform knows: the one table that server and window read.

The server tells a file's type by its content; its name is never asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from desktop_app.core.language import N_

UNKNOWN = "application/octet-stream"
PLAIN_TEXT = "text/plain"


class Group(StrEnum):
    """What kind of thing a file is, as a person looks for it."""

    DOCUMENT = "document"
    SPREADSHEET = "spreadsheet"
    PRESENTATION = "presentation"
    IMAGE = "image"
    TEXT = "text"
    ARCHIVE = "archive"
    MEDIA = "media"
    OTHER = "other"


GROUP_LABELS: Mapping[Group, str] = {
    Group.DOCUMENT: N_("Documents"),
    Group.SPREADSHEET: N_("Spreadsheets"),
    Group.PRESENTATION: N_("Presentations"),
    Group.IMAGE: N_("Images"),
    Group.TEXT: N_("Texts"),
    Group.ARCHIVE: N_("Archives"),
    Group.MEDIA: N_("Sound and film"),
    Group.OTHER: N_("Others"),
}


class Preview(StrEnum):
    """How a file is shown in the window, if at all."""

    NONE = ""
    IMAGE = "image"
    TEXT = "text"
    PDF = "pdf"


@dataclass(frozen=True, slots=True)
class FileType:
    """One type: ``label`` is a message id, ``endings`` are usual for it, the first is the best.

    ``served``: a download may name the type, for no program runs anything of it.
    """

    media_type: str
    label: str
    group: Group
    endings: tuple[str, ...] = ()
    preview: Preview = Preview.NONE
    served: bool = False


_OFFICE = "application/vnd.openxmlformats-officedocument"
_OPEN = "application/vnd.oasis.opendocument"
_DOC, _SHEET, _SLIDES = Group.DOCUMENT, Group.SPREADSHEET, Group.PRESENTATION
_IMAGE, _TEXT, _ARCHIVE, _MEDIA = Group.IMAGE, Group.TEXT, Group.ARCHIVE, Group.MEDIA

_TABLE = (
    FileType("application/pdf", "PDF", _DOC, ("pdf",), Preview.PDF, served=True),
    FileType("application/x-hwp", N_("Hangul document"), _DOC, ("hwp",)),
    FileType("application/hwp+zip", N_("Hangul document"), _DOC, ("hwpx",)),
    FileType("application/msword", N_("Word document"), _DOC, ("doc",)),
    FileType(f"{_OFFICE}.wordprocessingml.document", N_("Word document"), _DOC, ("docx", "docm")),
    FileType(f"{_OPEN}.text", N_("OpenDocument text"), _DOC, ("odt",)),
    FileType("application/rtf", N_("Rich text"), _DOC, ("rtf",)),
    FileType("application/epub+zip", "EPUB", _DOC, ("epub",)),
    FileType("application/vnd.ms-excel", N_("Excel workbook"), _SHEET, ("xls",)),
    FileType(f"{_OFFICE}.spreadsheetml.sheet", N_("Excel workbook"), _SHEET, ("xlsx", "xlsm")),
    FileType(f"{_OPEN}.spreadsheet", N_("OpenDocument spreadsheet"), _SHEET, ("ods",)),
    FileType("text/csv", "CSV", _SHEET, ("csv", "tsv", "txt"), Preview.TEXT),
    FileType("application/vnd.ms-powerpoint", N_("PowerPoint slides"), _SLIDES, ("ppt",)),
    FileType(
        f"{_OFFICE}.presentationml.presentation", N_("PowerPoint slides"), _SLIDES, ("pptx", "pptm")
    ),
    FileType(f"{_OPEN}.presentation", N_("OpenDocument slides"), _SLIDES, ("odp",)),
    FileType("image/png", "PNG", _IMAGE, ("png",), Preview.IMAGE, served=True),
    FileType("image/jpeg", "JPEG", _IMAGE, ("jpg", "jpeg"), Preview.IMAGE, served=True),
    FileType("image/gif", "GIF", _IMAGE, ("gif",), Preview.IMAGE, served=True),
    FileType("image/webp", "WebP", _IMAGE, ("webp",), Preview.IMAGE, served=True),
    FileType("image/bmp", "BMP", _IMAGE, ("bmp",), Preview.IMAGE, served=True),
    FileType("image/tiff", "TIFF", _IMAGE, ("tif", "tiff"), served=True),
    FileType("image/heic", "HEIC", _IMAGE, ("heic", "heif")),
    FileType("image/avif", "AVIF", _IMAGE, ("avif",)),
    FileType("image/svg+xml", "SVG", _IMAGE, ("svg",), Preview.TEXT),
    FileType("text/html", "HTML", _TEXT, ("html", "htm", "xhtml"), Preview.TEXT),
    FileType("application/json", "JSON", _TEXT, ("json",), Preview.TEXT),
    FileType("application/xml", "XML", _TEXT, ("xml",), Preview.TEXT),
    FileType(PLAIN_TEXT, N_("Text"), _TEXT, (), Preview.TEXT, served=True),
    FileType("application/zip", "ZIP", _ARCHIVE, ("zip",)),
    FileType("application/x-7z-compressed", "7-Zip", _ARCHIVE, ("7z",)),
    FileType("application/vnd.rar", "RAR", _ARCHIVE, ("rar",)),
    FileType("application/gzip", "gzip", _ARCHIVE, ("gz", "tgz")),
    FileType("application/x-tar", "tar", _ARCHIVE, ("tar",)),
    FileType("application/x-alz", "ALZ", _ARCHIVE, ("alz",)),
    FileType("application/x-egg", "EGG", _ARCHIVE, ("egg",)),
    FileType("application/x-ole-storage", N_("Office file"), _DOC),
    FileType("audio/mpeg", "MP3", _MEDIA, ("mp3",)),
    FileType("audio/wav", "WAV", _MEDIA, ("wav",)),
    FileType("audio/flac", "FLAC", _MEDIA, ("flac",)),
    FileType("audio/ogg", "Ogg", _MEDIA, ("ogg", "oga", "opus")),
    FileType("audio/mp4", "M4A", _MEDIA, ("m4a",)),
    FileType("video/mp4", "MP4", _MEDIA, ("mp4", "m4v")),
    FileType("video/quicktime", "QuickTime", _MEDIA, ("mov",)),
    FileType("video/x-msvideo", "AVI", _MEDIA, ("avi",)),
    FileType("video/x-matroska", "Matroska", _MEDIA, ("mkv",)),
    FileType("video/webm", "WebM", _MEDIA, ("webm",)),
    FileType(UNKNOWN, N_("Unknown"), Group.OTHER),
)

FILE_TYPES: Mapping[str, FileType] = {entry.media_type: entry for entry in _TABLE}

REFUSED_TYPES: Mapping[str, str] = {
    "application/vnd.microsoft.portable-executable": N_("Windows program"),
    "application/x-elf": N_("Linux program"),
    "application/x-mach-binary": N_("macOS program"),
    "application/java-archive": N_("Java program"),
    "application/java-vm": N_("Java program"),
    "application/vnd.android.package-archive": N_("Android program"),
    "application/vnd.android.dex": N_("Android program"),
    "application/wasm": N_("WebAssembly program"),
    "application/x-msi": N_("Windows installer"),
    "application/x-ms-shortcut": N_("Windows shortcut"),
    "application/x-shellscript": N_("Script"),
}
"""Programs, which are not taken: media type to what it is (a message id)."""


def type_of(media_type: str) -> FileType:
    """What is known of a media type; an unlisted one is like unknown content."""
    return FILE_TYPES.get(media_type, FILE_TYPES[UNKNOWN])


def types_in(group: Group) -> tuple[str, ...]:
    """The media types of a group."""
    return tuple(entry.media_type for entry in _TABLE if entry.group is group)


def served_type(media_type: str) -> str:
    """The media type that a download may name."""
    kind = type_of(media_type)
    if not kind.served:
        return UNKNOWN
    return f"{media_type}; charset=utf-8" if media_type == PLAIN_TEXT else media_type


def fits_ending(media_type: str, ending: str) -> bool:
    """Whether an ending belongs to the type; where none is usual, any does."""
    endings = type_of(media_type).endings
    return not endings or not ending or ending in endings
