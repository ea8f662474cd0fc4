"""What the first window waits for."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "asyncio",
    "cryptography",
    "desktop_app.api",
    "desktop_app.workspace",
    "httpx",
    "keyring",
    "msgspec",
    "numpy",
    "openpyxl",
    "psutil",
    "pymongo",
    "PySide6.QtNetwork",
    "ssl",
    "zoneinfo",
}
"""Each takes between 5 and 150 ms to load."""


@pytest.fixture(scope="module")
def loaded() -> set[str]:
    """The modules that are there once the window's code is."""
    code = "import desktop_app.app.console, sys; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    return set(done.stdout.split())


def test_the_window_does_not_wait_for_what_only_its_work_needs(loaded: set[str]) -> None:
    assert "PySide6.QtWidgets" in loaded
    assert not HEAVY & loaded


def test_tabs_and_dialogs_are_loaded_when_they_are_wanted(loaded: set[str]) -> None:
    parts = ("tabs", "records", "tables", "forms", "imports", "exports", "dashboard", "profiles")
    early = {f"desktop_app.ui.{part}" for part in parts} & loaded
    assert not early
