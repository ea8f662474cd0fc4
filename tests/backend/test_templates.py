"""Templates over the wire: criteria, revisions, who may change what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import httpx
import pytest
from pymongo import MongoClient

from desktop_app.workspace.mongod import Mongod
from tests.backend.conftest import SignIn
from tests.backend.hall import OTHER, Hall
from tests.fixtures.server import RunningServer, running

BASIC = "template-basic"


def criterion(id_: str, weight: Any, **values: Any) -> dict[str, Any]:
    return {"id": id_, "name": f"항목 {id_}", "weight": weight, **values}


CRITERIA = [criterion("a", 60), criterion("b", 40, max_score=5, step=0.5, guide="5: 탁월")]
NEW: dict[str, Any] = {"name": "서면 평가", "category": "서면", "criteria": CRITERIA}


def version(number: int) -> dict[str, str]:
    return {"If-Match": f'"{number}"'}


def created(client: httpx.Client, **values: Any) -> dict[str, Any]:
    answer = client.post("/api/templates", json={**NEW, **values})
    assert answer.status_code == 201, answer.text
    template: dict[str, Any] = answer.json()["template"]
    return template


def changed(client: httpx.Client, template: dict[str, Any], **values: Any) -> dict[str, Any]:
    path = f"/api/templates/{template['id']}"
    answer = client.patch(path, json=values, headers=version(template["version"]))
    assert answer.status_code == 200, answer.text
    after: dict[str, Any] = answer.json()["template"]
    return after


def bind(client: httpx.Client, template_id: str, **values: Any) -> dict[str, Any]:
    body = {"name": "사업", "company_id": "company-test", "template_id": template_id, **values}
    answer = client.post("/api/projects", json=body)
    assert answer.status_code == 201, answer.text
    project: dict[str, Any] = answer.json()["project"]
    return project


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    assert answer.status_code == 422, answer.text
    return [(p["field"], p["code"]) for p in answer.json()["problems"]]


def test_initial_templates_are_shared_and_complete(shared_admin: httpx.Client) -> None:
    template = shared_admin.get(f"/api/templates/{BASIC}").json()["template"]
    assert (template["company_id"], template["revision"], template["in_use"]) == (None, 1, False)
    assert [c["weight"] for c in template["criteria"]] == [30, 25, 20, 15, 10]
    assert template["criteria"][0] == {
        "id": "quality",
        "name": "품질",
        "description": None,
        "weight": 30,
        "max_score": 100,
        "step": 1,
        "guide": None,
    }
    [revision] = shared_admin.get(f"/api/templates/{BASIC}/revisions").json()["revisions"]
    assert (revision["revision"], revision["uses"]) == (1, 0)
    assert revision["criteria"] == template["criteria"]


def test_template_is_created_with_defaults_and_kept_as_its_first_revision(
    admin: httpx.Client,
) -> None:
    template = created(admin, name="  서면 평가 ")
    assert (template["name"], template["company_id"]) == ("서면 평가", None)
    assert (template["created_by"], template["revision"]) == ("user-admin", 1)
    first, second = template["criteria"]
    assert (first["max_score"], first["step"], first["guide"]) == (100, 1, None)
    assert (second["max_score"], second["step"], second["guide"]) == (5, 0.5, "5: 탁월")
    path = f"/api/templates/{template['id']}"
    assert admin.get(path).json() == {"template": template}
    [revision] = admin.get(f"{path}/revisions").json()["revisions"]
    assert (revision["saved_by"], revision["saved_by_name"]) == ("user-admin", "시스템 관리자")
    assert revision["criteria"] == template["criteria"]


DEEP: Any = []
for _level in range(500):
    DEEP = [DEEP]


@pytest.mark.parametrize(
    ("criteria", "field", "code"),
    [
        ([], "criteria", "criteria_needed"),
        (None, "criteria", "type"),
        ("criteria", "criteria", "type"),
        ([1], "criteria.0", "type"),
        (DEEP, "criteria.0", "type"),
        ([{"$ne": 1}], "criteria.0.$ne", "unknown_field"),
        ([criterion("a", 99.99)], "criteria", "weights_not_100"),
        ([criterion("a", 100), criterion("b", 1e-9)], "criteria", "weights_not_100"),
        ([criterion("a", 100), criterion("b", 1e-300)], "criteria", "weights_not_100"),
        ([criterion("a", 50), criterion("a", 50, name="다른")], "criteria.1.id", "duplicate"),
        (
            [criterion("a", 50, name="x"), criterion("b", 50, name="x ")],
            "criteria.1.name",
            "duplicate",
        ),
        ([criterion("a", 10**400)], "criteria.0.weight", "too_large"),
        ([criterion("a", -5)], "criteria.0.weight", "too_small"),
        ([criterion("a", True)], "criteria.0.weight", "type"),
        ([criterion("a", "100")], "criteria.0.weight", "type"),
        ([criterion("a", 100, max_score=0)], "criteria.0.max_score", "not_positive"),
        ([criterion("a", 100, max_score=1e308)], "criteria.0.max_score", "too_large"),
        ([criterion("a", 100, step=0)], "criteria.0.step", "not_positive"),
        ([criterion("a", 100, step=3)], "criteria.0.step", "step_unfit"),
        ([criterion("a", 100, step=1e-300)], "criteria.0.step", "step_unfit"),
        ([criterion("a", 100, guide={"x": 1})], "criteria.0.guide", "type"),
        ([criterion("a", 100, name="x" * 201)], "criteria.0.name", "too_long"),
        ([criterion("a", 100, name="x\u0000")], "criteria.0.name", "control_characters"),
        ([criterion("a b", 100)], "criteria.0.id", "type"),
        ([criterion("$set", 100)], "criteria.0.id", "type"),
        ([criterion("a.b", 100)], "criteria.0.id", "type"),
        ([criterion("x" * 65, 100)], "criteria.0.id", "type"),
        ([criterion(str(n), 0.5) for n in range(201)], "criteria", "too_many"),
    ],
)
def test_criteria_that_break_a_rule_are_refused(
    shared_admin: httpx.Client, criteria: Any, field: str, code: str
) -> None:
    answer = shared_admin.post("/api/templates", json={**NEW, "criteria": criteria})
    assert (field, code) in codes(answer)


def test_criteria_are_no_numbers_of_other_parsers(shared_admin: httpx.Client) -> None:
    for number in ("NaN", "Infinity", "1e999"):
        body = f'{{"name": "x", "criteria": [{{"id": "a", "name": "x", "weight": {number}}}]}}'
        headers = {"Content-Type": "application/json"}
        answer = shared_admin.post("/api/templates", content=body, headers=headers)
        assert answer.status_code == 400


def test_far_too_many_criteria_are_refused_without_a_look_at_each(
    shared_admin: httpx.Client,
) -> None:
    answer = shared_admin.post("/api/templates", json={**NEW, "criteria": [{}] * 250_000})
    assert codes(answer) == [("criteria", "too_many")]
    served_ms = float(answer.headers["Server-Timing"].partition("dur=")[2])
    assert served_ms < 1_000


def test_many_unknown_names_are_not_all_told(shared_admin: httpx.Client) -> None:
    hostile = criterion("a", 100) | {f"unknown{n}": n for n in range(20_000)}
    answer = shared_admin.post("/api/templates", json={**NEW, "criteria": [hostile]})
    assert len(codes(answer)) < 40


def test_unbound_template_is_edited_in_place(admin: httpx.Client) -> None:
    template = created(admin)
    after = changed(admin, template, criteria=[criterion("a", 100)])
    assert (after["revision"], after["version"]) == (1, 2)
    [revision] = admin.get(f"/api/templates/{template['id']}/revisions").json()["revisions"]
    assert [c["id"] for c in revision["criteria"]] == ["a"]


def test_bound_template_gets_a_new_revision_and_keeps_the_old_one(admin: httpx.Client) -> None:
    template = created(admin)
    project = bind(admin, template["id"])
    assert project["template_revision"] == 1
    path = f"/api/templates/{template['id']}"
    assert admin.get(path).json()["template"]["in_use"] is True
    after = changed(admin, template, name="새 이름", criteria=[criterion("a", 100)])
    assert (after["revision"], after["in_use"], after["name"]) == (2, False, "새 이름")
    old = admin.get(path, params={"revision": 1}).json()["template"]
    assert (old["name"], old["criteria"]) == ("서면 평가", template["criteria"])
    assert (old["revision"], old["in_use"]) == (1, True)
    assert admin.get(path, params={"revision": 2}).json()["template"]["name"] == "새 이름"
    revisions = admin.get(f"{path}/revisions").json()["revisions"]
    assert [(r["revision"], r["name"]) for r in revisions] == [(2, "새 이름"), (1, "서면 평가")]
    again = changed(admin, after, criteria=CRITERIA)
    assert again["revision"] == 2
    assert admin.get(f"/api/projects/{project['id']}").json()["project"]["template_revision"] == 1


def test_bound_template_of_the_initial_data_keeps_its_first_revision(admin: httpx.Client) -> None:
    bind(admin, BASIC)
    template = admin.get(f"/api/templates/{BASIC}").json()["template"]
    changed(admin, template, category="새 분류")
    old = admin.get(f"/api/templates/{BASIC}", params={"revision": 1}).json()["template"]
    assert (old["category"], old["criteria"]) == ("기본", template["criteria"])


def test_saving_the_same_again_makes_no_revision(admin: httpx.Client) -> None:
    template = created(admin)
    bind(admin, template["id"])
    same = {"name": template["name"], "criteria": template["criteria"]}
    after = changed(admin, template, **same)
    assert (after["revision"], after["version"]) == (1, 1)
    bare = [
        {k: c[k] for k in ("id", "name", "weight", "max_score", "step", "guide")}
        for c in template["criteria"]
    ]
    assert changed(admin, template, criteria=bare)["version"] == 1


def test_what_is_no_content_changes_without_a_revision(admin: httpx.Client) -> None:
    template = created(admin)
    bind(admin, template["id"])
    off = admin.post(f"/api/templates/{template['id']}/deactivate", headers=version(1))
    assert (off.json()["template"]["is_active"], off.json()["template"]["revision"]) == (False, 1)
    on = admin.post(f"/api/templates/{template['id']}/activate", headers=version(2))
    assert on.json()["template"]["is_active"] is True


def test_revision_counts_the_sheets_bound_to_it(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    template = created(admin)
    project = bind(admin, template["id"])
    insert_sheets(api_server, project, 3)
    changed(admin, template, category="다른 분류")
    revisions = admin.get(f"/api/templates/{template['id']}/revisions").json()["revisions"]
    assert [(r["revision"], r["uses"]) for r in revisions] == [(2, 0), (1, 3)]


def test_sheet_alone_binds_a_revision_too(admin: httpx.Client, api_server: RunningServer) -> None:
    template = created(admin)
    insert_sheets(api_server, {"id": "gone", "template_id": template["id"]}, 1)
    assert changed(admin, template, category="다른 분류")["revision"] == 2


def insert_sheets(
    server: RunningServer, project: dict[str, Any], count: int, **values: Any
) -> None:
    """Sheets past the API: assigned and not begun unless ``values`` say otherwise."""
    now = server.platform.clock()
    server.documents["evaluations"].insert_many(
        {
            "_id": f"sheet-{project['id']}-{n}",
            "project_id": project["id"],
            "template_id": project["template_id"],
            "template_revision": project.get("template_revision", 1),
            "company_id": "company-test",
            "evaluator_id": f"evaluator-{n}",
            "status": "assigned",
            "version": 1,
            "created_at": now,
            "updated_at": now,
            **values,
        }
        for n in range(count)
    )


@pytest.mark.parametrize("revision", ["0", "-1", "x", "1.5", "9" * 30, ""])
def test_revision_that_is_no_number_is_422(shared_admin: httpx.Client, revision: str) -> None:
    answer = shared_admin.get(f"/api/templates/{BASIC}", params={"revision": revision})
    assert codes(answer) == [("revision", "type")]


def test_revision_that_never_was_is_404(shared_admin: httpx.Client) -> None:
    answer = shared_admin.get(f"/api/templates/{BASIC}", params={"revision": 2})
    assert answer.status_code == 404


def test_template_in_use_is_not_deleted(admin: httpx.Client, api_server: RunningServer) -> None:
    template = created(admin)
    project = bind(admin, template["id"])
    insert_sheets(api_server, project, 2)
    path = f"/api/templates/{template['id']}"
    refused = admin.delete(path, headers=version(1))
    assert (refused.status_code, refused.json()["usage"]) == (
        409,
        {"projects": 1, "evaluations": 2},
    )
    assert admin.get(f"{path}/usage").json()["usage"] == {"projects": 1, "evaluations": 2}


def test_unused_template_is_deleted_with_its_revisions(
    admin: httpx.Client, api_server: RunningServer
) -> None:
    template = created(admin)
    path = f"/api/templates/{template['id']}"
    assert admin.delete(path, headers=version(1)).status_code == 204
    assert admin.get(path).status_code == 404
    assert api_server.documents["template_revisions"].count_documents({}) == 0


def test_stale_version_is_refused_with_the_current_template(admin: httpx.Client) -> None:
    template = created(admin)
    after = changed(admin, template, name="먼저")
    path = f"/api/templates/{template['id']}"
    refused = admin.patch(path, json={"name": "나중"}, headers=version(1))
    assert (refused.status_code, refused.json()["current"]) == (409, after)
    assert admin.patch(path, json={"name": "나중"}).status_code == 428


def test_creation_sent_twice_creates_once(admin: httpx.Client) -> None:
    headers = {"Idempotency-Key": "one"}
    first = admin.post("/api/templates", json=NEW, headers=headers)
    second = admin.post("/api/templates", json=NEW, headers=headers)
    assert first.json() == second.json()
    assert admin.get("/api/templates", params={"q": "서면"}).json()["total"] == 1


def test_trail_tells_criterion_by_criterion_what_changed(admin: httpx.Client) -> None:
    template = created(admin)
    bind(admin, template["id"])
    new = [criterion("c", 10), CRITERIA[1], criterion("a", 50)]
    changed(admin, template, criteria=new)
    entry = admin.get("/api/audit", params={"operation": "templates.change"}).json()["entries"][0]
    assert entry["changes"]["criteria.a.weight"] == [60, 50]
    assert entry["changes"]["criteria.c"][0] is None
    assert entry["changes"]["criteria.c"][1]["name"] == "항목 c"
    assert entry["changes"]["criteria.order"] == [["a", "b"], ["b", "a"]]
    assert entry["changes"]["revision"] == [1, 2]
    assert set(entry["changes"]) == {
        "criteria.a.weight",
        "criteria.c",
        "criteria.order",
        "revision",
    }
    assert admin.get("/api/audit/verify").json()["intact"] is True


def test_manager_makes_templates_of_the_own_company_only(sign_in: SignIn) -> None:
    manager = sign_in("manager1")
    assert created(manager)["company_id"] == "company-test"
    refused = manager.post("/api/templates", json={**NEW, "company_id": "company-system"})
    assert codes(refused) == [("company_id", "reference_unknown")]


def test_manager_cannot_give_a_template_away(sign_in: SignIn) -> None:
    manager = sign_in("manager1")
    path = f"/api/templates/{created(manager)['id']}"
    given = manager.patch(path, json={"company_id": "company-system"}, headers=version(1))
    assert codes(given) == [("company_id", "reference_unknown")]
    shared = manager.patch(path, json={"company_id": None}, headers=version(1))
    assert codes(shared) == [("company_id", "required")]


def test_shared_templates_are_read_by_staff_and_changed_by_administrators(
    sign_in: SignIn, admin: httpx.Client
) -> None:
    manager = sign_in("manager1")
    path = f"/api/templates/{BASIC}"
    for person in (manager, sign_in("secretary1")):
        assert person.get(path).status_code == 200
        assert person.get(f"{path}/revisions").status_code == 200
    attempts = [
        manager.patch(path, json={"name": "x"}, headers=version(1)),
        manager.delete(path, headers=version(1)),
        manager.post(f"{path}/deactivate", headers=version(1)),
        manager.get(f"{path}/usage"),
    ]
    assert {answer.status_code for answer in attempts} == {403}
    assert admin.patch(path, json={"name": "x"}, headers=version(1)).status_code == 200


def test_list_holds_shared_and_own_templates_alone(sign_in: SignIn, admin: httpx.Client) -> None:
    created(admin, name="남의 것", company_id="company-system")
    created(admin, name="우리 것", company_id="company-test")
    for login_id in ("manager1", "secretary1"):
        person = sign_in(login_id)
        asked: list[dict[str, str]] = [{}, {"company_id": "company-system"}, {"q": "것"}]
        for params in asked:
            page = person.get("/api/templates", params=params).json()
            assert {t["company_id"] for t in page["templates"]} <= {None, "company-test"}
            assert page["total"] == len(page["templates"])
        assert person.get("/api/templates").json()["total"] == 3


def test_list_is_filtered_searched_and_sorted(admin: httpx.Client) -> None:
    one = created(admin, company_id="company-test", description="현장 발표")
    admin.post(f"/api/templates/{one['id']}/deactivate", headers=version(1))

    def names(**params: str) -> list[str]:
        answer = admin.get("/api/templates", params=params)
        assert answer.status_code == 200, answer.text
        return [template["name"] for template in answer.json()["templates"]]

    basic, ai = "기본 평가 템플릿", "AI 모델 평가 템플릿"
    assert names(shared="true", sort="name") == [ai, basic]
    assert names(shared="false") == names(company_id="company-test") == ["서면 평가"]
    assert names(is_active="false") == names(category="서면") == names(q="현장") == ["서면 평가"]
    assert names(created_by="user-admin", sort="category")[0] == ai
    assert names(q="AI") == [ai]
    for sort in ("company_id", "-created_by", "revision", "-updated_at", "is_active"):
        assert len(names(sort=sort)) == 3
    assert admin.get("/api/templates", params={"sort": "criteria"}).status_code == 422
    listed = admin.get("/api/templates", params={"q": "서면"}).json()["templates"][0]
    assert listed["company_name"] == "테스트 회사"


def test_inactive_or_unknown_company_is_refused(admin: httpx.Client) -> None:
    unknown = admin.post("/api/templates", json={**NEW, "company_id": "nowhere"})
    assert codes(unknown) == [("company_id", "reference_unknown")]
    admin.post("/api/companies/company-test/deactivate", headers=version(1)).raise_for_status()
    inactive = admin.post("/api/templates", json={**NEW, "company_id": "company-test"})
    assert codes(inactive) == [("company_id", "reference_inactive")]


def test_template_is_not_taken_out_of_reach_of_its_projects(admin: httpx.Client) -> None:
    template = created(admin)
    bind(admin, template["id"])
    path = f"/api/templates/{template['id']}"
    away = admin.patch(path, json={"company_id": "company-system"}, headers=version(1))
    assert codes(away) == [("company_id", "in_use")]
    assert changed(admin, template, company_id="company-test")["revision"] == 1


def test_binding_and_changing_at_once_never_slip_past_each_other(
    api_server: RunningServer,
    admin: httpx.Client,
    mongo: Mongod,
) -> None:
    """Two servers on one database: whoever comes second sees what the first did."""
    with (
        MongoClient[dict[str, Any]](mongo.uri) as client,
        running(replace(api_server.config, seed="none"), client) as other,
        httpx.Client(base_url=other.url, headers=admin.headers, timeout=20) as elsewhere,
        ThreadPoolExecutor(2) as pool,
    ):
        for round_ in range(12):
            template = created(admin, name=f"template {round_}")
            first, second = (admin, elsewhere) if round_ % 2 else (elsewhere, admin)
            binding = pool.submit(bind, first, template["id"])
            changing = pool.submit(changed, second, template, criteria=[criterion("a", 100)])
            project, after = binding.result(), changing.result()
            trail = api_server.documents["audit_log"].find(
                {"target_id": {"$in": [project["id"], template["id"]]}}
            )
            order = [entry["operation"] for entry in trail.sort("_id", 1)]
            if order.index("projects.create") < order.index("templates.change"):
                assert (project["template_revision"], after["revision"]) == (1, 2)
                content = template["criteria"]
            else:
                assert (project["template_revision"], after["revision"]) == (1, 1)
                content = after["criteria"]
            path = f"/api/templates/{template['id']}"
            bound = admin.get(path, params={"revision": project["template_revision"]})
            assert bound.json()["template"]["criteria"] == content


def test_uses_of_a_shared_template_count_the_sheets_in_reach_alone(
    admin: httpx.Client, sign_in: SignIn, hall: Hall
) -> None:
    hall.sheet()
    hall.sheet(project=OTHER)
    path = "/api/templates/template-ai-model/revisions"
    for client, uses in ((admin, 2), (sign_in("manager1"), 1)):
        [revision] = client.get(path).json()["revisions"]
        assert revision["uses"] == uses
