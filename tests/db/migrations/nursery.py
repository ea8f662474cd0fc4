"""Runs that are killed: a process that forks one for each line it reads, and says how it ended.

A line is ``uri name place``. The run kills itself with SIGKILL at its ``place``-th moment, of which
each command that writes has two: before it is sent, and once its answer is there. Place 0 kills
nothing. Answers with one line of JSON: whether it was killed, and the moments so far.

Forked before there is any connection, from a process of one thread: as cheap as it is safe.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any

from pymongo import MongoClient
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from desktop_app.db.collections import PROJECTS, USERS, Collection
from desktop_app.db.migrations.apply import apply
from desktop_app.db.migrations.data_steps import DATA_STEPS
from desktop_app.db.migrations.events import RunEnded
from desktop_app.db.migrations.lease import LeaseTerms
from desktop_app.db.migrations.run import RunOptions
from desktop_app.db.migrations.server import target_of
from desktop_app.db.migrations.steps import migration

_STEPS = ("0002-stamps-users", "0004-users-clear-passwords", "0011-projects-candidate")

SMALL = migration(
    (USERS, Collection("projects", PROJECTS.schema)),
    [step for step in DATA_STEPS if step.id in _STEPS],
)
"""Every kind of step, few of each."""

SHORT = RunOptions(terms=LeaseTerms(lasts_s=0.05, renew_s=0, look_s=0.01), batch=4, wait_s=20)
WRITES = {"insert", "update", "delete", "findAndModify", "createIndexes", "create", "collMod"}


class Killer(CommandListener):
    """Counts moments, and ends the process at one of them."""

    def __init__(self, place: int) -> None:
        self._place = place
        self._writing: set[int] = set()
        self.moments: list[str] = []

    def started(self, event: CommandStartedEvent) -> None:
        command: Any = event.command
        merges = event.command_name == "aggregate" and "$merge" in str(command["pipeline"][-1])
        if event.command_name in WRITES or merges:
            self._writing.add(event.request_id)
            where = "in a transaction" if "autocommit" in command else ""
            self._note(f"{event.command_name} {command[event.command_name]} {where}".strip())

    def succeeded(self, event: CommandSucceededEvent) -> None:
        if event.request_id in self._writing:
            self._note("answered")

    def failed(self, event: CommandFailedEvent) -> None:
        if event.request_id in self._writing:
            self._note("failed")

    def _note(self, what: str) -> None:
        self.moments.append(what)
        if len(self.moments) == self._place:
            os.kill(os.getpid(), signal.SIGKILL)


def run(uri: str, name: str, place: int) -> list[str]:
    """Apply until killed; the moments that there were."""
    killer = Killer(place)
    with MongoClient[dict[str, Any]](uri, event_listeners=[killer]) as client:
        target = target_of(client, name, "tester@here")
        for event in apply(
            target,
            environment="local",
            hash_password=lambda password: f"hash of {password}",
            steps=SMALL,
            options=SHORT,
        ):
            if isinstance(event, RunEnded) and event.reason != "done":
                raise RuntimeError(str(event))
    return killer.moments


def main() -> None:
    """Serve until standard input ends."""
    for line in sys.stdin:
        uri, name, place = line.split()
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            try:
                moments = run(uri, name, int(place))
                os.write(writing, json.dumps(moments).encode())
                os._exit(0)
            except BaseException as error:  # noqa: BLE001  nothing of the parent may run on
                sys.stderr.write(f"{error!r}\n")
                os._exit(1)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            said = pipe.read()
        _pid, status = os.waitpid(pid, 0)
        killed = os.WIFSIGNALED(status)
        answer = {"killed": killed, "status": status, "moments": json.loads(said or b"[]")}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
