"""What the server writes is what the migrations want: nothing pending, nothing broken."""

from __future__ import annotations

import httpx

from desktop_app.core.verdicts import CheckState
from desktop_app.db.migrations.server import target_of
from tests.backend.file_sending import upload
from tests.backend.hall import FULL, OWN, Hall, at, body
from tests.db.migrations.databases import WHOLE, planned, prepared, verified
from tests.fixtures.server import RunningServer


def _created(answer: httpx.Response) -> httpx.Response:
    assert answer.status_code in (200, 201), answer.text
    return answer


def test_a_database_of_the_server_needs_no_migration_and_passes_every_check(
    api_server: RunningServer, hall: Hall, admin: httpx.Client, evaluator: httpx.Client
) -> None:
    target = target_of(api_server.documents.client, api_server.database, "tester@here")
    # The hall's companies were put there past the server.
    settings = {"max_users": 100, "max_projects": 50, "storage_limit_gb": 10}
    bare = {"settings": {"$exists": False}}
    api_server.documents["companies"].update_many(bare, {"$set": {"settings": settings}})
    company = {"name": "새 회사", "business_number": "220-81-62517"}
    _created(admin.post("/api/companies", json=company))
    person = {"login_id": "new1", "name": "새 사람", "email": "new@example.com", "role": "admin"}
    _created(admin.post("/api/users", json=person))
    criteria = [
        {"id": "a", "name": "하나", "weight": 33.3},
        {"id": "b", "name": "둘", "weight": 66.7},
    ]
    template = {"name": "새 템플릿", "criteria": criteria}
    _created(admin.post("/api/templates", json=template))
    project = {"name": "새 프로젝트", "company_id": "company-test", "status": "draft"}
    _created(admin.post("/api/projects", json=project))
    pairs = [{"company_id": "alpha", "evaluator_id": "user-evaluator1"}]
    answer = _created(admin.post(f"/api/projects/{OWN}/assignments", json={"pairs": pairs}))
    sheet = answer.json()["sheets"][0]
    url = f"/api/evaluations/{sheet['id']}/submit"
    _created(evaluator.post(url, json=body(FULL), headers=at(sheet["version"])))
    declared = {"company_id": "beta", "reason": "친척"}
    _created(evaluator.post(f"/api/projects/{OWN}/conflicts", json=declared))
    _created(upload(admin, "파일.txt", b"content", project_id=OWN))

    assert [(step.id, step.documents) for step in planned(target, steps=WHOLE).pending] == []
    prepared(target, steps=WHOLE)
    ended = verified(target)
    failed = [one for one in ended.results if one.state is not CheckState.PASS]
    assert {one.state for one in failed} <= {CheckState.NOT_APPLICABLE}, failed
    assert ended.passed
    checked = {one.check for one in ended.results if one.state is CheckState.PASS}
    assert {
        "evaluations.total_score",
        "violations:files",
        "violations:conflicts_of_interest",
    } <= checked
