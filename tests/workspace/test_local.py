"""A workspace from its first start to its last stop."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.workspace.places import Places
from desktop_app.workspace.runtime import Runtime
from tests.workspace.watching import Administrator, Writer, kill, running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One data folder with blanks and Korean letters, used by test after test."""
    return tmp_path_factory.mktemp("workspace") / "내 문서 (작업)"


def test_starts_on_nothing_and_keeps_data_and_ports(folder: Path) -> None:
    with running(folder) as (workspace, events):
        first = workspace.wait_ready()
        with Administrator(first) as admin:
            admin.create_company("남는 회사")
    assert events.states == ["starting", "ready", "stopped"]
    assert not Places(folder).runtime.exists()
    with running(folder) as (workspace, _events):
        second = workspace.wait_ready()
        with Administrator(second) as admin:
            assert "남는 회사" in admin.company_names()
    assert second.api_url == first.api_url
    assert second.mongo_uri == first.mongo_uri


@pytest.mark.parametrize("victim", ["mongod", "api"])
def test_recovers_on_the_same_ports_without_losing_an_acknowledged_write(
    folder: Path, victim: str
) -> None:
    with running(folder) as (workspace, events):
        before = workspace.wait_ready()
        writer = Writer(before)
        kill(before.pids[victim])
        after = events.ready_again(2)
        names = writer.stop()
        assert (after.api_url, after.mongo_uri) == (before.api_url, before.mongo_uri)
        assert after.pids[victim] != before.pids[victim]
        with Administrator(after) as admin:
            assert names <= admin.company_names()
    assert events.states == ["starting", "ready", "recovering", "ready", "stopped"]


def test_damaged_notes_and_lost_secrets_are_mended(folder: Path) -> None:
    places = Places(folder)
    for path in (places.runtime, places.ports, places.token_key, places.mongo / "key"):
        path.write_bytes(b"\xff{damaged")
    for name in ("admin.password", "api.password"):
        (places.mongo / name).unlink()
    with running(folder) as (workspace, _events), Administrator(workspace.wait_ready()) as admin:
        assert "남는 회사" in admin.company_names()
        assert Runtime.read(places) is not None


def test_secrets_are_readable_by_their_owner_only(folder: Path) -> None:
    places = Places(folder)
    for path in (
        places.admin_password,
        places.token_key,
        *(places.mongo / name for name in ("key", "admin.password", "api.password")),
    ):
        assert path.stat().st_mode & 0o077 == 0, path


def test_no_log_holds_a_secret(folder: Path) -> None:
    places = Places(folder)
    secrets = {
        path.read_text(encoding="utf-8")
        for path in (places.token_key, places.mongo / "admin.password", places.mongo / "key")
    }
    logs = [*places.api.glob("*.log*"), *places.mongo.glob("*.log*")]
    assert logs
    for log in logs:
        text = log.read_text(encoding="utf-8", errors="replace")
        assert not any(secret in text for secret in secrets), log
