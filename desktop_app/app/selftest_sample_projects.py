"""Sample projects with sheets in every state, filled in by the sample evaluators themselves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import blake2b

from desktop_app.api.client import ApiClient
from desktop_app.api.guard import WriteGuard
from desktop_app.api.transport import Transport
from desktop_app.config.profiles import Environment, Profile
from desktop_app.core.assignment import plan_matrix
from desktop_app.core.evaluations import Draft, Evaluation, EvaluationStatus, Score
from desktop_app.core.paging import PageQuery
from desktop_app.core.projects import ProjectStatus

PANEL = 7
PASSWORD = "sample password 1"  # noqa: S105 - of sample accounts in a workspace that is thrown away
_COMMENTS = ("근거 자료가 충분합니다. (예시)", "추가 검증이 필요합니다. (예시)", None, None)


@dataclass(frozen=True, slots=True)
class Evaluator:
    """A sample evaluator who has never signed in."""

    id: str
    login_id: str
    one_time_password: str


def create_sample_projects(
    api: ApiClient, companies: Sequence[str], evaluators: Sequence[Evaluator]
) -> None:
    """One project in each state; ``companies`` are evaluated by the first ``PANEL`` evaluators."""
    panel = evaluators[:PANEL]
    now = datetime.now(UTC)
    template = api.templates.page(PageQuery(page_size=25, q="AI")).items[0].id
    new = {"company_id": companies[0], "template_id": template}
    running = _project(
        api, "AI 모델 성능 평가 (예시)", now + timedelta(days=9), companies, panel, **new
    )
    closed = _project(
        api, "상반기 품질 평가 (예시)", now + timedelta(days=2), companies[:4], panel, **new
    )
    overdue = _project(
        api, "마감이 지난 평가 (예시)", now + timedelta(days=1), companies[:3], panel, **new
    )
    with _signed_in(api, panel) as visitors:
        for sheet in _assign(api, closed, 6):
            _write(visitors[sheet.evaluator_id], sheet, submit=True)
        for number, sheet in enumerate(_assign(api, running, 3)):
            if number % 3:
                _write(visitors[sheet.evaluator_id], sheet, submit=number % 3 == 1)
        for sheet in _assign(api, overdue, 2)[:2]:
            _write(visitors[sheet.evaluator_id], sheet, submit=True)
    _follow_up(api, running, companies, panel)
    _set(api, closed, status=ProjectStatus.CLOSED.value)
    past = {"start_date": now - timedelta(days=40), "deadline": now - timedelta(days=3)}
    _set(api, overdue, **{key: moment.isoformat() for key, moment in past.items()})
    api.projects.create({"name": "신규 사업 준비 (예시)", "company_id": companies[1]})
    old = api.projects.add({"name": "작년 평가 (예시)", "company_id": companies[2]}).item
    api.projects.archive(old.id, version=old.version)


def _project(
    api: ApiClient,
    name: str,
    deadline: datetime,
    candidates: Sequence[str],
    panel: Sequence[Evaluator],
    **values: str,
) -> str:
    made = api.projects.add(
        {
            **values,
            "name": name,
            "status": ProjectStatus.ACTIVE.value,
            "deadline": deadline.isoformat(timespec="seconds"),
            "description": "자체 점검이 만든 예시 프로젝트입니다.",
        }
    )
    api.projects.set_participants(
        made.id, candidates, [person.id for person in panel], version=made.item.version
    )
    return made.id


def _assign(api: ApiClient, project_id: str, each: int) -> list[Evaluation]:
    matrix = api.projects.matrix(project_id)
    made = plan_matrix(matrix, per_company=each, per_evaluator=None, seed=2026)
    sheets = api.projects.assign(project_id, made.pairs)
    return sorted(sheets, key=lambda sheet: (sheet.company_id, sheet.evaluator_id))


@contextmanager
def _signed_in(api: ApiClient, panel: Sequence[Evaluator]) -> Iterator[dict[str, ApiClient]]:
    """The evaluators, each with a password of their own now."""
    profile = Profile(
        id="sample",
        name="sample",
        environment=Environment.LOCAL,
        api_url=api.base_url,
        proxy="none",
    )
    visitors: dict[str, ApiClient] = {}
    try:
        for person in panel:
            visitor = ApiClient(Transport(api.base_url, profile, guard=WriteGuard("sample")))
            visitors[person.id] = visitor
            tokens = visitor.auth.login(person.login_id, person.one_time_password)
            visitor.sign_with(tokens.access_token)
            changed = visitor.auth.password(person.one_time_password, PASSWORD)
            visitor.sign_with(changed.access_token)
        yield visitors
    finally:
        for visitor in visitors.values():
            visitor.close()


def _write(visitor: ApiClient, sheet: Evaluation, *, submit: bool) -> None:
    """Enter scores; a draft that is not submitted has some only."""
    whole = visitor.evaluations.sheet(sheet.id)
    criteria = whole.criteria if submit else whole.criteria[: len(whole.criteria) // 2]
    draft = Draft(
        scores=tuple(
            Score(
                criterion_id=criterion.id,
                score=round(criterion.max_score * (60 + _drawn(sheet, criterion.id, 40)) / 100),
                comment=_COMMENTS[_drawn(sheet, criterion.id, len(_COMMENTS))],
            )
            for criterion in criteria
        ),
        comment="전반적으로 우수합니다. (예시)" if submit else None,
    )
    version = whole.evaluation.version
    if submit:
        visitor.evaluations.submit(sheet.id, draft, version=version)
    else:
        visitor.evaluations.save_draft(sheet.id, draft, version=version)


def _drawn(sheet: Evaluation, criterion_id: str, below: int) -> int:
    """A number below ``below``: another one for each place of a sheet, the same in each run."""
    text = f"{sheet.company_name} {sheet.evaluator_name} {criterion_id}"
    return int.from_bytes(blake2b(text.encode(), digest_size=4).digest(), "big") % below


def _follow_up(
    api: ApiClient, project_id: str, companies: Sequence[str], panel: Sequence[Evaluator]
) -> None:
    """What staff does with sheets: confirm, reopen, remind; and a conflict declared late."""
    by_status: dict[EvaluationStatus, list[Evaluation]] = {
        status: [] for status in EvaluationStatus
    }
    for sheet in api.projects.matrix(project_id).sheets:
        by_status[sheet.status].append(sheet)
    submitted = by_status[EvaluationStatus.SUBMITTED]
    for sheet in submitted[:2]:
        api.evaluations.confirm(sheet.id, version=sheet.version)
    api.evaluations.reopen(
        submitted[2].id, "점수 입력 오류 정정 (예시)", version=submitted[2].version
    )
    waiting = by_status[EvaluationStatus.ASSIGNED]
    api.projects.remind(project_id, [sheet.id for sheet in waiting[:3]])
    late = waiting[-1]
    api.projects.declare(project_id, late.company_id, "자문 계약 (예시)", late.evaluator_id)
    taken = {
        (sheet.company_id, sheet.evaluator_id) for sheet in api.projects.matrix(project_id).sheets
    }
    free = next(
        (company, person.id)
        for company in companies
        for person in panel
        if (company, person.id) not in taken
    )
    api.projects.declare(project_id, free[0], "친족 관계 (예시)", free[1])


def _set(api: ApiClient, project_id: str, **values: str) -> None:
    project = api.projects.get(project_id)
    api.projects.change(project_id, values, version=project.version)
