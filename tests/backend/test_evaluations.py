"""Lists of sheets: what staff and evaluators find, and that an index serves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from desktop_app.backend.routes.evaluations import EVALUATION_LIST
from tests.backend.conftest import SignIn
from tests.backend.hall import OWN, Hall, body


def ids(client: httpx.Client, **params: str) -> list[str]:
    answer = client.get("/api/evaluations", params=params)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["total"] == len(found["evaluations"])
    return [sheet["id"].removeprefix("sheet-project-") for sheet in found["evaluations"]]


@pytest.fixture
def filled(hall: Hall) -> Hall:
    """Six sheets in two projects; that of ``project-other`` is past its deadline."""
    hall.sheet("evaluator1", "alpha")
    hall.sheet("evaluator1", "beta", status="in_progress", scores=body({"accuracy": 5})["scores"])
    hall.finished("eva2", "alpha")
    hall.finished("eva2", "beta", "project-other")
    hall.sheet("eva3", "alpha", "project-other")
    hall.sheet("evaluator1", "alpha", "project-other", template_id="template-basic")
    past = datetime.now(UTC) - timedelta(hours=1)
    hall.change_project("project-other", deadline=past)
    return hall


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"project_id": OWN}, {"own-alpha-evaluator1", "own-beta-evaluator1", "own-alpha-eva2"}),
        ({"company_id": "beta"}, {"own-beta-evaluator1", "other-beta-eva2"}),
        ({"evaluator_id": "user-eva2"}, {"own-alpha-eva2", "other-beta-eva2"}),
        ({"status": "in_progress"}, {"own-beta-evaluator1"}),
        ({"is_finished": "true"}, {"own-alpha-eva2", "other-beta-eva2"}),
        ({"is_late": "true"}, {"other-alpha-eva3", "other-alpha-evaluator1"}),
        ({"is_late": "false", "project_id": "project-other"}, {"other-beta-eva2"}),
        ({"template_id": "template-basic"}, {"other-alpha-evaluator1"}),
        ({"q": "베타"}, {"own-beta-evaluator1", "other-beta-eva2"}),
        (
            {"q": "테스트 평가"},
            {"own-alpha-evaluator1", "own-beta-evaluator1"} | {"other-alpha-evaluator1"},
        ),
        ({"q": "OTHER 사업"}, {"other-beta-eva2", "other-alpha-eva3", "other-alpha-evaluator1"}),
        ({"q": "베타", "evaluator_id": "user-eva2"}, {"other-beta-eva2"}),
        ({"q": ".*"}, set()),
    ],
)
def test_list_is_filtered(
    admin: httpx.Client, filled: Hall, asked: dict[str, str], expected: set[str]
) -> None:
    assert set(ids(admin, **asked)) == expected


@pytest.mark.parametrize("key", sorted(EVALUATION_LIST.sorts))
def test_list_is_sorted_both_ways(admin: httpx.Client, filled: Hall, key: str) -> None:
    up, down = ids(admin, sort=key), ids(admin, sort=f"-{key}")
    assert len(up) == len(down) == 6
    assert up == down[::-1]


@pytest.mark.parametrize(
    ("asked", "field", "code"),
    [
        ({"status": "lost"}, "status", "type"),
        ({"is_late": "maybe"}, "is_late", "type"),
        ({"sort": "scores"}, "sort", "choice"),
        ({"total_score": "5"}, "total_score", "unknown_field"),
        ({"q": "x" * 201}, "q", "too_long"),
        ({"q": "a\u0000"}, "q", "control_characters"),
    ],
)
def test_what_a_list_cannot_be_asked_is_refused(
    admin: httpx.Client, hall: Hall, asked: dict[str, str], field: str, code: str
) -> None:
    answer = admin.get("/api/evaluations", params=asked)
    assert answer.status_code == 422
    assert [(p["field"], p["code"]) for p in answer.json()["problems"]] == [(field, code)]


def test_staff_find_the_sheets_of_their_projects_alone(sign_in: SignIn, filled: Hall) -> None:
    for login_id in ("manager1", "secretary1"):
        client = sign_in(login_id)
        assert len(ids(client)) == 3
        assert ids(client, project_id="project-other") == []
        assert ids(client, q="OTHER 사업") == []
        assert ids(client, evaluator_id="user-eva3") == []


def test_names_and_progress_are_joined(admin: httpx.Client, filled: Hall) -> None:
    asked = {"status": "in_progress"}
    [sheet] = admin.get("/api/evaluations", params=asked).json()["evaluations"]
    joined = {
        "project_name": f"{OWN} 사업",
        "project_status": "active",
        "company_name": "베타",
        "evaluator_name": "테스트 평가자",
        "template_name": "AI 모델 평가 템플릿",
        "template_revision": 1,
        "answered": 1,
        "criteria_count": 4,
        "conflict": False,
    }
    assert {key: sheet[key] for key in joined} == joined


def test_an_index_serves_what_is_asked_most(filled: Hall) -> None:
    database = filled.server.documents
    database.command("profile", 2)
    try:
        with httpx.Client(base_url=filled.server.url, timeout=20) as client:
            for login_id, password in (("evaluator1", "test123!"), ("manager1", "test123!")):
                known = {"login_id": login_id, "password": password}
                token = client.post("/api/auth/login", json=known).json()["access_token"]
                client.headers["Authorization"] = f"Bearer {token}"
                client.get("/api/evaluations").raise_for_status()
            client.get(f"/api/projects/{OWN}/matrix").raise_for_status()
    finally:
        database.command("profile", 0)
    asked = list(
        database["system.profile"].find({"ns": f"{database.name}.evaluations", "op": "query"})
    )
    database["system.profile"].drop()
    plans = {entry["planSummary"] for entry in asked}
    assert len(asked) >= 3
    assert all(plan.startswith("IXSCAN { project_id: 1") for plan in plans), plans
