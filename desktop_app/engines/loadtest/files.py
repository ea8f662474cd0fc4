"""Scenarios and results in files: TOML that people write, JSON that is kept."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import msgspec

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.load.checking import check_scenario
from desktop_app.core.load.data_sets import DataSetProblem, from_csv
from desktop_app.core.load.result import FORMAT, LoadResult
from desktop_app.core.load.scenario import SCHEMA, DataSet, RowOrder, Scenario

LARGEST = 16 * 1024 * 1024
_LARGEST_RESULT = 512 * 1024 * 1024


class _CsvTable(msgspec.Struct, forbid_unknown_fields=True):
    """A data set as scenario files name it: ``[[data]] name = "people"  csv = "people.csv"``."""

    name: str
    csv: str
    order: RowOrder = RowOrder.IN_TURN


def read_scenario(path: Path) -> Scenario:
    """The scenario of a TOML file, csv files of its folder included; raises ``LocalFailure``.

    Every name and type is checked, and what ``check_scenario`` finds.
    """
    try:
        given = tomllib.loads(_text(path))
        given["data"] = [_table(path.parent, table) for table in given.get("data", [])]
        scenario = msgspec.convert(given, Scenario)
    except (OSError, ValueError, TypeError, msgspec.ValidationError) as error:
        raise _unusable(path, str(error)) from error
    if scenario.schema != SCHEMA:
        raise _unusable(path, f"schema {scenario.schema} (this program reads {SCHEMA})")
    if problems := check_scenario(scenario):
        raise _unusable(path, f"{problems[0].field}: {problems[0].text()}")
    return scenario


def _text(path: Path) -> str:
    if path.stat().st_size > LARGEST:
        raise ValueError("too large")
    return path.read_text(encoding="utf-8-sig")


def _table(folder: Path, given: dict[str, Any]) -> DataSet:
    if "csv" not in given:
        return msgspec.convert(given, DataSet)
    table = msgspec.convert(given, _CsvTable)
    # A scenario from elsewhere must not read other files of this computer.
    file = (folder / table.csv).resolve()
    if not file.is_relative_to(folder.resolve()):
        raise DataSetProblem(f"{table.csv}: not in the scenario's folder")
    return from_csv(table.name, _text(file), table.order)


def write_scenario(scenario: Scenario) -> str:
    """A scenario as TOML that ``read_scenario`` reads (its tables within it)."""
    return _toml(msgspec.to_builtins(scenario))


def result_json(result: LoadResult) -> bytes:
    """A result as JSON, histograms in base64. Holds no secret."""
    return msgspec.json.encode(result)


def result_of_json(data: bytes) -> LoadResult:
    """A result from its JSON; raises ``msgspec.ValidationError``, ``msgspec.DecodeError``."""
    return msgspec.json.decode(data, type=LoadResult)


def write_result(result: LoadResult, path: Path) -> None:
    """Keep a result; raises ``OSError``."""
    path.write_bytes(result_json(result))


def read_result(path: Path) -> LoadResult:
    """A kept result; raises ``LocalFailure``."""
    try:
        if path.stat().st_size > _LARGEST_RESULT:
            raise _unreadable(path, "too large")
        result = result_of_json(path.read_bytes())
    except (OSError, msgspec.MsgspecError) as error:
        raise _unreadable(path, str(error)) from error
    if result.format != FORMAT:
        raise _unreadable(path, f"format {result.format} (this program reads {FORMAT})")
    return result


def _unusable(path: Path, reason: str) -> LocalFailure:
    return LocalFailure(
        what=N_("The scenario “{file}” cannot be used: {reason}."),
        advice=N_("Compare it with one that the program wrote."),
        file=path.name,
        reason=reason,
    )


def _unreadable(path: Path, reason: str) -> LocalFailure:
    return LocalFailure(
        what=N_("The load run “{file}” cannot be read: {reason}."),
        advice=N_("Choose a file that this program wrote."),
        file=path.name,
        reason=reason,
    )


# -- writing TOML --------------------------------------------------------------------------------


def _toml(document: dict[str, Any]) -> str:
    """A document of tables as TOML: values first, then tables of it and lists of tables."""
    lines = [
        f"{_key(key)} = {_value(value)}"
        for key, value in document.items()
        if value not in (None, "", {}, [])
    ]
    return "\n".join(lines) + "\n"


def _key(key: str) -> str:
    return key if key.replace("_", "").replace("-", "").isalnum() and key.isascii() else _value(key)


def _value(value: Any) -> str:
    if isinstance(value, dict):
        inside = ", ".join(
            f"{_key(key)} = {_value(inner)}" for key, inner in value.items() if inner is not None
        )
        return f"{{{inside}}}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(_value(inner) for inner in value)}]"
    return msgspec.json.encode(value).decode()
