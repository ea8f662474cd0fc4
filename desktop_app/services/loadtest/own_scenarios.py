"""Scenarios as texts to be looked at and changed; those changed are the user's own."""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.language import _, ngettext
from desktop_app.core.load.scenario import Scenario
from desktop_app.services.loadtest.recording import Recording
from desktop_app.services.loadtest.scenario_check import Checked, checked
from desktop_app.services.loadtest.scenario_files import LARGEST, as_toml, unusable
from desktop_app.services.local_files import unreadable
from desktop_app.services.report_document import write_text

SUFFIX = ".toml"
_FORBIDDEN = frozenset('\\/:*?"<>|')
_LONGEST = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioText:
    """A scenario's text, read. ``path`` None: it is not in a file yet.

    ``left_out`` counts what a recording had and the scenario has not, by reason (a message id).
    """

    name: str
    text: str
    checked: Checked
    folder: Path
    path: Path | None = None
    left_out: tuple[tuple[str, int], ...] = ()

    @property
    def scenario(self) -> Scenario | None:
        """The scenario where it can be run."""
        return self.checked.scenario if self.checked.sound else None


def open_scenario(path: Path) -> ScenarioText:
    """A scenario's file; raises ``LocalFailure`` where it is no text at all."""
    try:
        if path.stat().st_size > LARGEST:
            raise unusable(path, "too large")
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise unusable(path, str(error)) from error
    return ScenarioText(
        name=path.stem,
        text=text,
        checked=checked(text, path.parent),
        folder=path.parent,
        path=path,
    )


def of_recording(recording: Recording, folder: Path) -> ScenarioText:
    """What was recorded, as a text to be looked through and kept in ``folder``."""
    text = as_toml(recording.scenario)
    return ScenarioText(
        name=file_name(recording.scenario.name),
        text=text,
        checked=checked(text, folder),
        folder=folder,
        left_out=tuple(recording.left_out.items()),
    )


def left_out_text(left_out: Iterable[tuple[str, int]]) -> str:
    """How many requests of a recording its scenario has not, and why."""
    counts = tuple(left_out)
    total = sum(count for _reason, count in counts)
    said = ngettext("{n} request was left out: {why}", "{n} requests were left out: {why}", total)
    why = ", ".join(f"{_(reason)} ({count:,})" for reason, count in counts)
    return said.format(n=f"{total:,}", why=why)


def file_name(name: str) -> str:
    """``name`` as a file can be called on any system, without ending."""
    kept = "".join("-" if c in _FORBIDDEN or not c.isprintable() else c for c in name)
    return kept.strip(" .")[:_LONGEST].strip(" .")


def save_scenario(text: str, name: str, folder: Path, beside: Path) -> Path:
    """Keep a text in ``folder``, with the tables of ``beside`` that it reads; its path.

    Raises ``LocalFailure``.
    """
    path = folder / f"{file_name(name)}{SUFFIX}"
    write_text(path, text)
    if beside == folder:
        return path
    try:
        for table in _tables(text):
            source, goal = beside / table, folder / table
            if Path(table).name == table and source.is_file() and not goal.exists():
                shutil.copyfile(source, goal)
    except OSError as error:
        raise unusable(path, error.strerror or str(error)) from error
    return path


def _tables(text: str) -> list[str]:
    found = tomllib.loads(text).get("data", ())
    return [str(entry["file"]) for entry in found if isinstance(entry, dict) and "file" in entry]
