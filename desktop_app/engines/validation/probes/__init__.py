"""What a check does where a list of requests is not enough; one module per subject.

Each module registers its probes with ``@probe``; ``MODULES`` names them all, so that a frozen
program finds them too.
"""

from __future__ import annotations

from importlib import import_module

MODULES: tuple[str, ...] = (
    "bodies",
    "colleagues",
    "contract",
    "cookies",
    "delays",
    "error_answers",
    "files",
    "forgery",
    "fuzzing",
    "headers",
    "injection",
    "inventory",
    "jwt_claims",
    "jwt_forgery",
    "lists",
    "lockout",
    "mass_assignment",
    "objects",
    "origins",
    "password_policy",
    "paths",
    "performance",
    "performance_cache",
    "rate_limits",
    "roles",
    "routes",
    "scripting",
    "secrets_shown",
    "sessions",
    "smuggling",
    "stored",
    "tls",
    "tokens",
    "uploads",
)


def load() -> None:
    """Import every module of probes; harmless when it was done."""
    for name in MODULES:
        import_module(f"{__name__}.{name}")
