"""Scenarios in files: TOML that people write, with tables of data in csv files beside it."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from enum import Enum
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from desktop_app.config.resources import resource
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.load.data_sets import DataSetProblem, from_csv
from desktop_app.core.load.scenario import SCHEMA, RowOrder, Scenario, Step
from desktop_app.core.text_encoding import decoded
from desktop_app.engines.validation.suite_rules import strays
from desktop_app.services.local_files import unreadable
from desktop_app.services.report_document import write_text

LARGEST = 64 * 1024 * 1024
STANDARD = "standard"


def shipped() -> tuple[Path, ...]:
    """The scenarios of this program; the standard one first."""
    found = sorted(resource("scenarios").glob("*.toml"))
    return tuple(sorted(found, key=lambda path: path.stem != STANDARD))


def read_scenario(path: Path) -> Scenario:
    """A scenario, every name and type checked; ``LocalFailure`` says where it is wrong.

    A data set with ``file`` is read from that csv beside it (UTF-8 or CP949).
    """
    try:
        if path.stat().st_size > LARGEST:
            raise unusable(path, "too large")
        return parsed(path.read_text(encoding="utf-8-sig"), path.parent)
    except OSError as error:
        raise unreadable(path, error) from error
    except UnicodeDecodeError as error:
        raise unusable(path, str(error)) from error
    except ScenarioProblem as problem:
        raise unusable(path, str(problem)) from problem


class ScenarioProblem(ValueError):
    """A text that is no scenario; says where and why."""


def parsed(text: str, folder: Path) -> Scenario:
    """The scenario of a TOML text; csv files are looked for in ``folder``.

    Raises ``ScenarioProblem``.
    """
    try:
        found: dict[str, Any] = tomllib.loads(text)
        found["data"] = [_table(entry, folder) for entry in found.get("data", ())]
        if stray := next(strays(found, Scenario, "the scenario"), ""):
            raise ScenarioProblem(stray)
        scenario = msgspec.convert(found, Scenario)
    except (tomllib.TOMLDecodeError, msgspec.ValidationError, DataSetProblem, OSError) as error:
        raise ScenarioProblem(str(error)) from error
    if scenario.schema != SCHEMA:
        raise ScenarioProblem(f"schema {scenario.schema} (this program reads {SCHEMA})")
    return scenario


def write_scenario(scenario: Scenario, path: Path) -> None:
    """Write a scenario as TOML; raises ``LocalFailure``."""
    write_text(path, as_toml(scenario))


def as_toml(scenario: Scenario) -> str:
    """A scenario as the TOML that ``parsed`` reads back as the same."""
    plain = _plain(scenario)
    assert isinstance(plain, dict)
    return tomli_w.dumps(plain, multiline_strings=False)


def _table(entry: Any, folder: Path) -> Any:
    if not isinstance(entry, dict) or "file" not in entry:
        return entry
    name = str(entry["file"])
    if Path(name).name != name:
        raise ScenarioProblem(f"{name}: a csv file lies beside its scenario")
    path = folder / name
    if path.stat().st_size > LARGEST:
        raise ScenarioProblem(f"{name}: too large")
    read = from_csv(str(entry.get("name", path.stem)), _text_of(path))
    return {**_plain(read, whole=True), "order": entry.get("order", RowOrder.IN_TURN)}


def _text_of(path: Path) -> str:
    found = decoded(path.read_bytes(), whole=True)
    if found is None:
        raise ScenarioProblem(f"{path.name}: neither UTF-8 nor CP949")
    return found.text


def _plain(value: Any, *, whole: bool = False) -> Any:
    """Dataclasses as dictionaries, without what is as it would be anyway (unless ``whole``)."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, Step) and _holds_null(value.json):
        # TOML knows no null: the document is written as the text that is sent.
        headers = {"Content-Type": "application/json", **value.headers}
        text = json.dumps(value.json, ensure_ascii=False)
        value = replace(value, json=None, body=text, headers=headers)
    if is_dataclass(value) and not isinstance(value, type):
        kept = {}
        for field in fields(value):
            there = getattr(value, field.name)
            plain = _plain(there, whole=whole)
            if plain is not None and (
                whole or plain not in _NEXT_TO_NOTHING or _is_said(there, field)
            ):
                kept[field.name] = plain
        return kept
    if isinstance(value, Mapping):
        return {str(key): _plain(inner, whole=whole) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner, whole=whole) for inner in value]
    return value


_NEXT_TO_NOTHING: tuple[Any, ...] = ("", [], {}, 0.0)


def _is_said(value: Any, field: Field[Any]) -> bool:
    """Whether a field is not as it would be anyway."""
    default = field.default if field.default_factory is MISSING else field.default_factory()
    return default is MISSING or type(value) is not type(default) or bool(value != default)


def _holds_null(document: Any) -> bool:
    if isinstance(document, Mapping):
        return any(inner is None or _holds_null(inner) for inner in document.values())
    if isinstance(document, list | tuple):
        return any(inner is None or _holds_null(inner) for inner in document)
    return False


def unusable(path: Path, reason: str) -> LocalFailure:
    """The failure to raise where a file holds no scenario."""
    return LocalFailure(
        what=N_("The scenario “{file}” cannot be used: {reason}."),
        advice=N_("Compare it with a scenario that ships with the program."),
        file=path.name,
        reason=reason,
    )
