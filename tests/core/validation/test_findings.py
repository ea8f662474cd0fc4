"""An exchange as a line for a shell."""

from __future__ import annotations

import shlex
from typing import Any

import pytest

from desktop_app.core.validation.findings import Exchange, Finding
from desktop_app.core.verdicts import CheckState


def exchange(**more: Any) -> Exchange:
    return Exchange(**{"method": "POST", "url": "http://h/api/x?a=1&b=2", "by": "admin", **more})


def test_the_line_sends_the_same() -> None:
    one = exchange(
        request_headers=(
            ("Host", "h"),
            ("Content-Length", "12"),
            ("Content-Type", "application/json"),
            ("X-Odd", "it's $HOME `id`"),
        ),
        request_body='{"name": "회사\\n"}',
    )
    assert shlex.split(one.as_curl()) == [
        *("curl", "-i", "-X", "POST"),
        *("-H", "Content-Type: application/json", "-H", "X-Odd: it's $HOME `id`"),
        *("--data-raw", '{"name": "회사\\n"}', "http://h/api/x?a=1&b=2"),
    ]


@pytest.mark.parametrize(
    ("by", "header", "word"),
    [
        ("admin", ("Authorization", "***"), '"Authorization: Bearer $ADMIN_TOKEN"'),
        (
            "manager (other company)",
            ("authorization", "***"),
            '"authorization: Bearer $MANAGER_OTHER_COMPANY_TOKEN"',
        ),
        ("admin", ("Cookie", "***"), '"Cookie: $ADMIN_COOKIE"'),
        ("admin", ("Authorization", "Basic $x"), "'Authorization: Basic $x'"),
        ('a"; reboot', ("Authorization", "***"), '"Authorization: Bearer $A_REBOOT_TOKEN"'),
    ],
)
def test_a_secret_is_a_variable_by_who_asked(by: str, header: tuple[str, str], word: str) -> None:
    line = exchange(by=by, request_headers=(header,)).as_curl()
    assert line == f"curl -i -X POST -H {word} 'http://h/api/x?a=1&b=2'"


def test_steps_in_a_path_are_not_walked_by_curl() -> None:
    line = exchange(url="http://h/api/auth/login/../../users").as_curl()
    assert "--path-as-is" in shlex.split(line)


def test_curl_takes_no_body_for_a_file_and_no_address_for_several() -> None:
    line = exchange(url="http://h/api/x?q[$ne]=1", request_body="@/etc/passwd").as_curl()
    words = shlex.split(line)
    assert words[-4:] == ["--globoff", "--data-raw", "@/etc/passwd", "http://h/api/x?q[$ne]=1"]


def test_a_finding_is_known_by_its_check_and_subject() -> None:
    assert Finding(check="a", state=CheckState.PASS).key == "a"
    assert Finding(check="a", subject="GET /x", state=CheckState.PASS).key == "a[GET /x]"
