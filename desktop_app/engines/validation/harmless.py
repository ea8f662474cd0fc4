"""Requests that change nothing even where they are let in: to see who is, on every operation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.core.permissions import Operation
from desktop_app.engines.validation.bed import MARK, Actor
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import CheckContext
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


REASON = "zz-evalcheck"
"""Why something is declared or reassigned."""

_PART = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "3"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What goes along with a request on one document, so that it is found but not changed."""

    json: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None


SENT: Mapping[str, Sent] = {
    "projects.participants": Sent(json={"candidate_ids": [], "panel_ids": []}, headers=STALE),
    "projects.assign": Sent(json={"pairs": [{"company_id": ABSENT, "evaluator_id": ABSENT}]}),
    "projects.remind": Sent(json={"evaluation_ids": [ABSENT]}),
    "projects.declare": Sent(json={"company_id": ABSENT, "evaluator_id": ABSENT, "reason": REASON}),
    "projects.withdraw": Sent(query={"company_id": ABSENT, "evaluator_id": ABSENT}),
    "evaluations.draft": Sent(json={"scores": []}, headers=STALE),
    "evaluations.submit": Sent(json={"scores": []}, headers=STALE),
    "evaluations.reassign": Sent(json={"evaluator_id": ABSENT, "reason": REASON}, headers=STALE),
    "files.change": Sent(json={"file_name": f"{MARK}.txt"}, headers=STALE),
    "files.upload_part": Sent(content=b"zz", headers=_PART),
    "files.upload_finish": Sent(json={"file_hash": "0" * 64}),
}
"""By operation, where the method alone does not say it."""


def sent_with(operation: Operation) -> Sent:
    """What goes along with an operation on one document, so that it stays as it is."""
    if operation.id in SENT:
        return SENT[operation.id]
    if operation.method == "PATCH":
        return Sent(json={}, headers=STALE)
    return Sent(headers=STALE if operation.method != "GET" else {})


def ask_for(work: CheckContext, operation: Operation, id: str, actor: Actor) -> Answer:  # noqa: A002
    """Ask for an operation on one document in a way that leaves it as it is."""
    sent = sent_with(operation)
    return work.try_send(
        operation.method,
        path_of(operation, id),
        by=actor,
        query=sent.query,
        headers=sent.headers,
        json_body=sent.json,
        content=sent.content,
    )
