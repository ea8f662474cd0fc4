"""Handing sheets in: receipts, deadlines, confirmation, reopening, and peers."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from desktop_app.core.evaluations import Score, receipt_hash
from tests.backend.conftest import SignIn
from tests.backend.hall import FULL, FULL_TOTAL, Hall, at, body


def submit(
    client: httpx.Client, sheet: str, content: Any, version: int, key: str | None = None
) -> httpx.Response:
    headers = at(version) | ({"Idempotency-Key": key} if key else {})
    return client.post(f"/api/evaluations/{sheet}/submit", json=content, headers=headers)


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(p["field"], p["code"]) for p in answer.json()["problems"]]


def test_submitted_sheet_has_a_receipt_that_anyone_can_compute_again(
    evaluator: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    answer = submit(evaluator, sheet, body(FULL, "전체 의견"), 1)
    assert answer.status_code == 200, answer.text
    found = answer.json()["sheet"]
    evaluation = found["evaluation"]
    assert (evaluation["status"], evaluation["total_score"]) == ("submitted", FULL_TOTAL)
    assert found["receipt"] == receipt_hash(
        evaluation_id=sheet,
        project_id="project-own",
        company_id="alpha",
        evaluator_id="user-evaluator1",
        template_id="template-ai-model",
        template_revision=1,
        scores=[Score(criterion_id=key, score=score) for key, score in FULL.items()],
        comment="전체 의견",
        total_score="83.00",
        submitted_at=datetime.fromisoformat(evaluation["submitted_at"]),
    )
    [entry] = hall.trail("evaluations.submit")
    assert entry["changes"]["receipt"] == [None, found["receipt"]]
    assert entry["changes"]["status"] == ["assigned", "submitted"]
    again = evaluator.get(f"/api/evaluations/{sheet}").json()["sheet"]
    assert again["receipt"] == found["receipt"]


def test_incomplete_sheet_is_refused_by_criterion(evaluator: httpx.Client, hall: Hall) -> None:
    sheet = hall.sheet()
    answer = submit(evaluator, sheet, body({"accuracy": 80, "robustness": 70}), 1)
    assert answer.status_code == 422
    assert codes(answer) == [
        ("scores.performance", "required"),
        ("scores.interpretability", "required"),
    ]
    assert hall.kept(sheet)["status"] == "assigned"


def test_late_submission_is_refused_and_what_was_sent_is_kept(
    evaluator: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    hall.change_project(deadline=datetime.now(UTC) - timedelta(milliseconds=1))
    answer = submit(evaluator, sheet, body(FULL), 1)
    assert answer.status_code == 422
    assert codes(answer) == [("", "deadline_passed")]
    current = answer.json()["current"]
    assert current["evaluation"]["status"] == "in_progress"
    assert current["evaluation"]["version"] == 2
    assert current["receipt"] is None
    assert hall.kept(sheet)["total_score"] == FULL_TOTAL
    again = submit(evaluator, sheet, body(FULL), 2)
    assert again.json()["current"]["evaluation"]["version"] == 2
    refused = [entry["changes"]["outcome"] for entry in hall.trail("evaluations.submit")]
    assert refused == [[None, "refused"]] * 2


def test_late_submission_that_breaks_a_rule_is_not_kept(
    evaluator: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    hall.change_project(deadline=datetime.now(UTC) - timedelta(minutes=1))
    answer = submit(evaluator, sheet, body({**FULL, "accuracy": 101}), 1)
    assert codes(answer) == [("scores.accuracy", "too_large")]
    assert hall.kept(sheet)["scores"] == []


def test_submission_with_a_conflict_of_interest_is_refused(
    evaluator: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    evaluator.post(
        "/api/projects/project-own/conflicts", json={"company_id": "alpha", "reason": "주주"}
    ).raise_for_status()
    assert codes(submit(evaluator, sheet, body(FULL), 1)) == [("", "conflict_of_interest")]
    evaluator.delete(
        "/api/projects/project-own/conflicts", params={"company_id": "alpha"}
    ).raise_for_status()
    assert submit(evaluator, sheet, body(FULL), 1).status_code == 200


def test_who_has_joined_the_company_meanwhile_cannot_evaluate_it(
    evaluator: httpx.Client, hall: Hall
) -> None:
    sheet, users = hall.sheet(), hall.server.documents["users"]
    users.update_one({"_id": "user-evaluator1"}, {"$set": {"company_id": "alpha"}})
    assert codes(submit(evaluator, sheet, body(FULL), 1)) == [("", "conflict_of_interest")]
    [listed] = evaluator.get("/api/evaluations").json()["evaluations"]
    assert listed["conflict"] is True
    users.update_one({"_id": "user-evaluator1"}, {"$set": {"company_id": "gamma"}})
    assert submit(evaluator, sheet, body(FULL), 1).status_code == 200


@pytest.mark.parametrize("status", ["draft", "closed", "archived"])
def test_nothing_is_handed_in_where_the_project_is_not_active(
    evaluator: httpx.Client, hall: Hall, status: str
) -> None:
    sheet = hall.sheet()
    hall.change_project(status=status)
    assert codes(submit(evaluator, sheet, body(FULL), 1)) == [("", "project_not_active")]


def test_nothing_is_handed_in_for_a_template_that_is_not_there(
    evaluator: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet(template_id="template-of-nobody")
    answer = submit(evaluator, sheet, body({}), 1)
    assert codes(answer) == [("template_id", "template_missing")]


def test_total_of_the_client_is_never_taken(evaluator: httpx.Client, hall: Hall) -> None:
    sheet = hall.sheet()
    content = {**body(FULL), "total_score": 100, "receipt": "f" * 64}
    answer = submit(evaluator, sheet, content, 1)
    assert codes(answer) == [("total_score", "unknown_field"), ("receipt", "unknown_field")]


def test_same_submission_twice_gives_one_receipt(evaluator: httpx.Client, hall: Hall) -> None:
    sheet = hall.sheet()
    with ThreadPoolExecutor(2) as pool:
        answers = list(
            pool.map(lambda _: submit(evaluator, sheet, body(FULL), 1, "once"), range(2))
        )
    assert [answer.status_code for answer in answers] == [200, 200]
    one, other = (answer.json()["sheet"] for answer in answers)
    assert one["receipt"] == other["receipt"]
    assert one["evaluation"] == other["evaluation"]
    assert len(hall.trail("evaluations.submit")) == 1


def test_key_of_another_sheet_or_content_is_refused(evaluator: httpx.Client, hall: Hall) -> None:
    first, second = hall.sheet(company="alpha"), hall.sheet(company="beta")
    submit(evaluator, first, body(FULL), 1, "once").raise_for_status()
    for sheet, content in ((second, body(FULL)), (first, body({**FULL, "accuracy": 1}))):
        answer = submit(evaluator, sheet, content, 1, "once")
        assert answer.status_code == 422
        assert answer.json()["type"].endswith("idempotency-key-reused")
    assert hall.kept(second)["status"] == "assigned"


def test_key_does_not_bring_back_a_receipt_that_a_reopening_made_void(
    evaluator: httpx.Client, admin: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    first = submit(evaluator, sheet, body(FULL), 1, "once").json()["sheet"]
    path = f"/api/evaluations/{sheet}/reopen"
    admin.post(path, json={"reason": "오기"}, headers=at(2)).raise_for_status()
    assert submit(evaluator, sheet, body(FULL), 1, "once").status_code == 409
    again = submit(evaluator, sheet, body(FULL), 3, "once")
    assert again.status_code == 200
    assert again.json()["sheet"]["receipt"] != first["receipt"]
    assert hall.kept(sheet)["status"] == "submitted"


def test_submission_twice_without_a_key_tells_of_the_first(
    evaluator: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    submit(evaluator, sheet, body(FULL), 1).raise_for_status()
    answer = submit(evaluator, sheet, body(FULL), 1)
    assert answer.status_code == 409
    assert answer.json()["current"]["receipt"]
    assert codes(submit(evaluator, sheet, body(FULL), 2)) == [("", "sheet_finished")]


def test_draft_and_submission_at_once_never_mix(evaluator: httpx.Client, hall: Hall) -> None:
    sheet = hall.sheet(status="in_progress")
    path = f"/api/evaluations/{sheet}/draft"
    with ThreadPoolExecutor(2) as pool:
        saved = pool.submit(evaluator.put, path, json=body({**FULL, "accuracy": 1}), headers=at(1))
        handed_in = pool.submit(submit, evaluator, sheet, body(FULL), 1)
    statuses = saved.result().status_code, handed_in.result().status_code
    assert sorted(statuses) == [200, 409]
    kept = hall.kept(sheet)
    if statuses == (200, 409):
        assert (kept["status"], kept["scores"][0]["score"]) == ("in_progress", 1)
    else:
        assert (kept["status"], kept["total_score"]) == ("submitted", FULL_TOTAL)


def test_sheet_is_confirmed_by_the_manager_of_its_project(sign_in: SignIn, hall: Hall) -> None:
    sheet, manager = hall.finished("evaluator1"), sign_in("manager1")
    answer = manager.post(f"/api/evaluations/{sheet}/confirm", headers=at(1))
    assert answer.json()["sheet"]["evaluation"]["status"] == "confirmed"
    assert answer.json()["sheet"]["evaluation"]["confirmed_at"]
    again = manager.post(f"/api/evaluations/{sheet}/confirm", headers=at(2))
    assert again.json()["sheet"]["evaluation"]["version"] == 2
    assert len(hall.trail("evaluations.confirm")) == 1
    other = hall.sheet(company="beta")
    refused = manager.post(f"/api/evaluations/{other}/confirm", headers=at(1))
    assert codes(refused) == [("", "sheet_not_finished")]


def test_reopened_sheet_may_be_handed_in_after_the_deadline(
    evaluator: httpx.Client, admin: httpx.Client, hall: Hall
) -> None:
    sheet = hall.finished("evaluator1")
    hall.change_project(deadline=datetime.now(UTC) - timedelta(days=1))
    path = f"/api/evaluations/{sheet}/reopen"
    assert codes(admin.post(path, json={"reason": "  "}, headers=at(1))) == [("reason", "required")]
    answer = admin.post(path, json={"reason": "항목 오기"}, headers=at(1))
    found = answer.json()["sheet"]
    assert found["evaluation"]["status"] == "in_progress"
    assert found["evaluation"]["reopened"]["reason"] == "항목 오기"
    assert found["evaluation"]["reopened"]["by_name"] == "시스템 관리자"
    assert (found["receipt"], found["evaluation"]["submitted_at"]) == (None, None)
    [event] = hall.kept(sheet)["history"]
    assert (event["kind"], event["total_score"], event["receipt"]) == (
        "reopened",
        FULL_TOTAL,
        "0" * 64,
    )
    [entry] = hall.trail("evaluations.reopen")
    assert entry["changes"]["reason"] == [None, "항목 오기"]
    assert submit(evaluator, sheet, body(FULL), 2).status_code == 200


def test_only_administrators_reopen(sign_in: SignIn, hall: Hall) -> None:
    sheet = hall.finished("evaluator1")
    for login_id in ("manager1", "secretary1", "evaluator1"):
        client = sign_in(login_id)
        answer = client.post(
            f"/api/evaluations/{sheet}/reopen", json={"reason": "x"}, headers=at(1)
        )
        assert answer.status_code == 403


def test_reopening_and_confirming_at_once_end_in_one_of_both(
    sign_in: SignIn, admin: httpx.Client, hall: Hall
) -> None:
    sheet, manager = hall.finished("evaluator1"), sign_in("manager1")
    path = f"/api/evaluations/{sheet}"
    with ThreadPoolExecutor(2) as pool:
        confirmed = pool.submit(manager.post, f"{path}/confirm", headers=at(1))
        reopened = pool.submit(admin.post, f"{path}/reopen", json={"reason": "오기"}, headers=at(1))
    statuses = confirmed.result().status_code, reopened.result().status_code
    assert sorted(statuses) == [200, 409]
    expected = "confirmed" if statuses[0] == 200 else "in_progress"
    assert hall.kept(sheet)["status"] == expected
