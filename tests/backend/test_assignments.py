"""Assignments: participants, sheets for pairs, reminders, sheets given to others."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.backend.conftest import SignIn
from tests.backend.hall import FULL, OWN, Hall, at, body

PROJECT = f"/api/projects/{OWN}"
PANEL = ["user-evaluator1", "user-eva2", "user-eva3"]


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(p["field"], p["code"]) for p in answer.json()["problems"]]


def pairs(*cells: tuple[str, str]) -> dict[str, Any]:
    return {
        "pairs": [
            {"company_id": company, "evaluator_id": f"user-{evaluator}"}
            for company, evaluator in cells
        ]
    }


def assign(client: httpx.Client, content: Any, key: str | None = None) -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(f"{PROJECT}/assignments", json=content, headers=headers)


def test_each_pair_gets_a_sheet_of_the_revision_of_the_project(
    admin: httpx.Client, hall: Hall
) -> None:
    hall.change_project(template_revision=3)
    answer = assign(admin, pairs(("alpha", "evaluator1"), ("beta", "eva2")))
    assert answer.status_code == 201
    found = answer.json()
    assert found["assigned"] == 2
    assert [(s["company_id"], s["evaluator_id"]) for s in found["sheets"]] == [
        ("alpha", "user-evaluator1"),
        ("beta", "user-eva2"),
    ]
    assert {s["template_revision"] for s in found["sheets"]} == {3}
    assert {s["status"] for s in found["sheets"]} == {"assigned"}
    trail = hall.trail("projects.assign")
    assert [entry["target_name"] for entry in trail] == [
        "알파 / 테스트 평가자",
        f"베타 / {found['sheets'][1]['evaluator_name']}",
    ]


def test_all_or_none_are_assigned_and_each_refusal_is_named(
    admin: httpx.Client, hall: Hall
) -> None:
    documents = hall.server.documents
    hall.sheet("eva2", "alpha")
    hall.change_project(candidate_ids=["alpha", "beta", "company-test"])
    documents["users"].update_one({"_id": "user-eva3"}, {"$set": {"is_active": False}})
    conflict = {"company_id": "beta", "reason": "친족", "evaluator_id": "user-eva2"}
    admin.post(f"{PROJECT}/conflicts", json=conflict).raise_for_status()
    content = pairs(
        ("beta", "evaluator1"),
        ("alpha", "manager1"),
        ("alpha", "eva3"),
        ("gamma", "evaluator1"),
        ("company-test", "evaluator1"),
        ("beta", "eva2"),
        ("alpha", "eva2"),
    )
    answer = assign(admin, content)
    assert answer.status_code == 422
    assert codes(answer) == [
        ("pairs.1", "not_on_panel"),
        ("pairs.2", "not_an_evaluator"),
        ("pairs.3", "not_a_candidate"),
        ("pairs.4", "conflict_of_interest"),
        ("pairs.5", "conflict_of_interest"),
        ("pairs.6", "assigned_already"),
    ]
    assert documents["evaluations"].count_documents({}) == 1


@pytest.mark.parametrize(
    ("content", "field", "code"),
    [
        ({}, "pairs", "required"),
        ({"pairs": {"a": 1}}, "pairs.a", "unknown_field"),
        ({"pairs": "alpha"}, "pairs", "type"),
        ({"pairs": ["alpha"]}, "pairs.0", "type"),
        ({"pairs": [{"company_id": "alpha"}]}, "pairs.0", "type"),
        ({"pairs": [{"company_id": {"$ne": 1}, "evaluator_id": "x"}]}, "pairs.0", "type"),
        (pairs(("alpha", "eva2"), ("alpha", "eva2")), "pairs.1", "duplicate"),
        ({**pairs(("alpha", "eva2")), "status": "submitted"}, "status", "unknown_field"),
        ({"pairs": [{"company_id": "a", "evaluator_id": "b"}] * 5001}, "pairs", "too_many"),
    ],
)
def test_malformed_assignments_are_refused(
    admin: httpx.Client, hall: Hall, content: Any, field: str, code: str
) -> None:
    answer = assign(admin, content)
    assert answer.status_code == 422
    assert codes(answer) == [(field, code)]
    assert hall.server.documents["evaluations"].count_documents({}) == 0


def test_assignment_needs_a_template_and_an_open_project(admin: httpx.Client, hall: Hall) -> None:
    content = pairs(("alpha", "eva2"))
    hall.change_project(template_id=None, status="draft")
    assert codes(assign(admin, content)) == [("template_id", "template_missing")]
    hall.change_project(template_id="template-ai-model", status="closed")
    assert codes(assign(admin, content)) == [("", "project_not_active")]


def test_same_assignment_twice_with_a_key_assigns_once(admin: httpx.Client, hall: Hall) -> None:
    content = pairs(("alpha", "eva2"), ("beta", "eva2"))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: assign(admin, content, "once"), range(2)))
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json() == answers[1].json()
    assert hall.server.documents["evaluations"].count_documents({}) == 2


def test_same_assignment_twice_without_a_key_is_refused_once(
    admin: httpx.Client, hall: Hall
) -> None:
    content = pairs(("alpha", "eva2"))
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(lambda _: assign(admin, content), range(2)))
    assert sorted(answer.status_code for answer in answers) == [201, 422]
    refused = next(answer for answer in answers if answer.status_code == 422)
    assert codes(refused) == [("pairs.0", "assigned_already")]
    assert hall.server.documents["evaluations"].count_documents({}) == 1


def test_panel_and_candidates_are_replaced(admin: httpx.Client, hall: Hall) -> None:
    content = {"candidate_ids": ["beta", "gamma"], "panel_ids": ["user-eva3", "user-eva2"]}
    answer = admin.put(f"{PROJECT}/participants", json=content, headers=at(1))
    assert answer.status_code == 200, answer.text
    project = answer.json()["project"]
    assert (project["candidate_ids"], project["panel_ids"]) == (
        ["beta", "gamma"],
        ["user-eva3", "user-eva2"],
    )
    assert project["version"] == 2
    [entry] = hall.trail("projects.participants")
    assert entry["changes"] == {
        "candidate_ids.added": [None, ["gamma"]],
        "candidate_ids.removed": [["alpha"], None],
        "panel_ids.removed": [["user-evaluator1"], None],
    }
    stale = admin.put(f"{PROJECT}/participants", json=content, headers=at(1))
    assert stale.status_code == 409
    assert stale.json()["current"]["panel_ids"] == ["user-eva3", "user-eva2"]


def test_participants_who_do_not_suit_are_named(admin: httpx.Client, hall: Hall) -> None:
    documents = hall.server.documents
    documents["companies"].update_one({"_id": "gamma"}, {"$set": {"is_active": False}})
    documents["users"].update_one({"_id": "user-eva3"}, {"$set": {"is_active": False}})
    hall.change_project(panel_ids=["user-evaluator1", "user-eva2"])
    hall.sheet("eva2", "alpha")
    content = {
        "candidate_ids": ["beta", "gamma", "nowhere", "beta"],
        "panel_ids": ["user-evaluator1", "user-manager1", "user-eva3", "nobody"],
    }
    answer = admin.put(f"{PROJECT}/participants", json=content, headers=at(1))
    assert codes(answer) == [("candidate_ids.3", "duplicate")]
    content["candidate_ids"].pop()
    answer = admin.put(f"{PROJECT}/participants", json=content, headers=at(1))
    assert codes(answer) == [
        ("candidate_ids.1", "reference_inactive"),
        ("candidate_ids.2", "reference_unknown"),
        ("candidate_ids.alpha", "has_sheets"),
        ("panel_ids.1", "not_an_evaluator"),
        ("panel_ids.2", "not_an_evaluator"),
        ("panel_ids.3", "reference_unknown"),
        ("panel_ids.user-eva2", "has_sheets"),
    ]


def test_staff_of_a_company_put_only_its_own_evaluators_on_the_panel(
    sign_in: SignIn, hall: Hall
) -> None:
    hall.change_project(panel_ids=["user-eva2"])  # whom an administrator has put there
    for login_id in ("manager1", "secretary1"):
        client = sign_in(login_id)
        version = client.get(f"{PROJECT}/matrix").json()["version"]
        content = {"candidate_ids": ["alpha"], "panel_ids": ["user-eva2", "user-eva3"]}
        answer = client.put(f"{PROJECT}/participants", json=content, headers=at(version))
        assert codes(answer) == [("panel_ids.1", "reference_unknown")]
        content["panel_ids"] = ["user-eva2", "user-evaluator1"]
        answer = client.put(f"{PROJECT}/participants", json=content, headers=at(version))
        assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/api/companies/beta", "/api/users/user-eva3"])
def test_participant_and_deletion_at_once_leave_nobody_missing(
    admin: httpx.Client, hall: Hall, path: str
) -> None:
    hall.change_project(candidate_ids=["alpha"], panel_ids=["user-evaluator1"])
    hall.change_project("project-other", candidate_ids=[], panel_ids=[])
    change = {
        "candidate_ids": ["alpha", "beta"],
        "panel_ids": ["user-evaluator1", "user-eva3"],
    }
    with ThreadPoolExecutor(2) as pool:
        changed = pool.submit(admin.put, f"{PROJECT}/participants", json=change, headers=at(1))
        deleted = pool.submit(admin.delete, path, headers=at(1))
    assert (changed.result().status_code, deleted.result().status_code) in {(200, 409), (422, 204)}


def test_assignment_and_panel_change_at_once_leave_no_sheet_off_the_panel(
    admin: httpx.Client, hall: Hall
) -> None:
    change = {"candidate_ids": ["alpha"], "panel_ids": ["user-eva2"]}
    with ThreadPoolExecutor(2) as pool:
        given = pool.submit(assign, admin, pairs(("beta", "evaluator1")))
        changed = pool.submit(admin.put, f"{PROJECT}/participants", json=change, headers=at(1))
    statuses = given.result().status_code, changed.result().status_code
    assert statuses in {(201, 422), (422, 200)}


def test_matrix_tells_who_evaluates_what(
    evaluator: httpx.Client, sign_in: SignIn, hall: Hall
) -> None:
    sheet = hall.sheet()
    hall.finished("eva2", "beta")
    declared = {"company_id": "beta", "reason": "주주"}
    evaluator.post(f"{PROJECT}/conflicts", json=declared).raise_for_status()
    draft = f"/api/evaluations/{sheet}/draft"
    evaluator.put(draft, json=body({"accuracy": 5}), headers=at(1)).raise_for_status()
    matrix = sign_in("secretary1").get(f"{PROJECT}/matrix").json()
    assert [c["name"] for c in matrix["candidates"]] == ["알파", "베타"]
    assert [p["id"] for p in matrix["panel"]] == PANEL
    assert matrix["panel"][0]["company_id"] == "company-test"
    cells = {(s["company_id"], s["evaluator_id"]): s for s in matrix["sheets"]}
    assert cells["alpha", "user-evaluator1"]["answered"] == 1
    assert cells["beta", "user-eva2"]["answered"] == cells["beta", "user-eva2"]["criteria_count"]
    [conflict] = matrix["conflicts"]
    assert (conflict["evaluator_id"], conflict["company_id"]) == ("user-evaluator1", "beta")
    assert matrix["version"] == 1


def test_reminder_shows_in_the_sheet_and_leaves_its_version(
    sign_in: SignIn, evaluator: httpx.Client, hall: Hall
) -> None:
    sheet, secretary = hall.sheet(), sign_in("secretary1")
    answer = secretary.post(f"{PROJECT}/reminders", json={"evaluation_ids": [sheet]})
    assert answer.json() == {"reminded": 1}
    [found] = evaluator.get("/api/evaluations").json()["evaluations"]
    assert found["reminded_at"]
    assert found["version"] == 1
    [entry] = hall.trail("projects.remind")
    assert entry["target_id"] == sheet


def test_reminder_of_many_goes_through_while_they_are_written(
    admin: httpx.Client, evaluator: httpx.Client, hall: Hall
) -> None:
    companies = [f"company-{number}" for number in range(40)]
    ids = [hall.sheet("evaluator1", company, status="in_progress") for company in companies]
    done = threading.Event()

    def write() -> int:
        refused = 0
        for version in range(1, 10_000):
            if done.is_set():
                break
            for id_ in ids:
                content, path = body({"accuracy": version % 100}), f"/api/evaluations/{id_}/draft"
                refused += evaluator.put(path, json=content, headers=at(version)).is_error
        return refused

    with ThreadPoolExecutor(1) as pool:
        refused = pool.submit(write)
        try:
            for _ in range(5):
                answer = admin.post(f"{PROJECT}/reminders", json={"evaluation_ids": ids})
                assert (answer.status_code, answer.json()) == (200, {"reminded": 40})
        finally:
            done.set()
        assert refused.result() == 0


def test_only_unfinished_sheets_of_the_project_are_reminded_of(
    admin: httpx.Client, hall: Hall
) -> None:
    ids = [hall.sheet(), hall.finished("eva2"), hall.sheet(project="project-other"), "none"]
    answer = admin.post(f"{PROJECT}/reminders", json={"evaluation_ids": ids})
    assert codes(answer) == [
        ("evaluation_ids.1", "sheet_finished"),
        ("evaluation_ids.2", "reference_unknown"),
        ("evaluation_ids.3", "reference_unknown"),
    ]
    assert "reminded_at" not in hall.kept(ids[0])


def test_reassigned_sheet_starts_afresh_and_its_history_keeps_the_old(
    evaluator: httpx.Client, sign_in: SignIn, hall: Hall
) -> None:
    sheet = hall.sheet()
    path = f"/api/evaluations/{sheet}"
    evaluator.put(f"{path}/draft", json=body(FULL, "의견"), headers=at(1)).raise_for_status()
    change = {"evaluator_id": "user-eva2", "reason": "출장"}
    answer = sign_in("secretary1").post(f"{path}/reassign", json=change, headers=at(2))
    assert answer.status_code == 200, answer.text
    found = answer.json()["sheet"]
    assert found["evaluation"]["evaluator_id"] == "user-eva2"
    assert (found["evaluation"]["status"], found["scores"]) == ("assigned", [])
    assert (found["comment"], found["evaluation"]["total_score"]) == (None, None)
    [event] = hall.kept(sheet)["history"]
    assert (event["kind"], event["evaluator_id"]) == ("reassigned", "user-evaluator1")
    assert (event["reason"], event["comment"]) == ("출장", "의견")
    assert [entry["score"] for entry in event["scores"]] == list(FULL.values())
    assert evaluator.get(path).status_code == 404
    [entry] = hall.trail("evaluations.reassign")
    assert entry["changes"]["reason"] == [None, "출장"]


@pytest.mark.parametrize(
    ("evaluator_id", "code"),
    [
        ("user-manager1", "not_on_panel"),
        ("user-evaluator1", "assigned_already"),
        ("user-eva2", "assigned_already"),
        ("user-eva3", "conflict_of_interest"),
    ],
)
def test_sheet_goes_only_to_who_could_be_assigned(
    admin: httpx.Client, hall: Hall, evaluator_id: str, code: str
) -> None:
    sheet = hall.sheet()
    hall.sheet("eva2")
    conflict = {"company_id": "alpha", "reason": "친족", "evaluator_id": "user-eva3"}
    admin.post(f"{PROJECT}/conflicts", json=conflict).raise_for_status()
    change = {"evaluator_id": evaluator_id, "reason": "출장"}
    answer = admin.post(f"/api/evaluations/{sheet}/reassign", json=change, headers=at(1))
    assert codes(answer) == [("evaluator_id", code)]


def test_finished_sheet_is_not_reassigned(admin: httpx.Client, hall: Hall) -> None:
    sheet = hall.finished("evaluator1")
    change = {"evaluator_id": "user-eva2", "reason": "출장"}
    answer = admin.post(f"/api/evaluations/{sheet}/reassign", json=change, headers=at(1))
    assert codes(answer) == [("", "sheet_finished")]


def test_only_a_sheet_that_is_not_begun_is_taken_away(admin: httpx.Client, hall: Hall) -> None:
    untouched = hall.sheet(company="alpha")
    begun = hall.sheet(company="beta", status="in_progress")
    finished = hall.finished("eva2")
    for sheet, code in ((begun, "sheet_begun"), (finished, "sheet_finished")):
        answer = admin.delete(f"/api/evaluations/{sheet}", headers=at(1))
        assert codes(answer) == [("", code)]
    assert admin.delete(f"/api/evaluations/{untouched}", headers=at(7)).status_code == 409
    assert admin.delete(f"/api/evaluations/{untouched}", headers=at(1)).status_code == 204
    assert admin.get(f"/api/evaluations/{untouched}").status_code == 404
    assert len(hall.trail("evaluations.delete")) == 1


def test_what_had_been_handed_in_is_not_taken_away(admin: httpx.Client, hall: Hall) -> None:
    path = f"/api/evaluations/{hall.finished('evaluator1')}"
    admin.post(f"{path}/reopen", json={"reason": "오기"}, headers=at(1)).raise_for_status()
    change = {"evaluator_id": "user-eva2", "reason": "출장"}
    admin.post(f"{path}/reassign", json=change, headers=at(2)).raise_for_status()
    assert codes(admin.delete(path, headers=at(3))) == [("", "sheet_begun")]


@pytest.mark.parametrize(
    "path",
    [
        "/api/companies/alpha",
        "/api/users/user-eva2",
        f"/api/projects/{OWN}",
        "/api/templates/template-ai-model",
    ],
)
def test_what_sheets_refer_to_is_not_deleted(admin: httpx.Client, hall: Hall, path: str) -> None:
    nobody: dict[str, Any] = {"candidate_ids": [], "panel_ids": [], "template_id": "template-basic"}
    hall.change_project(**nobody)
    hall.change_project("project-other", **nobody)
    hall.sheet("eva2", "alpha")
    answer = admin.delete(path, headers=at(1))
    assert answer.status_code == 409
    assert answer.json()["usage"] == {"evaluations": 1}


@pytest.mark.parametrize("path", ["/api/companies/alpha", "/api/users/user-eva2"])
def test_participants_of_a_project_are_not_deleted(
    admin: httpx.Client, hall: Hall, path: str
) -> None:
    answer = admin.delete(path, headers=at(1))
    assert answer.status_code == 409
    assert answer.json()["usage"] == {"projects": 2}


def test_repetition_is_not_answered_to_who_reaches_the_project_no_more(
    sign_in: SignIn, hall: Hall
) -> None:
    content = pairs(("alpha", "evaluator1"))
    assert assign(sign_in("secretary1"), content, "once").status_code == 201
    hall.server.documents["users"].update_one(
        {"_id": "user-secretary1"}, {"$set": {"company_id": "gamma"}}
    )
    hall.server.platform.sessions.forget_users(["user-secretary1"])
    assert assign(sign_in("secretary1"), content, "once").status_code == 404
