"""nginx, alone on one core, as the server that load generators are measured against."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

SERVER_CORE, GENERATOR_CORE = 0, 1

_CONF = """
daemon off; master_process off; worker_processes 1; worker_rlimit_nofile 8192;
pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off; keepalive_requests 1000000000; keepalive_timeout 600s;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f;
  uwsgi_temp_path {folder}/u; scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} backlog=4096;
    location / {{
      default_type application/json;
      return 200 '{{"ok":true,"total":2,"items":[{{"id":"a"}},{{"id":"b"}}]}}';
    }}
  }}
}}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Nginx:
    """A running one."""

    url: str
    pid: int

    def stall(self, seconds: float) -> float:
        """Have it answer nothing for so long; returns how long that was indeed."""
        os.kill(self.pid, signal.SIGSTOP)
        began = time.perf_counter()
        try:
            time.sleep(seconds)  # noqa: TID251 - the stall itself
        finally:
            os.kill(self.pid, signal.SIGCONT)
        return time.perf_counter() - began


def prefer(pid: int) -> None:
    """Have the system run a process before all ordinary ones, where it lets us.

    A housekeeper that takes a core for 6 ms twice a second holds up every hundredth of 1000
    requests a second: it, not the generator, would be the p99.
    """
    if sys.platform == "linux":
        with contextlib.suppress(PermissionError):
            os.sched_setscheduler(pid, os.SCHED_FIFO, os.sched_param(1))


def missing() -> str:
    """Why this cannot be measured here; "" when it can."""
    if sys.platform != "linux":
        return "needs Linux"
    if (os.cpu_count() or 1) < 2:
        return "needs two cores"
    if not shutil.which("nginx"):
        return "nginx is not installed (Debian: apt-get install nginx-light wrk hey)"
    return "" if shutil.which("taskset") else "taskset is not installed"


@contextlib.contextmanager
def nginx(folder: Path) -> Iterator[Nginx]:
    """Serve on a free port while the block runs."""
    folder.mkdir(parents=True, exist_ok=True)
    with socket.create_server(("127.0.0.1", 0)) as found:
        port: int = found.getsockname()[1]
    (folder / "nginx.conf").write_text(_CONF.format(folder=folder, port=port), encoding="utf-8")
    process = subprocess.Popen(
        ["taskset", "-c", str(SERVER_CORE), "nginx", "-p", folder, "-c", folder / "nginx.conf"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield Nginx(url=f"http://127.0.0.1:{port}", pid=process.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGCONT)
        process.terminate()
        process.wait(10)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        if process.poll() is not None:
            raise RuntimeError(f"nginx does not start: exit code {process.returncode}")
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
    raise RuntimeError("nginx does not answer")
