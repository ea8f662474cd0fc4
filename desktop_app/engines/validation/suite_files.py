"""Suites read from their files: those that ship with the program, and those of the user."""

from __future__ import annotations

import tomllib
from pathlib import Path

import msgspec

from desktop_app.config.resources import resource
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.validation.suites import SCHEMA, Suite
from desktop_app.engines.validation.registry import probes

SHIPPED = ("functional", "errors", "security", "performance", "fuzz")
LARGEST = 2 * 1024 * 1024


def shipped() -> tuple[Suite, ...]:
    """The suites of this program, in the order in which they run."""
    paths = (resource("suites", f"{name}.toml") for name in SHIPPED)
    return tuple(read_suite(path) for path in paths if path.is_file())


def of_folder(folder: Path) -> tuple[Suite, ...]:
    """The user's own suites: every ``*.toml`` in a folder, by name; raises ``LocalFailure``."""
    return tuple(read_suite(path) for path in sorted(folder.glob("*.toml")))


def read_suite(path: Path) -> Suite:
    """A suite, every name and type checked; ``LocalFailure`` says where it is wrong."""
    try:
        if path.stat().st_size > LARGEST:
            raise _unusable(path, "too large")
        suite = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), Suite)
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise _unusable(path, str(error)) from error
    if problem := _problem(suite):
        raise _unusable(path, problem)
    return suite


def _problem(suite: Suite) -> str:
    if suite.schema != SCHEMA:
        return f"schema {suite.schema} (this program reads {SCHEMA})"
    seen: set[str] = set()
    for check in suite.checks:
        if check.id in seen:
            return f"{check.id} twice"
        seen.add(check.id)
        if check.category not in suite.categories:
            return f"{check.id}: no category {check.category}"
        if bool(check.steps) == bool(check.probe):
            return f"{check.id}: either steps or a probe"
        if check.probe and check.probe not in probes():
            return f"{check.id}: no probe {check.probe}"
    return ""


def _unusable(path: Path, reason: str) -> LocalFailure:
    return LocalFailure(
        what=N_("The suite “{file}” cannot be used: {reason}."),
        advice=N_("Compare it with a suite that ships with the program."),
        file=path.name,
        reason=reason,
    )
