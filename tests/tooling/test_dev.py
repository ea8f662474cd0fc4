"""``dev.py``: sets up what is missing, once, and says what it does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import dev

EMPTY = dev.Level("empty", ("empty.txt",), project=False)


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A tree whose one list of requirements is empty, so that nothing is downloaded."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "requirements" / "empty.txt").write_text("", encoding="utf-8")
    monkeypatch.setattr(dev, "ROOT", tmp_path)
    monkeypatch.setattr(dev, "REQUIREMENTS", tmp_path / "requirements")
    return tmp_path


def test_an_interrupted_set_up_starts_afresh_and_the_next_does_nothing(
    tree: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    half_done = tree / "venv" / "half-installed.py"
    half_done.parent.mkdir()
    half_done.touch()
    (tree / "venv" / dev.UNFINISHED).touch()

    python = dev.ensure_venv(tree / "venv", EMPTY)

    said = capfd.readouterr().err
    assert not half_done.exists()
    assert "did not finish; starting it afresh" in said
    assert "creating venv" in said
    assert subprocess.run([python, "-c", ""], check=False).returncode == 0

    assert dev.ensure_venv(tree / "venv", EMPTY) == python
    assert capfd.readouterr().err == ""

    (tree / "requirements" / "empty.txt").write_text("# changed\n", encoding="utf-8")
    dev.ensure_venv(tree / "venv", EMPTY)
    assert "installing requirements/empty.txt" in capfd.readouterr().err


def test_an_old_python_is_told_so(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(dev, "OLDEST_PYTHON", (9, 9))
    assert dev.main(["run"]) == 2
    assert f"this needs Python 9.9 or newer; {sys.executable} is 3." in capfd.readouterr().err


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Debian packages are Linux's")
def test_missing_libraries_are_named_by_their_package(monkeypatch: pytest.MonkeyPatch) -> None:
    import linux_packages

    assert linux_packages.library_of("libegl1") == "libEGL.so.1"
    monkeypatch.setattr(linux_packages, "LIBRARIES", {"libno-such-thing.so.9": "libnothing9"})
    assert "libnothing9" in linux_packages.missing_packages(window=False)


def test_the_exit_code_of_a_job_is_passed_on() -> None:
    assert dev._run(sys.executable, "-c", "raise SystemExit(7)") == 7


def test_the_whole_suite_runs_side_by_side_and_chosen_tests_do_not() -> None:
    assert dev._side_by_side(["-q", "--durations=10"])[:1] == ["-n"]
    assert dev._side_by_side(["-q", "tests/core"]) == []
    assert dev._side_by_side(["tests/tooling/test_dev.py::test_nothing"]) == []
