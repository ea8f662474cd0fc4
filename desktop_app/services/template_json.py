"""Templates as JSON: a versioned format of our own, readable and complete."""

from __future__ import annotations

import codecs
import contextlib
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, NoReturn

from desktop_app.config.json_file import replace_file
from desktop_app.core.errors import LocalFailure
from desktop_app.core.fields import normalised
from desktop_app.core.language import N_
from desktop_app.core.problems import Problem
from desktop_app.core.templates import CRITERION_FIELDS, TEMPLATE_FIELDS, Template
from desktop_app.services.local_files import unwritable
from desktop_app.services.template_files import (
    MOST_TEMPLATES,
    TEMPLATE_KEYS,
    FoundTemplate,
    Place,
    Reading,
)

FORMAT = "evalconsole.templates"
VERSION = 1
_ENCODINGS = ("utf-8-sig", "cp949")
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_FIELDS = {field.key: field for field in (*TEMPLATE_FIELDS, *CRITERION_FIELDS)}


def write(path: Path, templates: Sequence[Template]) -> None:
    """Write the file whole or not at all; raises ``LocalFailure``."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        "templates": [_plain(template) for template in templates],
    }
    temporary = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        text = json.dumps(content, ensure_ascii=False, indent=2, allow_nan=False)
        temporary.write_text(text + "\n", encoding="utf-8", newline="\n")
        replace_file(temporary, path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise unwritable(path, error) from error


def read(path: Path) -> tuple[FoundTemplate, ...]:
    """Every template in the file; raises ``LocalFailure``, ``OSError``."""
    content = _parsed(path)
    if isinstance(content, Mapping) and "criteria" in content:
        content = {"templates": [content]}
    if not isinstance(content, Mapping) or not isinstance(content.get("templates"), list):
        _refuse(path, N_("“{file}” holds no templates."))
    version = content.get("version", VERSION)
    if not isinstance(version, int) or version > VERSION:
        raise LocalFailure(
            what=N_("“{file}” was written by a newer version of this program."),
            advice=N_("Export it there as an Excel workbook, or install the newer version."),
            file=path.name,
        )
    if len(content["templates"]) > MOST_TEMPLATES:
        raise LocalFailure(
            what=N_("“{file}” holds too many templates: at most {maximum}."),
            advice=N_("Split it into several files."),
            file=path.name,
            maximum=MOST_TEMPLATES,
        )
    return tuple(
        _found(template, number) for number, template in enumerate(content["templates"], start=1)
    )


def _plain(template: Template) -> dict[str, Any]:
    values = {key: getattr(template, key) for key in TEMPLATE_KEYS}
    criteria = [asdict(criterion) for criterion in template.criteria]
    # For people who read the file; an import asks anew for which company the template is.
    origin = {"company_name": template.company_name, "revision": template.revision}
    return {**values, **origin, "criteria": criteria}


def _parsed(path: Path) -> Any:
    text = _text(path)
    try:
        return json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise LocalFailure(
            what=N_("“{file}” is neither an Excel workbook nor JSON: {reason}."),
            advice=N_("Choose a file that was exported here."),
            file=path.name,
            reason=str(error),
        ) from error


def _text(path: Path) -> str:
    content = path.read_bytes()
    encodings = ("utf-16",) if content.startswith(_UTF16) else _ENCODINGS
    text: str | None = None
    for encoding in encodings:
        with contextlib.suppress(UnicodeDecodeError):
            text = text if text is not None else content.decode(encoding)
    if text is None:
        _refuse(path, N_("“{file}” is no text in an encoding that is known here."))
    return text


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number")


def _refuse(path: Path, what: str) -> NoReturn:
    advice = N_("Choose a file that was exported here.")
    raise LocalFailure(what=what, advice=advice, file=path.name)


def _found(template: Any, number: int) -> FoundTemplate:
    if not isinstance(template, Mapping):
        reading = Reading(sheet=str(number))
        reading.problems.append(("", Problem(field="", code="type")))
        return reading.found()
    name = template.get("name")
    reading = Reading(sheet=name if isinstance(name, str) and name.strip() else str(number))
    reading.values = {key: _value(key, template.get(key)) for key in TEMPLATE_KEYS}
    criteria = template.get("criteria")
    entries = criteria if isinstance(criteria, list) else []
    for place, entry in enumerate(entries):
        reading.places[f"criteria.{place}"] = Place(row=place + 1)
        if isinstance(entry, Mapping):
            known = {key: _value(key, entry[key]) for key in ("id", *_CRITERION) if key in entry}
            reading.criteria.append(known)
        else:
            reading.criteria.append(entry)
    return reading.found()


_CRITERION = tuple(field.key for field in CRITERION_FIELDS)


def _value(key: str, value: Any) -> Any:
    return normalised(_FIELDS[key], value) if key in _FIELDS else value
