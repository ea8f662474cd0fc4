"""The fuzzer's process: what it is given to know."""

from __future__ import annotations

import os
from pathlib import Path

import psutil
import pytest

from desktop_app.engines.validation.fuzz_process import FuzzProcess


def test_it_gets_nothing_of_the_environment_that_it_does_not_need(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DEPLOY_TOKEN", "a secret of the pipeline")
    monkeypatch.setenv("HTTPS_PROXY", "http://name:password@proxy.example")

    process = FuzzProcess(seconds=30, watch=lambda: None)
    try:
        given = psutil.Process(process.pid).environ()
        assert {"DEPLOY_TOKEN", "HTTPS_PROXY"}.isdisjoint(given)
        assert given["PATH"] == os.environ["PATH"]
        assert Path(given["HOME"]) != Path.home()
        # It runs by that: it waits for an order, and ends where there is none.
        assert psutil.pid_exists(process.pid)
    finally:
        process.end()
