import threading
from concurrent.futures import ThreadPoolExecutor

from pytestqt.qtbot import QtBot

from desktop_app.core.errors import Cancelled, Rejected
from desktop_app.core.problems import Problem
from desktop_app.ui.messages import Level, MessageCentre


def test_a_message_from_another_thread_is_told_on_the_gui_thread(
    messages: MessageCentre, qtbot: QtBot
) -> None:
    heard: list[int] = []
    messages.posted.connect(lambda _message: heard.append(threading.get_ident()))
    with ThreadPoolExecutor(1) as pool:
        pool.submit(messages.post, Level.INFO, "hello")
    qtbot.waitUntil(lambda: len(heard) == 1)
    assert heard == [threading.get_ident()]


def test_the_same_message_again_counts_up_instead_of_repeating(messages: MessageCentre) -> None:
    told: list[object] = []
    messages.posted.connect(told.append)
    for _time in range(3):
        messages.post(Level.WARNING, "No connection")
    messages.post(Level.WARNING, "Something else")
    assert len(told) == 2
    assert [(m.text, m.count) for m in messages.history] == [
        ("Something else", 1),
        ("No connection", 3),
    ]


def test_an_error_says_what_failed_what_to_do_and_which_fields(messages: MessageCentre) -> None:
    problem = Problem(field="email", code="required")
    messages.post_error(Rejected((problem,)), doing="Saving")
    message = messages.history[0]
    assert message.text == "Saving: The server refused the content."
    assert message.detail == "Correct the fields marked.\nemail: This is needed."


def test_a_stop_is_no_error(messages: MessageCentre) -> None:
    messages.post_error(Cancelled())
    assert messages.history == ()


def test_unseen_messages_are_counted_until_looked_at(messages: MessageCentre) -> None:
    messages.post(Level.OK, "One")
    messages.post(Level.OK, "Two")
    assert messages.unseen == 2
    messages.mark_seen()
    assert messages.unseen == 0
