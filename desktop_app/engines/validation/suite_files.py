"""Suites read from their files: those that ship with the program, and those of the user."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from desktop_app.config.resources import resource
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.validation.suites import Suite
from desktop_app.engines.validation.suite_rules import problem_of, problem_of_risks, strays

SHIPPED = ("functional", "errors", "security", "performance", "fuzz")
LARGEST = 2 * 1024 * 1024


@cache
def shipped() -> tuple[Suite, ...]:
    """The suites of this program, in the order in which they run."""
    return _of_folder(resource("suites"), SHIPPED)


def of_folder(folder: Path) -> tuple[Suite, ...]:
    """The user's own suites: every ``*.toml`` in a folder, by name; raises ``LocalFailure``.

    Checks of all suites have ids of their own: findings are called by them.
    """
    names = sorted({path.name.partition(".")[0] for path in folder.glob("*.toml")})
    suites = _of_folder(folder, names)
    taken = {check.id for suite in shipped() for check in suite.checks}
    for suite in suites:
        _refuse_less_risk(folder / f"{suite.id}.toml", suite)
        for check in suite.checks:
            if check.id in taken:
                raise _unusable(folder / f"{suite.id}.toml", f"another suite has {check.id} too")
            taken.add(check.id)
    return suites


def read_suite(path: Path) -> Suite:
    """A suite with its parts (``<id>.<part>.toml`` beside it), every name and type checked.

    Raises ``LocalFailure``, which says where it is wrong.
    """
    name = path.name.partition(".")[0]
    [suite] = _of_folder(path.parent, [name]) or (_read(path),)
    _refuse_less_risk(path, suite)
    return suite


def _refuse_less_risk(path: Path, suite: Suite) -> None:
    """A check of a user needs the consent that the program's own with the same probe need."""
    if problem := problem_of_risks(suite, shipped()):
        raise _unusable(path, problem)


def _of_folder(folder: Path, names: Iterable[str]) -> tuple[Suite, ...]:
    suites = []
    for name in names:
        paths = [folder / f"{name}.toml", *sorted(folder.glob(f"{name}.*.toml"))]
        parts = [(path, _read(path)) for path in paths if path.is_file()]
        if parts:
            suites.append(_merged(name, parts))
    return tuple(suites)


def _merged(name: str, parts: list[tuple[Path, Suite]]) -> Suite:
    """One suite of its parts: titles are the first one's."""
    path, whole = parts[0]
    for _path, part in parts[1:]:
        whole = replace(
            whole,
            categories={**whole.categories, **part.categories},
            checks=(*whole.checks, *part.checks),
        )
    for path, part in parts:
        if part.id != name:
            raise _unusable(path, f"its id is {part.id}, its name says {name}")
        if part.version != whole.version:
            raise _unusable(path, f"version {part.version} beside {whole.version}")
    if problem := problem_of(whole):
        raise _unusable(path, problem)
    return whole


def _read(path: Path) -> Suite:
    try:
        if path.stat().st_size > LARGEST:
            raise _unusable(path, "too large")
        found: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
        if stray := next(strays(found, Suite, "the suite"), ""):
            raise _unusable(path, stray)
        return msgspec.convert(found, Suite)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise _unusable(path, str(error)) from error


def _unusable(path: Path, reason: str) -> LocalFailure:
    return LocalFailure(
        what=N_("The suite “{file}” cannot be used: {reason}."),
        advice=N_("Compare it with a suite that ships with the program."),
        file=path.name,
        reason=reason,
    )
