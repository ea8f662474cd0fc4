"""Templates: their criteria, their revisions, and the rules of both (SYSTEM.md §2)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

from desktop_app.core.fields import Field, Kind, check_fields, check_value, normalised
from desktop_app.core.language import N_
from desktop_app.core.problems import Problem

_CRITERION_ID = re.compile(r"[\w-]{1,64}")
_MOST_UNKNOWN = 20
"""Unknown names told of one criterion: an answer must not be many times what was sent."""
_MOST_STEPS = 1_000_000
_EXACT_DIGITS = 1_000
"""More than the digits of any sum of binary floating-point numbers: their range is 2^±1074."""
WHOLE_WEIGHT = Decimal(100)
MOST_CRITERIA = 200
HIGHEST_SCORE = 10_000
STEPS = (1, 0.5, 0.25, 0.1)
"""How finely a criterion may be scored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Criterion:
    """One criterion of a template: scored from 0 to ``max_score`` in multiples of ``step``.

    ``id`` stays the same from revision to revision, so that differences can be told by criterion.
    ``weight`` is in percent of the total; all weights of a template sum to exactly 100.
    """

    id: str
    name: str
    description: str | None = None
    weight: float
    max_score: float = 100
    step: float = 1
    guide: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A template as the API gives it, at its newest revision unless another one was asked for.

    A template without a company is shared: every company may use it, only administrators change
    it. ``in_use`` says whether this revision is bound by a project or a sheet: saving a change
    then makes a new revision. ``company_name`` is joined by the server.
    """

    id: str
    name: str
    description: str | None = None
    company_id: str | None = None
    company_name: str | None = None
    category: str | None = None
    criteria: tuple[Criterion, ...] = ()
    is_active: bool = True
    created_by: str | None = None
    revision: int = 1
    in_use: bool = False
    version: int = 1
    created_at: datetime | None = None
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateRevision:
    """One revision of a template as it was kept; ``uses`` counts the sheets bound to it."""

    template_id: str
    revision: int
    name: str
    description: str | None = None
    category: str | None = None
    criteria: tuple[Criterion, ...] = ()
    saved_by: str | None = None
    saved_by_name: str | None = None
    saved_at: datetime | None = None
    uses: int = 0


TEMPLATE_FIELDS: tuple[Field, ...] = (
    Field(
        key="name",
        kind=Kind.TEXT,
        label=N_("Template name"),
        required=True,
        max_length=200,
        aliases=("name", "template", "template name", "템플릿", "템플릿명", "템플릿 이름"),
    ),
    Field(
        key="category",
        kind=Kind.TEXT,
        label=N_("Category"),
        max_length=100,
        aliases=("category", "분류", "카테고리"),
    ),
    Field(
        key="company_id",
        kind=Kind.REFERENCE,
        label=N_("Company"),
        hint=N_("Empty: shared with every company."),
        reference="companies",
        aliases=("company", "company_id", "회사", "회사명"),
    ),
    Field(
        key="description",
        kind=Kind.MULTILINE,
        label=N_("Description"),
        max_length=2_000,
        aliases=("description", "설명", "비고"),
    ),
)
"""The fields beside ``criteria``, which are a list and have an editor of their own."""

CRITERION_FIELDS: tuple[Field, ...] = (
    Field(
        key="name",
        kind=Kind.TEXT,
        label=N_("Criterion"),
        required=True,
        max_length=200,
        aliases=("criterion", "name", "항목", "평가항목", "평가 항목", "항목명"),
    ),
    Field(
        key="weight",
        kind=Kind.DECIMAL,
        label=N_("Weight"),
        required=True,
        minimum=0,
        maximum=100,
        aliases=("weight", "가중치", "배점 비율", "비중"),
    ),
    Field(
        key="max_score",
        kind=Kind.DECIMAL,
        label=N_("Highest score"),
        required=True,
        minimum=0,
        maximum=HIGHEST_SCORE,
        default=100,
        aliases=("max_score", "max score", "만점", "최고점", "배점"),
    ),
    Field(
        key="step",
        kind=Kind.DECIMAL,
        label=N_("Step"),
        required=True,
        minimum=0,
        maximum=HIGHEST_SCORE,
        default=1,
        aliases=("step", "단위", "점수 단위"),
    ),
    Field(
        key="description",
        kind=Kind.MULTILINE,
        label=N_("Description"),
        max_length=2_000,
        aliases=("description", "설명"),
    ),
    Field(
        key="guide",
        kind=Kind.MULTILINE,
        label=N_("Guide"),
        hint=N_("Shown beside the criterion while it is scored."),
        max_length=4_000,
        aliases=("guide", "평가 기준", "가이드", "기준", "채점 기준"),
    ),
)


def exact(number: float) -> Decimal:
    """``number`` as a person wrote it: 33.3 is 33.3, not the nearest binary fraction."""
    return Decimal(str(number))


def weight_sum(weights: Sequence[float]) -> Decimal:
    """The exact sum of weights, in percent."""
    with localcontext() as context:
        context.prec = _EXACT_DIGITS
        return sum((exact(weight) for weight in weights), Decimal(0))


def check_criteria(criteria: Any) -> tuple[Problem, ...]:
    """All problems of a template's criteria, given as plain mappings (parsed JSON).

    Fields are named ``criteria.2.weight``, places counted from 0; the whole list is ``criteria``.
    """

    def problem(field: str, code: str, **params: Any) -> Problem:
        return Problem(field=field, code=code, params=params)

    if not isinstance(criteria, list | tuple):
        return (problem("criteria", "type"),)
    if not criteria:
        return (problem("criteria", "criteria_needed"),)
    if len(criteria) > MOST_CRITERIA:
        return (problem("criteria", "too_many", maximum=MOST_CRITERIA),)
    found: list[Problem] = []
    for place, criterion in enumerate(criteria):
        found += _check_criterion(f"criteria.{place}", criterion)
    if found:
        return tuple(found)
    for key in ("id", "name"):
        values = [criterion[key] for criterion in criteria]
        found += [
            problem(f"criteria.{place}.{key}", "duplicate")
            for place, value in enumerate(values)
            if values.index(value) != place
        ]
    total = weight_sum([criterion["weight"] for criterion in criteria])
    if total != WHOLE_WEIGHT:
        found.append(problem("criteria", "weights_not_100", total=f"{total.normalize():f}"))
    return tuple(found)


def _check_criterion(where: str, criterion: Any) -> list[Problem]:
    if not isinstance(criterion, Mapping):
        return [Problem(field=where, code="type")]
    known = {"id", *(field.key for field in CRITERION_FIELDS)}
    found = [
        Problem(field=f"{where}.{str(key)[:100]}", code="unknown_field")
        for key in list(criterion)[: len(known) + _MOST_UNKNOWN]
        if key not in known
    ]
    id_ = criterion.get("id")
    if not isinstance(id_, str) or not _CRITERION_ID.fullmatch(id_):
        found.append(Problem(field=f"{where}.id", code="type"))
    values = {
        field.key: normalised(field, criterion.get(field.key, field.default))
        for field in CRITERION_FIELDS
    }
    for field in CRITERION_FIELDS:
        if problem := check_value(field, values[field.key]):
            params = problem.params
            found.append(Problem(field=f"{where}.{field.key}", code=problem.code, params=params))
    if found:
        return found
    highest, step = exact(values["max_score"]), exact(values["step"])
    if highest <= 0:
        found.append(Problem(field=f"{where}.max_score", code="not_positive"))
    elif step <= 0:
        found.append(Problem(field=f"{where}.step", code="not_positive"))
    elif (steps := Fraction(highest) / Fraction(step)).denominator != 1 or steps > _MOST_STEPS:
        found.append(Problem(field=f"{where}.step", code="step_unfit"))
    if exact(values["weight"]) <= 0:
        found.append(Problem(field=f"{where}.weight", code="not_positive"))
    return found


def check_template(
    values: Mapping[str, Any], *, only: set[str] | None = None
) -> tuple[Problem, ...]:
    """All problems of a template's flat values (``criteria`` a list of mappings).

    ``only`` limits them to what a change carries.
    """
    problems = check_fields(TEMPLATE_FIELDS, values, only=only)
    if only is None or "criteria" in only:
        problems += check_criteria(values.get("criteria"))
    return problems
