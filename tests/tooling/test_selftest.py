"""The selftest as scripts and continuous integration run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.app.selftest_scenes import SIGNED_IN
from desktop_app.cli import exits

ROOMY = "1680x1000"
"""A window in which texts of twice the length have a fair chance."""


def selftest(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "desktop_app.cli", "selftest", *arguments],
        capture_output=True,
        encoding="utf-8",
        stdin=subprocess.DEVNULL,
        timeout=280,
        check=False,
    )


@pytest.mark.long
@pytest.mark.timeout(300)
def test_nothing_is_wrong_when_texts_are_twice_as_long(tmp_path: Path) -> None:
    pictures, result_file = tmp_path / "pictures", tmp_path / "result.json"
    options = ("--screenshots", str(pictures), "--json", str(result_file))
    done = selftest("--language", "xx", "--size", ROOMY, *options)
    result = json.loads(result_file.read_text(encoding="utf-8"))
    screens = result["screens"]
    findings = [f"{screen['name']}: {text}" for screen in screens for text in screen["findings"]]
    assert not findings, "\n".join(findings)
    assert done.returncode == exits.PASSED, done.stderr
    assert result["passed"]
    assert len(screens) > len(SIGNED_IN)
    drawn = {screen["picture"] for screen in screens if screen["picture"]}
    assert drawn == {path.name for path in pictures.iterdir()}


def test_a_workspace_that_does_not_start_is_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVALCONSOLE_MONGOD", "/nowhere/mongod")
    done = selftest()
    assert done.returncode == exits.UNREACHABLE, done.stderr
    assert "/nowhere/mongod" in done.stderr
