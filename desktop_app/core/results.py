"""The results of a project: what goes into them, and what comes out (the rules are below).

Everything that is printed is rounded half-up to 2 decimals, from exact fractions and only at the
end; and everything that is compared (rank, ties, cut line) is compared as it is printed, so that
whoever holds the paper can follow the order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from desktop_app.core.evaluations import Named, Pair
from desktop_app.core.language import N_
from desktop_app.core.projects import Basis, ProjectStatus, ResultRules
from desktop_app.core.templates import Criterion

LEAST_TO_TRIM = 3
"""Fewer sheets than this cannot lose two and still have a mean, whatever the project says."""

BIN_WIDTH = 5
BINS = 20
"""Totals are counted from 0 to 100 in 20 bins of 5 points; the last one holds 100 as well."""

APART = 1.5
LEAST_COMPANIES = 3
"""An evaluator sits apart whose deviation is at least this many usual spreads, over at least this
many companies: of an evaluator without leaning that would be said in about 1 of 60 cases."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedSheet:
    """One submitted sheet: its total as the server keeps it, its scores by criterion."""

    company_id: str
    evaluator_id: str
    total: float
    scores: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingSheet:
    """A sheet that is assigned but not handed in."""

    company_id: str
    evaluator_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Scoring:
    """All that results are made from; the order of its parts does not matter to them.

    ``criteria`` are in the template's order, which does matter between equal weights.
    """

    criteria: tuple[Criterion, ...]
    candidates: tuple[Named, ...]
    panel: tuple[Named, ...]
    sheets: tuple[CountedSheet, ...]
    missing: tuple[MissingSheet, ...] = ()
    rules: ResultRules = field(default_factory=ResultRules)


class Dropped(StrEnum):
    """Why a sheet does not count in the trimmed mean."""

    HIGHEST = "highest"
    LOWEST = "lowest"


class Tie(StrEnum):
    """How a company stands to those with the same figure: none has it, a rule decided, shared."""

    NONE = "none"
    BROKEN = "broken"
    SHARED = "shared"


class Leaning(StrEnum):
    """Where an evaluator's totals sit against those of the others; UNKNOWN: it cannot be told."""

    UNKNOWN = "unknown"
    USUAL = "usual"
    HIGHER = "higher"
    LOWER = "lower"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTotal:
    """One evaluator's total for a company; ``differs``: it is not what its scores come to."""

    evaluator_id: str
    total: float
    dropped: Dropped | None = None
    differs: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyResult:
    """One company. Figures are None where there are too few sheets for them.

    ``figure`` is what it is ranked by, and ``ranked_by`` which figure that is: the mean where the
    project asks for the trimmed mean but too few sheets are in. ``criterion_means`` are in the
    order of the criteria, in points of the criterion. ``passes`` is None without a cut line.
    """

    id: str
    name: str
    totals: tuple[GivenTotal, ...] = ()
    missing: tuple[str, ...] = ()
    mean: float | None = None
    median: float | None = None
    trimmed_mean: float | None = None
    deviation: float | None = None
    criterion_means: tuple[float | None, ...] = ()
    ranked_by: Basis | None = None
    figure: float | None = None
    rank: int | None = None
    tie: Tie = Tie.NONE
    passes: bool | None = None

    @property
    def sheets(self) -> int:
        """How many sheets are in."""
        return len(self.totals)

    @property
    def provisional(self) -> bool:
        """Whether sheets are still missing, or none was ever assigned."""
        return bool(self.missing) or not self.totals


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluatorResult:
    """One evaluator against the others of the same companies; advice, never a reason to drop.

    ``deviation`` is the mean over ``companies`` of the own total minus the mean of the others';
    ``spread`` the usual one among those others, ``standardised`` the deviation in units of it.
    Each is None where it cannot be told.
    """

    id: str
    name: str
    sheets: int = 0
    missing: int = 0
    mean: float | None = None
    companies: int = 0
    deviation: float | None = None
    spread: float | None = None
    standardised: float | None = None
    leaning: Leaning = Leaning.UNKNOWN
    distribution: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What ``core.result_figures.figures_of`` makes of a ``Scoring``.

    ``criteria`` are without their descriptions and guides, which change no figure.
    Companies are in the order of rank, those without one last, equals by name; evaluators by name.
    """

    rules: ResultRules
    criteria: tuple[Criterion, ...]
    companies: tuple[CompanyResult, ...]
    evaluators: tuple[EvaluatorResult, ...]
    distribution: tuple[int, ...]

    @property
    def sheets(self) -> int:
        """How many sheets are in."""
        return sum(company.sheets for company in self.companies)

    @property
    def missing(self) -> int:
        """How many sheets are assigned but not in."""
        return sum(len(company.missing) for company in self.companies)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alpha:
    """Krippendorff's alpha (interval) of one thing: None where undefined, for ``reason``.

    ``reason`` is a key of ``ALPHA_REASONS``; ``units`` are companies with two scores at least.
    """

    alpha: float | None = None
    reason: str | None = None
    units: int = 0


ALPHA_REASONS = {
    "too_few": N_("No company has been scored by two evaluators yet."),
    "no_variation": N_("All scores are the same: there is nothing to agree about."),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """How far evaluators agree: on totals, and on each criterion in their order."""

    totals: Alpha = field(default_factory=Alpha)
    criteria: tuple[Alpha, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """The results of a project as the API gives them.

    ``sheets`` are there only when asked for: with them the figures can be computed again.
    ``conflicts`` are the counted sheets whose evaluator has a declared conflict of interest with
    the company: they count until somebody decides otherwise. ``taken_at`` is the server's clock.
    """

    project_id: str
    project_name: str
    project_status: ProjectStatus
    deadline: datetime | None = None
    template_id: str | None = None
    template_name: str | None = None
    template_revision: int | None = None
    figures: Figures
    agreement: Agreement
    sheets: tuple[CountedSheet, ...] = ()
    conflicts: tuple[Pair, ...] = ()
    taken_at: datetime


def scoring_of(results: Results) -> Scoring:
    """What ``results`` were made from; only of results that hold their sheets."""
    figures = results.figures
    return Scoring(
        criteria=figures.criteria,
        candidates=tuple(Named(id=one.id, name=one.name) for one in figures.companies),
        panel=tuple(Named(id=one.id, name=one.name) for one in figures.evaluators),
        sheets=results.sheets,
        missing=tuple(
            MissingSheet(company_id=one.id, evaluator_id=evaluator)
            for one in figures.companies
            for evaluator in one.missing
        ),
        rules=figures.rules,
    )


RULES: tuple[str, ...] = (
    N_("Total of a sheet: the sum of score ÷ highest score × weight over all criteria."),
    N_("Mean, median, trimmed mean and standard deviation are taken of the totals as submitted."),
    N_(
        "Trimmed mean: the mean without one highest and one lowest sheet; of several equal ones"
        " only one is dropped. With fewer sheets than the project asks for none is dropped, and"
        " the mean ranks in its place."
    ),
    N_("Standard deviation: of a sample (n − 1); none for fewer than 2 sheets."),
    N_(
        "Every figure is computed exactly, rounded half-up to 2 decimals at the end, and compared"
        " as it is printed."
    ),
    N_(
        "Rank: the highest figure first. Equal figures are told apart by the mean of the criterion"
        " with the highest weight, then of the next one (equal weights in the template's order),"
        " then by the median. Companies still equal share the rank: 1, 2, 2, 4."
    ),
    N_("A company is provisional while sheets assigned for it are missing."),
    N_(
        "Deviation of an evaluator (advice only): the mean over the companies of the own total"
        " minus the mean of the others'; in units of the others' usual spread within a company."
    ),
)
"""The rules in words, for reports; message ids."""

SOURCES: tuple[str, ...] = (
    "Standard deviation of a sample: ISO 3534-1:2006, 2.8 and 1.15",
    (
        "Trimmed mean: Tukey, Some Elementary Problems of Importance to Small Sample Practice,"
        " Human Biology 20 (1948)"
    ),
    "Deviation without oneself: Cook & Weisberg, Residuals and Influence in Regression (1982), 2.2",
    (
        "Krippendorff's alpha: Hayes & Krippendorff, Answering the Call for a Standard Reliability"
        " Measure for Coding Data, Communication Methods and Measures 1 (2007)"
    ),
    "Rounding half-up: ISO 80000-1:2009, B.3, rule B",
)
"""Where the formulas come from."""


def fingerprint(project_id: str, figures: Figures) -> str:
    """SHA-256 (hex) of the figures' canonical JSON: sorted keys, no spaces, UTF-8.

    On paper it says which figures were signed: the same data give the same hash, anywhere. Whole
    numbers are written without a decimal point.
    """
    content = {"project_id": project_id, "figures": _canonical(asdict(figures))}
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return sha256(text.encode("utf-8")).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _canonical(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_canonical(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value
