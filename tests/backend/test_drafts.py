"""Drafts: what is entered is kept, checked, counted, and never over somebody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.backend.conftest import SignIn
from tests.backend.hall import CRITERIA, FULL, FULL_TOTAL, OWN, Hall, at, body


def draft(client: httpx.Client, sheet: str, content: Any, version: int) -> httpx.Response:
    path = f"/api/evaluations/{sheet}/draft"
    return client.put(path, json=content, headers=at(version))


def test_draft_is_kept_with_the_total_so_far(evaluator: httpx.Client, hall: Hall) -> None:
    sheet = hall.sheet()
    answer = draft(evaluator, sheet, body({"accuracy": 80, "performance": 50}, "좋음 "), 1)
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"2"'
    found = answer.json()["sheet"]
    evaluation = found["evaluation"]
    assert (evaluation["status"], evaluation["version"]) == ("in_progress", 2)
    assert (evaluation["answered"], evaluation["criteria_count"]) == (2, 4)
    assert evaluation["total_score"] == 47.0
    assert found["comment"] == "좋음 "
    assert [score["criterion_id"] for score in found["scores"]] == ["accuracy", "performance"]
    assert [criterion["id"] for criterion in found["criteria"]] == list(CRITERIA)
    read = evaluator.get(f"/api/evaluations/{sheet}").json()["sheet"]
    assert {**read, "server_time": None} == {**found, "server_time": None}


def test_first_draft_is_audited_and_those_after_it_are_not(
    evaluator: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    for version, score in enumerate((10, 20, 30), start=1):
        assert draft(evaluator, sheet, body({"accuracy": score}), version).status_code == 200
    [entry] = hall.trail("evaluations.draft")
    assert entry["changes"] == {"status": ["assigned", "in_progress"]}
    assert (entry["target_id"], entry["target_name"]) == (sheet, "알파 / 테스트 평가자")


def test_same_content_again_changes_nothing_whatever_the_version(
    evaluator: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    content = body({"accuracy": 80})
    draft(evaluator, sheet, content, 1)
    for version in (2, 1):  # the second asks again for an answer that was lost
        answer = draft(evaluator, sheet, content, version)
        assert answer.status_code == 200
        assert answer.json()["sheet"]["evaluation"]["version"] == 2


def test_stale_draft_is_refused_with_the_sheet_as_it_is(
    evaluator: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    draft(evaluator, sheet, body({"accuracy": 80}), 1)
    answer = draft(evaluator, sheet, body({"accuracy": 10}), 1)
    assert answer.status_code == 409
    current = answer.json()["current"]
    assert current["evaluation"]["version"] == 2
    assert current["scores"][0]["score"] == 80
    assert len(current["criteria"]) == 4


def test_of_two_drafts_at_once_one_is_kept_and_the_other_told(
    evaluator: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    for version in range(1, 12):
        with ThreadPoolExecutor(2) as pool:
            answers = list(
                pool.map(
                    lambda score, v=version: draft(evaluator, sheet, body({"accuracy": score}), v),
                    (version, version + 50),
                )
            )
        assert sorted(answer.status_code for answer in answers) == [200, 409]
        kept, told = sorted(answers, key=lambda answer: answer.status_code)
        winner = kept.json()["sheet"]["scores"]
        assert told.json()["current"]["scores"] == winner == hall.kept(sheet)["scores"]


@pytest.mark.parametrize(
    ("content", "field", "code"),
    [
        (body({"accuracy": 101}), "scores.accuracy", "too_large"),
        (body({"accuracy": -1}), "scores.accuracy", "too_small"),
        (body({"accuracy": 0.5}), "scores.accuracy", "step"),
        (body({"beauty": 5}), "scores.beauty", "unknown_field"),
        ({"scores": [{"criterion_id": "accuracy", "score": "9"}]}, "scores.accuracy", "type"),
        ({"scores": [{"criterion_id": "accuracy", "score": True}]}, "scores.accuracy", "type"),
        ({"scores": [{"criterion_id": "accuracy"}] * 2}, "scores.accuracy", "duplicate"),
        (
            {"scores": [{"criterion_id": "accuracy", "comment": "x" * 4001}]},
            "scores.accuracy.comment",
            "too_long",
        ),
        (
            {"scores": [{"criterion_id": "accuracy", "comment": "\u0000"}]},
            "scores.accuracy.comment",
            "control_characters",
        ),
        ({"scores": [], "comment": "x" * 4001}, "comment", "too_long"),
        ({"scores": [], "comment": 5}, "comment", "type"),
        ({"scores": {}}, "scores", "type"),
        ({"scores": ["accuracy"]}, "scores", "type"),
        ({"scores": [{"criterion_id": "accuracy"}] * 201}, "scores", "too_many"),
        ({"comment": "x"}, "scores", "required"),
        ({"scores": [], "total_score": 100}, "total_score", "unknown_field"),
        ({"scores": [], "status": "submitted"}, "status", "unknown_field"),
        ({"scores": [], "company_id": "beta"}, "company_id", "unknown_field"),
        ({"scores": [], "evaluator_id": "user-eva2"}, "evaluator_id", "unknown_field"),
        ({"scores": [], "version": 7}, "version", "unknown_field"),
    ],
)
def test_draft_that_breaks_a_rule_is_refused_and_changes_nothing(
    evaluator: httpx.Client, hall: Hall, content: Any, field: str, code: str
) -> None:
    sheet = hall.sheet()
    before = hall.kept(sheet)
    answer = draft(evaluator, sheet, content, 1)
    assert answer.status_code == 422
    assert [(p["field"], p["code"]) for p in answer.json()["problems"]] == [(field, code)]
    assert hall.kept(sheet) == before


@pytest.mark.parametrize("status", ["draft", "closed", "archived"])
def test_nothing_changes_in_a_project_that_is_not_active(
    evaluator: httpx.Client, hall: Hall, status: str
) -> None:
    sheet = hall.sheet()
    hall.change_project(status=status)
    answer = draft(evaluator, sheet, body({"accuracy": 80}), 1)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["code"] == "project_not_active"


def test_draft_after_the_deadline_is_kept(evaluator: httpx.Client, hall: Hall) -> None:
    sheet = hall.sheet()
    hall.change_project(deadline=datetime.now(UTC) - timedelta(minutes=1))
    assert draft(evaluator, sheet, body({"accuracy": 80}), 1).status_code == 200
    assert hall.kept(sheet)["total_score"] == 32.0


def test_finished_sheet_takes_no_draft(evaluator: httpx.Client, hall: Hall) -> None:
    sheet = hall.finished("evaluator1")
    answer = draft(evaluator, sheet, body({"accuracy": 10}), 1)
    assert answer.status_code == 422
    assert answer.json()["problems"][0]["code"] == "sheet_finished"


def test_version_is_needed(evaluator: httpx.Client, hall: Hall) -> None:
    path = f"/api/evaluations/{hall.sheet()}/draft"
    assert evaluator.put(path, json=body({})).status_code == 428


def test_draft_that_empties_the_sheet_leaves_no_total(evaluator: httpx.Client, hall: Hall) -> None:
    sheet = hall.sheet()
    draft(evaluator, sheet, body(FULL), 1)
    assert hall.kept(sheet)["total_score"] == FULL_TOTAL
    draft(evaluator, sheet, body({}), 2)
    assert (hall.kept(sheet)["total_score"], hall.kept(sheet)["scores"]) == (None, [])


def test_criteria_are_those_of_the_revision_that_the_sheet_is_bound_to(
    evaluator: httpx.Client, hall: Hall
) -> None:
    now = datetime.now(UTC)
    old = [{"id": "old", "name": "옛 항목", "weight": 100, "max_score": 5, "step": 0.5}]
    hall.server.documents["template_revisions"].insert_one(
        {
            "_id": "template-ai-model:1",
            "template_id": "template-ai-model",
            "revision": 1,
            "name": "옛 이름",
            "criteria": old,
            "saved_at": now,
        }
    )
    hall.server.documents["templates"].update_one(
        {"_id": "template-ai-model"}, {"$set": {"revision": 2}}
    )
    sheet = hall.sheet()
    assert draft(evaluator, sheet, body({"accuracy": 80}), 1).status_code == 422
    found = draft(evaluator, sheet, body({"old": 4.5}), 1).json()["sheet"]
    assert found["evaluation"]["total_score"] == 90.0
    assert found["evaluation"]["template_name"] == "옛 이름"


def test_draft_against_reassignment_is_never_lost_in_another_sheet(
    evaluator: httpx.Client, admin: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    draft(evaluator, sheet, body({"accuracy": 1}), 1)
    change = {"evaluator_id": "user-eva2", "reason": "출장"}
    with ThreadPoolExecutor(2) as pool:
        written = pool.submit(draft, evaluator, sheet, body({"accuracy": 2}), 2)
        given = pool.submit(
            admin.post, f"/api/evaluations/{sheet}/reassign", json=change, headers=at(2)
        )
    statuses = written.result().status_code, given.result().status_code
    assert statuses in {(200, 409), (404, 200), (409, 200)}
    kept = hall.kept(sheet)
    if statuses == (200, 409):
        assert kept["evaluator_id"] == "user-evaluator1"
    else:
        assert (kept["evaluator_id"], kept["scores"]) == ("user-eva2", [])


def test_sheet_of_somebody_else_does_not_exist(
    sign_in: SignIn, admin: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet("evaluator1")
    for client in (sign_in("eva2"), admin):
        assert draft(client, sheet, body({"accuracy": 80}), 1).status_code == 404
    assert sign_in("manager1").put(f"/api/evaluations/{sheet}/draft").status_code == 403


def test_project_of_the_sheet_is_told(evaluator: httpx.Client, hall: Hall) -> None:
    sheet = hall.sheet()
    found = evaluator.get(f"/api/evaluations/{sheet}").json()["sheet"]["evaluation"]
    assert (found["project_id"], found["project_name"]) == (OWN, f"{OWN} 사업")
    assert (found["project_status"], found["company_name"]) == ("active", "알파")
    assert found["deadline"].endswith("Z")
