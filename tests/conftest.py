"""What every test shares: each fixture lives beside its subject under ``tests/fixtures``.

``dev.py test-core`` runs the core's and the engines' tests where neither Qt nor the product's
libraries are installed; then only the first plugins are there.
"""

import importlib.util
import os

import pytest
from hypothesis import Phase, settings

from tests.fixtures.quick_disk import quick_disk

if (memory := quick_disk()) is not None:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", memory)
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ.setdefault("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")

# How long an example takes is the machine's affair; and a run that was green is green again.
# Without "explain": tracing every line, it takes a failure minutes to be told.
settings.register_profile(
    "evalconsole",
    deadline=None,
    derandomize=True,
    phases=[phase for phase in Phase if phase is not Phase.explain],
)
settings.load_profile("evalconsole")

_HAS_QT = importlib.util.find_spec("PySide6") is not None

pytest_plugins: list[str] = [
    "pytester",
    "tests.fixtures.leaks",
    "tests.fixtures.logs",
    "tests.fixtures.surroundings",
]
if _HAS_QT:
    pytest_plugins += [
        "tests.fixtures.mongo",
        "tests.fixtures.server",
        "tests.fixtures.window",
        "tests.fixtures.wire",
    ]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Know the settings of pytest-qt where it is not installed: unknown ones are errors."""
    if not _HAS_QT:
        for name in ("qt_api", "qt_log_level_fail"):
            parser.addini(name, "of pytest-qt")
        parser.addini("qt_log_ignore", "of pytest-qt", type="linelist")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest comes first: nobody waits for it alone at the end."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
