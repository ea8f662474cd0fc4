"""The least that a PySide6 window can be: what the console's start is measured against."""

import sys

from PySide6.QtCore import QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow


class _Label(QLabel):
    painted = False

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self.painted:
            self.painted = True
            QTimer.singleShot(0, _ready)


def _ready() -> None:
    """The first picture is there and the event loop takes input."""
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    QApplication.quit()


if __name__ == "__main__":
    application = QApplication(sys.argv)
    window = QMainWindow()
    window.setCentralWidget(_Label("Hello"))
    window.resize(1200, 800)
    window.show()
    sys.exit(application.exec())
