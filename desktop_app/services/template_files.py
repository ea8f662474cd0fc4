"""Templates in files: written to and read from Excel workbooks and JSON, every problem placed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from desktop_app.core.criteria_draft import new_id
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_, _
from desktop_app.core.problems import Problem
from desktop_app.core.tasks import TaskContext
from desktop_app.core.templates import CRITERION_FIELDS, TEMPLATE_FIELDS, Template, check_template

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 100 * 1024 * 1024
MOST_TEMPLATES = 200
SUFFIXES = ("xlsx", "json")
TEMPLATE_KEYS = tuple(f.key for f in TEMPLATE_FIELDS if f.key != "company_id")
_TEMPLATE_LABELS = {f.key: f.label for f in TEMPLATE_FIELDS} | {"criteria": N_("Criteria")}
_CRITERION_LABELS = {f.key: f.label for f in CRITERION_FIELDS}
_DEFAULTS = {f.key: f.default for f in CRITERION_FIELDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedProblem:
    """A problem and where it is: in a cell of a workbook, or in a criterion of a JSON file.

    ``sheet`` is the sheet or the template; ``row`` the row of the sheet or the number of the
    criterion, None for the whole; ``column`` the column's letter, empty in JSON; ``heading`` what
    the column or field is called.
    """

    sheet: str
    row: int | None = None
    column: str = ""
    heading: str = ""
    problem: Problem

    def text(self) -> str:
        """The problem and its place in words, in the language in use."""
        return _("{place}: {problem}").format(place=self.place(), problem=self.problem.text())

    def place(self) -> str:
        """Where it is, in words."""
        parts = {"sheet": self.sheet, "row": self.row, "column": self.column, "name": self.heading}
        if self.row is not None and self.column:
            text = _("“{sheet}”, row {row}, column {column} ({name})")
        elif self.row is not None and self.heading:
            text = _("“{sheet}”, no. {row}, {name}")
        elif self.row is not None:
            text = _("“{sheet}”, row {row}")
        elif self.heading:
            text = _("“{sheet}”, {name}")
        else:
            text = _("“{sheet}”")
        return text.format(**parts)


@dataclass(frozen=True, slots=True)
class Place:
    """Where values were read: ``row`` and ``column`` as in ``PlacedProblem``."""

    row: int | None = None
    column: str = ""
    heading: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundTemplate:
    """A template read from a file. ``values`` are flat, ``criteria`` a list of mappings.

    A value that is wrong stays in ``values`` as it was found. ``note`` (translated) says what was
    understood otherwise than it stands there.
    """

    sheet: str
    values: dict[str, Any]
    problems: tuple[PlacedProblem, ...] = ()
    note: str = ""

    @property
    def name(self) -> str:
        """What it is called, or where it is."""
        return str(self.values.get("name") or self.sheet)


@dataclass(kw_only=True)
class Reading:
    """One template on its way in: a reader fills it, ``found`` judges it.

    ``places`` says where fields were read: by key, and for criteria by ``criteria.2.weight`` or
    ``criteria.2``.
    """

    sheet: str
    values: dict[str, Any] = field(default_factory=dict)
    criteria: list[Any] = field(default_factory=list)
    places: dict[str, Place] = field(default_factory=dict)
    problems: list[tuple[str, Problem]] = field(default_factory=list)
    note: str = ""

    def found(self) -> FoundTemplate:
        """The template with all its problems, each at its place; ids are made where missing."""
        criteria = _with_ids(self.criteria)
        values = {**dict.fromkeys(TEMPLATE_KEYS), **self.values, "criteria": criteria}
        told = {field for field, _problem in self.problems}
        rules = [(p.field, p) for p in check_template(values) if not _covered(p.field, told)]
        return FoundTemplate(
            sheet=self.sheet,
            values=values,
            problems=tuple(self._placed(at, problem) for at, problem in (*self.problems, *rules)),
            note=self.note,
        )

    def _placed(self, at: str, problem: Problem) -> PlacedProblem:
        labels = _CRITERION_LABELS if "." in at else _TEMPLATE_LABELS
        heading = _(labels.get(at.rsplit(".", 1)[-1], N_("Criterion") if "." in at else ""))
        whole = at.rsplit(".", 1)[0] if at.count(".") > 1 else ""
        place = self.places.get(at) or self.places.get(whole) or Place()
        return PlacedProblem(
            sheet=self.sheet,
            row=place.row,
            column=place.column,
            heading=place.heading or heading,
            problem=problem,
        )


def _covered(field_key: str, told: set[str]) -> bool:
    """Whether a problem was told already: of the field, or of its whole column."""
    return field_key in told or f"column.{field_key.rsplit('.', 1)[-1]}" in told


def _with_ids(criteria: Sequence[Any]) -> list[Any]:
    """Criteria with ids all different: a row copied in a spreadsheet brings its id along."""
    seen: set[str] = set()
    made: list[Any] = []
    for criterion in criteria:
        if not isinstance(criterion, Mapping):
            made.append(criterion)
            continue
        id_ = criterion.get("id")
        if not isinstance(id_, str) or not 0 < len(id_) <= 64 or id_ in seen:
            id_ = new_id()
        seen.add(id_)
        given = {key: value for key, value in criterion.items() if value is not None}
        made.append({**_DEFAULTS, **given, "id": id_})
    return made


def read_templates(path: Path, context: TaskContext) -> tuple[FoundTemplate, ...]:
    """Every template in a file, known by its content: an Excel workbook, else JSON.

    Of a workbook each sheet with a table of criteria is one. Raises ``LocalFailure`` where there
    is none or the file cannot be read, ``Cancelled``.
    """
    from desktop_app.services import sheet_xlsx, template_json, template_xlsx

    try:
        if path.stat().st_size > MOST_BYTES:
            raise LocalFailure(
                what=N_("“{file}” is too large: at most {size} MB."),
                advice=N_("Split it into several files."),
                file=path.name,
                size=MOST_BYTES // 1024 // 1024,
            )
        workbook = sheet_xlsx.is_workbook(path)
        found = template_xlsx.read(path, context) if workbook else template_json.read(path)
    except OSError as error:
        raise LocalFailure(
            what=N_("“{file}” cannot be read: {reason}."),
            advice=N_("If it is open in another program, close it there."),
            file=path.name,
            reason=error.strerror or str(error),
        ) from error
    if not found:
        raise LocalFailure(
            what=N_("“{file}” holds no template."),
            advice=N_("A sheet needs a table with the headings “Criterion” and “Weight”."),
            file=path.name,
        )
    return found


def write_templates(path: Path, templates: Sequence[Template], context: TaskContext) -> None:
    """Write ``templates`` to ``path``, by its suffix .json or else .xlsx, whole or not at all.

    Raises ``LocalFailure``, ``Cancelled``.
    """
    from desktop_app.services import template_json, template_xlsx

    context.check()
    if path.suffix.lower() == ".json":
        template_json.write(path, templates)
    else:
        template_xlsx.write(path, templates)
