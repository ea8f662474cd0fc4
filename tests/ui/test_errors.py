import logging
import sys
import threading

import pytest
from PySide6.QtCore import qWarning
from pytestqt.qtbot import QtBot

from desktop_app.core.errors import NotFound
from desktop_app.ui.errors import catch_everything
from desktop_app.ui.messages import MessageCentre

pytestmark = pytest.mark.qt_no_exception_capture


def test_an_unhandled_error_is_shown(messages: MessageCentre) -> None:
    restore = catch_everything(messages)
    try:
        sys.excepthook(NotFound, NotFound(), None)
    finally:
        restore()
    assert messages.history[0].text == "This entry does not exist any more."


def test_an_unhandled_error_of_another_thread_is_shown(
    messages: MessageCentre, qtbot: QtBot
) -> None:
    def fail() -> None:
        raise NotFound()

    restore = catch_everything(messages)
    try:
        # An executor would keep the error to itself.
        thread = threading.Thread(target=fail)  # noqa: TID251
        thread.start()
        thread.join()
    finally:
        restore()
    qtbot.waitUntil(lambda: len(messages.history) == 1)


@pytest.mark.no_qt_log
@pytest.mark.logs("something odd")
def test_what_qt_complains_of_goes_to_the_log(
    messages: MessageCentre, caplog: pytest.LogCaptureFixture
) -> None:
    restore = catch_everything(messages)
    try:
        with caplog.at_level(logging.WARNING, logger="qt"):
            qWarning("something odd")
    finally:
        restore()
    assert [record.getMessage() for record in caplog.records] == ["something odd"]
