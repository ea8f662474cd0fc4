"""What is tried of a built program."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import tempfile
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from built_program import START_S, BuiltProgram, Served, Trial, TrialFailed, read_json

_RUN_S = 180.0

_SUITE = """\
schema = 1
id = "trial"
version = "1"
title = { en = "Trial", ko = "시험" }
purpose = { en = "Whether the fuzzer's process starts.", ko = "퍼저 프로세스 시작 확인" }

[categories]
robust = { en = "Robustness", ko = "견고성" }

[[checks]]
id = "trial.fuzz"
category = "robust"
severity = "critical"
title = { en = "A few made-up requests", ko = "만들어 낸 요청 몇 개" }
why = { en = "The fuzzer is a process of its own.", ko = "퍼저는 별도 프로세스입니다." }
fix = { en = "Look at what it says.", ko = "출력을 확인하십시오." }
risk = "attacks"
probe = "fuzz.check"
params = { judges = "not_a_server_error", endpoints = ["GET /health"], requests = 20 }
"""


def version(program: BuiltProgram) -> str:
    """``evalconsole --version``."""
    return program.command("--version").out.strip()


def window(program: BuiltProgram) -> str:
    """``EvaluationConsole --exit-when-ready``: it opens, starts its workspace, and closes."""
    ended = program.run("EvaluationConsole", "--exit-when-ready", seconds=START_S, codes=(0,))
    return ended.out.strip() or "it opened and closed"


def selftest(program: BuiltProgram) -> str:
    """``evalconsole selftest`` in the language and theme that need most of what is bundled."""
    with tempfile.TemporaryDirectory(prefix="evalconsole-trial-") as folder:
        result = Path(folder) / "result.json"
        options = ("--language", "ko", "--theme", "dark", "--json", str(result))
        program.command("selftest", *options, seconds=300)
        found = read_json(result)
    return f"{len(found['screens'])} screens in {found['seconds']} s"


def workspace(program: BuiltProgram) -> str:
    """``evalconsole workspace serve``: one line of JSON, a healthy API, an orderly end."""
    with program.serving() as served:
        health = _health(urlsplit(served.api_url).netloc)
    return f"health: {health['status']}"


def migrations(program: BuiltProgram) -> str:
    """``evalconsole migrate status`` of that workspace's database."""
    with program.serving() as served:
        database = ("--mongo-uri", served.mongo_uri, "--database", "online_evaluation")
        said = program.command("migrate", "status", *database).err.splitlines()
    return next(line for line in reversed(said) if not line.startswith(" "))


def validation(program: BuiltProgram) -> str:
    """``evalconsole validate``: a check that comes along, and the fuzzer's process."""
    with program.serving() as served:
        suites = served.folder / "suites"
        suites.mkdir()
        (suites / "trial.toml").write_text(_SUITE, encoding="utf-8")
        checks = ("--suites-dir", str(suites), "--check", "health_001", "trial.fuzz")
        found = _reported(program, served, "validate", *checks, "--allow", "attacks")
    states = {result["check"]: result["state"] for result in found["report"]["results"]}
    if states.get("trial.fuzz") != "pass":
        raise TrialFailed(f"the fuzzer's check: {states.get('trial.fuzz')}")
    return f"{found['verdict']['outcome']}: {found['states']}"


def load(program: BuiltProgram) -> str:
    """``evalconsole load`` by two generators: every request that was planned comes back."""
    options = ("--rate", "20", "--duration", "3", "--generators", "2")
    with program.serving() as served:
        return _all_came(_reported(program, served, "load", *options, codes=(0, 3)), 60)


def distributed_load(program: BuiltProgram) -> str:
    """The same, sent by two ``evalconsole load-worker`` over Locust."""
    with program.serving() as served, contextlib.ExitStack() as workers:
        code = served.folder / "code"
        code.write_text("trial-of-a-built-program", encoding="utf-8")
        master = f"127.0.0.1:{_free_port()}"
        join = ("load-worker", "--master", master, "--code-file", str(code))
        for number in (1, 2):
            home = served.folder / f"worker-{number}"
            home.mkdir()
            workers.enter_context(program.started("evalconsole", *join, home=str(home)))
        bound = ("--bind", master, "--code-file", str(code))
        options = ("--rate", "20", "--duration", "3", "--workers", "2", *bound)
        return _all_came(_reported(program, served, "load", *options, codes=(0, 3)), 60)


TRIALS: dict[str, Trial] = {
    "the command says its version": version,
    "the local workspace serves and stops": workspace,
    "the database's migrations are planned": migrations,
    "checks run, the fuzzer's among them": validation,
    "generators put load on the workspace": load,
    "workers put load on it over Locust": distributed_load,
    "the window program opens its window": window,
    "every screen and dialog opens": selftest,
}
"""By what each tells."""


def _reported(
    program: BuiltProgram,
    served: Served,
    command: str,
    *options: str,
    codes: tuple[int, ...] = (0,),
) -> dict[str, Any]:
    """Run a command against the workspace; what it found, once its reports are there too."""
    result = served.folder / f"{command}.json"
    reports = [served.folder / f"{command}.{suffix}" for suffix in ("html", "pdf")]
    wanted = [part for report in reports for part in ("--report", str(report))]
    target = ("--api", served.api_url, *served.admin)
    ended = program.command(
        command, *target, *options, *wanted, "--json", str(result), seconds=_RUN_S, codes=codes
    )
    missing = [path.name for path in (result, *reports) if not path.is_file()]
    if missing:
        raise TrialFailed(f"not written: {', '.join(missing)}\n{ended.err[-3000:]}")
    return read_json(result)


def _all_came(found: dict[str, Any], planned: int) -> str:
    """That all requests were sent and answered well; how fast is no verdict on the program."""
    run = found["run"]
    total = run["total"]
    failed = sum(total.get("failures", {}).values())
    if total["completed"] != planned or failed:
        raise TrialFailed(f"of {planned} requests {total['completed']} came, {failed} failed")
    facts = run["facts"]
    return f"{run['verdict']}: {planned} requests by {facts['generators']} ({facts['loop']})"


def _health(address: str) -> dict[str, Any]:
    connection = http.client.HTTPConnection(address, timeout=10)
    try:
        connection.request("GET", "/health")
        health: dict[str, Any] = json.load(connection.getresponse())
    finally:
        connection.close()
    return health


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port
