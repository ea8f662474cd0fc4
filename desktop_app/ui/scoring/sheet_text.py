"""A sheet as plain text, to be copied: what was typed is never locked in."""

from __future__ import annotations

from collections.abc import Mapping

from desktop_app.core.evaluations import Sheet
from desktop_app.core.language import _
from desktop_app.core.scoring import weighted_total
from desktop_app.core.sheet_fields import (
    GENERAL_COMMENT,
    comment_key,
    field_keys,
    score_key,
    scores_given,
    written,
)


def sheet_as_text(sheet: Sheet, texts: Mapping[str, str]) -> str:
    """Everything that stands in the form, with names; also texts of criteria that have gone."""
    one = sheet.evaluation
    lines = [f"{one.project_name or ''} · {one.company_name or ''}", ""]
    for number, criterion in enumerate(sheet.criteria, start=1):
        score = texts.get(score_key(criterion), "") or "–"
        lines.append(f"{number}. {criterion.name}: {score} / {written(criterion.max_score)}")
        if comment := texts.get(comment_key(criterion)):
            lines += [f"   {line}" for line in comment.splitlines()]
    known = set(field_keys(sheet.criteria))
    lines += [f"({key}) {text}" for key, text in texts.items() if key not in known and text]
    total = weighted_total(sheet.criteria, scores_given(sheet.criteria, texts))
    lines += ["", _("Total {total}").format(total=f"{total:.2f}")]
    if comment := texts.get(GENERAL_COMMENT):
        lines += ["", _("Comment on the whole"), comment]
    return "\n".join(lines)
