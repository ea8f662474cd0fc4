"""Roles: every operation of the contract by every role, against the one table of permissions."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_app.core.language import N_
from desktop_app.core.permissions import Operation
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, Said, say
from desktop_app.engines.validation.bed import Actor, BedProblem
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.harmless import (
    ABSENT,
    SIGNS_OUT,
    path_of,
    protected,
    subject_of,
)
from desktop_app.engines.validation.made import if_match, version_of
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.who import (
    REFUSED,
    again,
    inner,
    prove_all,
    taken,
    unmeasured,
)

_IDS = {
    "users": "company_user",
    "companies": "company_id",
    "templates": "template_id",
    "projects": "project_id",
    "results": "project_id",
    "evaluations": "evaluation_id",
    "files": "file_id",
}
"""What there is in the bed of each resource."""

_NOT_OFFERED = frozenset({404, 405, 501})


@probe("role.forbidden")
def forbidden(work: CheckContext) -> Iterator[Finding]:
    """Who may not use an operation is refused: 403, or 404 where even its being is hidden."""
    people = prove_all(work, Role)
    for operation in protected(work.contract):
        roles = [role for role in Role if role not in operation.allowed]
        if roles and work.wants(subject_of(operation)):
            yield _forbidden(work, operation, people, roles)


def _forbidden(
    work: CheckContext, operation: Operation, people: dict[Role, Actor], roles: list[Role]
) -> Finding:
    subject, admin = subject_of(operation), people[Role.ADMIN]
    path = path_of(operation, _read_id(work, operation))
    control = work.try_send(operation.method, path, by=admin)
    if finding := _no_control(work, operation, control):
        return finding
    answers: dict[Role, Answer] = {}
    for role in roles:
        answer = work.try_send(operation.method, path, by=people[role])
        if answer.status == control.status == 404:
            answer = _on_a_real_one(work, operation, people[role]) or answer
        answers[role] = answer
    admitted = {
        role: answer
        for role, answer in answers.items()
        if answer.status not in (401, 403, 404) and not unmeasured(answer)
    }
    unclear = [
        role
        for role, answer in answers.items()
        if unmeasured(answer) or answer.status == 401 or (answer.status == control.status == 404)
    ]
    if admitted:
        work.show(control, *admitted.values())
        said = say(N_("Let in: {told}. 403 was due."), told=_statuses(admitted))
        return work.failed(said, subject=subject)
    if unclear:
        return work.inconclusive(_told(answers), _sound(control), subject=subject)
    return work.passed(_told(answers), _sound(control), subject=subject)


def _told(answers: dict[Role, Answer]) -> Said:
    return say(N_("Answered: {told}."), told=_statuses(answers))


def _statuses(answers: dict[Role, Answer]) -> str:
    return ", ".join(f"{role.value} {answer.status}" for role, answer in answers.items())


def _sound(control: Answer) -> Said:
    return say(N_("The administrator is answered {status}."), status=control.status)


def _no_control(work: CheckContext, operation: Operation, control: Answer) -> Finding | None:
    """What is to be said where the administrator's own request tells nothing."""
    subject = subject_of(operation)
    if control.status in REFUSED or unmeasured(control):
        return work.inconclusive(_sound(control), subject=subject)
    if control.status in _NOT_OFFERED and "{id}" not in operation.path:
        return work.not_applicable(
            say(
                N_("It is not offered here: with a sound token it is answered {status}."),
                status=control.status,
            ),
            subject=subject,
        )
    return None


def _read_id(work: CheckContext, operation: Operation) -> str:
    """Something that is there for what only reads, so that 404 is told from being let in."""
    resource = operation.id.partition(".")[0]
    if "{id}" not in operation.path or operation.method != "GET":
        return ABSENT
    try:
        if operation.path.startswith("/api/files/upload/"):
            return _upload(work)
        return _real_id(work, resource)
    except (BedProblem, KeyError):
        return ABSENT


def _real_id(work: CheckContext, resource: str) -> str:
    name = _IDS[resource]
    if name == "company_user":
        return work.bed.insider(Role.SECRETARY).user_id
    return work.bed.value(name)


def _upload(work: CheckContext) -> str:
    """An upload that nobody goes on with."""
    body = {"file_name": f"{work.bed.unique()}.txt", "size": 4}
    answer = work.bed.ask("POST", "/api/files/upload", body, {})
    work.bed.notice(answer)
    return str(inner(answer.json, "upload").get("id") or ABSENT)


def _on_a_real_one(work: CheckContext, operation: Operation, actor: Actor) -> Answer | None:
    """What somebody is answered who wants to change a document made for this; None where none is.

    An absent one is 404 for whoever is let in and for whom it is hidden from alike.
    """
    if operation.path.startswith("/api/files/upload/"):
        upload = _upload(work)
        if upload == ABSENT:
            return None
        return work.try_send(operation.method, path_of(operation, upload), by=actor)
    kind = operation.id.partition(".")[0]
    if kind == "users":
        made = work.bed.new_user(Role.EVALUATOR).user_id
    elif kind in _IDS and operation.method == "GET":
        made = _real_id(work, kind)
    else:
        return None
    current = work.bed.ask("GET", f"/api/{kind}/{made}", None, {})
    return work.try_send(
        operation.method,
        path_of(operation, made),
        by=actor,
        headers=if_match(version_of(current)),
    )


@probe("role.allowed")
def allowed(work: CheckContext) -> Iterator[Finding]:
    """Who may use an operation is let in."""
    people = prove_all(work, Role)
    for operation in protected(work.contract):
        if work.wants(subject_of(operation)):
            yield _allowed(work, operation, people)


def _allowed(work: CheckContext, operation: Operation, people: dict[Role, Actor]) -> Finding:
    subject, path = subject_of(operation), path_of(operation)
    answers: dict[Role, Answer] = {}
    for role in operation.allowed:
        try:
            actor = again(work, people[role]) if operation.id == SIGNS_OUT else people[role]
        except Blocked as blocked:
            return work.inconclusive(blocked.said, subject=subject)
        answers[role] = work.try_send(operation.method, path, by=actor)
    placed = "{id}" in operation.path
    missing = {405, 501} | (set() if placed else {404})
    if all(answer.status in missing for answer in answers.values()):
        return work.not_applicable(_told(answers), subject=subject)
    refused = {role: answer for role, answer in answers.items() if answer.status in REFUSED}
    if refused:
        work.show(*refused.values())
        return work.failed(_told(refused), subject=subject)
    if any(unmeasured(answer) or answer.status in missing for answer in answers.values()):
        return work.inconclusive(_told(answers), subject=subject)
    if placed and any(map(taken, answers.values())):
        # Something of that id cannot be: it answers so whatever it is asked.
        return work.inconclusive(_told(answers), subject=subject)
    return work.passed(_told(answers), subject=subject)
