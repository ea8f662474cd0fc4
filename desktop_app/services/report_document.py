"""A report as data, written as HTML or Markdown: a title, facts, tables. Texts are never markup."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_, language
from desktop_app.core.redaction import redact

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table; ``note`` stands under its title."""

    title: str
    headers: Row
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument:
    """A report: what it says first (``verdict``), what it is about (``facts``), then the tables."""

    title: str
    verdict: str
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Table, ...] = ()


SUFFIXES = (".html", ".md", ".json")
"""What is written without Qt; the window adds .pdf."""

_STYLE = """
body { font: 13px/1.45 "Malgun Gothic", "Segoe UI", "Noto Sans CJK KR", sans-serif;
  color: #1B1F27; background: #FFFFFF; margin: 24px; }
h1 { font-size: 20px; margin: 0 0 4px; } h2 { font-size: 16px; margin: 24px 0 4px; }
p.verdict { font-size: 16px; margin: 4px 0 16px; } p.note { color: #5B6472; margin: 0 0 4px; }
table { border-collapse: collapse; } th, td { border: 1px solid #D5D9E0; padding: 4px 8px;
  text-align: left; vertical-align: top; } th { background: #F5F6F8; font-weight: 600; }
""".strip()


def as_html(document: ReportDocument) -> str:
    """One file that needs nothing else."""
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{language()}"><head><meta charset="utf-8">',
        f"<title>{_escaped(document.title)}</title><style>{_STYLE}</style></head><body>",
        f'<h1>{_escaped(document.title)}</h1><p class="verdict">{_escaped(document.verdict)}</p>',
    ]
    if document.facts:
        rows = "".join(
            f"<tr><th>{_escaped(label)}</th><td>{_escaped(value)}</td></tr>"
            for label, value in document.facts
        )
        parts.append(f"<table>{rows}</table>")
    for table in document.tables:
        parts.append(f"<h2>{_escaped(table.title)}</h2>")
        if table.note:
            parts.append(f'<p class="note">{_escaped(table.note)}</p>')
        parts.append(_html_table(table))
    return "\n".join([*parts, "</body></html>", ""])


def as_markdown(document: ReportDocument) -> str:
    """The same as GitHub's Markdown."""
    lines = [f"# {_inline(document.title)}", "", f"**{_inline(document.verdict)}**", ""]
    lines += [f"- {_inline(label)}: {_inline(value)}" for label, value in document.facts]
    for table in document.tables:
        lines += ["", f"## {_inline(table.title)}", ""]
        if table.note:
            lines += [_inline(table.note), ""]
        lines += [_line(table.headers), _line(["---"] * len(table.headers))]
        lines += [_line([_inline(cell) for cell in row]) for row in table.rows]
    return "\n".join([*lines, ""])


def write_text(path: Path, text: str) -> None:
    """Write a file in UTF-8, its folder made if need be; raises ``LocalFailure``."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        raise LocalFailure(
            what=N_("“{file}” cannot be written: {reason}."),
            advice=N_("Choose another place."),
            file=path.name,
            reason=error.strerror or str(error),
        ) from error


def _html_table(table: Table) -> str:
    head = "".join(f"<th>{_escaped(header)}</th>" for header in table.headers)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_escaped(cell)}</td>' for cell in row)}</tr>" for row in table.rows
    )
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _escaped(text: str) -> str:
    return html.escape(redact(text)).replace("\n", "<br>")


def _inline(text: str) -> str:
    """``text`` so that Markdown shows it as it is."""
    escaped = html.escape(redact(text), quote=False).replace("\n", " ")
    for sign in "\\`*_[]|#":
        escaped = escaped.replace(sign, f"\\{sign}")
    return escaped


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
