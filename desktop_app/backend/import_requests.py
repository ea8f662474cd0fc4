"""What an import request says, read strictly."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from desktop_app.backend.problem_details import broken_rule, broken_rules
from desktop_app.core.imports import ROWS_PER_REQUEST, ImportRow
from desktop_app.core.problems import Problem

_LAST_ROW = 10_000_000
_LONGEST_NAME = 255
_KEYS = frozenset({"import_id", "file_name", "update_existing", "issue_passwords", "rows"})


@dataclass(frozen=True, slots=True)
class ImportRequest:
    """One chunk of an import: at most ``ROWS_PER_REQUEST`` rows of the file."""

    import_id: str
    file_name: str
    update_existing: bool
    issue_passwords: bool
    rows: tuple[ImportRow, ...]


def read_import(body: dict[str, Any]) -> ImportRequest:
    """``body`` as a request; raises 422."""
    problems = [Problem(field=key[:100], code="unknown_field") for key in body if key not in _KEYS]
    import_id, file_name = body.get("import_id"), body.get("file_name")
    if not _is_uuid(import_id):
        problems.append(Problem(field="import_id", code="type"))
    if not isinstance(file_name, str) or not 0 < len(file_name) <= _LONGEST_NAME:
        problems.append(Problem(field="file_name", code="type"))
    problems += [
        Problem(field=key, code="type")
        for key in ("update_existing", "issue_passwords")
        if not isinstance(body.get(key, False), bool)
    ]
    rows = body.get("rows")
    if not isinstance(rows, list):
        problems.append(Problem(field="rows", code="type"))
    if problems or not isinstance(rows, list):
        raise broken_rules(problems)
    return ImportRequest(
        str(uuid.UUID(import_id)),
        str(file_name),
        body.get("update_existing", False),
        body.get("issue_passwords", False),
        _rows(rows),
    )


def _rows(rows: list[Any]) -> tuple[ImportRow, ...]:
    if len(rows) > ROWS_PER_REQUEST:
        raise broken_rule("rows", "too_large", maximum=ROWS_PER_REQUEST)
    read = tuple(_row(place, row) for place, row in enumerate(rows))
    numbers = {row.row for row in read}
    if len(numbers) != len(read):
        raise broken_rule("rows", "duplicate")
    return read


def _row(place: int, row: Any) -> ImportRow:
    where = f"rows.{place}"
    if not isinstance(row, dict) or set(row) != {"row", "values"}:
        raise broken_rule(where, "type")
    number, values = row["row"], row["values"]
    if isinstance(number, bool) or not isinstance(number, int) or not 0 <= number <= _LAST_ROW:
        raise broken_rule(f"{where}.row", "type")
    if not isinstance(values, dict) or not _scalars(values.values()):
        raise broken_rule(f"{where}.values", "type")
    return ImportRow(row=number, values=values)


def _scalars(values: Iterable[Any]) -> bool:
    return all(value is None or isinstance(value, (str, int, float, bool)) for value in values)


def _is_uuid(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        uuid.UUID(value)
    except ValueError:
        return False
    return True
