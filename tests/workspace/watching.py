"""Watching workspaces and processes in tests: conditions instead of times."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psutil

from desktop_app.workspace.events import WorkspaceEvent, WorkspaceInfo
from desktop_app.workspace.local import LocalWorkspace
from tests.fixtures.waiting import PATIENCE_S, until


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def assert_gone(pids: dict[str, int]) -> None:
    """No process of a workspace is left (but this one, which may have run it)."""
    others = {name: pid for name, pid in pids.items() if pid != os.getpid()}
    until(lambda: not any(alive(pid) for pid in others.values()), f"{others} gone")


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


@dataclass
class Events:
    """Everything a workspace told."""

    seen: list[WorkspaceEvent] = field(default_factory=list)

    def __call__(self, event: WorkspaceEvent) -> None:
        self.seen.append(event)

    @property
    def states(self) -> list[str]:
        """The states in order, each run of the same one once."""
        states = [event.state for event in self.seen]
        return [state for i, state in enumerate(states) if i == 0 or states[i - 1] != state]

    def ready_again(self, count: int) -> WorkspaceInfo:
        """The information of the ``count``-th time that it got ready."""

        def infos() -> list[WorkspaceInfo]:
            return [event.info for event in self.seen if event.info is not None]

        until(lambda: len(infos()) >= count, f"ready for the {count}. time; {self.states}")
        return infos()[count - 1]


@contextmanager
def running(folder: Path, **options: Any) -> Iterator[tuple[LocalWorkspace, Events]]:
    """A workspace that is ready; stopped at the end, with none of its processes left."""
    events = Events()
    workspace = LocalWorkspace(folder, on_event=events, **options)
    workspace.start()
    try:
        workspace.wait_ready(PATIENCE_S)
        yield workspace, events
    finally:
        workspace.stop()
    for event in events.seen:
        if event.info is not None and event.info.owned:
            assert_gone(event.info.pids)


class Writer:
    """Creates companies until told to stop and remembers which ones were acknowledged."""

    def __init__(self, info: WorkspaceInfo) -> None:
        """Returns in the middle of the writing."""
        self.acknowledged: set[str] = set()
        self._stop = threading.Event()
        self._pool = ThreadPoolExecutor(1, "writer")
        self._done = self._pool.submit(self._write, info)
        until(lambda: len(self.acknowledged) >= 3 or self._done.done(), "three writes")

    def _write(self, info: WorkspaceInfo) -> None:
        with Administrator(info) as admin:
            number = 0
            while not self._stop.is_set():
                number += 1
                try:
                    admin.create_company(f"회사 {number}")
                except httpx.HTTPError:
                    self._stop.wait(0.02)
                else:
                    self.acknowledged.add(f"회사 {number}")

    def stop(self) -> set[str]:
        """The names that the server acknowledged."""
        self._stop.set()
        self._pool.shutdown()
        self._done.result()
        return self.acknowledged


class Administrator:
    """An administrator who is signed in at the API."""

    def __init__(self, info: WorkspaceInfo) -> None:
        self._info = info
        self._http = httpx.Client(base_url=info.api_url, timeout=30, trust_env=False)
        self.sign_in()

    def sign_in(self) -> None:
        password = Path(self._info.admin_password_file).read_text(encoding="utf-8")
        body = {"login_id": self._info.admin_login, "password": password}
        answer = self._http.post("/api/auth/login", json=body)
        assert answer.status_code == 200, answer.text
        self._http.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def create_company(self, name: str) -> str:
        """The id of a company that the server has acknowledged; raises ``httpx.HTTPError``."""
        settings = {"max_users": 10, "max_projects": 5, "storage_limit_gb": 1}
        body = {"name": name, "business_number": "123-45-67891", "settings": settings}
        answer = self._http.post("/api/companies", json=body)
        answer.raise_for_status()
        return str(answer.json()["company_id"])

    def company_names(self) -> set[str]:
        names: set[str] = set()
        page, more = 1, True
        while more:
            answer = self._http.get("/api/companies", params={"page": page, "page_size": 100})
            answer.raise_for_status()
            companies = answer.json()["companies"]
            names.update(company["name"] for company in companies)
            page, more = page + 1, bool(companies)
        return names

    def close(self) -> None:
        self._http.close()

    def __enter__(self) -> Administrator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
