"""A look at a file without saving it: images, texts, PDF; for all else the reason why not."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtPdf import QPdfDocument
from PySide6.QtPdfWidgets import QPdfView
from PySide6.QtWidgets import QPlainTextEdit, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.core.errors import Cancelled
from desktop_app.core.files import StoredFile
from desktop_app.core.language import _
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.services.downloading import Downloading
from desktop_app.ui.dialogs.frame import DialogFrame
from desktop_app.ui.files.preview_content import (
    Content,
    ImagePreview,
    NoPreview,
    PdfPreview,
    TextPreview,
    load_preview,
)
from desktop_app.ui.files.transfers import words_of
from desktop_app.ui.files.type_words import type_text
from desktop_app.ui.sizes import byte_size
from desktop_app.ui.tab import TabTools
from desktop_app.ui.widgets.empty_state import EmptyState
from desktop_app.ui.widgets.plain_text import one_line, plain_label

_STEPS = 1000


class PreviewDialog(DialogFrame):
    """Shows ``file``; ``download`` is what its button does. Open it with ``open()``."""

    def __init__(
        self,
        file: StoredFile,
        downloading: Downloading,
        tools: TabTools,
        *,
        download: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(one_line(file.file_name), parent, narrowest=480)
        self.setSizeGripEnabled(True)
        self.file = file
        self.content_shown: Content | None = None
        self.facts = plain_label(role="muted")
        self.facts.setWordWrap(True)
        self._told = [type_text(file), byte_size(file.size)]
        self.facts.setText(" · ".join(self._told))
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 0)
        self.stack = QStackedWidget()
        self._waiting = QWidget()
        waiting = QVBoxLayout(self._waiting)
        waiting.setContentsMargins(0, 0, 0, 0)
        waiting.addWidget(plain_label(_("Loading…"), role="muted"))
        waiting.addWidget(self.progress)
        waiting.addStretch(1)
        self.stack.addWidget(self._waiting)
        self.notice = EmptyState(tools.theme)
        self.stack.addWidget(self.notice)
        self.content.addWidget(self.facts)
        self.content.addWidget(self.stack, 1)
        self.close_button = self.add_button(_("Close"))
        self.close_button.clicked.connect(self.reject)
        self.download_button = self.add_button(_("Download…"), role="primary")
        self.download_button.clicked.connect(self.reject)
        self.download_button.clicked.connect(download)
        self.resize(_comfortable(parent))
        self._task = tools.runner.start(
            lambda context: _load(downloading, file, context),
            owner=self,
            done=self._show,
            failed=self._on_failed,
            progress=self._on_progress,
        )

    def done(self, result: int) -> None:
        """Whoever looks no more waits no more."""
        self._task.cancel()
        super().done(result)

    def _on_progress(self, progress: Progress) -> None:
        self.progress.setRange(0, _STEPS)
        self.progress.setValue(round(_STEPS * progress.done / max(1, progress.total or 1)))

    def _on_failed(self, error: Exception) -> None:
        if not isinstance(error, Cancelled):
            self._show(NoPreview(words_of(error)), tone="danger")

    def _show(self, content: Content, tone: str = "muted") -> None:
        self.content_shown = content
        if isinstance(content, ImagePreview):
            self._put(ImageView(content.image), content.facts)
        elif isinstance(content, TextPreview):
            box = QPlainTextEdit()
            box.setReadOnly(True)
            box.setProperty("role", "log")
            box.setPlainText(content.text)
            self._put(box, content.facts)
        elif isinstance(content, PdfPreview):
            self._show_pdf(content)
        else:
            icon_name = "error" if tone == "danger" else "eye-off"
            self.notice.tell(_("No preview"), content.reason, icon_name=icon_name, tone=tone)
            self.stack.setCurrentWidget(self.notice)

    def _show_pdf(self, content: PdfPreview) -> None:
        document = QPdfDocument(self)
        buffer = QBuffer(content.content, self)
        buffer.open(QIODevice.OpenModeFlag.ReadOnly)
        document.load(buffer)
        if document.error() is not QPdfDocument.Error.None_:
            locked = document.error() is QPdfDocument.Error.IncorrectPassword
            reason = (
                _("This PDF opens with a password only: download it to read it.")
                if locked
                else _("The PDF is damaged, or of a kind that cannot be shown here.")
            )
            self._show(NoPreview(reason))
            return
        view = QPdfView(self)
        view.setPageMode(QPdfView.PageMode.MultiPage)
        view.setZoomMode(QPdfView.ZoomMode.FitToWidth)
        view.setDocument(document)
        self._put(view, _("Pages: {n}").format(n=f"{document.pageCount():,}"))

    def _put(self, view: QWidget, facts: str) -> None:
        view.setAccessibleName(_("Preview of {name}").format(name=one_line(self.file.file_name)))
        self.facts.setText(" · ".join((*self._told, facts)))
        self.stack.addWidget(view)
        self.stack.setCurrentWidget(view)
        view.setFocus()


class ImageView(QWidget):
    """An image as large as there is room, but no larger than it is."""

    def __init__(self, image: QImage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.image = image
        self.setMinimumSize(160, 120)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - it is drawn as a whole
        """Draw the image in the middle of what there is."""
        ratio = self.devicePixelRatioF()
        natural = self.image.size() / ratio
        size = natural.boundedTo(natural.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio))
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(place, self.image)


def _load(downloading: Downloading, file: StoredFile, context: TaskContext) -> Content:
    return load_preview(downloading, file, context)


def _comfortable(parent: QWidget | None) -> QSize:
    """Most of the window that it is opened from."""
    if parent is None:
        return QSize(800, 640)
    window = parent.window().size()
    return QSize(max(480, round(window.width() * 0.7)), max(400, round(window.height() * 0.85)))
