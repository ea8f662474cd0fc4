"""Other load generators, each as it is meant to be used, with what it costs per request.

wrk, hey and k6 are taken where they are installed; Locust and uvloop from a virtual environment of
their own: ``python3 -m venv build/peers && build/peers/bin/pip install locust uvloop``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.bench.load_server import GENERATOR_CORE

ROOT = Path(__file__).resolve().parents[2]
PEERS = ROOT / "build" / "peers"

_LOCUST = """
from locust import constant
from locust.contrib.fasthttp import FastHttpUser
class Reader(FastHttpUser):
    wait_time = constant(0)
    @__import__("locust").task
    def read(self):
        self.client.get("/list")
"""
_K6 = """
import http from 'k6/http';
export const options = {{ vus: {users}, duration: '{seconds}s' }};
export default function () {{ http.get('{url}/list'); }}
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a run of a generator took."""

    requests: int
    cpu_us: float
    """CPU time per request, all its processes."""
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A program: how it is called, and how many requests its output says it made."""

    name: str
    command: Callable[[str, int, int, Path], list[str] | None]
    """Address, connections, seconds, a folder → the command; None: it is not installed."""
    requests: Callable[[str], int]
    optional: bool = False
    """No figure is missing where it is not installed: no package of Debian or PyPI has it."""

    def run(self, url: str, users: int, seconds: int, folder: Path) -> Cost | None:
        """Run it on the generators' core; None where it is not installed."""
        command = self.command(url, users, seconds, folder)
        if command is None:
            return None
        pinned = ["taskset", "-c", str(GENERATOR_CORE), *command]
        began = time.perf_counter()
        process = subprocess.Popen(pinned, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        assert process.stdout is not None
        output = process.stdout.read().decode("utf-8", "replace")
        _pid, _status, usage = os.wait4(process.pid, 0)
        process.returncode = 0
        process.stdout.close()
        count = self.requests(output)
        return Cost(
            requests=count,
            cpu_us=(usage.ru_utime + usage.ru_stime) / max(count, 1) * 1e6,
            seconds=time.perf_counter() - began,
        )


def _installed(name: str, *arguments: str) -> list[str] | None:
    found = shutil.which(name)
    return [found, *arguments] if found else None


def _wrk(url: str, users: int, seconds: int, _folder: Path) -> list[str] | None:
    return _installed("wrk", "-t1", f"-c{users}", f"-d{seconds}", f"{url}/list")


def _hey(url: str, users: int, seconds: int, _folder: Path) -> list[str] | None:
    return _installed("hey", "-cpus", "1", "-c", str(users), "-z", f"{seconds}s", f"{url}/list")


def _k6(url: str, users: int, seconds: int, folder: Path) -> list[str] | None:
    script = folder / "k6.js"
    script.write_text(_K6.format(users=users, seconds=seconds, url=url), encoding="utf-8")
    return _installed("k6", "run", "--no-usage-report", str(script))


def _locust(url: str, users: int, seconds: int, folder: Path) -> list[str] | None:
    program = PEERS / "bin" / "locust"
    if not program.is_file():
        return None
    script = folder / "locustfile.py"
    script.write_text(_LOCUST, encoding="utf-8")
    options = ["--headless", "-u", str(users), "-r", str(users), "-t", f"{seconds}s"]
    options += ["--host", url, "--json", "--only-summary", "--skip-log-setup"]
    return [str(program), "-f", str(script), *options]


def _number(form: str) -> Callable[[str], int]:
    def requests(output: str) -> int:
        found = re.search(form, output)
        return int(found[1]) if found else 0

    return requests


def _locust_requests(output: str) -> int:
    start = output.find("[\n")
    try:
        return sum(int(row["num_requests"]) for row in json.loads(output[start:]))
    except (ValueError, KeyError):
        return 0


PEERS_IN_TURN = (
    Peer(name="wrk", command=_wrk, requests=_number(r"(\d+) requests in")),
    Peer(name="hey", command=_hey, requests=_number(r"\[200\]\s+(\d+) responses")),
    Peer(name="k6", command=_k6, requests=_number(r"http_reqs\.*: (\d+)"), optional=True),
    Peer(name="Locust FastHttpUser", command=_locust, requests=_locust_requests),
)


def uvloop_folder(folder: Path) -> Path | None:
    """A folder with nothing but uvloop in it, for ``PYTHONPATH``; None where there is none."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    found = PEERS / "lib" / version / "site-packages" / "uvloop"
    if not found.is_dir():
        return None
    alone = folder / "uvloop-alone"
    alone.mkdir(exist_ok=True)
    if not (alone / "uvloop").exists():
        (alone / "uvloop").symlink_to(found)
    return alone
