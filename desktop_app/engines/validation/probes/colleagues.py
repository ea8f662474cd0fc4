"""Sheets of other evaluators, and what else an evaluator reaches for that is not theirs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from desktop_app.core.language import N_
from desktop_app.core.permissions import Operation, Scope
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.bed import Actor
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.harmless import ask_for, protected, subject_of
from desktop_app.engines.validation.made import if_match, version_of
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.shared import once
from desktop_app.engines.validation.who import (
    HIDDEN,
    ids_in,
    inner,
    prove,
    taken,
    unfound,
    unmeasured,
)


@probe("object.evaluator")
def of_another_evaluator(work: CheckContext) -> Iterator[Finding]:
    """A colleague's sheet in the same project does not exist for an evaluator."""
    me = prove(work, work.bed.insider(Role.EVALUATOR))
    own, colleague = work.bed.value("evaluation_id"), _colleague(work)
    for operation in protected(work.contract):
        subject = subject_of(operation)
        limited = operation.allowed.get(Role.EVALUATOR) is Scope.SELF
        if not limited or not work.wants(subject):
            continue
        if operation.id == "evaluations.list":
            yield _own_sheets_alone(work, me, own, colleague.sheet, subject)
        elif operation.id == "users.read":
            yield _reached(work, operation, me, me.user_id, colleague.user)
        elif operation.id == "evaluations.peers":
            yield _peers(work, operation, me, own, colleague.sheet)
        elif operation.id.startswith("evaluations.") and "{id}" in operation.path:
            yield _reached(work, operation, me, own, colleague.sheet)
        elif "{id}" in operation.path:
            name = "project_file_id" if operation.id.startswith("files.") else "project_id"
            mine, others = work.bed.value(name), work.bed.value(f"other_{name}")
            yield _reached(work, operation, me, mine, others)


def _reached(work: CheckContext, operation: Operation, me: Actor, own: str, others: str) -> Finding:
    subject = subject_of(operation)
    beyond = ask_for(work, operation, others, me)
    within = ask_for(work, operation, own, me)
    told = say(
        N_("Answered for the own one {own}, for a colleague's {other}."),
        own=within.status,
        other=beyond.status,
    )
    if unmeasured(beyond) or beyond.status == 401:
        return work.inconclusive(told, subject=subject)
    if beyond.status not in HIDDEN:
        return work.failed(told, subject=subject)
    if unfound(within):
        return work.inconclusive(told, subject=subject)
    return work.passed(told, subject=subject)


def _peers(work: CheckContext, operation: Operation, me: Actor, own: str, others: str) -> Finding:
    """Others' scores stay hidden until one's own are handed in (DESIGN: score entry)."""
    subject = subject_of(operation)
    control = work.try_send("GET", f"/api/evaluations/{own}", by=me)
    early = ask_for(work, operation, own, me)
    beyond = ask_for(work, operation, others, me)
    told = say(
        N_("Answered before the own sheet is handed in {own}, for a colleague's {other}."),
        own=early.status,
        other=beyond.status,
    )
    if taken(early) or taken(beyond):
        return work.failed(told, subject=subject)
    if control.status != 200 or early.status not in HIDDEN or beyond.status not in HIDDEN:
        return work.inconclusive(told, subject=subject)
    return work.passed(told, subject=subject)


def _own_sheets_alone(
    work: CheckContext, me: Actor, own: str, others: str, subject: str
) -> Finding:
    answer = work.try_send("GET", "/api/evaluations", by=me, query={"page_size": 200})
    ids = ids_in(answer, "evaluations")
    seen = say(N_("Shown: {told}."), told=f"{me.name} {answer.status}: {len(ids)}")
    if others in ids:
        return work.failed(
            say(N_("{who} is shown what belongs to somebody else."), who=me.name), subject=subject
        )
    if own not in ids:
        return work.inconclusive(seen, subject=subject)
    return work.passed(seen, subject=subject)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Another evaluator of the same project, and their sheet."""

    user: str
    sheet: str


def _colleague(work: CheckContext) -> Colleague:
    """Made once in a run; raises ``BedProblem`` or ``Blocked``."""

    def make() -> Colleague:
        bed = work.bed
        bed.value("evaluation_id")
        project, company = bed.value("project_id"), bed.value("candidate_company_id")
        path, me = f"/api/projects/{project}", bed.insider(Role.EVALUATOR)
        other = bed.new_user(Role.EVALUATOR)
        panel = {"candidate_ids": [company], "panel_ids": [me.user_id, other.user_id]}
        version = version_of(bed.ask("GET", path, None, {}))
        bed.ask("PUT", f"{path}/participants", panel, if_match(version))
        pairs = {"pairs": [{"company_id": company, "evaluator_id": other.user_id}]}
        answer = bed.ask("POST", f"{path}/assignments", pairs, {})
        bed.notice(answer)
        sheets = inner(answer.json).get("sheets")
        if answer.status != 201 or not isinstance(sheets, list) or not sheets:
            raise Blocked(
                say(
                    N_("{path} was answered {status}: it could not be tried."),
                    path="POST /api/projects/{id}/assignments",
                    status=answer.status,
                )
            )
        return Colleague(other.user_id, str(inner(sheets[0]).get("id")))

    return once(work.bed, "colleague", make)
