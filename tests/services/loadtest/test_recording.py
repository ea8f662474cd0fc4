"""Scenarios out of recordings: what people did, without their secrets."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from desktop_app.core.errors import LocalFailure
from desktop_app.core.validation.findings import CheckResult, Exchange, Finding
from desktop_app.core.validation.report import Stop, TargetFacts, ValidationReport
from desktop_app.core.validation.suites import Risk, Severity
from desktop_app.core.verdicts import CheckState
from desktop_app.services.loadtest import recording
from desktop_app.services.loadtest.scenario_files import as_toml

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"


def entry(
    method: str, url: str, status: int = 200, *, body: Any = None, answer: Any = None
) -> dict[str, Any]:
    """One entry of a HAR file."""
    headers = [
        {"name": "Authorization", "value": f"Bearer {TOKEN}"},
        {"name": "Cookie", "value": "session=secret-cookie"},
        {"name": "Accept", "value": "application/json"},
    ]
    request: dict[str, Any] = {"method": method, "url": url, "headers": headers}
    if body is not None:
        request["postData"] = {"mimeType": "application/json", "text": json.dumps(body)}
    content = {"text": json.dumps(answer)} if answer is not None else {}
    return {"request": request, "response": {"status": status, "content": content}}


def form(url: str, text: str) -> dict[str, Any]:
    """One entry whose body is no JSON."""
    made = entry("POST", url)
    made["request"]["postData"] = {"mimeType": "application/x-www-form-urlencoded", "text": text}
    return made


@pytest.fixture
def har(tmp_path: Path) -> Path:
    sign_in = {"login_id": "manager1", "password": "very secret 1"}
    entries = [
        entry("GET", "https://cdn.example.com/font.woff2"),
        entry("GET", "https://platform.example.com/style.css"),
        entry(
            "POST",
            "https://platform.example.com/api/auth/login",
            body=sign_in,
            answer={"access_token": TOKEN, "user": {}},
        ),
        entry("GET", "https://platform.example.com/api/users?page=1"),
        entry("GET", "https://platform.example.com/api/users?page=2"),
        entry(
            "POST",
            "https://platform.example.com/api/companies",
            201,
            body={"name": "${x}", "new_password": "very secret 2"},
        ),
        form("https://platform.example.com/form", "name=kim&passwd=very%20secret%203&x=${y}"),
        entry("GET", "https://platform.example.com/api/broken", 500),
        {"odd": True},
    ]
    path = tmp_path / "기록.har"
    path.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    return path


def test_the_requests_to_the_platform_become_steps_in_order(har: Path) -> None:
    found = recording.from_har(har)
    assert found.host == "platform.example.com"
    [flow] = found.scenario.flows
    assert [(step.method, step.path) for step in flow.steps] == [
        ("GET", "/api/users?page=1"),
        ("GET", "/api/users?page=2"),
        ("POST", "/api/companies"),
        ("POST", "/form"),
    ]
    assert len({step.name for step in flow.steps}) == 4
    assert flow.steps[3].body == "name=kim&passwd=***&x=$${y}"
    assert dict(found.left_out) == {
        recording.OTHER_HOST: 1,
        recording.STATIC: 1,
        recording.FAILED: 1,
        recording.UNREADABLE: 1,
    }


def test_what_a_browser_does_beside_the_page_becomes_no_step(tmp_path: Path) -> None:
    """Pictures within the page, sockets, questions before requests elsewhere, what it has kept."""
    url = "https://platform.example.com/api/users"
    entries = [entry("GET", f"data:image/svg+xml,{n}") for n in range(5)]
    entries += [entry("GET", f"blob:https://platform.example.com/{n}") for n in range(5)]
    entries += [entry("GET", "chrome-extension://abc/x"), entry("GET", "wss://a.example/s", 101)]
    entries += [entry("OPTIONS", url, 204), entry("GET", url, 304)]
    path = tmp_path / "브라우저.har"
    path.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    found = recording.from_har(path)
    assert found.host == "platform.example.com"
    [step] = found.scenario.flows[0].steps
    assert (step.method, step.path, step.expect.status) == ("GET", "/api/users", (200, 304))
    assert dict(found.left_out) == {recording.OTHER_HOST: 12, recording.PREFLIGHT: 1}


def test_the_sign_in_takes_its_names_from_the_login_pool(har: Path) -> None:
    [setup] = recording.from_har(har).scenario.setup
    assert setup.json == {"login_id": "${login_id}", "password": "${password}"}
    assert setup.save == {"token": "access_token"}


def test_no_secret_of_a_recording_is_kept(har: Path) -> None:
    written = as_toml(recording.from_har(har).scenario)
    for secret in (TOKEN, "very secret", "very%20", "secret-cookie", "manager1"):
        assert secret not in written
    assert "Bearer ${token}" in written
    assert "$${x}" in written  # what looked like a blank is a text


@pytest.mark.parametrize(
    "text", ["", "[]", '{"log": {}}', '{"log": {"entries": 5}}', "[" * 100_000]
)
def test_what_is_no_har_file_is_said(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.har"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LocalFailure, match=r"x\.har"):
        recording.from_har(path)


def exchange(method: str, path: str, status: int = 200, *, signed: bool = True) -> Exchange:
    headers = (("Authorization", "***"),) if signed else ()
    url = f"http://127.0.0.1:8000{path}"
    return Exchange(method=method, url=url, status=status, request_headers=headers)


def test_the_reads_of_a_validation_run_become_a_scenario() -> None:
    findings = (
        Finding(
            check="users_001",
            state=CheckState.PASS,
            exchanges=(
                exchange("GET", "/api/users"),
                exchange("GET", "/api/users"),
                exchange("POST", "/api/users", 201),
                exchange("GET", "/health", signed=False),
            ),
        ),
        Finding(check="x", state=CheckState.FAIL, exchanges=(exchange("GET", "/api/odd"),)),
    )
    result = CheckResult(
        check="users_001",
        suite="functional",
        category="users",
        severity=Severity.HIGH,
        risk=Risk.READS,
        state=CheckState.PASS,
        findings=findings,
    )
    report = ValidationReport(
        run_id="abc",
        target=TargetFacts(url="http://127.0.0.1:8000", environment="local"),
        by="admin",
        started_at=datetime(2026, 11, 25, tzinfo=UTC),
        seconds=1,
        stop=Stop.DONE,
        results=(result,),
    )
    found = recording.from_report(report)
    [flow] = found.scenario.flows
    assert [step.path for step in flow.steps] == ["/api/users", "/health"]
    assert [bool(step.headers) for step in flow.steps] == [True, False]
    assert found.scenario.setup == (recording.SIGN_IN,)
    assert dict(found.left_out) == {recording.TWICE: 1, recording.WRITES: 1}
