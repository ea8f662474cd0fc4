"""The suites to choose from: those of the program, and those that people have added."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.validation.suites import Check, Suite
from desktop_app.engines.validation import suite_files


@dataclass(frozen=True, slots=True, kw_only=True)
class Shelf:
    """All suites in the order in which they run; ``broken`` says which files cannot be used."""

    suites: tuple[Suite, ...]
    broken: tuple[LocalFailure, ...] = ()

    def suite(self, suite_id: str) -> Suite | None:
        """The suite of that id."""
        return next((suite for suite in self.suites if suite.id == suite_id), None)

    def check(self, check_id: str) -> Check | None:
        """The check of that id, whatever its suite."""
        return next((found for suite in self.suites if (found := suite.check(check_id))), None)

    def suite_of(self, check_id: str) -> Suite | None:
        """The suite that has that check."""
        return next((suite for suite in self.suites if suite.check(check_id)), None)

    @property
    def check_ids(self) -> frozenset[str]:
        """The ids of all checks."""
        return frozenset(check.id for suite in self.suites for check in suite.checks)

    @property
    def usual(self) -> tuple[str, ...]:
        """The suites chosen where nobody chose: those that do not take long."""
        return tuple(suite.id for suite in self.suites if not suite.optional)

    def picked(
        self, suites: Collection[str], checks: Collection[str] = (), *, seed: int | None = None
    ) -> tuple[Suite, ...]:
        """The suites of these ids, in order; those of ``checks`` where none is named.

        ``seed`` goes to every probe, for those that draw by chance.
        """
        wanted = set(suites)
        if not wanted and checks:
            wanted = {suite.id for suite in self.suites if any(map(suite.check, checks))}
        found = (suite for suite in self.suites if suite.id in (wanted or self.usual))
        return tuple(_seeded(suite, seed) for suite in found)


def open_shelf(folder: Path | None = None) -> Shelf:
    """The shipped suites and those of ``folder``; a file that cannot be used is left out, told."""
    suites = list(_shipped())
    taken = {check.id: suite.id for suite in suites for check in suite.checks}
    broken: list[LocalFailure] = []
    for path in _files(folder) if folder is not None and folder.is_dir() else ():
        try:
            suite = suite_files.read_suite(path)
            _refuse_what_is_taken(path, suite, suites, taken)
        except LocalFailure as failure:
            broken.append(failure)
            continue
        suites.append(suite)
        taken |= {check.id: suite.id for check in suite.checks}
    return Shelf(suites=tuple(suites), broken=tuple(broken))


def _files(folder: Path) -> list[Path]:
    """Each suite's first file: its parts (``<id>.<part>.toml``) are read with it."""
    names = {path.name.partition(".")[0] for path in folder.glob("*.toml")}
    return [folder / f"{name}.toml" for name in sorted(names)]


@cache
def _shipped() -> tuple[Suite, ...]:
    return suite_files.shipped()


def _refuse_what_is_taken(
    path: Path, suite: Suite, suites: list[Suite], taken: dict[str, str]
) -> None:
    twice = next((check.id for check in suite.checks if check.id in taken), "")
    reason = f"{twice} ({taken[twice]})" if twice else ""
    if any(other.id == suite.id for other in suites):
        reason = suite.id
    if reason:
        raise LocalFailure(
            what=N_("The suite “{file}” cannot be used: another one has {reason} already."),
            advice=N_("Give it ids of its own."),
            file=path.name,
            reason=reason,
        )


def _seeded(suite: Suite, seed: int | None) -> Suite:
    if seed is None:
        return suite
    return replace(
        suite,
        checks=tuple(
            replace(check, params={**check.params, "seed": seed}) if check.probe else check
            for check in suite.checks
        ),
    )
