"""Requests that change nothing even where they are let in: to see who is, on every operation."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_app.core.permissions import Operation
from desktop_app.engines.validation.contract import Contract

ABSENT = "zz-evalcheck-absent"
"""An id that no document has."""

STALE = {"If-Match": '"999999999"'}
"""A version that no document has: what is asked with it is found, and left as it is."""

SIGNS_OUT = "auth.logout"
"""Takes a session of its own: it cannot be asked without being done."""


def subject_of(operation: Operation) -> str:
    """How findings call an operation."""
    return f"{operation.method} {operation.path}"


def path_of(operation: Operation, id: str = ABSENT) -> str:  # noqa: A002
    """The path, with an id in its place."""
    return operation.path.replace("{id}", id)


def protected(contract: Contract) -> Iterator[Operation]:
    """Every operation that needs a token."""
    return (operation for operation in contract.operations.values() if not operation.public)
