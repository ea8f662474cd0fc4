"""The checks of ``tests/fixtures`` can fail: each leak is found and named with its origin."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

PLUGINS = """
pytest_plugins = ["tests.fixtures.leaks", "tests.fixtures.logs", "tests.fixtures.surroundings"]
import tests.fixtures.leaks
tests.fixtures.leaks.GRACE_S = 0.2
"""

# What is run -> what the failure must name.
LEAKS = {
    "thread": (
        """
        import threading
        def test_it():
            threading.Thread(target=threading.Event().wait, name="forgotten", daemon=True).start()
        """,
        "*thread 'forgotten', started at*",
    ),
    "thread of a pool": (
        """
        from concurrent.futures import ThreadPoolExecutor
        pool = ThreadPoolExecutor(thread_name_prefix="forgotten")
        def test_it():
            pool.submit(int).result()
        """,
        "*thread 'forgotten_0', started at*",
    ),
    "process": (
        """
        import subprocess, sys
        kept = []
        def test_it():
            kept.append(subprocess.Popen([sys.executable, "-c", "input()"], stdin=-1))
        """,
        "*process * started at*",
    ),
    "socket": (
        """
        import socket
        kept = []
        def test_it():
            kept.append(socket.create_server(("127.0.0.1", 0)))
        """,
        "*opened at*",
    ),
    "timer": (
        """
        from PySide6.QtCore import QTimer
        kept = []
        def test_it(qapp):
            timer = QTimer()
            timer.start(1000)
            kept.append(timer)
        """,
        "*timer *, started at*",
    ),
    "window": (
        """
        from PySide6.QtWidgets import QLabel
        kept = []
        def test_it(qapp):
            kept.append(QLabel("forgotten"))
            kept[0].show()
        """,
        "*top-level widget QLabel *, shown at*",
    ),
    "log handler": (
        """
        import logging
        def test_it():
            logging.getLogger().addHandler(logging.NullHandler())
        """,
        "*log handler <NullHandler*",
    ),
    "log warning": (
        """
        import logging
        def test_it():
            logging.getLogger("somewhere").warning("disk is %s", "full")
        """,
        "*somewhere: WARNING: disk is full*",
    ),
}


TIDY = """
import logging, socket, subprocess, sys, threading
import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog

def test_threads_processes_and_sockets_that_end():
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()
    subprocess.run([sys.executable, "-c", ""], check=True)
    socket.create_server(("127.0.0.1", 0)).close()

def test_a_window_given_to_qtbot(qtbot):
    dialog = QDialog()
    dialog.cycle = [dialog]
    qtbot.addWidget(dialog)
    timer = QTimer(dialog)
    timer.start(10)
    dialog.show()

@pytest.mark.logs("^somewhere: disk is full")
def test_a_declared_warning():
    logging.getLogger("somewhere").warning("disk is full")
"""

OF_A_WIDER_FIXTURE = """
import socket, threading
import pytest

@pytest.fixture(scope="session")
def service():
    asked, answered, stop = (threading.Event() for _ in range(3))
    made = []
    def serve():
        asked.wait()
        made.append(socket.create_server(("127.0.0.1", 0)))
        made.append(threading.Thread(target=stop.wait))
        made[1].start()
        answered.set()
        stop.wait()
    thread = threading.Thread(target=serve)
    thread.start()
    yield asked, answered
    stop.set()
    thread.join()
    made[0].close()
    made[1].join()

def test_it(service):
    service[0].set()
    service[1].wait()
"""


@pytest.fixture
def inner(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> pytest.Pytester:
    """A test run of its own, in a process of its own: its watches patch what they watch."""
    pytester.makeconftest(PLUGINS)
    pytester.makeini(
        "[pytest]\nqt_api = pyside6\nmarkers =\n    logs(*patterns): declared\n"
        "addopts = -p no:cacheprovider\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return pytester


def test_each_leak_fails_its_test_and_is_named_and_nothing_else_does(
    inner: pytest.Pytester,
) -> None:
    leaks = {f"test_{leak.replace(' ', '_')}": source for leak, (source, _) in LEAKS.items()}
    inner.makepyfile(**leaks, test_tidy=TIDY, test_wider=OF_A_WIDER_FIXTURE)
    result = inner.runpytest_subprocess()
    result.assert_outcomes(passed=len(LEAKS) + 4, errors=len(LEAKS))
    for _source, named in LEAKS.values():
        result.stdout.fnmatch_lines([named])
    result.stdout.no_fnmatch_line("ERROR test_tidy*")
    result.stdout.no_fnmatch_line("ERROR test_wider*")
