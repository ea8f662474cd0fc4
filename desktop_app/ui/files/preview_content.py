"""What a preview shows of a file: fetched and decoded on a worker, bounded in every way.

HTML and SVG are texts here: nothing of them is ever rendered.
"""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageReader

from desktop_app.core.file_types import Preview, type_of
from desktop_app.core.files import StoredFile
from desktop_app.core.language import _
from desktop_app.core.tasks import TaskContext
from desktop_app.core.text_encoding import decoded
from desktop_app.services.downloading import Downloading
from desktop_app.ui.sizes import byte_size

TEXT_LIMIT = 256 * 1024
IMAGE_LIMIT = 32_000_000
PDF_LIMIT = 64_000_000
"""Bytes that are fetched for a look."""
MOST_PIXELS = 50_000_000
"""Of an image as it is decoded: a small file may claim any size."""
LONGEST_SIDE = 2400
_LONGEST_LINE = 4000

_READERS = {
    "image/png": b"png",
    "image/jpeg": b"jpeg",
    "image/gif": b"gif",
    "image/webp": b"webp",
    "image/bmp": b"bmp",
}


@dataclass(frozen=True, slots=True)
class ImagePreview:
    """An image, no larger than it needs to be; ``facts`` say how large it is."""

    image: QImage
    facts: str


@dataclass(frozen=True, slots=True)
class TextPreview:
    """The beginning of a text; ``facts`` say its encoding, and that it goes on."""

    text: str
    facts: str


@dataclass(frozen=True, slots=True)
class PdfPreview:
    """A whole PDF."""

    content: QByteArray


@dataclass(frozen=True, slots=True)
class NoPreview:
    """Why there is nothing to see (translated)."""

    reason: str


Content = ImagePreview | TextPreview | PdfPreview | NoPreview


def load_preview(downloading: Downloading, file: StoredFile, context: TaskContext) -> Content:
    """What there is to see of ``file``; raises the errors of the API and of downloads."""
    kind = type_of(file.file_type).preview
    if kind is Preview.TEXT:
        start = downloading.start_of(file, TEXT_LIMIT, context)
        return _text(start, whole=len(start) >= file.size)
    if kind is Preview.NONE:
        return NoPreview(_("Files of this type cannot be shown here."))
    limit = IMAGE_LIMIT if kind is Preview.IMAGE else PDF_LIMIT
    if file.size > limit:
        return NoPreview(
            _("This file is larger than the {size} that are shown here.").format(
                size=byte_size(limit)
            )
        )
    content = downloading.start_of(file, limit, context)
    if kind is Preview.IMAGE:
        return _image(content, file.file_type)
    return PdfPreview(QByteArray(content))


def _text(start: bytes, *, whole: bool) -> Content:
    found = decoded(start, whole=whole)
    if found is None:
        return NoPreview(_("The content is no text that can be read."))
    facts = [_("Encoding: {name}").format(name=found.encoding.upper())]
    if not whole:
        facts.append(_("Only the first {size} are shown.").format(size=byte_size(TEXT_LIMIT)))
    lines = found.text.splitlines()
    return TextPreview("\n".join(_folded(line) for line in lines), " · ".join(facts))


def _folded(line: str) -> str:
    """A line that is not too long to be laid out while somebody waits."""
    if len(line) <= _LONGEST_LINE:
        return line
    parts = (line[at : at + _LONGEST_LINE] for at in range(0, len(line), _LONGEST_LINE))
    return "\n".join(parts)


def _image(content: bytes, media_type: str) -> Content:
    held = QByteArray(content)
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(_READERS.get(media_type, b"none")))
    # By the type that the server told: no other reader is let near the content.
    reader.setDecideFormatFromContent(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid():
        return NoPreview(_("The image is damaged, or of a kind that cannot be shown here."))
    facts = _("{width} × {height} pixels").format(width=size.width(), height=size.height())
    if size.width() * size.height() > MOST_PIXELS:
        return NoPreview(_("The image is too large to be shown here: {facts}.").format(facts=facts))
    if max(size.width(), size.height()) > LONGEST_SIDE:
        keep = Qt.AspectRatioMode.KeepAspectRatio
        reader.setScaledSize(size.scaled(LONGEST_SIDE, LONGEST_SIDE, keep))
    image = reader.read()
    if image.isNull():
        return NoPreview(_("The image is damaged, or of a kind that cannot be shown here."))
    return ImagePreview(image, facts)
