"""Objects: what belongs to another company does not exist for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.permissions import Operation, Scope
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.bed import MARK, Actor
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.harmless import REASON, ask_for, protected, subject_of
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.shared import known, once
from desktop_app.engines.validation.who import (
    HIDDEN,
    ids_in,
    inner,
    prove,
    taken,
    unfound,
    unmeasured,
)

_LIMITED = (Role.MANAGER, Role.SECRETARY)

_OBJECTS = {
    "companies": "company_id",
    "templates": "template_id",
    "projects": "project_id",
    "results": "project_id",
    "evaluations": "evaluation_id",
    "files": "file_id",
}
"""What the bed has of each resource, of the test company and of the other one."""


@probe("object.company")
def of_another_company(work: CheckContext) -> Iterator[Finding]:
    """Each operation on one document, by staff: their company's is found, another's is not."""
    people = {role: prove(work, work.bed.insider(role)) for role in _LIMITED}
    for operation in protected(work.contract):
        subject = subject_of(operation)
        roles = [r for r in _LIMITED if operation.allowed.get(r) is Scope.OWN_COMPANY]
        if "{id}" not in operation.path or not roles or not work.wants(subject):
            continue
        if operation.id == "projects.withdraw":
            yield _withdrawn(work, people[Role.MANAGER], subject)
        else:
            yield _company(work, operation, [people[role] for role in roles])
    for actor in known(work.bed, "uploading") or ():
        _cancel_upload(work, actor)


def _company(work: CheckContext, operation: Operation, people: list[Actor]) -> Finding:
    subject, told = subject_of(operation), []
    own_ones: list[Answer] = []
    for actor in people:
        own, other = _pair(work, operation, actor)
        beyond = ask_for(work, operation, other, actor)
        if beyond.status not in HIDDEN and not unmeasured(beyond) and beyond.status != 401:
            work.show(beyond)
            return work.failed(
                say(
                    N_("{who} reaches what belongs to another company: it is answered {status}."),
                    who=actor.name,
                    status=beyond.status,
                ),
                subject=subject,
            )
        within = ask_for(work, operation, own, actor)
        own_ones.append(within)
        told.append(f"{actor.name} {within.status}/{beyond.status}")
        if unmeasured(beyond) or beyond.status == 401:
            return work.inconclusive(_both(told), subject=subject)
    if any(unfound(within) for within in own_ones):
        return work.inconclusive(_both(told), subject=subject)
    return work.passed(_both(told), subject=subject)


def _both(told: list[str]) -> Any:
    return say(
        N_("Answered for the own company's and for another's: {told}."), told=", ".join(told)
    )


def _pair(work: CheckContext, operation: Operation, actor: Actor) -> tuple[str, str]:
    """The ids of one document within the actor's reach, and of one of the other company."""
    if operation.path.startswith("/api/files/upload/"):
        begun = [_begin_upload(work, who) for who in (actor, work.bed.stranger(Role.MANAGER))]
        return begun[0], begun[1]
    resource = operation.id.partition(".")[0]
    if resource == "users":
        return work.bed.insider(Role.SECRETARY).user_id, work.bed.stranger(Role.MANAGER).user_id
    name = _OBJECTS[resource]
    return work.bed.value(name), work.bed.value(f"other_{name}")


def _begin_upload(work: CheckContext, actor: Actor) -> str:
    def begin() -> str:
        body = {"file_name": f"{work.bed.unique()}.txt", "size": 4}
        answer = work.send("POST", "/api/files/upload", by=actor, json_body=body)
        upload = inner(answer.json, "upload").get("id")
        if answer.status != 201 or not isinstance(upload, str):
            raise Blocked(
                say(
                    N_("{path} was answered {status}: it could not be tried."),
                    path="POST /api/files/upload",
                    status=answer.status,
                )
            )
        once(work.bed, "uploading", list[Actor]).append(actor)
        return upload

    return once(work.bed, f"upload of {actor.login_id}", begin)


def _cancel_upload(work: CheckContext, actor: Actor) -> None:
    """Only who began an upload can end it: the clean-up of the run could not."""
    upload = known(work.bed, f"upload of {actor.login_id}")
    work.try_send("DELETE", f"/api/files/upload/{upload}", by=actor)
    work.forget()


def _withdrawn(work: CheckContext, manager: Actor, subject: str) -> Finding:
    """A conflict of interest that was really declared: in the other company's project it stays."""
    own, other = work.bed.value("evaluation_id"), work.bed.value("other_evaluation_id")
    del own, other  # the panels are there with them
    company, admin = work.bed.value("candidate_company_id"), work.bed.actor(Role.ADMIN)
    answers: list[Answer] = []
    for prefix, evaluator in (
        ("other_", work.bed.stranger(Role.EVALUATOR)),
        ("", work.bed.insider(Role.EVALUATOR)),
    ):
        path = f"/api/projects/{work.bed.value(f'{prefix}project_id')}/conflicts"
        about = {"company_id": company, "evaluator_id": evaluator.user_id}
        declared = work.try_send("POST", path, by=admin, json_body={**about, "reason": REASON})
        if not taken(declared):
            return work.inconclusive(
                say(
                    N_("{path} was answered {status}: it could not be tried."),
                    path="POST /api/projects/{id}/conflicts",
                    status=declared.status,
                ),
                subject=subject,
            )
        answers.append(work.try_send("DELETE", path, by=manager, query=about))
        if prefix:
            still = work.try_send("DELETE", path, by=admin, query=about)
    beyond, within = answers
    told = _both([f"{manager.name} {within.status}/{beyond.status}"])
    work.show(within, beyond)
    if taken(beyond) or still.status == 404:
        return work.failed(told, subject=subject)
    if beyond.status not in HIDDEN or not taken(within) or not taken(still):
        return work.inconclusive(told, subject=subject)
    return work.passed(told, subject=subject)


@probe("object.lists")
def lists(work: CheckContext) -> Iterator[Finding]:
    """Lists hold what is of the own company, whatever they are asked."""
    people = {role: prove(work, work.bed.insider(role)) for role in (*_LIMITED, Role.EVALUATOR)}
    for operation in protected(work.contract):
        resource, _, verb = operation.id.partition(".")
        if verb != "list" or resource not in (*_OBJECTS, "users"):
            continue
        subject = subject_of(operation)
        if work.wants(subject):
            able = [actor for role, actor in people.items() if role in operation.allowed]
            yield _listed(work, operation, able, resource)


def _listed(work: CheckContext, operation: Operation, people: list[Actor], kind: str) -> Finding:
    subject = subject_of(operation)
    other_company = work.bed.value("other_company_id")
    staff, told = [a for a in people if a.role in _LIMITED], []
    own, other = _pair(work, operation, staff[0])
    seen_own = False
    for actor in staff:
        for query in ({}, {"company_id": other_company}, {"q": MARK}):
            asked = {"page_size": 200, **query}
            answer = work.try_send("GET", operation.path, by=actor, query=asked)
            ids = ids_in(answer, kind)
            if other in ids:
                work.show(answer)
                return work.failed(
                    say(N_("{who} is shown what belongs to another company."), who=actor.name),
                    subject=subject,
                )
            seen_own = seen_own or own in ids
            told.append(f"{actor.name} {answer.status}: {len(ids)}")
    seen = say(N_("Shown: {told}."), told=", ".join(told))
    if not seen_own:
        return work.inconclusive(seen, subject=subject)
    return work.passed(seen, subject=subject)


@probe("object.foreign")
def into_another_company(work: CheckContext) -> Iterator[Finding]:
    """What a manager makes belongs to the own company, whatever the request says."""
    manager = prove(work, work.bed.insider(Role.MANAGER))
    own, other = work.bed.value("company_id"), work.bed.value("other_company_id")
    criteria = [{"id": "one", "name": "One", "weight": 100, "max_score": 100}]
    bodies: Mapping[str, Mapping[str, Any]] = {
        "projects": {},
        "templates": {"criteria": criteria},
        "files/upload": {"size": 4},
    }
    for kind, further in bodies.items():
        subject = f"POST /api/{kind}"
        if not work.wants(subject):
            continue
        answers = []
        for company in (other, own):
            name = work.bed.unique()
            named = {"file_name": f"{name}.txt"} if kind == "files/upload" else {"name": name}
            body = {**named, "company_id": company, **further}
            answers.append(work.try_send("POST", f"/api/{kind}", by=manager, json_body=body))
        work.show(*answers)
        owner = _company_of(work, answers[0], kind) if taken(answers[0]) else ""
        for answer in answers if kind == "files/upload" else ():
            if upload := inner(answer.json, "upload").get("id"):
                work.try_send("DELETE", f"/api/files/upload/{upload}", by=manager)
        beyond, within = answers
        told = _both([f"{manager.name} {within.status}/{beyond.status}"])
        if taken(beyond) and owner != own:
            yield work.failed(told, subject=subject)
        elif unmeasured(beyond) or beyond.status == 401 or not taken(within):
            yield work.inconclusive(told, subject=subject)
        else:
            yield work.passed(told, subject=subject)


def _company_of(work: CheckContext, answer: Answer, kind: str) -> str:
    """To which company the target says that a new document belongs; "" where it does not say."""
    found = inner(answer.json, "project", "template", "upload")
    if "company_id" in found:
        return str(found["company_id"])
    made = str(inner(answer.json).get(f"{kind.removesuffix('s')}_id") or "")
    read = work.bed.ask("GET", f"/api/{kind}/{made}", None, {})
    return str(inner(read.json, "project", "template").get("company_id") or "")
