"""A workspace in a process of its own, as ``evalconsole workspace serve`` runs it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

STOP_S = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A running workspace; ``ready_s`` is the time from process start to the line of JSON."""

    api_url: str
    mongo_uri: str
    admin_login: str
    admin_password: str
    ready_s: float


@contextlib.contextmanager
def served(data: Path) -> Iterator[Served]:
    """Run the workspace of ``data`` and stop it afterwards; raises ``RuntimeError`` if it fails."""
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "desktop_app.cli", "workspace", "serve", "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    )
    with process:
        line = process.stdout.readline() if process.stdout else b""
        ready_s = time.perf_counter() - started
        try:
            if not line:
                raise RuntimeError(f"the workspace did not start: exit code {process.wait()}")
            ready = json.loads(line)
            password = Path(ready["admin_password_file"]).read_text(encoding="utf-8").strip()
            yield Served(
                api_url=ready["api_url"],
                mongo_uri=ready["mongo_uri"],
                admin_login=ready["admin_login"],
                admin_password=password,
                ready_s=ready_s,
            )
        finally:
            process.terminate()
            process.wait(STOP_S)
