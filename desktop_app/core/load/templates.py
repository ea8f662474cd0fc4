"""Texts with ``${name}`` in them: paths, headers and bodies of a scenario's steps.

Names there are: what steps saved (``access_token``); ``login_id`` and ``password`` of the user's
account; ``user`` (the user's number, from 1) and ``round`` (of the user's flow, from 1);
``TABLE.COLUMN`` of a data set; ``uuid``; ``random:LOWEST:HIGHEST`` (a whole number); ``now`` (the
moment, RFC 3339). ``$${`` stands for ``${``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

BUILT_IN = frozenset({"login_id", "password", "user", "round", "uuid", "now"})
LASTING = frozenset({"login_id", "password", "user"})
"""Those that never change for one user."""

_NAME = re.compile(r"\$\$\{|\$\{([^{}]*)\}")
_JSON_NAME = re.compile(r'\$\$\{|"\$\{([^{}]*)\}"|\$\{([^{}]*)\}')
_RANDOM = re.compile(r"random:(-?\d{1,15}):(-?\d{1,15})")


class Place(StrEnum):
    """Where a value goes: how it must be written there."""

    PATH = "path"
    HEADER = "header"
    JSON_VALUE = "json_value"
    """A whole JSON value: a number stays a number."""
    JSON_TEXT = "json_text"
    """Inside a JSON string."""
    BODY = "body"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blank:
    """A name to be filled in."""

    name: str
    place: Place


Part = str | Blank


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A text taken apart."""

    parts: tuple[Part, ...]

    @property
    def names(self) -> frozenset[str]:
        """The names that must be filled in."""
        return frozenset(part.name for part in self.parts if isinstance(part, Blank))

    def text(self, value: Callable[[str], Any]) -> str:
        """The text with every name filled in by what ``value`` gives for it."""
        return "".join(
            part if isinstance(part, str) else _WRITTEN[part.place](value(part.name))
            for part in self.parts
        )


def path_template(text: str) -> Template:
    """A path with its query; values are percent-encoded as a whole."""
    return _template(_NAME, text, Place.PATH)


def header_template(text: str) -> Template:
    """A header's value; line breaks in values are left out."""
    return _template(_NAME, text, Place.HEADER)


def body_template(text: str) -> Template:
    """A body that is sent as it is."""
    return _template(_NAME, text, Place.BODY)


def json_template(document: Any) -> Template:
    """A JSON document: values are written so that it stays one."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return _template(_JSON_NAME, text, Place.JSON_TEXT)


def _template(form: re.Pattern[str], text: str, place: Place) -> Template:
    parts: list[Part] = []
    end = 0
    for found in form.finditer(text):
        if found.start() > end:
            parts.append(text[end : found.start()])
        end = found.end()
        whole = found.group(1)
        if found.group(0) == "$${":
            parts.append("${")
        elif place is Place.JSON_TEXT and whole is None:
            parts.append(Blank(name=found.group(2).strip(), place=place))
        else:
            exact = Place.JSON_VALUE if place is Place.JSON_TEXT else place
            parts.append(Blank(name=whole.strip(), place=exact))
    if end < len(text):
        parts.append(text[end:])
    return Template(parts=tuple(parts))


def random_range(name: str) -> tuple[int, int] | None:
    """The bounds of ``random:1:100``; None for another name, or bounds the wrong way round."""
    found = _RANDOM.fullmatch(name)
    if found is None or int(found[1]) > int(found[2]):
        return None
    return int(found[1]), int(found[2])


def _quoted(text: str) -> str:
    """``text`` percent-encoded; most values are ids, which need none of it."""
    return text if text.isalnum() and text.isascii() else quote(text, safe="")


def _plain(value: Any) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False)


_WRITTEN: dict[Place, Callable[[Any], str]] = {
    Place.PATH: lambda value: _quoted(_plain(value)),
    Place.HEADER: lambda value: "".join(c for c in _plain(value) if c.isprintable()),
    Place.JSON_VALUE: lambda value: json.dumps(value, ensure_ascii=False),
    Place.JSON_TEXT: lambda value: json.dumps(_plain(value), ensure_ascii=False)[1:-1],
    Place.BODY: _plain,
}
