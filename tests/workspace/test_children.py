"""Children end with their parent, whatever ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from desktop_app.workspace.api_server import ApiServer, ApiSettings, Condition
from desktop_app.workspace.child import created_at
from desktop_app.workspace.mongod import Mongod
from desktop_app.workspace.pulse import Patience
from tests.fixtures.waiting import until
from tests.workspace.serving import ROOT
from tests.workspace.watching import Administrator, alive, running

SPAWN = """
import sys
from desktop_app.workspace.child import spawn
child = spawn([sys.executable, "-c", "import signal; signal.pause()"])
print(child.pid, flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(sys.platform != "linux", reason="the way of Linux")
@pytest.mark.parametrize("path", [os.environ.get("PATH", ""), ""], ids=["setpriv", "no setpriv"])
def test_a_child_dies_with_a_killed_parent(path: str) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", SPAWN],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        env=os.environ | {"PATH": path},
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        assert alive(child)
        parent.kill()
    until(lambda: not alive(child), "the child is gone")


def test_the_api_server_ends_the_database_when_its_parent_is_gone(tmp_path: Path) -> None:
    mongod = Mongod.start(tmp_path / "mongo")
    try:
        api = ApiServer(tmp_path / "api")
        settings = ApiSettings(
            mongo_uri=mongod.app_uri("online_evaluation"),
            secret_key="k" * 64,
            database="online_evaluation",
            port=0,
            mongod_pid=mongod.pid,
            mongod_created=created_at(mongod.pid),
            log_folder=str(tmp_path / "api"),
        )
        api.finish(settings, threading.Event())
        assert api.condition(timeout_s=3) is Condition.HEALTHY
        assert api.process.stdin is not None
        api.process.stdin.close()  # as when the parent dies: no order, only the end
        until(lambda: not api.alive and not mongod.alive, "both have ended")
        assert api.process.returncode == 0
        api.kill()
    finally:
        mongod.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="processes cannot be stopped there")
@pytest.mark.parametrize(
    ("victim", "patience"),
    [
        ("api", Patience(every_s=0.2, timeout_s=0.7, bad_answers=2)),
        # The API server itself waits two seconds for its database.
        ("mongod", Patience(every_s=0.2, timeout_s=4, bad_answers=1)),
    ],
    ids=["api", "mongod"],
)
def test_a_server_that_hangs_is_started_again(
    tmp_path: Path, victim: str, patience: Patience
) -> None:
    with running(tmp_path, patience=patience) as (workspace, events):
        before = workspace.wait_ready()
        os.kill(before.pids[victim], signal.SIGSTOP)
        after = events.ready_again(2)
        assert after.pids[victim] != before.pids[victim]
        with Administrator(after) as admin:
            assert admin.company_names()
