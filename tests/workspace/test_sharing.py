"""Servers and programs that are killed, and several programs on one data folder."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.workspace.local import LocalWorkspace
from tests.workspace.serving import serving
from tests.workspace.watching import (
    Administrator,
    Writer,
    alive,
    assert_gone,
    kill,
    running,
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shared")


@pytest.fixture(scope="module")
def owner(folder: Path) -> Iterator[LocalWorkspace]:
    """A workspace that this program runs and that no test here disturbs."""
    with running(folder) as (owner, _events):
        yield owner


@pytest.mark.parametrize("victim", ["mongod", "api"])
def test_recovers_on_the_same_ports_without_losing_an_acknowledged_write(
    tmp_path: Path, victim: str
) -> None:
    with running(tmp_path) as (workspace, events), running(tmp_path) as (_joined, joined_events):
        before = workspace.wait_ready()
        writer = Writer(before)
        kill(before.pids[victim])
        after = events.ready_again(2)
        names = writer.stop()
        assert (after.api_url, after.mongo_uri) == (before.api_url, before.mongo_uri)
        assert after.pids[victim] != before.pids[victim]
        with Administrator(after) as admin:
            assert names <= admin.company_names()
        followed = joined_events.ready_again(2)
        assert not followed.owned
        assert followed.pids == after.pids
    assert events.states == ["starting", "ready", "recovering", "ready", "stopped"]


def test_a_second_program_joins_and_leaves_without_harm(
    folder: Path, owner: LocalWorkspace
) -> None:
    own = owner.wait_ready()
    with running(folder) as (joined, events):
        other = joined.wait_ready()
        assert not other.owned
        assert (other.api_url, other.mongo_uri, other.pids) == (
            own.api_url,
            own.mongo_uri,
            own.pids,
        )
    assert events.states == ["starting", "ready", "stopped"]
    with Administrator(own) as admin:
        assert admin.company_names()


def test_a_command_that_joined_stops_alone(folder: Path, owner: LocalWorkspace) -> None:
    with serving(folder) as command:
        assert not command.announced().owned
        code, _out, _err = command.end(signal.SIGTERM)
        assert code == 0
        assert all(alive(pid) for pid in owner.wait_ready().pids.values())


def test_nothing_survives_a_killed_owner_and_no_acknowledged_write_is_lost(tmp_path: Path) -> None:
    with serving(tmp_path) as command:
        info = command.announced()
        writer = Writer(info)
        command.process.kill()
        command.process.wait()
        assert_gone(info.pids)
        names = writer.stop()
    with running(tmp_path) as (workspace, events):
        again = workspace.wait_ready()
        assert again.api_url == info.api_url
        with Administrator(again) as admin:
            assert names <= admin.company_names()
    assert events.states == ["starting", "ready", "stopped"]


def test_who_joined_takes_over_when_the_owner_is_killed(tmp_path: Path) -> None:
    with serving(tmp_path) as owner:
        before = owner.announced()
        with running(tmp_path) as (_workspace, events):
            assert not events.ready_again(1).owned
            kill(before.pids["supervisor"])
            owner.process.wait()
            after = events.ready_again(2)
            assert after.owned
            assert after.api_url == before.api_url
            assert events.states == ["starting", "ready", "recovering", "ready"]
            with Administrator(after) as admin:
                assert admin.company_names()
