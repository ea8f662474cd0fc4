"""The program starts all of its parts without what the built program leaves out."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

_IMPORT_ALL = """
import importlib, json, pkgutil, sys
sys.path.insert(0, "packaging")
from left_out import LEFT_OUT

class Refusing:
    def find_spec(self, name, path=None, target=None):
        if any(name == left or name.startswith(left + ".") for left in LEFT_OUT):
            raise ModuleNotFoundError(f"left out: {name}", name=name)

sys.meta_path.insert(0, Refusing())
names = sys.argv[1:]
for package in [name for name in names if name.endswith(".")]:
    names.remove(package)
    found = importlib.import_module(package[:-1])
    names += [each.name for each in pkgutil.walk_packages(found.__path__, package)]
missing = {}
for name in names:
    try:
        importlib.import_module(name)
    except ImportError as error:
        missing[name] = str(error)
print(json.dumps([len(names), missing]))
"""


@pytest.mark.parametrize(
    "parts",
    [
        ("desktop_app.app.", "desktop_app.ui.", "desktop_app.cli.", "desktop_app.backend."),
        # what the fuzzer's process loads, and when it is asked to
        ("desktop_app.engines.validation.", "schemathesis.engine.", "schemathesis.specs.openapi."),
        # Locust takes over sockets and threads: in a process of its own
        ("desktop_app.engines.loadtest.distributed.master_main",),
        ("desktop_app.engines.loadtest.distributed.worker",),
    ],
    ids=["console", "fuzzer", "master", "worker"],
)
def test_what_the_built_program_leaves_out_is_missed_by_nothing(parts: tuple[str, ...]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _IMPORT_ALL, *parts],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names, missing = json.loads(done.stdout)
    assert names >= len(parts)
    assert missing == {}
