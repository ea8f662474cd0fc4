"""A report as data, written as HTML or Markdown: a title, facts, tables. Texts are never markup.

What cannot be printed is shown by its code point (``\\u202e``): it neither turns the text around
it nor moves a terminal's cursor.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.language import language
from desktop_app.core.redaction import redact
from desktop_app.services.local_files import unwritable
from desktop_app.services.whole_file import whole_file

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """One table; ``note`` stands under its title."""

    title: str
    headers: Row
    rows: tuple[Row, ...]
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """The title of the parts that follow it."""

    title: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """Two texts side by side, each letter as it is: a request and its answer."""

    titles: tuple[str, str]
    texts: tuple[str, str]
    line: str = ""
    """A line for a shell, under both."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One thing told at length. ``tone`` ("danger", "warning", "") marks it."""

    title: str
    facts: tuple[tuple[str, str], ...] = ()
    pairs: tuple[Pair, ...] = ()
    tone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A chart of our own making (``services.chart_svg``): ``svg`` is markup, and put in as it is.

    Markdown leaves it out: the tables say the same in figures.
    """

    svg: str


Part = Table | Heading | Sheet | Drawing


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument:
    """A report: what it says first (``verdict``), what it is about (``facts``), then the rest."""

    title: str
    verdict: str
    facts: tuple[tuple[str, str], ...] = ()
    tables: tuple[Part, ...] = ()


SUFFIXES = (".html", ".md", ".json")
"""What is written without Qt; the window adds .pdf."""

_STYLE = """
body { font: 13px/1.45 "Malgun Gothic", "Segoe UI", "Noto Sans CJK KR", sans-serif;
  color: #1B1F27; background: #FFFFFF; margin: 24px; }
h1 { font-size: 20px; margin: 0 0 4px; } h2 { font-size: 16px; margin: 24px 0 4px; }
p.verdict { font-size: 16px; margin: 4px 0 16px; } p.note { color: #5B6472; margin: 0 0 4px; }
table { border-collapse: collapse; } th, td { border: 1px solid #D5D9E0; padding: 4px 8px;
  text-align: left; vertical-align: top; } th { background: #F5F6F8; font-weight: 600; }
figure { margin: 16px 0; } figure svg { max-width: 100%; height: auto; }
td { white-space: pre-wrap; overflow-wrap: anywhere; } td.short, th { white-space: nowrap; }
h3 { font-size: 13px; margin: 0 0 8px; overflow-wrap: anywhere; }
section { border-left: 4px solid #D5D9E0; padding: 0 0 4px 12px; margin: 12px 0 20px;
  break-inside: avoid-page; }
section.danger { border-color: #B3261E; } section.warning { border-color: #8A5300; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; margin: 8px 0 4px; }
.pair > div { min-width: 0; } .pair b { font-weight: 600; }
pre { font: 12px/1.4 Consolas, D2Coding, "Noto Sans Mono CJK KR", monospace; background: #F5F6F8;
  padding: 8px; margin: 4px 0; white-space: pre-wrap; overflow-wrap: anywhere; }
@media (max-width: 800px) { .pair { grid-template-columns: 1fr; } }
""".strip()

_SHORT = 24
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
"""Even if something got through: the page loads nothing and runs nothing."""


def as_html(document: ReportDocument) -> str:
    """One file that needs nothing else."""
    parts = [
        "<!DOCTYPE html>",
        f'<html lang="{language()}"><head><meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        '<meta name="viewport" content="width=device-width">',
        f"<title>{_escaped(document.title)}</title><style>{_STYLE}</style></head><body>",
        f'<h1>{_escaped(document.title)}</h1><p class="verdict">{_escaped(document.verdict)}</p>',
    ]
    parts += _html_facts(document.facts)
    for part in document.tables:
        parts += _html_part(part)
    return "\n".join([*parts, "</body></html>", ""])


def as_markdown(document: ReportDocument) -> str:
    """The same as GitHub's Markdown."""
    lines = [f"# {_inline(document.title)}", "", f"**{_inline(document.verdict)}**", ""]
    lines += [f"- {_inline(label)}: {_inline(value)}" for label, value in document.facts]
    for part in document.tables:
        lines += _markdown_part(part)
    return "\n".join([*lines, ""])


def write_text(path: Path, text: str) -> None:
    """Write a file in UTF-8, its folder made if need be, whole or not at all.

    Raises ``LocalFailure``.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise unwritable(path, error) from error
    with _written(path) as part:
        part.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def _written(path: Path) -> Iterator[Path]:
    """Where to write: what is no file (a device, a pipe) is not to be replaced by one."""
    if not path.exists() or path.is_file():
        with whole_file(path.resolve()) as part:
            yield part
        return
    try:
        yield path
    except OSError as error:
        raise unwritable(path, error) from error


def _html_part(part: Part) -> list[str]:
    if isinstance(part, Drawing):
        return [f"<figure>{part.svg}</figure>"]
    if isinstance(part, Sheet):
        return [
            f'<section class="{_escaped(part.tone)}"><h3>{_escaped(part.title)}</h3>',
            *_html_facts(part.facts),
            *(_html_pair(pair) for pair in part.pairs),
            "</section>",
        ]
    said = [f"<h2>{_escaped(part.title)}</h2>"]
    if part.note:
        said.append(f'<p class="note">{_escaped(part.note)}</p>')
    return [*said, _html_table(part)] if isinstance(part, Table) else said


def _html_facts(facts: Sequence[tuple[str, str]]) -> list[str]:
    rows = "".join(
        f"<tr><th>{_escaped(label)}</th><td>{_escaped(value)}</td></tr>" for label, value in facts
    )
    return [f"<table>{rows}</table>"] if rows else []


def _html_pair(pair: Pair) -> str:
    sides = "".join(
        f"<div><b>{_escaped(title)}</b><pre>{_text(text)}</pre></div>"
        for title, text in zip(pair.titles, pair.texts, strict=True)
    )
    line = f"<pre>{_text(pair.line)}</pre>" if pair.line else ""
    return f'<div class="pair">{sides}</div>{line}'


def _html_table(table: Table) -> str:
    head = "".join(f"<th>{_escaped(header)}</th>" for header in table.headers)
    rows = "".join(f"<tr>{''.join(_html_cell(cell) for cell in row)}</tr>" for row in table.rows)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _html_cell(cell: str) -> str:
    # Words such as a state stay whole, however much room the other columns want.
    kind = ' class="short"' if len(cell) <= _SHORT else ""
    return f"<td{kind}>{_escaped(cell)}</td>"


def _markdown_part(part: Part) -> list[str]:
    if isinstance(part, Drawing):
        return []
    if isinstance(part, Sheet):
        lines = ["", f"### {_inline(part.title)}", ""]
        lines += [f"- {_inline(label)}: {_inline(value)}" for label, value in part.facts]
        for pair in part.pairs:
            for title, text in zip(pair.titles, pair.texts, strict=True):
                lines += ["", f"{_inline(title)}:", "", *_fenced(text)]
            lines += ["", *_fenced(pair.line, "sh")] if pair.line else []
        return lines
    lines = ["", f"## {_inline(part.title)}", ""]
    if part.note:
        lines += [_inline(part.note), ""]
    if isinstance(part, Table):
        lines += [_line(part.headers), _line(["---"] * len(part.headers))]
        lines += [_line([_inline(cell) for cell in row]) for row in part.rows]
    return lines


def _fenced(text: str, kind: str = "") -> list[str]:
    """A block of code that nothing in ``text`` can end."""
    shown = plain_text(text)
    longest = max((len(run) for run in re.findall(r"`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"{fence}{kind}", shown, fence]


def plain_text(text: str) -> str:
    """``text`` without secrets, and with what cannot be printed shown by its code point.

    Line ends and tabs stay. What is left is fit for HTML, XML and UTF-8.
    """
    if "\r" in text:
        text = text.replace("\r\n", "\n")
    shown = redact(text)
    if shown.isascii() and shown.isprintable():
        return shown
    return "".join(letter if _printable(letter) else _code_point(letter) for letter in shown)


def _printable(letter: str) -> bool:
    # The joiners belong to emoji and to some scripts.
    return letter in "\n\t\u200c\u200d" or unicodedata.category(letter) not in _UNPRINTABLE


_UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def _code_point(letter: str) -> str:
    code = ord(letter)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def _text(text: str) -> str:
    return html.escape(plain_text(text))


def _escaped(text: str) -> str:
    return _text(text).replace("\n", "<br>")


def _inline(text: str) -> str:
    """``text`` so that Markdown shows it as it is."""
    escaped = html.escape(plain_text(text), quote=False).replace("\n", " ")
    for sign in "\\`*_[]|#":
        escaped = escaped.replace(sign, f"\\{sign}")
    return escaped


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
