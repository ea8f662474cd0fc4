"""Several programs on one data folder, and one that is killed."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.workspace.serving import serving
from tests.workspace.watching import Administrator, Writer, alive, assert_gone, kill, running


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared")


def test_nothing_survives_a_killed_owner_and_no_acknowledged_write_is_lost(folder: Path) -> None:
    with serving(folder) as command:
        info = command.announced()
        writer = Writer(info)
        command.process.kill()
        command.process.wait()
        assert_gone(info.pids)
        names = writer.stop()
    with running(folder) as (workspace, events):
        again = workspace.wait_ready()
        assert again.api_url == info.api_url
        with Administrator(again) as admin:
            assert names <= admin.company_names()
    assert events.states == ["starting", "ready", "stopped"]


def test_a_second_program_joins_and_leaves_without_harm(folder: Path) -> None:
    with running(folder) as (workspace, _events):
        own = workspace.wait_ready()
        with running(folder) as (joined, joined_events):
            other = joined.wait_ready()
            assert not other.owned
            assert (other.api_url, other.mongo_uri, other.pids) == (
                own.api_url,
                own.mongo_uri,
                own.pids,
            )
        assert joined_events.states == ["starting", "ready", "stopped"]
        with Administrator(own) as admin:
            assert admin.company_names()


def test_who_joined_takes_over_when_the_owner_is_killed(folder: Path) -> None:
    with serving(folder) as owner:
        before = owner.announced()
        with running(folder) as (_workspace, events):
            assert not events.ready_again(1).owned
            kill(before.pids["supervisor"])
            owner.process.wait()
            after = events.ready_again(2)
            assert after.owned
            assert after.api_url == before.api_url
            assert events.states == ["starting", "ready", "recovering", "ready"]
            with Administrator(after) as admin:
                assert admin.company_names()


def test_who_joined_follows_a_recovery(folder: Path) -> None:
    with running(folder) as (workspace, _events), running(folder) as (joined, joined_events):
        before = joined.wait_ready()
        kill(before.pids["api"])
        after = joined_events.ready_again(2)
        assert after.pids["api"] != before.pids["api"]
        assert after.api_url == before.api_url
        assert not after.owned
        assert workspace.wait_ready().pids == after.pids


def test_a_command_that_joined_stops_alone(folder: Path) -> None:
    with running(folder) as (workspace, _events), serving(folder) as command:
        assert not command.announced().owned
        code, _out, _err = command.end(signal.SIGTERM)
        assert code == 0
        assert all(alive(pid) for pid in workspace.wait_ready().pids.values())
