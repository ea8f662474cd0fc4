"""The command line itself: version, help, wrong usage."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from desktop_app import __version__
from desktop_app.cli import COMMANDS, main
from desktop_app.config.catalogues import use_language
from tests.workspace.serving import ROOT, environment


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.setenv(name, "en")
    use_language("en")


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.strip() == f"evalconsole {__version__}"


@pytest.mark.parametrize("words", [["--help"], ["workspace", "--help"]])
def test_help(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 0
    assert "usage: evalconsole" in capsys.readouterr().out


@pytest.mark.parametrize("name", [command.name for command in COMMANDS])
def test_every_command_explains_itself_in_both_languages(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([name, "--help"]) == 0
    assert "show this help message" in capsys.readouterr().out
    monkeypatch.setenv("LANGUAGE", "ko")
    assert main([name, "--help"]) == 0
    told = capsys.readouterr().out
    assert f"사용법: evalconsole {name}" in told
    # Words, that is: what is no option, no placeholder and no example of something typed.
    plain = re.sub(r"“[^”]*”|--?[a-z-]+|[A-Z][A-Z:=|\[\]]+|\S*[./|{]\S*|[A-Za-z]{1,3}\b", "", told)
    assert not re.findall(r"\b(?:the|and|with|options|show|that|what)\b", plain)


def test_wrong_usage_is_said_in_korean(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGUAGE", "ko")
    assert main(["load", "--rate", "빨리"]) == 2
    assert "인수 --rate: “빨리”은(는) 0보다 큰 숫자가 아닙니다." in capsys.readouterr().err


def test_the_hidden_command_is_not_in_the_help(capsys: pytest.CaptureFixture[str]) -> None:
    main(["--help"])
    assert "serve-api" not in capsys.readouterr().out


@pytest.mark.parametrize(
    "words",
    [
        ["nonsense"],
        ["workspace"],
        ["workspace", "serve"],
        ["workspace", "serve", "--data", "x", "--api-port", "70000"],
        ["workspace", "serve", "--data", "x", "--api-port", "many"],
    ],
)
def test_wrong_usage(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "usage: evalconsole" in said.err


def test_output_is_utf8_whatever_the_terminal_says() -> None:
    answer = subprocess.run(
        [sys.executable, "-m", "desktop_app.cli", "workspace", "serve", "--data"],
        capture_output=True,
        cwd=ROOT,
        env=environment(LANGUAGE="ko", PYTHONUTF8="0", PYTHONIOENCODING="ascii"),
    )
    assert answer.returncode == 2
    answer.stderr.decode("utf-8")
