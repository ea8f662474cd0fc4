"""Results over the wire: by the project's rules, for those who may see them, and nobody else."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import msgspec
from pymongo.database import Database

from desktop_app.core.evaluations import Pair
from desktop_app.core.result_figures import figures_of
from desktop_app.core.results import Results, scoring_of
from tests.backend.conftest import SignIn
from tests.fixtures.server import RunningServer
from tests.results.sample import START, insert_project, sample_criteria

PATH = "/api/projects/{}/results"


def read(answer: bytes) -> Results:
    return msgspec.convert(msgspec.json.decode(answer)["results"], Results)


def test_the_figures_are_those_of_the_pure_function(
    api_server: RunningServer, sign_in: SignIn
) -> None:
    project = insert_project(api_server.documents, open_every=9)

    answer = sign_in("manager1").get(PATH.format(project), params={"sheets": "true"})

    assert answer.status_code == 200, answer.text
    results = read(answer.content)
    assert (results.figures.sheets, results.figures.missing) == (50, 6)
    assert figures_of(scoring_of(results)) == results.figures
    assert "김민준" in {one.name for one in results.figures.evaluators}
    assert results.agreement.totals.alpha is not None


def test_scores_are_sent_only_when_asked_for(api_server: RunningServer, sign_in: SignIn) -> None:
    project = insert_project(api_server.documents)
    client = sign_in("secretary1")

    assert read(client.get(PATH.format(project)).content).sheets == ()
    assert len(read(client.get(PATH.format(project), params={"sheets": "true"}).content).sheets)
    refused = client.get(PATH.format(project), params={"sheets": "maybe"})
    assert refused.status_code == 422


def test_an_evaluator_never_sees_results(api_server: RunningServer, sign_in: SignIn) -> None:
    project = insert_project(api_server.documents)

    assert sign_in("evaluator1").get(PATH.format(project)).status_code == 403


def test_another_companys_project_does_not_exist_for_its_staff(
    api_server: RunningServer, sign_in: SignIn
) -> None:
    project = insert_project(api_server.documents, owner="company-system")

    assert sign_in("manager1").get(PATH.format(project)).status_code == 404
    assert sign_in("admin").get(PATH.format(project)).status_code == 200


def test_a_project_without_a_template_has_empty_results(
    api_server: RunningServer, sign_in: SignIn
) -> None:
    documents: Database[dict[str, object]] = api_server.documents
    project = insert_project(documents)
    documents["evaluations"].delete_many({"project_id": project})
    documents["projects"].update_one({"_id": project}, {"$set": {"template_id": None}})

    results = read(sign_in("admin").get(PATH.format(project)).content)

    assert results.figures.criteria == ()
    assert {company.rank for company in results.figures.companies} == {None}
    assert results.agreement.totals.reason == "too_few"


def test_other_requests_go_on_while_results_are_computed(
    api_server: RunningServer, sign_in: SignIn
) -> None:
    project = insert_project(
        api_server.documents, companies=150, evaluators=7, criteria=sample_criteria(40)
    )
    client, other = sign_in("admin"), sign_in("manager1")
    with ThreadPoolExecutor(1) as pool:
        computing = pool.submit(client.get, PATH.format(project))
        answered = 0
        while not computing.done():
            assert other.get("/health").status_code == 200
            answered += 1

    assert computing.result().status_code == 200
    assert answered > 3


def test_a_revision_is_that_of_the_project_and_not_the_newest(
    api_server: RunningServer, sign_in: SignIn
) -> None:
    project = insert_project(api_server.documents)
    api_server.documents["templates"].update_one(
        {"_id": f"template-{project}"},
        {"$set": {"revision": 2, "criteria.0.name": "다른 항목"}},
    )

    results = read(sign_in("admin").get(PATH.format(project)).content)

    assert results.figures.criteria[0].name == "평가 항목 1"
    assert not any(given.differs for one in results.figures.companies for given in one.totals)


def test_counted_sheets_with_a_declared_conflict_are_named(
    api_server: RunningServer, sign_in: SignIn
) -> None:
    project = insert_project(api_server.documents, open_every=7)
    company = f"{project}-c000"
    api_server.documents["conflicts_of_interest"].insert_many(
        {
            "_id": f"{company}-{person}",
            "project_id": project,
            "evaluator_id": f"{project}-{person}",
            "company_id": company,
            "reason": "자문",
            "declared_by_name": "관리자",
            "declared_at": START,
        }
        for person in ("e01", "e06")  # the sheet of the second one is not handed in
    )

    results = read(sign_in("manager1").get(PATH.format(project)).content)

    assert results.conflicts == (Pair(company, f"{project}-e01"),)
