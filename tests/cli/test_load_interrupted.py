"""Ctrl+C during ``evalconsole load``: once waits for the answers, twice does not; both are kept."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.services.loadtest.runs import KIND
from tests.load.scripted import Scripted
from tests.workspace.serving import ROOT, environment

SCENARIO = """
schema = 1
name = "한 단계"
[[flows]]
name = "하나"
[[flows.steps]]
name = "한 번"
path = "{path}"
"""


@pytest.fixture
def server() -> Iterator[Scripted]:
    made = Scripted()
    yield made
    made.stop()


def interrupted(server: Scripted, folder: Path, path: str, *signals_after: bytes) -> dict[str, Any]:
    """The result of a run that gets Ctrl+C after each of these was said."""
    if os.name != "posix":
        pytest.skip("signals are sent to processes on POSIX only")
    folder = folder / "내 시나리오 (예시)"
    folder.mkdir()
    scenario, result = folder / "한 단계.toml", folder / "결과.json"
    scenario.write_text(SCENARIO.format(path=path), encoding="utf-8")
    words = ["load", "--api", f"http://127.0.0.1:{server.port}", "--scenario", str(scenario)]
    words += ["--users", "3", "--duration", "60", "--json", str(result)]
    with subprocess.Popen(
        [sys.executable, "-m", "desktop_app.cli", *words],
        cwd=ROOT,
        env=environment(EVALCONSOLE_HOME=str(folder / "home")),
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    ) as process:
        assert process.stderr is not None
        for awaited in signals_after:
            assert any(awaited in line for line in process.stderr)
            process.send_signal(signal.SIGINT)
        process.stderr.read()
        assert process.wait(30) == 130
    [kept] = folder.rglob(f"*{KIND.ending}")
    run: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))["run"]
    assert json.loads(kept.read_text(encoding="utf-8").splitlines()[0])["run_id"] == run["run_id"]
    return run


def test_once_waits_for_the_answers(server: Scripted, tmp_path: Path) -> None:
    run = interrupted(server, tmp_path, "/fixed?ms=200", b"    0 s")
    assert (run["stop"], run["total"]["in_flight"]) == ("stopped", 0)
    assert run["total"]["completed"] == run["total"]["sent"] > 0


def test_twice_waits_for_nothing(server: Scripted, tmp_path: Path) -> None:
    run = interrupted(server, tmp_path, "/silent", b"    0 s", b"Press Ctrl+C once more")
    assert (run["stop"], run["verdict"]) == ("stopped_at_once", "not_measured")
    assert run["total"]["in_flight"] == run["total"]["sent"] == 3
