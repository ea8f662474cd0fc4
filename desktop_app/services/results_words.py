"""What exports of results say in words; the window has words of its own, with icons."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.core.language import N_, _
from desktop_app.core.results import ALPHA_REASONS, Alpha, CompanyResult, Figures, Leaning, Tie

LEANING_WORDS: Mapping[Leaning, str] = {
    Leaning.UNKNOWN: N_("Too little to tell"),
    Leaning.USUAL: N_("Within the usual"),
    Leaning.HIGHER: N_("Apart: higher"),
    Leaning.LOWER: N_("Apart: lower"),
}
TIE_WORDS: Mapping[Tie, str] = {
    Tie.NONE: "",
    Tie.BROKEN: N_("Equal figure: told apart by rule"),
    Tie.SHARED: N_("Shared rank"),
}


def standing_word(company: CompanyResult) -> str:
    """Whether a company passes the cut line; nothing where there is none."""
    if company.passes is None:
        return ""
    return _("Passes") if company.passes else _("Below the cut")


def missing_names(company: CompanyResult, names: Mapping[str, str]) -> str:
    """Whose sheets of a company are missing."""
    return ", ".join(sorted(names.get(id_, id_) for id_ in company.missing))


def evaluator_names(figures: Figures) -> dict[str, str]:
    """The evaluators' names by id."""
    return {one.id: one.name for one in figures.evaluators}


def alpha_cell(alpha: Alpha) -> float | str:
    """Alpha, or why there is none."""
    if alpha.alpha is not None:
        return alpha.alpha
    return _(ALPHA_REASONS[alpha.reason]) if alpha.reason in ALPHA_REASONS else ""


def tie_word(company: CompanyResult) -> str:
    """How an equal figure was told apart."""
    word = TIE_WORDS[company.tie]
    return _(word) if word else ""
