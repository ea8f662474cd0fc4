"""Projects over the wire: references, dates, limits, status, the revision they are bound to."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.backend.conftest import SignIn
from tests.backend.hall import OWN, Hall, at
from tests.fixtures.server import RunningServer

NEW: dict[str, Any] = {"name": "AI 바우처 평가", "company_id": "company-test"}
CRITERIA = [{"id": "a", "name": "정확도", "weight": 100}]


def created(client: httpx.Client, **values: Any) -> dict[str, Any]:
    answer = client.post("/api/projects", json={**NEW, **values})
    assert answer.status_code == 201, answer.text
    project: dict[str, Any] = answer.json()["project"]
    return project


def patch(client: httpx.Client, project: dict[str, Any], **values: Any) -> httpx.Response:
    path = f"/api/projects/{project['id']}"
    return client.patch(path, json=values, headers=at(project["version"]))


def changed(client: httpx.Client, project: dict[str, Any], **values: Any) -> dict[str, Any]:
    answer = patch(client, project, **values)
    assert answer.status_code == 200, answer.text
    after: dict[str, Any] = answer.json()["project"]
    return after


def act(client: httpx.Client, project: dict[str, Any], what: str) -> httpx.Response:
    path = f"/api/projects/{project['id']}/{what}"
    return client.post(path, headers=at(project["version"]))


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(p["field"], p["code"]) for p in answer.json()["problems"]]


def test_project_is_created_with_defaults(admin: httpx.Client) -> None:
    answer = admin.post("/api/projects", json=NEW)
    assert answer.status_code == 201
    project = answer.json()["project"]
    assert answer.json()["project_id"] == project["id"]
    assert answer.headers["Location"] == f"/api/projects/{project['id']}"
    assert (project["status"], project["company_name"]) == ("draft", "테스트 회사")
    assert project["results"] == {"basis": "trimmed_mean", "minimum_panel": 5, "cut_line": None}
    assert project["progress"] == {"assigned": 0, "in_progress": 0, "submitted": 0, "confirmed": 0}
    assert (project["candidate_ids"], project["panel_ids"]) == ([], [])
    assert (project["template_id"], project["template_revision"]) == (None, None)
    assert admin.get(f"/api/projects/{project['id']}").json() == {"project": project}


def test_references_are_joined_and_the_template_bound(admin: httpx.Client) -> None:
    project = created(admin, manager_id="user-manager1", template_id="template-basic")
    assert project["manager_name"] == "테스트 관리자"
    assert (project["template_name"], project["template_revision"]) == ("기본 평가 템플릿", 1)


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"name": " "}, "name", "required"),
        ({"company_id": None}, "company_id", "required"),
        ({"company_id": "nowhere"}, "company_id", "reference_unknown"),
        ({"manager_id": "nobody"}, "manager_id", "reference_unknown"),
        ({"manager_id": "user-evaluator1"}, "manager_id", "not_a_manager"),
        ({"manager_id": "user-secretary1"}, "manager_id", "not_a_manager"),
        (
            {"manager_id": "user-manager1", "company_id": "company-system"},
            "manager_id",
            "not_a_manager",
        ),
        ({"template_id": "none"}, "template_id", "reference_unknown"),
        ({"template_id": {"$gt": ""}}, "template_id.$gt", "unknown_field"),
        ({"status": "over"}, "status", "choice"),
        ({"status": "active"}, "template_id", "needed_when_active"),
        ({"results": {"minimum_panel": 2}}, "results.minimum_panel", "too_small"),
        ({"results": {"cut_line": 101}}, "results.cut_line", "too_large"),
        ({"results": []}, "results", "type"),
        ({"template_revision": 5}, "template_revision", "unknown_field"),
        ({"panel_ids": ["user-evaluator1"]}, "panel_ids", "unknown_field"),
        ({"progress": {}}, "progress", "unknown_field"),
    ],
)
def test_project_that_breaks_a_rule_is_refused(
    shared_admin: httpx.Client, changes: dict[str, Any], field: str, code: str
) -> None:
    assert (field, code) in codes(shared_admin.post("/api/projects", json={**NEW, **changes}))


def test_administrator_may_manage_a_project_of_any_company(admin: httpx.Client) -> None:
    assert created(admin, manager_id="user-admin")["manager_name"] == "시스템 관리자"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("2026-11-30T18:00:00+09:00", "2026-11-30T09:00:00Z"),
        ("2026-11-30T18:00:00.1239+09:00", "2026-11-30T09:00:00.123000Z"),
        ("2026-11-30T00:00:00Z", "2026-11-30T00:00:00Z"),
        ("2026-11-30 18:00-11:30", "2026-12-01T05:30:00Z"),
        ("2026-11-30t18:00:00z", "2026-11-30T18:00:00Z"),
        ("2028-02-29T23:59:59+23:59", "2028-02-29T00:00:59Z"),
        ("", None),
    ],
)
def test_dates_are_kept_in_utc(
    admin: httpx.Client, api_server: RunningServer, text: str, kept: str | None
) -> None:
    project = created(admin, deadline=text)
    assert project["deadline"] == kept
    document = api_server.documents["projects"].find_one({"_id": project["id"]})
    assert document is not None
    assert document["deadline"] is None or isinstance(document["deadline"], datetime)


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-30T18:00:00",
        "2026-11-30",
        "2026-02-30T18:00:00Z",
        "2026-11-30T24:00:00Z",
        "2026-11-30T18:60:00Z",
        "2026-11-30T18:00:00+24:00",
        "2026-11-30T18:00:00+9",
        "2026-W48-1T18:00:00Z",
        "20261130T180000Z",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-14:00",
        "٢٠٢٦-11-30T18:00:00Z",
        "tomorrow",
        "1764460800",
    ],
)
def test_what_is_no_moment_is_refused(shared_admin: httpx.Client, text: str) -> None:
    for field in ("deadline", "start_date"):
        answer = shared_admin.post("/api/projects", json={**NEW, field: text})
        assert codes(answer) == [(field, "moment_form")]


def test_moment_is_a_text(shared_admin: httpx.Client) -> None:
    for value in (1764460800, True, ["2026-11-30T18:00:00Z"]):
        answer = shared_admin.post("/api/projects", json={**NEW, "deadline": value})
        assert codes(answer) == [("deadline", "type")]


def test_deadline_comes_after_the_start(admin: httpx.Client) -> None:
    same = {"start_date": "2026-11-30T18:00:00+09:00", "deadline": "2026-11-30T09:00:00Z"}
    assert codes(admin.post("/api/projects", json={**NEW, **same})) == [
        ("deadline", "before_start")
    ]
    project = created(admin, deadline="2026-11-30T09:00:00Z")
    refused = patch(admin, project, start_date="2026-12-01T00:00:00Z")
    assert codes(refused) == [("deadline", "before_start")]


def test_the_same_moment_in_another_zone_is_no_change(admin: httpx.Client) -> None:
    project = created(admin, deadline="2026-11-30T18:00:00+09:00")
    assert changed(admin, project, deadline="2026-11-30T09:00:00Z")["version"] == 1


def test_manager_creates_in_the_own_company_only(sign_in: SignIn) -> None:
    manager = sign_in("manager1")
    answer = manager.post("/api/projects", json={"name": "우리 사업"})
    assert answer.json()["project"]["company_id"] == "company-test"
    refused = manager.post("/api/projects", json={"name": "x", "company_id": "company-system"})
    assert codes(refused) == [("company_id", "reference_unknown")]
    away = patch(manager, answer.json()["project"], company_id="company-system")
    assert codes(away) == [("company_id", "reference_unknown")]


def test_managers_do_not_learn_who_is_in_other_companies(sign_in: SignIn) -> None:
    manager = sign_in("manager1")
    refused = manager.post("/api/projects", json={"name": "x", "manager_id": "user-admin"})
    assert codes(refused) == [("manager_id", "reference_unknown")]


def test_template_of_another_company_does_not_exist_for_a_project(admin: httpx.Client) -> None:
    body = {"name": "남의 것", "company_id": "company-system", "criteria": CRITERIA}
    template = admin.post("/api/templates", json=body).json()["template_id"]
    refused = admin.post("/api/projects", json={**NEW, "template_id": template})
    assert codes(refused) == [("template_id", "reference_unknown")]
    project = created(admin, company_id="company-system", template_id=template)
    moved = patch(admin, project, company_id="company-test")
    assert codes(moved) == [("template_id", "reference_unknown")]


def test_inactive_references_are_refused_but_those_kept_stay(admin: httpx.Client) -> None:
    project = created(admin, manager_id="user-manager1", template_id="template-basic")
    admin.post("/api/templates/template-basic/deactivate", headers=at(1)).raise_for_status()
    admin.post("/api/users/user-manager1/deactivate", headers=at(1)).raise_for_status()
    for field, id_ in (("template_id", "template-basic"), ("manager_id", "user-manager1")):
        refused = admin.post("/api/projects", json={**NEW, field: id_})
        assert codes(refused) == [(field, "reference_inactive")]
    assert changed(admin, project, name="다른 이름")["template_id"] == "template-basic"


def test_company_holds_its_number_of_projects(admin: httpx.Client) -> None:
    limit = {"settings": {"max_projects": 1}}
    admin.patch("/api/companies/company-test", json=limit, headers=at(1)).raise_for_status()
    project = created(admin)
    assert codes(admin.post("/api/projects", json=NEW)) == [("company_id", "projects_full")]
    other = created(admin, company_id="company-system")
    assert codes(patch(admin, other, company_id="company-test")) == [
        ("company_id", "projects_full")
    ]
    assert changed(admin, project, name="새 이름")["name"] == "새 이름"


def test_project_becomes_active_with_a_template_and_a_deadline(admin: httpx.Client) -> None:
    project = created(admin)
    assert codes(patch(admin, project, status="active")) == [
        ("template_id", "needed_when_active"),
        ("deadline", "needed_when_active"),
    ]
    given = {"template_id": "template-basic", "deadline": "2030-01-01T00:00:00Z"}
    project = changed(admin, project, status="active", **given)
    assert codes(patch(admin, project, deadline=None)) == [("deadline", "needed_when_active")]
    project = changed(admin, project, status="closed")
    assert changed(admin, project, status="active")["status"] == "active"


def test_status_goes_by_its_steps(admin: httpx.Client) -> None:
    given = {"template_id": "template-basic", "deadline": "2030-01-01T00:00:00Z"}
    draft = created(admin, **given)
    assert codes(patch(admin, draft, status="closed")) == [("status", "status_order")]
    active = changed(admin, draft, status="active")
    draft = changed(admin, active, status="draft")
    closed = changed(admin, changed(admin, draft, status="active"), status="closed")
    assert codes(patch(admin, closed, status="draft")) == [("status", "status_order")]


def test_archived_project_is_only_restored_or_deleted(admin: httpx.Client) -> None:
    project = created(admin)
    archived = act(admin, project, "archive").json()["project"]
    assert archived["status"] == "archived"
    assert act(admin, archived, "archive").json()["project"] == archived
    assert codes(patch(admin, archived, name="x")) == [("", "archived")]
    assert codes(patch(admin, archived, status="active")) != []
    assert codes(act(admin, archived, "revise")) == [("", "archived")]
    restored = act(admin, archived, "restore").json()["project"]
    assert restored["status"] == "draft"
    assert act(admin, restored, "restore").json()["project"] == restored
    operations = [
        entry["operation"]
        for entry in admin.get("/api/audit", params={"target_id": project["id"]}).json()["entries"]
    ]
    assert operations == ["projects.restore", "projects.archive", "projects.create"]


def test_project_with_sheets_is_restored_as_closed(admin: httpx.Client, hall: Hall) -> None:
    hall.sheet()
    archived = act(admin, {"id": OWN, "version": 1}, "archive").json()["project"]
    assert act(admin, archived, "restore").json()["project"]["status"] == "closed"


def test_project_with_sheets_keeps_template_company_and_leaves_draft_behind(
    admin: httpx.Client, hall: Hall
) -> None:
    hall.sheet()
    project = {"id": OWN, "version": 1}
    refused = patch(admin, project, template_id="template-basic", company_id="company-system")
    assert codes(refused) == [("company_id", "has_sheets"), ("template_id", "has_sheets")]
    assert codes(patch(admin, project, status="draft")) == [("status", "has_sheets")]
    assert changed(admin, project, name="새 이름")["name"] == "새 이름"


def test_progress_counts_sheets_by_status(admin: httpx.Client, hall: Hall) -> None:
    hall.sheet("evaluator1")
    hall.sheet("eva2", status="in_progress")
    hall.finished("eva3")
    hall.sheet("eva3", "beta")
    expected = {"assigned": 2, "in_progress": 1, "submitted": 1, "confirmed": 0}
    assert admin.get(f"/api/projects/{OWN}").json()["project"]["progress"] == expected
    listed = admin.get("/api/projects", params={"company_id": "company-test"}).json()["projects"]
    assert [project["progress"] for project in listed] == [expected]


def revised_template(admin: httpx.Client) -> dict[str, Any]:
    """The template of the hall's projects, at its second revision."""
    answer = admin.patch(
        "/api/templates/template-ai-model", json={"criteria": CRITERIA}, headers=at(1)
    )
    template: dict[str, Any] = answer.json()["template"]
    assert template["revision"] == 2
    return template


def test_revise_binds_the_newest_revision_and_takes_untouched_sheets_along(
    admin: httpx.Client, hall: Hall
) -> None:
    sheet = hall.sheet()
    revised_template(admin)
    project = act(admin, {"id": OWN, "version": 1}, "revise").json()["project"]
    assert (project["template_revision"], project["version"]) == (2, 2)
    assert (hall.kept(sheet)["template_revision"], hall.kept(sheet)["version"]) == (2, 2)
    assert act(admin, project, "revise").json()["project"] == project
    assert hall.trail("projects.revise")[0]["changes"] == {"template_revision": [1, 2]}


def test_revise_is_refused_once_a_sheet_is_begun(admin: httpx.Client, hall: Hall) -> None:
    hall.sheet("evaluator1")
    begun = hall.sheet("eva2", status="in_progress")
    revised_template(admin)
    refused = act(admin, {"id": OWN, "version": 1}, "revise")
    assert codes(refused) == [("template_id", "has_sheets")]
    assert hall.kept(begun)["template_revision"] == 1


def test_revise_needs_a_template(admin: httpx.Client) -> None:
    assert codes(act(admin, created(admin), "revise")) == [("template_id", "template_missing")]


def test_template_chosen_anew_is_bound_at_its_newest_revision(
    admin: httpx.Client, hall: Hall
) -> None:
    revised_template(admin)
    project = created(admin, template_id="template-basic")
    project = changed(admin, project, template_id="template-ai-model")
    assert project["template_revision"] == 2
    assert changed(admin, project, template_id=None)["template_revision"] is None


def test_project_in_use_is_not_deleted(admin: httpx.Client, hall: Hall) -> None:
    hall.sheet()
    refused = admin.delete(f"/api/projects/{OWN}", headers=at(1))
    assert (refused.status_code, refused.json()["usage"]) == (409, {"evaluations": 1})
    assert admin.get(f"/api/projects/{OWN}/usage").json() == {"usage": {"evaluations": 1}}


def test_unused_project_is_deleted_with_the_conflicts_declared_in_it(
    admin: httpx.Client, hall: Hall
) -> None:
    declared = {"company_id": "alpha", "evaluator_id": "user-eva2", "reason": "친족"}
    admin.post(f"/api/projects/{OWN}/conflicts", json=declared).raise_for_status()
    assert admin.delete(f"/api/projects/{OWN}", headers=at(1)).status_code == 204
    assert admin.get(f"/api/projects/{OWN}").status_code == 404
    assert hall.server.documents["conflicts_of_interest"].count_documents({}) == 0


def test_who_takes_part_in_a_project_is_not_deleted(admin: httpx.Client, hall: Hall) -> None:
    evaluator = admin.delete("/api/users/user-eva2", headers=at(1))
    company = admin.delete("/api/companies/alpha", headers=at(1))
    assert (evaluator.json()["usage"], company.json()["usage"]) == (
        {"projects": 2},
        {"projects": 2},
    )


def test_stale_version_is_refused_with_the_current_project(admin: httpx.Client) -> None:
    project = created(admin)
    after = changed(admin, project, name="먼저")
    for answer in (
        patch(admin, project, name="나중"),
        act(admin, project, "archive"),
        act(admin, project, "restore"),
        act(admin, project, "revise"),
        admin.delete(f"/api/projects/{project['id']}", headers=at(1)),
    ):
        assert (answer.status_code, answer.json()["current"]) == (409, after)


def test_creation_sent_twice_creates_once(admin: httpx.Client) -> None:
    headers = {"Idempotency-Key": "one"}
    deadline = {**NEW, "deadline": "2030-01-01T09:00:00+09:00"}
    first = admin.post("/api/projects", json=deadline, headers=headers)
    second = admin.post("/api/projects", json=deadline, headers=headers)
    assert (first.status_code, first.json()) == (201, second.json())
    other = admin.post("/api/projects", json=NEW, headers=headers)
    assert other.json()["type"].endswith("idempotency-key-reused")
    assert admin.get("/api/projects").json()["total"] == 1


def test_trail_holds_moments_and_stays_whole(admin: httpx.Client) -> None:
    project = created(admin, deadline="2030-01-01T00:00:00Z")
    changed(admin, project, deadline="2030-01-02T00:00:00Z", results={"cut_line": 60})
    [entry] = admin.get("/api/audit", params={"operation": "projects.change"}).json()["entries"]
    assert entry["target_name"] == NEW["name"]
    assert entry["changes"] == {
        "deadline": ["2030-01-01T00:00:00Z", "2030-01-02T00:00:00Z"],
        "results.cut_line": [None, 60],
    }
    assert admin.get("/api/audit/verify").json()["intact"] is True


def test_list_is_filtered_searched_and_sorted(admin: httpx.Client, hall: Hall) -> None:
    past = datetime.now(UTC) - timedelta(hours=1)
    hall.change_project(deadline=past, manager_id="user-manager1", description="현장 점검")

    def ids(**params: str) -> list[str]:
        answer = admin.get("/api/projects", params=params)
        assert answer.status_code == 200, answer.text
        return [project["id"] for project in answer.json()["projects"]]

    assert ids(is_overdue="true") == ids(manager_id="user-manager1") == ids(q="현장") == [OWN]
    assert ids(is_overdue="false") == ids(company_id="company-system") != [OWN]
    assert ids(status="active", template_id="template-ai-model", sort="deadline")[0] == OWN
    assert ids(status="draft") == ids(template_id="template-basic") == []
    for sort in ("status", "-company_id", "manager_id", "name", "start_date", "-updated_at"):
        assert len(ids(sort=sort)) == 2
    assert admin.get("/api/projects", params={"status": "over"}).status_code == 422
    assert admin.get("/api/projects", params={"sort": "progress"}).status_code == 422


def test_list_holds_only_the_own_company_whatever_is_asked(sign_in: SignIn, hall: Hall) -> None:
    asked: list[dict[str, str]] = [{}, {"company_id": "company-system"}, {"q": "사업"}]
    for login_id in ("manager1", "secretary1"):
        person = sign_in(login_id)
        for params in asked:
            page = person.get("/api/projects", params=params).json()
            assert {p["company_id"] for p in page["projects"]} <= {"company-test"}
            assert page["total"] == len(page["projects"])
        assert person.get("/api/projects").json()["total"] == 1
    assert hall.server.documents["projects"].count_documents({}) == 2


@pytest.mark.parametrize(
    ("condition", "index"),
    [
        ({"company_id": "company-test"}, "idx_projects_company_name"),
        ({"status": "active"}, "idx_projects_status_created"),
        ({"manager_id": "user-manager1"}, "idx_projects_manager"),
    ],
)
def test_filters_are_served_by_their_index(
    hall: Hall, condition: dict[str, str], index: str
) -> None:
    plan = hall.server.documents["projects"].find(condition).explain()["queryPlanner"]
    assert index in str(plan["winningPlan"])


def test_progress_of_a_page_is_counted_through_the_index(hall: Hall) -> None:
    hall.sheet()
    match = {"$match": {"project_id": {"$in": [OWN]}}}
    plan = hall.server.documents.command(
        "aggregate",
        "evaluations",
        pipeline=[match, {"$group": {"_id": ["$project_id", "$status"], "count": {"$sum": 1}}}],
        explain=True,
    )
    assert "idx_evaluations_project_evaluator" in str(plan) or "idx_evaluations_assignment" in str(
        plan
    )
    assert "COLLSCAN" not in str(plan)


def test_names_of_every_active_company_are_told_to_staff(
    sign_in: SignIn, admin: httpx.Client, hall: Hall
) -> None:
    admin.post("/api/companies/gamma/deactivate", headers=at(1)).raise_for_status()
    for login_id in ("admin", "manager1", "secretary1"):
        page = sign_in(login_id).get("/api/companies/names").json()
        assert page["total"] == 4
        names = ["베타", "시스템 회사", "알파", "테스트 회사"]
        assert [company["name"] for company in page["companies"]] == names
        assert {frozenset(company) for company in page["companies"]} == {frozenset({"id", "name"})}
    manager = sign_in("manager1")
    found = manager.get("/api/companies/names", params={"q": "알", "page_size": 1}).json()
    assert found["companies"] == [{"id": "alpha", "name": "알파"}]
    assert manager.get("/api/companies/names", params={"is_active": "false"}).status_code == 422
    assert sign_in("evaluator1").get("/api/companies/names").status_code == 403


def test_many_creations_at_once_stay_within_the_limit(admin: httpx.Client) -> None:
    limit = {"settings": {"max_projects": 3}}
    admin.patch("/api/companies/company-test", json=limit, headers=at(1)).raise_for_status()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: admin.post("/api/projects", json=NEW), range(8)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [422] * 5
