"""The results on paper, to be signed: A4, Korean text that can be searched, page x of y.

The hash at the foot of each page is that of the figures
(``core.results.fingerprint``): paper and data can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from pathlib import Path

from desktop_app.core.language import _, ngettext
from desktop_app.core.projects import BASIS_LABELS
from desktop_app.core.results import RULES, CompanyResult, Results, fingerprint
from desktop_app.core.tasks import TaskContext
from desktop_app.services.results_words import evaluator_names, missing_names, standing_word
from desktop_app.ui.paper.blocks import (
    Block,
    Fact,
    Gap,
    Paragraph,
    Signatures,
    TableRow,
)
from desktop_app.ui.paper.pages import UPRIGHT, write_pages
from desktop_app.ui.results.words import NO_FIGURE, agreement_text, number

_WIDTHS = (12.0, 54.0, 26.0, 17.0, 17.0, 17.0, 17.0, 20.0)
_RANK, _TOTAL = 12.0, 15.0
_PEOPLE = 8
"""Evaluators beside each other in the table of totals."""
_ON_ONE_PAGE = 14
"""Rows of two signatures that have room on a page with the words above and the date below."""
_ENDS = (True, False, False, True, True, True, True, True)


def write_pdf(
    path: Path, results: Results, context: TaskContext, *, zone: tzinfo | None = None
) -> int:
    """Write the paper to ``path``, whole or not at all; returns its pages.

    ``zone``: the time zone of dates. Raises ``LocalFailure``, ``Cancelled``.
    """
    hash_ = fingerprint(results.project_id, results.figures)
    return write_pages(
        path,
        _blocks(results, hash_, zone),
        context,
        form=UPRIGHT,
        title=f"{_('Evaluation results')} – {results.project_name}",
        foot=f"{results.project_name} · {hash_[:16]}",
    )


def _blocks(results: Results, hash_: str, zone: tzinfo | None) -> Iterable[Block | Sequence[Block]]:
    figures = results.figures
    yield Paragraph(_("Evaluation results"), 18, strong=True)
    yield Gap(1)
    yield Paragraph(results.project_name, 13)
    yield Gap(4)
    if figures.missing:
        text = ngettext(
            "Provisional: {n} sheet is still missing.",
            "Provisional: {n} sheets are still missing.",
            figures.missing,
        )
        yield Paragraph(text.format(n=f"{figures.missing:,}"), 11, strong=True)
        yield Gap(2)
    yield from _facts(results, zone)
    yield Gap(4)
    yield from _ranking(results)
    yield Gap(6)
    yield from _totals(results)
    yield from _conflicts(results)
    yield [Paragraph(_("Rules"), 11, strong=True), Gap(1), Paragraph(f"• {_(RULES[0])}", 8)]
    for rule in RULES[1:-1]:  # the last one is about figures that are not on paper
        yield Paragraph(f"• {_(rule)}", 8)
    yield Gap(5)
    yield from _signatures(results)
    yield Gap(4)
    yield [
        Paragraph(_("Hash of the figures (SHA-256)"), 8, grey=True),
        Paragraph(hash_, 8),
    ]


def _facts(results: Results, zone: tzinfo | None) -> Iterable[Fact]:
    figures, rules = results.figures, results.figures.rules
    if results.template_name:
        yield Fact(
            _("Template"),
            _("{template}, revision {n}").format(
                template=results.template_name, n=results.template_revision or 1
            ),
        )
    if results.deadline is not None:
        yield Fact(_("Deadline"), f"{results.deadline.astimezone(zone):%Y-%m-%d %H:%M %Z}")
    yield Fact(_("Figures of"), f"{results.taken_at.astimezone(zone):%Y-%m-%d %H:%M %Z}")
    yield Fact(
        _("Ranked by"),
        _("{figure_name}; trimmed from {n} sheets on").format(
            figure_name=_(BASIS_LABELS[rules.basis]), n=rules.minimum_panel
        ),
    )
    if rules.cut_line is not None:
        yield Fact(_("Cut line"), number(rules.cut_line))
    sheets = _("{companies} companies, {evaluators} evaluators, {sheets} sheets").format(
        companies=f"{len(figures.companies):,}",
        evaluators=f"{len(figures.evaluators):,}",
        sheets=f"{figures.sheets:,}",
    )
    yield Fact(_("Evaluated"), sheets)
    yield Fact(_("Agreement"), agreement_text(results.agreement.totals))


def _ranking(results: Results) -> Iterable[Block | Sequence[Block]]:
    """The table of ranks; its heading stays with the first rows."""
    names = evaluator_names(results.figures)
    titles = [_("Rank"), _("Company"), _("Standing"), _("Figure"), _("Mean"), _("Median")]
    titles += [_("Trimmed mean"), _("Std. deviation")]
    heading = TableRow(tuple(titles), _WIDTHS, _ENDS)
    rows = [_row(company, names, heading) for company in results.figures.companies]
    yield [heading, *rows[:2]]
    yield from rows[2:]


def _row(company: CompanyResult, names: dict[str, str], heading: TableRow) -> TableRow:
    standing = standing_word(company)
    if company.provisional:
        standing = f"{standing}\n" if standing else ""
        standing += _("Provisional")
    name = company.name
    if company.missing:
        missing = _("missing: {names}").format(names=missing_names(company, names))
        name = f"{name}\n({missing})"
    figures = (company.figure, company.mean, company.median, company.trimmed_mean)
    cells = (_rank(company), name, standing, *map(number, figures), number(company.deviation))
    return TableRow(cells, _WIDTHS, _ENDS, heading)


def _totals(results: Results) -> Iterable[Block | Sequence[Block]]:
    """What each evaluator gave, several evaluators to a table; what was dropped in brackets."""
    figures = results.figures
    title = Paragraph(_("Totals by evaluator"), 11, strong=True)
    note = Paragraph(_("( ) dropped from the trimmed mean"), 8, grey=True)
    for at in range(0, len(figures.evaluators), _PEOPLE):
        people = figures.evaluators[at : at + _PEOPLE]
        names = UPRIGHT.room - _RANK - len(people) * _TOTAL
        widths = (_RANK, names, *([_TOTAL] * len(people)))
        ends = (True, False, *([True] * len(people)))
        titles = (_("Rank"), _("Company"), *(one.name for one in people))
        heading = TableRow(titles, widths, ends)
        rows = [
            TableRow(_given(company, [one.id for one in people]), widths, ends, heading)
            for company in figures.companies
        ]
        yield [title, note, Gap(1), heading, *rows[:2]]
        yield from rows[2:]
        yield Gap(6)


def _given(company: CompanyResult, people: Sequence[str]) -> tuple[str, ...]:
    given = {one.evaluator_id: one for one in company.totals}
    cells = [_rank(company), company.name]
    for id_ in people:
        one = given.get(id_)
        if one is None:
            cells.append(_("missing") if id_ in company.missing else NO_FIGURE)
        else:
            cells.append(f"({number(one.total)})" if one.dropped else number(one.total))
    return tuple(cells)


def _conflicts(results: Results) -> Iterable[Block | Sequence[Block]]:
    """Counted sheets of evaluators with a conflict of interest: who signs must know of them."""
    if not results.conflicts:
        return
    people = evaluator_names(results.figures)
    companies = {one.id: one.name for one in results.figures.companies}
    lines = [
        Paragraph(
            f"• {companies.get(pair.company_id, pair.company_id)}"
            f" / {people.get(pair.evaluator_id, pair.evaluator_id)}",
            8.5,
        )
        for pair in results.conflicts
    ]
    title = Paragraph(_("Counted in spite of a declared conflict of interest"), 11, strong=True)
    yield [title, Gap(1), *lines[:1]]
    yield from lines[1:]
    yield Gap(6)


def _rank(company: CompanyResult) -> str:
    return NO_FIGURE if company.rank is None else str(company.rank)


def _signatures(results: Results) -> Iterable[Sequence[Block]]:
    """The evaluators two by two, with the words they sign under; then the date and who confirms."""
    names = [one.name for one in results.figures.evaluators]
    places = [
        Signatures(tuple(names[at : at + 2]), _("Signatory"), _("Signature"))
        for at in range(0, len(names), 2)
    ]
    words = Paragraph(_("We confirm the results above."), 10, strong=True)
    date = Paragraph(_("Date:            year        month        day"), 10)
    confirm = Signatures(("",), _("Confirmed by"), _("Signature"))
    ending = (Gap(6), date, Gap(1), confirm)
    if len(places) <= _ON_ONE_PAGE:  # a panel signs on one page, under the words
        yield [words, Gap(1), *places, *ending]
        return
    yield [words, Gap(1), places[0]]
    for place in places[1:]:
        yield [place]
    yield ending
