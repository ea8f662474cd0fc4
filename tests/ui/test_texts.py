import gc
import weakref
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from shiboken6 import delete

from desktop_app.config.catalogues import use_language
from desktop_app.core.language import N_, _
from desktop_app.ui.texts import follow_language, retranslate_all

SOURCE = N_("Sign in")


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    use_language("en")
    yield
    use_language("en")


def test_a_widget_is_reworded_when_the_language_changes(qtbot: QtBot) -> None:
    label = QLabel()
    follow_language(label, lambda: label.setText(_(SOURCE)))
    assert label.text() == "Sign in"
    use_language("xx")
    retranslate_all()
    assert label.text() == "Sign in·Sign in"


def test_a_deleted_widget_is_not_reworded(qtbot: QtBot) -> None:
    label, calls = QLabel(), []
    follow_language(label, lambda: calls.append(1))
    delete(label)
    retranslate_all()
    assert calls == [1]


def test_following_does_not_keep_a_widget_alive(qtbot: QtBot) -> None:
    def make() -> weakref.ref[QLabel]:
        label = QLabel()
        follow_language(label, lambda: label.setText(_(SOURCE)))
        return weakref.ref(label)

    kept = make()
    gc.collect()
    assert kept() is None
