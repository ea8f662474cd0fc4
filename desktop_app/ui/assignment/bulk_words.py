"""What a plan of many assignments would do, in words."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_app.core.assignment import Plan, Shortfall
from desktop_app.core.evaluations import Pair
from desktop_app.core.language import _, ngettext
from desktop_app.core.problems import Problem
from desktop_app.ui.assignment.cells import cell_name
from desktop_app.ui.assignment.grid import Grid


def refused_name(field: str, pairs: Sequence[Pair], grid: Grid) -> str:
    """The pair that a refusal is about: ``field`` is the server's, as in "pairs.3"; else empty."""
    place = field.rpartition(".")[2]
    if not place.isdigit() or int(place) >= len(pairs):
        return ""
    pair = pairs[int(place)]
    companies = {company.id: company.name for company in grid.matrix.candidates}
    people = {panelist.id: panelist.name for panelist in grid.matrix.panel}
    return cell_name(
        companies.get(pair.company_id, pair.company_id),
        people.get(pair.evaluator_id, pair.evaluator_id),
    )


def refusal(problem: Problem, pairs: Sequence[Pair], grid: Grid) -> str:
    """What was refused, by name, and why."""
    name = refused_name(problem.field, pairs, grid)
    if not name:
        return problem.text()
    return _("{name}: {problem}").format(name=name, problem=problem.text())


def assign_words(n: int) -> str:
    """What the button does."""
    return ngettext("Assign {n} sheet", "Assign {n} sheets", n).format(n=f"{n:,}")


def outcome_words(made: Plan) -> str:
    """What a plan comes to, and what would help where companies stay short."""
    if not made.counts:
        return _("The project has no companies yet: choose participants first.")
    if not made.loads:
        return _("The project has no active evaluators yet: choose participants first.")
    count = len(made.pairs)
    if made.shortfalls:
        text = ngettext(
            "{n} company stays short of evaluators:",
            "{n} companies stay short of evaluators:",
            len(made.shortfalls),
        ).format(n=f"{len(made.shortfalls):,}")
        if made.limit_needed is not None:
            text += " " + _("A limit of {n} companies per evaluator would do.").format(
                n=made.limit_needed
            )
        return text
    if not count:
        return _("Every company has its evaluators already.")
    return ngettext(
        "{n} sheet would be assigned; then every company has its evaluators.",
        "{n} sheets would be assigned; then every company has its evaluators.",
        count,
    ).format(n=f"{count:,}")


def balance_words(made: Plan, conflicts: int) -> str:
    """How evenly the work is shared then, and which of what is there will not be submitted."""
    if not made.loads:
        return ""
    average = sum(made.loads.values()) / len(made.loads)
    text = _(
        "Companies per evaluator then: {low} to {high}, {average} on average ({n} evaluators)."
    ).format(low=made.lightest, high=made.heaviest, average=f"{average:.1f}", n=len(made.loads))
    if conflicts:
        text += " " + ngettext(
            "{n} sheet counted has a conflict of interest: reassign it.",
            "{n} sheets counted have a conflict of interest: reassign them.",
            conflicts,
        ).format(n=conflicts)
    return text


def shortfall_words(name: str, short: Shortfall) -> str:
    """How many evaluators a company lacks, and why."""
    reasons = []
    if short.by_panel:
        reasons.append(_("{n} because the panel is too small").format(n=short.by_panel))
    if short.by_conflicts:
        reasons.append(_("{n} because of conflicts of interest").format(n=short.by_conflicts))
    if short.by_limit:
        reasons.append(_("{n} because of the limit per evaluator").format(n=short.by_limit))
    return _("{name}: {n} missing ({reasons})").format(
        name=name, n=short.missing, reasons=", ".join(reasons)
    )
