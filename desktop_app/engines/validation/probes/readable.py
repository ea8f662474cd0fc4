"""Every operation of the contract that only reads, as the administrator can ask for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from desktop_app.core.users import Role
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import CheckContext

_VALUE_OF = {
    "users": "manager_id",
    "companies": "company_id",
    "templates": "template_id",
    "projects": "project_id",
    "evaluations": "evaluation_id",
    "files": "file_id",
}
"""Which value of the test bed stands for ``{id}``."""

_ODD: Mapping[str, str] = {"files.upload_state": "upload_id"}
_NOT_ASKED = frozenset({"evaluations.peers", "imports.read", "openapi.read"})
"""Others' sheets are shown after submission only, and an import leaves a batch for ever."""


@dataclass(frozen=True, slots=True)
class Readable:
    """One operation that reads: ``endpoint`` is how findings call it."""

    operation: str
    endpoint: str
    path: str
    public: bool


def readable(work: CheckContext) -> Iterator[Readable]:
    """Each of them, with ids of the test bed; raises ``BedProblem``."""
    for operation in work.contract.operations.values():
        if operation.method != "GET" or operation.id in _NOT_ASKED:
            continue
        endpoint = f"GET {operation.path}"
        if not work.wants(endpoint):
            continue
        path = operation.path
        if "{id}" in path:
            name = _ODD.get(operation.id) or _VALUE_OF[path.split("/")[2]]
            path = path.replace("{id}", work.bed.value(name))
        yield Readable(operation.id, endpoint, path, operation.public)


def read(work: CheckContext, one: Readable) -> Answer:
    """Ask for it; an answer of status 0 is none."""
    by = None if one.public else work.bed.actor(Role.ADMIN)
    return work.try_send("GET", one.path, by=by)
