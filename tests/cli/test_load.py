"""``evalconsole load`` as operations use it: what it says, writes and ends with."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest

from desktop_app.cli import main
from tests.fixtures.server import RunningServer

PASSWORD = "admin123!"
SHORT = ("--rate", "40", "--users", "4", "--duration", "1.5")


class Command:
    """The command on one API."""

    def __init__(self, url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.url = url
        self.folder = folder
        self.password = folder / "비밀번호"
        self.password.write_text(PASSWORD + "\n", encoding="utf-8")
        self._capsys = capsys
        self.out = self.said = ""

    def __call__(self, *words: str) -> int:
        """Run it; returns the exit code."""
        self._capsys.readouterr()
        login = ["--login", "admin", "--password-file", str(self.password)]
        code = main(["load", "--api", self.url, *login, *words])
        written = self._capsys.readouterr()
        self.out, self.said = written.out, written.err
        assert PASSWORD not in self.out + self.said
        return code

    def result(self, *words: str) -> tuple[int, Any]:
        """Run it; the exit code and the result as JSON."""
        code = self(*words, "--json", "-")
        return code, json.loads(self.out)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "en")


@pytest.fixture
def load(
    shared_api_server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Command:
    return Command(shared_api_server.url, tmp_path, capsys)


def test_a_run_is_measured_reported_and_compared_with_the_next(load: Command, qapp: object) -> None:
    paths = [load.folder / f"보고서.{kind}" for kind in ("html", "pdf", "md", "csv")]
    reports = [word for path in paths for word in ("--report", str(path))]
    code, found = load.result(*SHORT, "--threshold", "errors <= 0 %", *reports)
    run = found["run"]
    assert run["total"]["sent"] == run["asked"] == 60
    assert run["total"]["completed"] == 60
    # A busy machine may make its own generator late: that run is no result, and says so.
    assert (code, run["verdict"]) in {(0, "passed"), (3, "invalid")}
    html = paths[0].read_text(encoding="utf-8")
    assert "<svg" in html
    assert "list users" in html
    assert paths[1].read_bytes().startswith(b"%PDF")
    assert "| errors &lt;= 0 % | Holds |" in paths[2].read_text(encoding="utf-8")
    seconds = list(csv.DictReader(io.StringIO(paths[3].read_text(encoding="utf-8"))))
    assert sum(int(second["sent"]) for second in seconds) == 60
    for path in paths[2:]:
        assert PASSWORD not in path.read_text(encoding="utf-8")

    before = load.folder / "before.json"
    before.write_text(load.out, encoding="utf-8")
    _code, again = load.result(*SHORT, "--compare", str(before))
    assert again["comparison"]["before"] == run["run_id"]
    assert "too short" in " ".join(r["message"] for r in again["comparison"]["remarks"])


def test_a_threshold_that_breaks_fails(load: Command) -> None:
    code, found = load.result(*SHORT, "--threshold", "p50 < 0.001 ms")
    assert code in {1, 3}
    [gate] = found["run"]["gates"]
    assert gate["state"] == "broken"
    assert "p50 < 0.001 ms: Broken" in load.said


def test_one_round_shows_whether_the_scenario_works(load: Command) -> None:
    assert load("--rehearse", *SHORT) == 0
    assert "setup · sign in: 200, in order" in load.said
    load.password.write_text("wrong password 1", encoding="utf-8")
    assert load("--rehearse", *SHORT) == 1


def test_users_that_cannot_sign_in_are_not_a_result(load: Command) -> None:
    load.password.write_text("wrong password 1", encoding="utf-8")
    code, found = load.result(*SHORT)
    assert (code, found["run"]["verdict"]) == (3, "not_measured")


def test_a_closed_port_is_said_and_reported(load: Command) -> None:
    load.url = "http://127.0.0.1:1"
    code, found = load.result(*SHORT)
    assert (code, found["run"]["stop"]) == (3, "unreachable")
    assert found["run"]["measured"] is None


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "--preset, --rate or --users"),
        (("--rate", "5", "--threshold", "p95 is good"), "p95 is good"),
        (("--rate", "5", "--scenario", "no such file"), "no such file"),
        (("--rate", "5", "--compare", "no such run"), "no such run"),
    ],
)
def test_wrong_usage_is_said(load: Command, words: tuple[str, ...], said: str) -> None:
    assert load(*words) == 2
    assert said in load.said


def test_another_computer_and_production_need_more_than_an_address(load: Command) -> None:
    load.url = "https://platform.example.com"
    assert load(*SHORT) == 2
    assert "--sign-off platform.example.com" in load.said
    assert load(*SHORT, "--sign-off", "platform.example.com") == 2
    assert "--host" in load.said
    assert load(*SHORT, "--environment", "staging") == 2
    assert "--host" in load.said


def test_a_scenario_that_signs_in_needs_accounts(
    shared_api_server: RunningServer, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = ["load", "--api", shared_api_server.url, *SHORT]
    assert main(words) == 2
    assert "--accounts" in capsys.readouterr().err
    pool = tmp_path / "계정.csv"
    pool.write_text("login_id,password\nmanager1,test123!\nadmin,admin123!\n", encoding="utf-8")
    assert main([*words, "--accounts", str(pool), "--rehearse"]) == 0
    assert main([*words, "--scenario", "health", "--rehearse"]) == 0
