"""The real window uploads and downloads one large file; prints what it measured as JSON.

usage: python -m tests.bench.transfer_probe FOLDER MEGABYTES
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import psutil

from desktop_app.api.client import ApiClient
from desktop_app.ui.files.transfers import State
from desktop_app.ui.files.upload_dialog import UploadDialog
from desktop_app.ui.tabs.files import FilesTab
from tests.bench import million
from tests.bench.window_probe import LONG_S, Probe

_MB = 1_000_000
_LOOK_EVERY_S = 0.05


class Watch:
    """Looks from a thread: the largest memory of each process, and how long answers take."""

    def __init__(self, processes: dict[str, psutil.Process], api: ApiClient) -> None:
        self._processes, self._api = processes, api
        self._stop = threading.Event()
        self.before = {name: p.memory_info().rss for name, p in processes.items()}
        self.largest = dict(self.before)
        self.answers_ms: list[float] = []

    def look(self) -> None:
        """Look again and again until ``end``."""
        while not self._stop.wait(_LOOK_EVERY_S):
            for name, process in self._processes.items():
                self.largest[name] = max(self.largest[name], process.memory_info().rss)
            started = time.perf_counter()
            self._api.health.summary()
            self.answers_ms.append((time.perf_counter() - started) * 1000)

    def end(self) -> None:
        """Look no more."""
        self._stop.set()

    def growth_mb(self, name: str) -> float:
        """By how much a process grew at the most."""
        return (self.largest[name] - self.before[name]) / _MB


class TransferProbe:
    """One console whose tab of files sends a file and fetches it back."""

    def __init__(self, folder: Path) -> None:
        self.probe = Probe(folder)
        self.folder = folder
        served = self.probe.start()
        self.keeper, self.api = million.sign_in(served)
        self.probe.sign_in(served)
        self.probe.open_every_tab()
        tab = self.probe.play.records("files")
        assert isinstance(tab, FilesTab)
        self.tab = tab
        link = self.probe.console.parts.workspace
        info = link.last.info if link.last is not None else None
        assert info is not None
        server = psutil.Process(info.pids["api"])
        self.processes = {"console": psutil.Process(), "server": server}

    def run(self, megabytes: int) -> None:
        """Up, then down; both as a person does it."""
        path = self.folder / "large.bin"
        _write(path, megabytes)
        self._transfer("warming up", self._upload(_write(self.folder / "small.bin", 9)))
        del self.probe.measured["warming up"]
        self._transfer("upload", self._upload(path))
        self.probe.stage.wait(lambda: not self.tab.table.busy, "the list")
        file = next(f for f in self.tab.table.model.items if f.size == megabytes * _MB)
        back = self.folder / "back.bin"
        self._transfer("download", lambda: self.tab.transfers.download(file, back))
        if back.read_bytes() != path.read_bytes():
            raise RuntimeError("what came back is not what was sent")

    def close(self) -> None:
        """Close as a person does."""
        self.keeper.sign_out()
        self.probe.close()

    def _upload(self, path: Path) -> Callable[[], object]:
        def begin() -> None:
            self.tab.offer([path])
            dialog = self.tab.findChild(UploadDialog)
            assert dialog is not None
            dialog.upload_button.click()

        return begin

    def _transfer(self, name: str, begin: Callable[[], object]) -> None:
        gc.collect()
        transfers = self.tab.transfers
        with self._watching() as watch, self.probe.phase(name):
            started = time.perf_counter()
            begin()
            self.probe.stage.wait(lambda: not transfers.busy, name, LONG_S)
            seconds = time.perf_counter() - started
        if transfers.all[-1].state is not State.DONE:
            raise RuntimeError(f"{name}: {transfers.all[-1].note}")
        self.probe.measured[name] |= {
            "seconds": seconds,
            "console_mb": watch.growth_mb("console"),
            "server_mb": watch.growth_mb("server"),
            "answers_ms": watch.answers_ms,
        }

    @contextmanager
    def _watching(self) -> Iterator[Watch]:
        watch = Watch(self.processes, self.api)
        with ThreadPoolExecutor(1) as pool:
            looking = pool.submit(watch.look)
            try:
                yield watch
            finally:
                watch.end()
                looking.result()


def _write(path: Path, megabytes: int) -> Path:
    with path.open("wb") as file:
        for _ in range(megabytes):
            file.write(os.urandom(_MB))
    return path


def main(folder: Path, megabytes: int) -> None:
    """Measure everything and print it."""
    probe = TransferProbe(folder)
    probe.run(megabytes)
    probe.close()
    sys.stdout.write(json.dumps(probe.probe.measured) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
