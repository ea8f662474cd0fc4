"""A workspace from its first start to its last stop."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop_app.workspace.events import WorkspaceInfo
from desktop_app.workspace.places import Places
from desktop_app.workspace.runtime import Runtime
from tests.workspace.watching import Administrator, running


@dataclass(frozen=True)
class Began:
    """What the first start on an empty folder gave."""

    folder: Path
    info: WorkspaceInfo
    states: list[str]


@pytest.fixture(scope="module")
def began(tmp_path_factory: pytest.TempPathFactory) -> Began:
    """A workspace that was started on nothing, got a company, and was stopped."""
    folder = tmp_path_factory.mktemp("workspace") / "내 문서 (작업)"
    with running(folder) as (workspace, events):
        info = workspace.wait_ready()
        with Administrator(info) as admin:
            admin.create_company("남는 회사")
    return Began(folder, info, events.states)


def test_starts_on_nothing_and_stops_in_order(began: Began) -> None:
    assert began.states == ["starting", "ready", "stopped"]
    assert began.info.owned
    assert not Places(began.folder).runtime.exists()


def test_keeps_data_and_ports(began: Began) -> None:
    with running(began.folder) as (workspace, _events):
        again = workspace.wait_ready()
        with Administrator(again) as admin:
            assert "남는 회사" in admin.company_names()
    assert again.api_url == began.info.api_url
    assert again.mongo_uri == began.info.mongo_uri


def test_damaged_notes_and_lost_secrets_are_mended(began: Began, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    shutil.copytree(began.folder, folder)
    places = Places(folder)
    damaged = (places.runtime, places.ports, places.token_key, places.admin_password)
    for path in (*damaged, places.mongo / "key"):
        path.write_bytes(b"\xff{damaged")
    for name in ("admin.password", "api.password"):
        (places.mongo / name).unlink()
    with running(folder) as (workspace, _events), Administrator(workspace.wait_ready()) as admin:
        assert "남는 회사" in admin.company_names()
        assert Runtime.read(places) is not None


def test_secrets_are_readable_by_their_owner_only(began: Began) -> None:
    places = Places(began.folder)
    for path in (
        places.admin_password,
        places.token_key,
        *(places.mongo / name for name in ("key", "admin.password", "api.password")),
    ):
        assert path.stat().st_mode & 0o077 == 0, path


def test_no_log_holds_a_secret(began: Began) -> None:
    places = Places(began.folder)
    secrets = {
        path.read_text(encoding="utf-8")
        for path in (places.token_key, places.mongo / "admin.password", places.mongo / "key")
    }
    logs = [*places.api.glob("*.log*"), *places.mongo.glob("*.log*")]
    assert logs
    for log in logs:
        text = log.read_text(encoding="utf-8", errors="replace")
        assert not any(secret in text for secret in secrets), log
