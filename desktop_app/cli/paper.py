"""PDF reports of commands: drawn by the window's own means, without a window."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from desktop_app.core.tasks import TaskContext
from desktop_app.services.report_document import ReportDocument


def write_pdf(path: Path, document: ReportDocument) -> None:
    """Write a report as PDF; raises ``LocalFailure``."""
    has_display = os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")
    if sys.platform.startswith("linux") and not has_display:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Imported here: only who asks for a PDF waits for Qt.
    from PySide6.QtGui import QGuiApplication

    from desktop_app.ui.exports.report_paper import write_paper

    # Fonts need it; it opens no window.
    application = QGuiApplication.instance() or QGuiApplication(["evalconsole"])
    write_paper(path, document, TaskContext())
    del application
