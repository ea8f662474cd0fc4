"""The defects as data: what each one does, and what must notice it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from importlib import import_module
from pkgutil import iter_modules

from desktop_app.core.validation.findings import Finding
from desktop_app.core.verdicts import CheckState
from tests.defects import catalogue
from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Fault


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One way in which the sound server is made unsound.

    ``fails`` and ``warns`` are the checks that must notice it: a check's id, or a finding's key
    (``headers.csp[GET /api/users]``) where one subject alone is to blame. ``also`` names other
    checks that it truly breaks, and why: ids or keys, with ``*`` for anything; they may notice it
    or not. ``fault`` makes what stands before the application, ``patch`` alters its parts for as
    long as the defect is on.
    """

    name: str
    does: str
    fails: frozenset[str] = frozenset()
    warns: frozenset[str] = frozenset()
    also: Mapping[str, str] = field(default_factory=dict)
    fault: Callable[[Backdoor], Fault] | None = None
    patch: Callable[[Backdoor], AbstractContextManager[object]] | None = None
    secure: bool = False
    """Whether it shows only over TLS."""
    untrusted: bool = False
    """Whether nobody speaks TLS with it who looks at the certificate."""
    production: bool = False
    """Whether it shows only where the target is called a production system."""

    @property
    def checks(self) -> frozenset[str]:
        """The ids of the checks that must notice it."""
        return frozenset(key.partition("[")[0] for key in self.fails | self.warns)

    def expects(self, finding: Finding) -> bool:
        """Whether this finding, a failure or a warning, is the defect's doing."""
        if finding.state is CheckState.FAIL:
            named = self.fails
        elif finding.state is CheckState.WARN:
            named = self.fails | self.warns  # a lesser finding beside the failure is no surprise
        else:
            return True
        names = (finding.key, finding.check)
        return any(name in named for name in names) or any(
            fnmatchcase(name, pattern.replace("[", "[[]"))
            for name in names
            for pattern in self.also
        )


_DEFECTS: dict[str, Defect] = {}


def register(*defects: Defect) -> None:
    """Add defects; each name once."""
    for defect in defects:
        if defect.name in _DEFECTS:
            raise ValueError(f"two defects are called {defect.name}")
        if not defect.fails | defect.warns:
            raise ValueError(f"nothing notices {defect.name}")
        _DEFECTS[defect.name] = defect


def breaks(
    name: str,
    does: str,
    *fails: str,
    fault: Callable[[Backdoor], Fault] | None = None,
    patch: Callable[[Backdoor], AbstractContextManager[object]] | None = None,
    warns: Collection[str] = (),
    also: Mapping[str, str] | None = None,
    secure: bool = False,
    untrusted: bool = False,
    production: bool = False,
) -> None:
    """Register a defect; without ``fails`` and ``warns`` the check of its own name must fail."""
    register(
        Defect(
            name=name,
            does=does,
            fails=frozenset(fails if fails or warns else {name}),
            warns=frozenset(warns),
            also=also or {},
            fault=fault,
            patch=patch,
            secure=secure,
            untrusted=untrusted,
            production=production,
        )
    )


def defects() -> Mapping[str, Defect]:
    """All defects by name: every module of the catalogue registers its own."""
    for found in iter_modules(catalogue.__path__, f"{catalogue.__name__}."):
        import_module(found.name)
    return _DEFECTS
