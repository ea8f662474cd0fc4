"""Figures and states of results in words."""

from __future__ import annotations

from desktop_app.core.language import N_, _, ngettext
from desktop_app.core.results import (
    ALPHA_REASONS,
    Alpha,
    CompanyResult,
    Leaning,
    Results,
    Tie,
)
from desktop_app.ui.tables.columns import Chip

NO_FIGURE = "–"
"""Where there is no figure."""

_AGREEMENT = (
    (0.8, N_("reliable")),
    (0.667, N_("fair: tentative conclusions only")),
    (0.0, N_("low: evaluators differ a lot")),
)
"""Krippendorff's customary bounds (Content Analysis, 2004, §11.4)."""

_WORSE = N_("none: evaluators differ more than by chance")

LEANINGS: dict[Leaning, tuple[str, str, str]] = {
    Leaning.UNKNOWN: (N_("Too little to tell"), "info", "muted"),
    Leaning.USUAL: (N_("Within the usual"), "ok", "ok"),
    Leaning.HIGHER: (N_("Apart: higher"), "arrow-up", "warning"),
    Leaning.LOWER: (N_("Apart: lower"), "arrow-down", "warning"),
}
"""What is said of an evaluator: a word, an icon, a colour token. Advice, never a verdict."""


def number(value: float | None) -> str:
    """A figure with its 2 decimals; a dash for none."""
    return NO_FIGURE if value is None else f"{value:,.2f}"


def signed(value: float | None) -> str:
    """A difference with its sign and 2 decimals; a dash for none."""
    return NO_FIGURE if value is None else f"{value:+,.2f}".replace("-", "−")


def agreement_text(alpha: Alpha) -> str:
    """Alpha and what it means in plain words."""
    if alpha.alpha is None:
        return _(ALPHA_REASONS[alpha.reason]) if alpha.reason in ALPHA_REASONS else NO_FIGURE
    meaning = next((word for least, word in _AGREEMENT if alpha.alpha >= least), _WORSE)
    figure = f"{alpha.alpha:.3f}".replace("-", "−")
    return f"{figure} ({_(meaning)})"


def rank_text(company: CompanyResult) -> str:
    """The place of a company; a dash for one without sheets."""
    return NO_FIGURE if company.rank is None else str(company.rank)


def standing(company: CompanyResult) -> Chip:
    """Whether a company passes, in a word, an icon and a colour."""
    if company.figure is None:
        return Chip(_("No sheets yet"), "minus", "muted")
    if company.passes is None:
        word, icon_name, token = _("Ranked"), "ok", "text"
    elif company.passes:
        word, icon_name, token = _("Passes"), "ok", "ok"
    else:
        word, icon_name, token = _("Below the cut"), "error", "danger"
    if company.provisional:
        return Chip(_("{standing}, provisional").format(standing=word), "clock", "warning")
    return Chip(word, icon_name, token)


def tie_text(tie: Tie) -> str:
    """How equal figures were told apart, or that they were not; nothing where there are none."""
    words = {Tie.BROKEN: _("Equal figure: told apart by rule"), Tie.SHARED: _("Shared rank")}
    return words.get(tie, "")


def sheets_text(company: CompanyResult) -> str:
    """How many sheets are in, and how many are missing."""
    if not company.missing:
        return f"{company.sheets:,}"
    text = ngettext("{sheets} (+{n} missing)", "{sheets} (+{n} missing)", len(company.missing))
    return text.format(sheets=f"{company.sheets:,}", n=len(company.missing))


def warnings(results: Results) -> str:
    """What somebody should decide before these results are signed; empty when there is nothing."""
    wrong = sum(given.differs for company in results.figures.companies for given in company.totals)
    found = []
    if wrong:
        text = ngettext(
            "{n} sheet has a total that its scores do not come to. It counts as submitted.",
            "{n} sheets have totals that their scores do not come to. They count as submitted.",
            wrong,
        )
        found.append(text.format(n=f"{wrong:,}"))
    if results.conflicts:
        text = ngettext(
            "{n} counted sheet is of an evaluator with a declared conflict of interest.",
            "{n} counted sheets are of evaluators with a declared conflict of interest.",
            len(results.conflicts),
        )
        found.append(text.format(n=f"{len(results.conflicts):,}"))
    return " ".join(found)
