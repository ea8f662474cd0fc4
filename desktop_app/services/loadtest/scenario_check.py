"""A scenario as somebody types it: what is wrong, in words, with the line where it is."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from desktop_app.core.language import N_, _
from desktop_app.core.load.checking import check_scenario
from desktop_app.core.load.scenario import Scenario
from desktop_app.core.problems import Problem
from desktop_app.services.loadtest.scenario_files import ScenarioProblem, parsed

_KINDS = {
    "path": N_("It begins with / and has no spaces."),
    "method": N_("A method is a word such as GET or POST."),
    "body": N_("A step has either json or body."),
}
Place = tuple[str | int, ...]
_HEADING = re.compile(r"\s*\[(?P<many>\[)?\s*(?P<name>[^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""\s*(?P<key>[A-Za-z0-9_-]+|"[^"]*"|'[^']*')\s*[.=]""")
_AT_LINE = re.compile(r"\s*\(at line (?P<line>\d+), column (?P<column>\d+)\)")
_AT_END = re.compile(r"\s*\(at end of document\)")
_AT_PLACE = re.compile(r" - at `\$(?P<place>[^`]*)`")
_PART = re.compile(r"\.?([A-Za-z0-9_-]+)|\[(\d+|\.\.\.)\]")
_STRAY = re.compile(r"has “(?P<name>[^”]+)”")


@dataclass(frozen=True, slots=True)
class TextProblem:
    """What is wrong; ``line`` from 1, 0 where it is about the whole."""

    line: int
    text: str

    def told(self) -> str:
        """With its place."""
        if not self.line:
            return self.text
        return _("Line {line}: {problem}").format(line=self.line, problem=self.text)


@dataclass(frozen=True, slots=True)
class Checked:
    """A text read: the scenario where it is one, and what is wrong (nothing: it can be run)."""

    scenario: Scenario | None
    problems: tuple[TextProblem, ...] = ()

    @property
    def sound(self) -> bool:
        """Whether it can be run."""
        return self.scenario is not None and not self.problems


def checked(text: str, folder: Path) -> Checked:
    """Read a text; csv files are looked for in ``folder``, so call it from a worker."""
    try:
        scenario = parsed(text, folder)
    except ScenarioProblem as problem:
        return Checked(None, (_unreadable(text, str(problem)),))
    lines = lines_of(text)
    problems = [
        TextProblem(
            _line(lines, _place(one.field.removeprefix("scenario."))),
            told(one),
        )
        for one in check_scenario(scenario)
    ]
    return Checked(scenario, tuple(problems))


def told(problem: Problem) -> str:
    """A scenario's problem with its place: ``flows 1, steps 2, path: It begins with /.``"""
    last = problem.field.rpartition(".")[2]
    words = _(_KINDS[last]) if problem.code == "type" and last in _KINDS else problem.text()
    return _("{field}: {problem}").format(field=_field(problem.field), problem=words)


def lines_of(text: str) -> Mapping[Place, int]:
    """The line of each table and key of a TOML text, by its place: ``("flows", 0, "name")``."""
    found: dict[Place, int] = {}
    counted: Counter[Place] = Counter()
    table: Place = ()
    for number, line in enumerate(text.split("\n"), 1):
        if heading := _HEADING.match(line):
            table = _table(heading["name"], bool(heading["many"]), counted)
            found.setdefault(table, number)
        elif key := _KEY.match(line):
            found.setdefault((*table, key["key"].strip("\"'")), number)
    return found


def _table(name: str, many: bool, counted: Counter[Place]) -> Place:
    """The place that a heading opens; ``counted`` knows how many of each array there are."""
    place: Place = ()
    *before, last = (part.strip().strip("\"'") for part in name.split("."))
    for part in before:
        place = (*place, part)
        if counted[place]:
            place = (*place, counted[place] - 1)
    place = (*place, last)
    if many:
        counted[place] += 1
        place = (*place, counted[place] - 1)
    return place


def _line(lines: Mapping[Place, int], place: Place) -> int:
    """The line of a place, or of what it is in; 0 where neither is known."""
    while place:
        if place in lines:
            return lines[place]
        place = place[:-1]
    return 0


def _place(dotted: str) -> Place:
    return tuple(int(part) if part.isdecimal() else part for part in dotted.split("."))


def _field(dotted: str) -> str:
    """A field as a person counts: ``flows 1, steps 2, path``."""
    parts: list[str] = []
    for part in _place(dotted.removeprefix("scenario.")):
        if isinstance(part, int) and parts:
            parts[-1] += f" {part + 1}"
        else:
            parts.append(str(part))
    return ", ".join(parts)


def _unreadable(text: str, reason: str) -> TextProblem:
    """A reason of the parsers', its place as a line instead of within it."""
    line = 0
    if at := _AT_LINE.search(reason):
        line = int(at["line"])
        reason = _AT_LINE.sub("", reason)
    elif _AT_END.search(reason):
        line = text.count("\n") + 1
        reason = _AT_END.sub("", reason)
    elif at := _AT_PLACE.search(reason):
        place: Place = ()
        for name, number in _PART.findall(at["place"]):
            place = (*place, name) if name else (*place, int(number) if number.isdecimal() else 0)
        line = _line(lines_of(text), place)
        reason = _AT_PLACE.sub("", reason)
    elif stray := _STRAY.search(reason):
        line = next((n for place, n in lines_of(text).items() if place[-1] == stray["name"]), 0)
    return TextProblem(line, _(NOT_READ).format(reason=reason))


NOT_READ = N_("not understood: {reason}")
