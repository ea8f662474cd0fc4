"""The probes by name: what a suite may say under ``probe``."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desktop_app.engines.validation.context import Probe

_PROBES: dict[str, Probe] = {}


def probe(name: str) -> Callable[[Probe], Probe]:
    """Register a probe under ``name`` ("jwt.none"), which suites use."""

    def register(function: Probe) -> Probe:
        if name in _PROBES:
            raise ValueError(f"two probes are called {name}")
        _PROBES[name] = function
        return function

    return register


def probes() -> Mapping[str, Probe]:
    """All probes; loads their modules."""
    from desktop_app.engines.validation import probes as package

    package.load()
    return _PROBES
