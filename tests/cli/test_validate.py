"""``evalconsole validate`` as operations use it: what it says, writes and ends with."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from desktop_app.cli import main
from desktop_app.cli.secret_file import secret_from
from desktop_app.config.folders import user_folders
from desktop_app.config.profiles import Environment
from desktop_app.services.validation.runs import RunStore
from desktop_app.services.validation.targets import environment_of
from tests.fixtures.odd_server import MakeServer, answer
from tests.fixtures.server import RunningServer
from tests.services.certificates import Authority
from tests.services.validation.suites import OWN, SOUND, write_suite
from tests.workspace.serving import ROOT, environment

PASSWORD = "admin123!"


class Command:
    """The command on one API, with the tests' own suite."""

    def __init__(self, url: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.url = url
        self.folder = folder
        self.suites = write_suite(folder / "모음")
        self.password = folder / "비밀번호"
        self.password.write_text(PASSWORD + "\n", encoding="utf-8")
        self._capsys = capsys
        self.out = self.said = ""

    def words(self) -> list[str]:
        """Where, who, and the suite."""
        login = ["--login", "admin", "--password-file", str(self.password)]
        return ["--api", self.url, *login, "--suites-dir", str(self.suites)]

    def __call__(self, *words: str) -> int:
        """Run it; returns the exit code."""
        self._capsys.readouterr()
        code = main(["validate", *self.words(), *words])
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
def validate(
    shared_api_server: RunningServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> Command:
    return Command(shared_api_server.url, tmp_path, capsys)


def test_a_sound_api_passes(validate: Command) -> None:
    code, found = validate.result("--check", *SOUND)
    assert (code, found["verdict"]["outcome"]) == (0, "passed")
    assert [one["check"] for one in found["report"]["results"]] == list(SOUND)
    assert validate.said.splitlines()[-1] == "Passed."
    assert "Administrator (admin): signed in" in validate.said
    assert "Passed         own.users  The administrator lists users" in validate.said


def test_quiet_says_the_verdict_alone(validate: Command) -> None:
    assert validate("--check", *SOUND, "--quiet") == 0
    assert validate.said == "Passed.\n"


def test_a_failure_is_told_and_found_again_by_its_subject(validate: Command) -> None:
    assert validate("--suite", "own") == 1
    assert "Checks failed: 1." in validate.said.splitlines()[-1]
    assert "Not allowed for this run: 1 checks." in validate.said
    code, found = validate.result("--check", "own.teapot", "--subject", "GET /health")
    assert code == 1
    assert found["report"]["subjects"] == ["GET /health"]
    assert found["verdict"]["counting"] == ["own.teapot"]


def test_what_is_allowed_is_done_and_removed(
    validate: Command, shared_api_server: RunningServer
) -> None:
    before = shared_api_server.documents["companies"].count_documents({})
    code, found = validate.result("--check", "own.writes", "--allow", "writes")
    assert (code, found["report"]["left_behind"]) == (0, [])
    assert shared_api_server.documents["companies"].count_documents({}) == before


def test_known_findings_do_not_count_until_they_expire(validate: Command, tmp_path: Path) -> None:
    def known(key: str, expires: str, name: str) -> str:
        entry = {"key": key, "reason": "찻주전자", "owner": "이보안", "expires": expires}
        path = tmp_path / name
        path.write_text(json.dumps({"format": 1, "accepted": [entry]}), encoding="utf-8")
        return str(path)

    key = "own.teapot[GET /health]"
    assert validate("--suite", "own", "--baseline", known(key, "2999-01-01", "a.json")) == 0
    assert "Known findings: 1." in validate.said
    assert validate("--suite", "own", "--baseline", known(key, "2020-01-01", "b.json")) == 1
    assert validate("--check", *SOUND, "--baseline", known("own.teapto", "2999-01-01", "c")) == 0
    assert "own.teapto, but no check has this name" in validate.said
    assert validate("--suite", "own", "--baseline", str(tmp_path / "none.json")) == 2
    (tmp_path / "a.json").write_text("{", encoding="utf-8")
    assert validate("--suite", "own", "--baseline", str(tmp_path / "a.json")) == 2
    assert "cannot be used" in validate.said


def test_runs_are_compared(validate: Command, tmp_path: Path) -> None:
    first = tmp_path / "first.json"
    assert validate("--suite", "own", "--compare", "last", "--json", str(first)) == 1
    assert "no earlier run" in validate.said
    mended = OWN.replace("status = [418]", "status = [200]")
    write_suite(validate.suites, mended)
    for other in ("last", str(first)):
        code, found = validate.result("--suite", "own", "--compare", other)
        assert code == 0
    assert found["comparison"]["fixed"] == ["own.teapot[GET /health]"]
    assert "New 0, fixed 1, still there 0, not observed 0" in validate.said
    assert len(RunStore(user_folders().data / "validation" / "runs").heads()) == 3
    assert validate("--suite", "own", "--compare", str(tmp_path / "nothing.json")) == 2


def test_every_kind_of_report_is_written(validate: Command, tmp_path: Path, qapp: object) -> None:
    folder = tmp_path / "보고서"
    names = ("r.html", "r.md", "r.xml", "r.json", "r.pdf")
    wanted = [word for name in names for word in ("--report", str(folder / name))]
    assert validate("--suite", "own", *wanted, "--language", "ko") == 1
    assert "통과하지 못함" in (folder / "r.html").read_text(encoding="utf-8")
    assert (folder / "r.md").read_text(encoding="utf-8").startswith("# API 검증")
    root = ET.fromstring((folder / "r.xml").read_bytes())
    assert root.get("failures") == "1"
    assert json.loads((folder / "r.json").read_text(encoding="utf-8"))["language"] == "ko"
    assert (folder / "r.pdf").read_bytes().startswith(b"%PDF")
    for name in names:
        assert PASSWORD.encode() not in (folder / name).read_bytes()


def test_a_report_that_cannot_be_written_is_told_and_the_others_are_written(
    validate: Command, tmp_path: Path
) -> None:
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    wanted = ["--report", str(tmp_path / "taken" / "r.html"), "--report", str(tmp_path / "r.md")]
    assert validate("--check", *SOUND, *wanted) == 3
    assert "r.html” cannot be written" in validate.said
    assert (tmp_path / "r.md").exists()
    assert validate("--suite", "own", *wanted) == 1


def test_a_closed_port_is_no_result_and_reported_all_the_same(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    validate = Command("http://127.0.0.1:1", tmp_path, capsys)
    report = tmp_path / "r.xml"
    code, found = validate.result("--suite", "own", "--report", str(report))
    assert (code, found["verdict"]["outcome"]) == (3, "not_measured")
    assert {one["state"] for one in found["report"]["results"]} == {"not_run"}
    assert "does not answer" in validate.said
    assert ET.fromstring(report.read_bytes()).get("errors") != "0"


def test_a_server_that_refuses_everybody_measures_nothing(
    odd_server: MakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    server = odd_server(lambda _request: answer(401, {"detail": "no"}))
    validate = Command(server.url, tmp_path, capsys)
    assert validate("--check", "own.users") == 3
    assert "Nothing was measured" in validate.said


def test_a_certificate_of_one_s_own_is_trusted_only_where_it_is_named(
    odd_server: MakeServer, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    authority = Authority(tmp_path)
    server = odd_server(lambda _request: answer(200, {"status": "ok"}), authority.server())
    validate = Command(server.url, tmp_path, capsys)
    words = ("--check", "own.health")
    code, found = validate.result(*words)
    assert (code, found["report"]["stop"]) == (3, "unreachable")
    assert "certificate" in validate.said.lower()
    # The sign-in has no token to give: what was measured is the health alone.
    assert validate(*words, "--ca-file", str(authority.file)) == 1
    assert "Passed         own.health" in validate.said
    assert validate(*words, "--no-verify-tls") == 1


def test_a_sign_in_that_does_not_work_is_no_pass(validate: Command) -> None:
    assert validate("--role-login", f"manager=manager1:{validate.password}", "--check", *SOUND) == 1
    assert "The sign-in of manager1 did not work." in validate.said.splitlines()[-1]


def test_a_limit_that_is_reached_is_no_pass(validate: Command) -> None:
    assert validate("--suite", "own", "--max-requests", "8") == 1
    assert "The limit of requests or seconds" in validate.said.splitlines()[-1]


def test_what_runs_is_listed(validate: Command) -> None:
    assert validate("--list") == 0
    assert "own  Our own (4 checks)" in validate.out
    assert "auth_001" in validate.out
    assert validate("--list", "--json", "-") == 0
    assert {"own", "functional"} <= {one["id"] for one in json.loads(validate.out)}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--suite", "functonal"], "Did you mean functional?"),
        (["--check", "own.helth"], "Did you mean own.health?"),
        (["--subject", "GET /health"], "--subject belongs to --check"),
        (["--role-login", "boss=x:y"], "is not of the form"),
        (["--role-login", "manager=x"], "is not of the form"),
        (["--role-login", "admin=x:{password}"], "two sign-ins for admin"),
        (["--role-login", "manager=x:/no/such/file"], "cannot be read"),
        (["--role-login", "manager=x:C:\\비밀\\no.txt"], "C:\\비밀\\no.txt"),
        (["--api", "ftp://x"], "is no address of an API"),
        (["--proxy", "socks5://127.0.0.1"], "is no address of a proxy"),
        (["--ca-file", "/no/such.pem", "--api", "https://127.0.0.1:1"], "cannot be used"),
        (["--report", "x.docx"], "--report"),
        (["--max-requests", "0"], "--max-requests"),
        (["--allow", "everything"], "--allow"),
        (["--api", "https://api.example.com", "--allow", "writes"], "--sign-off api.example.com"),
        (
            ["--api", "https://api.example.com", "--allow", "attacks", "--sign-off", "example"],
            "need a sign-off",
        ),
        (["--api", "https://api.example.com", "--no-verify-tls"], "always verified"),
    ],
)
def test_wrong_usage(validate: Command, words: list[str], said: str) -> None:
    assert validate(*(word.format(password=validate.password) for word in words)) == 2
    assert said in validate.said


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_password_file_may_be_as_windows_writes_it(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "비밀"
    file.write_text("암호-1!\r\n", encoding=encoding, newline="")
    assert secret_from(file) == "암호-1!"


def test_the_password_alone_is_wrong_usage(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert main(["validate"]) == 2
    assert main(["validate", "--api", "http://127.0.0.1:1", "--login", "admin"]) == 2
    assert "belong together" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://localhost:8000", Environment.LOCAL),
        ("https://127.0.0.1", Environment.LOCAL),
        ("http://[::1]:5", Environment.LOCAL),
        ("https://api.example.com", Environment.PRODUCTION),
        ("http://10.0.0.7:8000", Environment.PRODUCTION),
    ],
)
def test_another_computer_is_production_until_said_otherwise(
    url: str, expected: Environment
) -> None:
    assert environment_of(url) is expected


def test_ctrl_c_writes_what_was_measured_and_cleans_up(
    api_server: RunningServer,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    if os.name != "posix":
        pytest.skip("signals are sent to processes on POSIX only")
    validate = Command(api_server.url, tmp_path, capsys)
    many = "\n".join(
        f'[[checks.steps]]\nmethod = "GET"\npath = "/health"\nquery = {{n = {n}}}\n'
        for n in range(3000)
    )
    long = OWN[OWN.index("[[checks]]") :].split("[[checks.steps]]")[0].replace("own.health", "long")
    write_suite(validate.suites, OWN + long + many)
    result = tmp_path / "result.json"
    checks = ["--check", "own.writes", "long", "--allow", "writes", "--json", str(result)]
    with subprocess.Popen(
        [sys.executable, "-m", "desktop_app.cli", "validate", *validate.words(), *checks],
        cwd=ROOT,
        env=environment(EVALCONSOLE_HOME=str(tmp_path / "home")),
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
    ) as process:
        assert process.stderr is not None
        for line in process.stderr:
            if b"own.writes" in line:
                break
        process.send_signal(signal.SIGINT)
        process.stderr.read()
        assert process.wait(30) == 130
    found = json.loads(result.read_text(encoding="utf-8"))
    assert found["verdict"]["outcome"] == "interrupted"
    states = {one["check"]: one["state"] for one in found["report"]["results"]}
    assert states == {"own.writes": "pass", "long": "not_run"}
    assert found["report"]["left_behind"] == []
    assert not list(api_server.documents["companies"].find({"name": {"$regex": "^zz-evalcheck"}}))
