"""``evalconsole load`` as operations use it: what it says, writes and ends with."""

from __future__ import annotations

import csv
import errno
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from desktop_app.cli import main
from desktop_app.cli.load import VERDICT_CODES
from desktop_app.core.load.result import Verdict
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
    paths = [load.folder / f"보고서.{kind}" for kind in ("html", "pdf", "md", "csv", "hlog")]
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
    assert "Tag=listusers,0.000,1.000," in paths[4].read_text(encoding="utf-8")
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
    assert "refused the sign-in of “admin” (status 401)" in load.said
    assert "  > POST /api/auth/login" in load.said
    assert '  > {"login_id":"admin","password":***}' in load.said
    assert "  < HTTP/1.1 401" in load.said
    assert "wrong password 1" not in load.said


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
        (("--rate", "none"), "“none” is no number above 0"),
        (("--users", "0"), "“0” is no whole number"),
        (("--rate", "5", "--report", "x.docx"), ".html, .pdf, .md, .json, .csv"),
        (("--rate", "5", "--environment", "production", "--sign-off", "other"), "--sign-off 127."),
        (("--rate", "5", "--scenario", "no such.har"), "no such.har"),
        (("--rate", "5", "--threshold", "p95[nowhere] < 1 s"), "no step “nowhere”"),
        (("--rate", "5", "--generators", "100"), "--generators: At most 64."),
        (("--rate", "5", "--duration", "0.01"), "--duration: At least 0.1."),
        (("--preset", "smoke", "--ramp", "5"), "--ramp goes with --rate or --users"),
        (("--rate", "5", "--think", "1"), "--think goes with --users alone"),
        (("--rate", "5", "--accounts", "x.csv"), "--login or --accounts, not both"),
        (("--rate", "5", "--seed", "x"), "“x” is no whole number"),
        (("--rate", "5", "--scenario", "no such.json"), "no such.json"),
        (("--rate", "5", "--threshold", "p95 is good"), "p95 is good"),
        (("--rate", "5", "--scenario", "no such file"), "no such file"),
        (("--rate", "5", "--compare", "no such run"), "no such run"),
    ],
)
def test_wrong_usage_is_said(load: Command, words: tuple[str, ...], said: str) -> None:
    assert load(*words) == 2
    assert said in load.said


def test_a_threshold_that_could_not_be_judged_is_neither_passed_nor_failed(load: Command) -> None:
    code, found = load.result(*SHORT, "--threshold", "p95 < 10 s for 10 s")
    assert (code, found["run"]["gates"][0]["state"]) == (3, "no_data")
    assert found["run"]["verdict"] in {"inconclusive", "invalid"}
    assert "Not measured (2 s of the 10 s it takes)" in load.said


def test_every_verdict_has_its_exit_code() -> None:
    assert set(VERDICT_CODES) == set(Verdict)
    assert [verdict for verdict, code in VERDICT_CODES.items() if not code] == [Verdict.PASSED]


def test_quiet_says_the_verdict_alone_and_what_went_wrong(load: Command) -> None:
    words = (*SHORT, "--scenario", "health", "--quiet", "--compare", "last")
    (load.folder / "taken").write_text("a file", encoding="utf-8")
    assert load(*words, "--report", str(load.folder / "taken" / "r.md")) == 3
    assert "no earlier run" in load.said
    assert "r.md” cannot be written" in load.said.splitlines()[-1]
    load(*words)
    # A generator that was late beside other tests says so, too.
    assert "Measured; there was no threshold" in load.said or "Invalid" in load.said
    assert not [line for line in load.said.splitlines() if "p95" in line or "begun" in line]


def test_production_has_a_ceiling_that_its_sign_off_does_not_lift(load: Command) -> None:
    name = load.url.partition("//")[2]
    words = ("--environment", "production", "--sign-off", name, "--scenario", "health")
    assert load("--rate", "500", *words) == 2
    assert "At most 200 requests per second are allowed here." in load.said
    assert load("--rehearse", *SHORT, *words) == 0


def test_another_computer_needs_its_own_name_before_anything_is_sent(load: Command) -> None:
    load.url = "https://192.0.2.1"
    words = ("--environment", "staging", "--scenario", "health", *SHORT)
    assert load(*words, "--host", "192.0.2.2") == 2
    assert "192.0.2.1 is another computer" in load.said


def test_what_was_recorded_is_a_scenario(load: Command, capsys: pytest.CaptureFixture[str]) -> None:
    entry = {
        "request": {"method": "GET", "url": f"{load.url}/health", "headers": []},
        "response": {"status": 200, "content": {}},
    }
    picture = {**entry, "request": {**entry["request"], "url": f"{load.url}/a.png"}}  # type: ignore[dict-item]
    har, kept = load.folder / "기록 (예시).har", load.folder / "내 것.toml"
    har.write_text(json.dumps({"log": {"entries": [entry, picture]}}), encoding="utf-8")
    assert load("--rehearse", *SHORT, "--scenario", str(har), "--save-scenario", str(kept)) == 0
    assert "1 request was left out: pictures, styles and scripts (1)" in load.said
    assert load("--rehearse", *SHORT, "--scenario", str(kept)) == 0
    assert "recorded · GET /health: 200, in order" in load.said

    report = load.folder / "검증.json"
    login = ["--login", "admin", "--password-file", str(load.password)]
    checked = ["--check", "users_001", "health_001", "--json", str(report)]
    assert main(["validate", "--api", load.url, *login, *checked]) == 0
    assert load("--rehearse", *SHORT, "--scenario", str(report)) == 0
    assert "setup · sign in: 200, in order" in load.said
    assert "recorded · GET /api/users" in load.said


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
    pool = tmp_path / "내 계정.csv"
    rows = "이름,login_id,password\n김관리,manager1,test123!\n,admin,admin123!\n"
    pool.write_text(rows, encoding="cp949")
    assert main([*words, "--accounts", str(pool), "--rehearse"]) == 0
    assert main([*words, "--scenario", "health", "--rehearse"]) == 0


class _Full(io.StringIO):
    """An output whose disk is full."""

    def write(self, text: str) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def test_an_output_that_takes_nothing_keeps_no_report_from_being_written(
    load: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = load.folder / "초.csv"
    monkeypatch.setattr(sys, "stdout", _Full())
    code = load(
        "--scenario",
        "health",
        "--rate",
        "20",
        "--duration",
        "0.5",
        "--json",
        "-",
        "--report",
        str(path),
    )
    assert code == 3
    assert "Standard output cannot be written: No space left" in load.said.splitlines()[-1]
    assert path.is_file()


def test_a_folder_that_cannot_be_made_is_said(
    load: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALCONSOLE_HOME", str(load.password / "home"))
    assert load(*SHORT) == 2
    assert "The console's folder cannot be made" in load.said
    assert "EVALCONSOLE_HOME" in load.said
