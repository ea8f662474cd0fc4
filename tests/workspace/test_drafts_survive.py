"""What the server has acknowledged of a draft is there after a kill -9 of either server."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from desktop_app.workspace.events import WorkspaceInfo
from tests.fixtures.waiting import until
from tests.workspace.watching import kill, running

SHEET = "sheet-of-the-test"
PATH = f"/api/evaluations/{SHEET}"


def prepare(info: WorkspaceInfo) -> None:
    """A sheet of evaluator1, past the API."""
    now = datetime.now(UTC)
    stamps = {"version": 1, "created_at": now, "updated_at": now}
    template: dict[str, Any] = {"template_id": "template-basic", "template_revision": 1}
    project = {"name": "사업", "company_id": "company-test", "status": "active", **template}
    with MongoClient[dict[str, Any]](info.mongo_uri) as client:
        documents = client.get_database("online_evaluation")
        documents["projects"].insert_one(
            {"_id": "p", **project, "deadline": now + timedelta(days=1), **stamps}
        )
        place = {"project_id": "p", "company_id": "company-test", "evaluator_id": "user-evaluator1"}
        documents["evaluations"].insert_one(
            {"_id": SHEET, **place, **template, "status": "assigned", "scores": [], **stamps}
        )


class Evaluator:
    """Writes one draft after the other, and remembers the last one that was acknowledged."""

    def __init__(self, info: WorkspaceInfo) -> None:
        self.acknowledged = 0
        self._stop = threading.Event()
        self._http = httpx.Client(base_url=info.api_url, timeout=5, trust_env=False)
        known = {"login_id": "evaluator1", "password": "test123!"}
        token = self._http.post("/api/auth/login", json=known).json()["access_token"]
        self._http.headers["Authorization"] = f"Bearer {token}"
        self._pool = ThreadPoolExecutor(1, "evaluator")
        self._done = self._pool.submit(self._write)

    def _write(self) -> None:
        number, version = 0, 1
        while not self._stop.is_set():
            number += 1
            sent = {"scores": [], "comment": f"{number}"}
            try:
                answer = self._http.put(
                    f"{PATH}/draft", json=sent, headers={"If-Match": f"{version}"}
                )
            except httpx.HTTPError:
                self._stop.wait(0.02)
                continue
            if answer.status_code == 200:
                self.acknowledged = number
                version = answer.json()["sheet"]["evaluation"]["version"]
            elif answer.status_code == 409:  # the answer to one before was lost
                version = answer.json()["current"]["evaluation"]["version"]
            else:
                self._stop.wait(0.02)

    def stop(self) -> int:
        """The last draft that the server acknowledged."""
        self._stop.set()
        self._pool.shutdown()
        self._done.result()
        return self.acknowledged

    def kept(self) -> int:
        """The draft that is there."""
        return int(self._http.get(PATH).json()["sheet"]["comment"])

    def close(self) -> None:
        """End, also in the middle of the writing."""
        self._stop.set()
        self._pool.shutdown()
        self._http.close()


@pytest.mark.parametrize("victim", ["api", "mongod"])
def test_acknowledged_draft_is_there_after_a_kill(tmp_path: Path, victim: str) -> None:
    with running(tmp_path) as (workspace, events), ExitStack() as stack:
        info = workspace.wait_ready()
        prepare(info)
        evaluator = stack.enter_context(closing(Evaluator(info)))
        until(lambda: evaluator.acknowledged >= 10, "ten drafts")
        kill(info.pids[victim])
        events.ready_again(2)
        before = evaluator.acknowledged
        assert evaluator.kept() >= before >= 10
        until(lambda: evaluator.acknowledged > before, "it goes on")
        last = evaluator.stop()
        assert evaluator.kept() >= last > before
