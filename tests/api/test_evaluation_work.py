"""Templates, projects and sheets on the real server, through the client alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

import pytest

from desktop_app.api.client import ApiClient
from desktop_app.api.guard import WriteGuard
from desktop_app.api.transport import Transport
from desktop_app.config.profiles import Profile
from desktop_app.core.errors import Conflict, Forbidden, InUse, NotFound, Rejected
from desktop_app.core.evaluations import Draft, EvaluationStatus, Pair, Score
from desktop_app.core.paging import PageQuery
from desktop_app.core.projects import ProjectStatus
from tests.fixtures.server import RunningServer

CRITERIA = [
    {"id": "a", "name": "정확도", "weight": 60, "max_score": 10, "step": 0.5},
    {"id": "b", "name": "성능", "weight": 40, "max_score": 5},
]
TEMPLATE: dict[str, Any] = {"name": "발표 평가", "criteria": CRITERIA}
PAIR = Pair(company_id="company-system", evaluator_id="user-evaluator1")
FULL = Draft(
    scores=(Score(criterion_id="a", score=7.5), Score(criterion_id="b", score=5)), comment="좋음"
)


class People(Protocol):
    def __call__(self, login_id: str) -> ApiClient:
        """The API as somebody of the initial data."""


@pytest.fixture
def people(api_server: RunningServer) -> Iterator[People]:
    known = {**api_server.users, api_server.admin[0]: api_server.admin[1]}
    with ExitStack() as stack:

        def signed_in(login_id: str) -> ApiClient:
            profile = Profile(id="t", name="Test", connect_timeout_s=2)
            client = ApiClient(Transport(api_server.url, profile, guard=WriteGuard("Test")))
            stack.callback(client.close)
            client.sign_with(client.auth.login(login_id, known[login_id]).access_token)
            return client

        yield signed_in


def active_project(manager: ApiClient) -> str:
    """A project of company-test in which evaluator1 evaluates the system's company."""
    values = {
        "name": "AI 바우처",
        "manager_id": "user-manager1",
        "template_id": manager.templates.create(TEMPLATE),
        "deadline": (datetime.now(UTC) + timedelta(days=1)).isoformat(),
        "status": "active",
    }
    created = manager.projects.add(values)
    manager.projects.set_participants(
        created.id, ["company-system"], ["user-evaluator1"], version=created.item.version
    )
    return created.id


def test_a_template_from_its_creation_to_its_end(people: People) -> None:
    api = people("manager1")
    key = "of-one-form"
    id_, again = (api.templates.create(TEMPLATE, idempotency_key=key) for _ in range(2))
    assert id_ == again
    template = api.templates.get(id_)
    assert [(c.id, c.weight, c.step) for c in template.criteria] == [("a", 60, 0.5), ("b", 40, 1)]
    project = api.projects.add({"name": "사업", "template_id": id_})
    assert api.templates.get(id_).in_use
    changed = api.templates.change(id_, {"criteria": CRITERIA[::-1]}, version=template.version)
    assert (changed.revision, changed.criteria[0].id, changed.in_use) == (2, "b", False)
    assert api.templates.at_revision(id_, 1).criteria == template.criteria
    assert [(r.revision, r.criteria[0].id) for r in api.templates.revisions(id_)] == [
        (2, "b"),
        (1, "a"),
    ]
    with pytest.raises(NotFound):
        api.templates.at_revision(id_, 3)
    with pytest.raises(Conflict) as conflict:
        api.templates.change(id_, {"name": "x"}, version=template.version)
    assert conflict.value.current["revision"] == 2
    with pytest.raises(Rejected) as rejected:
        api.templates.change(id_, {"criteria": CRITERIA[:1]}, version=changed.version)
    assert rejected.value.problems[0].params == {"total": "60"}
    with pytest.raises(InUse) as in_use:
        api.templates.delete(id_, version=changed.version)
    assert in_use.value.usage == api.templates.usage(id_) == {"projects": 1}
    revised = api.projects.revise(project.id, version=project.item.version)
    assert revised.template_revision == 2
    api.projects.delete(project.id, version=revised.version)
    api.templates.delete(id_, version=changed.version)
    with pytest.raises(Forbidden):
        api.templates.change("template-basic", {"name": "x"}, version=1)


def test_a_project_from_its_creation_to_the_archive_and_back(people: People) -> None:
    api = people("manager1")
    project = api.projects.get(active_project(api))
    assert (project.status, project.company_id) == (ProjectStatus.ACTIVE, "company-test")
    assert (project.manager_name, project.template_name) == ("테스트 관리자", "발표 평가")
    assert project.deadline is not None
    assert project.deadline.tzinfo is not None
    page = api.projects.page(PageQuery(filters={"status": "active"}))
    assert page.items == (project,)
    archived = api.projects.archive(project.id, version=project.version)
    assert archived.status is ProjectStatus.ARCHIVED
    restored = api.projects.restore(project.id, version=archived.version)
    assert restored.status is ProjectStatus.DRAFT
    api.projects.delete(project.id, version=restored.version)


def test_names_of_companies_beyond_reach_are_told(people: People) -> None:
    api = people("secretary1")
    page = api.companies.names(PageQuery(q="회사"))
    assert [company.name for company in page.items] == ["시스템 회사", "테스트 회사"]
    assert [company.name for company in api.companies.page(PageQuery()).items] == ["테스트 회사"]


def test_a_sheet_from_its_assignment_to_the_confirmation(people: People) -> None:
    admin, manager, evaluator = people("admin"), people("manager1"), people("evaluator1")
    project = active_project(manager)
    first, again = (manager.projects.assign(project, [PAIR], idempotency_key="k") for _ in "12")
    assert first == again
    [assigned] = first
    assert manager.projects.matrix(project).sheets == first
    assert manager.projects.remind(project, [assigned.id]) == 1
    candidates = evaluator.projects.candidates(project)
    assert [company.name for company in candidates.candidates] == ["시스템 회사"]

    sheet = evaluator.evaluations.sheet(assigned.id)
    assert sheet.evaluation.reminded_at is not None
    draft = Draft(scores=FULL.scores[:1])
    kept = evaluator.evaluations.save_draft(assigned.id, draft, version=sheet.evaluation.version)
    assert (kept.evaluation.answered, kept.evaluation.total_score) == (1, 45)
    with pytest.raises(Conflict):
        evaluator.evaluations.save_draft(assigned.id, FULL, version=sheet.evaluation.version)
    with pytest.raises(Rejected) as missing:
        evaluator.evaluations.submit(assigned.id, draft, version=kept.evaluation.version)
    assert [(p.field, p.code) for p in missing.value.problems] == [("scores.b", "required")]
    with pytest.raises(Forbidden):
        evaluator.evaluations.peers(assigned.id)
    now = evaluator.evaluations.sheet(assigned.id).evaluation
    done = evaluator.evaluations.submit(assigned.id, FULL, version=now.version)
    assert (done.evaluation.total_score, done.evaluation.status) == (85, "submitted")
    assert done.receipt
    assert evaluator.evaluations.peers(assigned.id) == ()

    reopened = admin.evaluations.reopen(assigned.id, "누락", version=done.evaluation.version)
    assert reopened.evaluation.status is EvaluationStatus.IN_PROGRESS
    done = evaluator.evaluations.submit(assigned.id, FULL, version=reopened.evaluation.version)
    confirmed = manager.evaluations.confirm(assigned.id, version=done.evaluation.version)
    assert confirmed.evaluation.status is EvaluationStatus.CONFIRMED
    listed = manager.evaluations.page(PageQuery(filters={"project_id": project})).items
    assert [evaluation.total_score for evaluation in listed] == [85]


def test_conflicts_of_interest_are_declared_and_taken_back(people: People) -> None:
    manager, evaluator = people("manager1"), people("evaluator1")
    project = active_project(manager)
    declared = evaluator.projects.declare(project, "company-system", "친족이 근무")
    assert declared.evaluator_id == "user-evaluator1"
    with pytest.raises(Rejected) as refused:
        manager.projects.assign(project, [PAIR])
    assert [(p.field, p.code) for p in refused.value.problems] == [
        ("pairs.0", "conflict_of_interest")
    ]
    evaluator.projects.withdraw(project, "company-system")
    [sheet] = manager.projects.assign(project, [PAIR])
    manager.projects.declare(project, "company-system", "자문", evaluator_id="user-evaluator1")
    assert evaluator.evaluations.sheet(sheet.id).evaluation.conflict
    manager.projects.withdraw(project, "company-system", "user-evaluator1")
    manager.evaluations.delete(sheet.id, version=sheet.version)
    assert manager.projects.matrix(project).sheets == ()
