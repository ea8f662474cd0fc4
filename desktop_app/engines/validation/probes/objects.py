"""Objects: what belongs to another company, or to another evaluator, does not exist for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.core.language import N_
from desktop_app.core.permissions import Operation, Scope
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, say
from desktop_app.engines.validation.bed import MARK, Actor
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.harmless import ABSENT, STALE, path_of, protected, subject_of
from desktop_app.engines.validation.made import if_match, version_of
from desktop_app.engines.validation.registry import probe
from desktop_app.engines.validation.shared import known, once
from desktop_app.engines.validation.who import REFUSED, inner, prove, taken, unmeasured

_LIMITED = (Role.MANAGER, Role.SECRETARY)
_HIDDEN = frozenset({403, 404})
_PART = {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "3"}
_REASON = "zz-evalcheck"

_OBJECTS = {
    "companies": "company_id",
    "templates": "template_id",
    "projects": "project_id",
    "results": "project_id",
    "evaluations": "evaluation_id",
    "files": "file_id",
}
"""What the bed has of each resource, of the test company and of the other one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What goes along with a request on one document, so that it is found but not changed."""

    json: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None


_SENT: Mapping[str, Sent] = {
    "projects.participants": Sent(json={"candidate_ids": [], "panel_ids": []}, headers=STALE),
    "projects.assign": Sent(json={"pairs": [{"company_id": ABSENT, "evaluator_id": ABSENT}]}),
    "projects.remind": Sent(json={"evaluation_ids": [ABSENT]}),
    "projects.declare": Sent(
        json={"company_id": ABSENT, "evaluator_id": ABSENT, "reason": _REASON}
    ),
    "projects.withdraw": Sent(query={"company_id": ABSENT, "evaluator_id": ABSENT}),
    "evaluations.draft": Sent(json={"scores": []}, headers=STALE),
    "evaluations.submit": Sent(json={"scores": []}, headers=STALE),
    "evaluations.reassign": Sent(json={"evaluator_id": ABSENT, "reason": _REASON}, headers=STALE),
    "files.change": Sent(json={"file_name": f"{MARK}.txt"}, headers=STALE),
    "files.upload_part": Sent(content=b"zz", headers=_PART),
    "files.upload_finish": Sent(json={"file_hash": "0" * 64}),
}
"""By operation, where the method alone does not say it."""

_ELSEWHERE = frozenset({"projects.withdraw", "evaluations.peers"})
"""Judged in a way of their own below: what they are refused looks like what is not there."""


def _sent(operation: Operation) -> Sent:
    if operation.id in _SENT:
        return _SENT[operation.id]
    if operation.method == "PATCH":
        return Sent(json={}, headers=STALE)
    return Sent(headers=STALE if operation.method != "GET" else {})


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
        elif operation.id not in _ELSEWHERE:
            yield _company(work, operation, [people[role] for role in roles])
    for actor in (*people.values(), work.bed.stranger(Role.MANAGER)):
        _cancel_upload(work, actor)


def _company(work: CheckContext, operation: Operation, people: list[Actor]) -> Finding:
    subject, told = subject_of(operation), []
    own_ones: list[Answer] = []
    for actor in people:
        own, other = _pair(work, operation, actor)
        beyond = _ask(work, operation, other, actor)
        if beyond.status not in _HIDDEN and not unmeasured(beyond) and beyond.status != 401:
            work.show(beyond)
            return work.failed(
                say(
                    N_("{who} reaches what belongs to another company: it is answered {status}."),
                    who=actor.name,
                    status=beyond.status,
                ),
                subject=subject,
            )
        within = _ask(work, operation, own, actor)
        own_ones.append(within)
        told.append(f"{actor.name} {within.status}/{beyond.status}")
        if unmeasured(beyond) or beyond.status == 401:
            return work.inconclusive(_both(told), subject=subject)
    if any(_unfound(within) for within in own_ones):
        return work.inconclusive(_both(told), subject=subject)
    return work.passed(_both(told), subject=subject)


def _both(told: list[str]) -> Any:
    return say(
        N_("Answered for the own company's and for another's: {told}."), told=", ".join(told)
    )


def _unfound(answer: Answer) -> bool:
    """Whether what is within reach was not reached: no control."""
    return answer.status in _HIDDEN or answer.status in REFUSED or unmeasured(answer)


def _ask(work: CheckContext, operation: Operation, id: str, actor: Actor) -> Answer:  # noqa: A002
    sent = _sent(operation)
    return work.try_send(
        operation.method,
        path_of(operation, id),
        by=actor,
        query=sent.query,
        headers=sent.headers,
        json_body=sent.json,
        content=sent.content,
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
        return upload

    return once(work.bed, f"upload of {actor.login_id}", begin)


def _cancel_upload(work: CheckContext, actor: Actor) -> None:
    """Only who began an upload can end it: the clean-up of the run could not."""
    upload = known(work.bed, f"upload of {actor.login_id}")
    if upload is not None:
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
        declared = work.try_send("POST", path, by=admin, json_body={**about, "reason": _REASON})
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
    if beyond.status not in _HIDDEN or not taken(within) or not taken(still):
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
            ids = _ids(answer, kind)
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


def _ids(answer: Answer, kind: str) -> set[str]:
    found = answer.json
    items = found.get(kind) if isinstance(found, dict) else found
    if answer.status != 200 or not isinstance(items, list):
        return set()
    return {str(i.get("id") or i.get("_id")) for i in items if isinstance(i, dict)}


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
    beyond = _ask(work, operation, others, me)
    within = _ask(work, operation, own, me)
    told = say(
        N_("Answered for the own one {own}, for a colleague's {other}."),
        own=within.status,
        other=beyond.status,
    )
    if unmeasured(beyond) or beyond.status == 401:
        return work.inconclusive(told, subject=subject)
    if beyond.status not in _HIDDEN:
        return work.failed(told, subject=subject)
    if _unfound(within):
        return work.inconclusive(told, subject=subject)
    return work.passed(told, subject=subject)


def _peers(work: CheckContext, operation: Operation, me: Actor, own: str, others: str) -> Finding:
    """Others' scores stay hidden until one's own are handed in (DESIGN: score entry)."""
    subject = subject_of(operation)
    control = work.try_send("GET", f"/api/evaluations/{own}", by=me)
    early = _ask(work, operation, own, me)
    beyond = _ask(work, operation, others, me)
    told = say(
        N_("Answered before the own sheet is handed in {own}, for a colleague's {other}."),
        own=early.status,
        other=beyond.status,
    )
    if taken(early) or taken(beyond):
        return work.failed(told, subject=subject)
    if control.status != 200 or early.status not in _HIDDEN or beyond.status not in _HIDDEN:
        return work.inconclusive(told, subject=subject)
    return work.passed(told, subject=subject)


def _own_sheets_alone(
    work: CheckContext, me: Actor, own: str, others: str, subject: str
) -> Finding:
    answer = work.try_send("GET", "/api/evaluations", by=me, query={"page_size": 200})
    ids = _ids(answer, "evaluations")
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
