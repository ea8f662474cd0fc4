"""Problems of rows in words that name what stands in the cell."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.core.fields import Field
from desktop_app.core.language import _
from desktop_app.core.problems import Problem
from desktop_app.services.mapping import text_of
from desktop_app.services.sheet import Cell

_LONGEST = 60


def problem_of_row(problem: Problem, fields: Mapping[str, Field], cell: Cell) -> str:
    """``problem`` with the name of its field (from ``fields``, by key).

    ``cell`` is what stands there.
    """
    field = fields.get(problem.field)
    if field is None:
        return problem.text()
    text = problem_of_cell(problem, field, cell)
    return _("{field}: {problem}").format(field=_(field.label), problem=text)


def problem_of_cell(problem: Problem, field: Field, cell: Cell) -> str:
    """``problem`` alone; a value that is not known is named, with those that are."""
    value = text_of(cell).strip()
    if len(value) > _LONGEST:
        value = f"{value[: _LONGEST - 1]}…"
    if value and problem.code == "choice":
        choices = ", ".join(_(choice.label) for choice in field.choices)
        return _("“{value}” is none of {choices}.").format(value=value, choices=choices)
    if value and problem.code == "reference_unknown":
        return _("There is no “{value}”.").format(value=value)
    return problem.text()
