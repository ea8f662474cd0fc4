"""Verifying: every check can fail, and says what it saw."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo import MongoClient
from pymongo.database import Database

from desktop_app.core.fields import email_form
from desktop_app.core.tasks import TaskContext
from desktop_app.core.verdicts import CheckState
from desktop_app.db.migrations.checks import EMAIL_FORM, checks
from desktop_app.db.migrations.events import Stop
from desktop_app.db.migrations.server import Target, connected, target_of
from desktop_app.db.migrations.verification import VerifyEnded
from desktop_app.db.migrations.verify import verify
from tests.db.migrations.databases import (
    SCORES,
    WHOLE,
    content,
    old_database,
    prepared,
    project,
    result,
    sheet,
    user,
    verified,
)

Documents = Database[dict[str, Any]]


def put(database: Documents, collection: str, document: dict[str, Any]) -> None:
    database[collection].insert_one(document, bypass_document_validation=True)


def fill(target: Target) -> Documents:
    prepared(target, steps=WHOLE)
    put(target.database, "projects", project())
    put(target.database, "evaluations", sheet("good"))
    return target.database


@pytest.fixture
def sound(target: Target) -> Documents:
    """A migrated database with a project and a sheet."""
    return fill(target)


@pytest.fixture(scope="module")
def shared(_mongo_client: MongoClient[dict[str, Any]]) -> Iterator[Target]:
    """Such a database for tests that put documents into it, which ``kept`` takes out again."""
    target = target_of(_mongo_client, f"test_{uuid.uuid4().hex[:12]}", "tester@here")
    fill(target)
    yield target
    _mongo_client.drop_database(target.name)


@pytest.fixture
def kept(shared: Target) -> Iterator[Target]:
    """The shared database, afterwards as before."""
    yield shared
    for name in shared.database.list_collection_names():
        shared.database[name].delete_many({"_id": {"$in": ["bad", "one", "two"]}})


def test_a_sound_database_passes(target: Target, sound: Documents) -> None:
    ended = verified(target)
    assert ended.passed, [r for r in ended.results if r.state is CheckState.FAIL]
    assert ended.count(CheckState.FAIL) == ended.count(CheckState.INCONCLUSIVE) == 0
    assert all(one.seconds > 0 for one in ended.results)
    queries = {one.check: one for one in ended.results if one.group == "query"}
    assert {check: one.plan.indexes for check, one in queries.items() if one.plan} == {
        "queries.user_by_login": ("idx_users_login_id",),
        "queries.users_per_company": ("idx_users_role_company",),
        "queries.templates_by_text": ("idx_templates_text_search",),
        "queries.sheets_of_evaluator": ("idx_evaluations_project_evaluator",),
    }
    assert all(one.plan is not None and one.plan.ms is not None for one in queries.values())


def test_verifying_changes_nothing(target: Target, sound: Documents) -> None:
    before = content(sound)
    verified(target)
    assert content(sound) == before


def sheet_with(**scores: Any) -> dict[str, Any]:
    entries = [{"criterion_id": key, "score": score} for key, score in {**SCORES, **scores}.items()]
    return sheet("bad", scores=entries, evaluator_id="user-admin")


BROKEN: list[tuple[str, str, dict[str, Any]]] = [
    ("violations:users", "users", user("bad", role="boss")),
    ("violations:companies", "companies", {"_id": "bad", "name": ""}),
    ("users.email_form", "users", user("bad", email="two..dots@example.com")),
    (
        "templates.weights",
        "templates",
        {"_id": "bad", "name": "t", "criteria": [{"weight": 33.3}, {"weight": 66.6}]},
    ),
    (
        "template_revisions.weights",
        "template_revisions",
        {"_id": "bad", "template_id": "x", "revision": 1, "criteria": []},
    ),
    ("references:users.company_id", "users", user("bad", company_id="nowhere")),
    ("references:projects.company_id", "projects", project("bad", company_id="nowhere")),
    ("references:projects.manager_id", "projects", project("bad", manager_id="nobody")),
    ("references:projects.template_id", "projects", project("bad", template_id="none")),
    ("references:projects.candidate_ids", "projects", project("bad", candidate_ids=["nowhere"])),
    ("references:projects.panel_ids", "projects", project("bad", panel_ids=["nobody"])),
    ("references:templates.company_id", "templates", {"_id": "bad", "company_id": "nowhere"}),
    ("references:templates.created_by", "templates", {"_id": "bad", "created_by": "nobody"}),
    ("references:evaluations.project_id", "evaluations", sheet("bad", project_id="none")),
    ("references:evaluations.company_id", "evaluations", sheet("bad", company_id="nowhere")),
    ("references:evaluations.evaluator_id", "evaluations", sheet("bad", evaluator_id="nobody")),
    ("references:evaluations.template_id", "evaluations", sheet("bad", template_id="none")),
    (
        "references:evaluations.template_revision",
        "evaluations",
        sheet("bad", template_revision=9, evaluator_id="user-admin"),
    ),
    ("references:files.company_id", "files", {"_id": "bad", "company_id": "nowhere"}),
    ("references:files.uploaded_by", "files", {"_id": "bad", "uploaded_by": "nobody"}),
    (
        "references:files.places.company_id",
        "files",
        {"_id": "bad", "places": [{"company_id": "company-test"}, {"company_id": "nowhere"}]},
    ),
    (
        "references:files.places.project_id",
        "files",
        {"_id": "bad", "places": [{"project_id": "none"}]},
    ),
    (
        "references:template_revisions.template_id",
        "template_revisions",
        {"_id": "bad", "template_id": "none", "revision": 1},
    ),
    (
        "references:conflicts_of_interest.project_id",
        "conflicts_of_interest",
        {"_id": "bad", "project_id": "none"},
    ),
    (
        "references:conflicts_of_interest.evaluator_id",
        "conflicts_of_interest",
        {"_id": "bad", "evaluator_id": "nobody"},
    ),
    (
        "references:conflicts_of_interest.company_id",
        "conflicts_of_interest",
        {"_id": "bad", "company_id": "nowhere"},
    ),
    ("evaluations.scores", "evaluations", sheet_with(quality=101)),
    ("evaluations.scores", "evaluations", sheet_with(quality=-1)),
    ("evaluations.scores", "evaluations", sheet_with(quality="90")),
    ("evaluations.scores", "evaluations", sheet_with(unheard_of=1)),
    (
        "evaluations.total_score",
        "evaluations",
        sheet("bad", total_score=75.01, evaluator_id="user-admin"),
    ),
    (
        "evaluations.total_score",
        "evaluations",
        sheet("bad", total_score=None, evaluator_id="user-admin"),
    ),
]


@pytest.mark.parametrize(("check", "collection", "document"), BROKEN)
def test_what_is_broken_is_found_and_named(
    kept: Target, check: str, collection: str, document: dict[str, Any]
) -> None:
    assert result(kept, check).count == 0
    put(kept.database, collection, document)
    found = result(kept, check)
    assert (found.state, found.count) == (CheckState.FAIL, 1)
    (offender,) = found.offenders
    assert (offender.collection, offender.id) == (collection, "bad")


def test_the_total_that_the_rule_gives_is_told(kept: Target) -> None:
    put(kept.database, "evaluations", sheet("bad", total_score=80, evaluator_id="user-admin"))
    (offender,) = result(kept, "evaluations.total_score").offenders
    assert (offender.detail["total_score"], offender.detail["expected"]) == (80, 75.0)


@pytest.mark.parametrize(
    ("index", "collection", "key"),
    [
        ("idx_users_login_id", "users", "login_id"),
        ("idx_users_email", "users", "email"),
        ("idx_companies_name", "companies", "name"),
        ("idx_files_hash", "files", "file_hash"),
    ],
)
def test_duplicates_are_found_where_no_index_forbids_them(
    target: Target, database: Documents, index: str, collection: str, key: str
) -> None:
    for id_ in ("one", "two"):
        put(database, collection, {"_id": id_, key: "same"})
    found = result(target, f"duplicates:{index}")
    assert (found.state, found.count) == (CheckState.FAIL, 1)
    assert [offender.id for offender in found.offenders] == ["one", "two"]


def test_an_index_that_forbids_duplicates_is_proof_that_there_are_none(kept: Target) -> None:
    found = result(kept, "duplicates:idx_users_login_id")
    assert (found.state, found.proof) == (CheckState.PASS, "unique_index")


def drop_index(database: Documents) -> None:
    database["files"].drop_index("idx_files_company_type")


def change_index(database: Documents) -> None:
    database["users"].drop_index("idx_users_email")
    database["users"].create_index("email", name="idx_users_email")


def add_index(database: Documents) -> None:
    database["users"].create_index("role")


def weaken(database: Documents) -> None:
    database.command("collMod", "files", validationAction="warn")


@pytest.mark.parametrize(
    ("alter", "check", "state", "where"),
    [
        (drop_index, "schema.indexes_missing", CheckState.FAIL, "files.idx_files_company_type"),
        (change_index, "schema.indexes_different", CheckState.FAIL, "users.idx_users_email"),
        (add_index, "schema.indexes_redundant", CheckState.WARN, "users.role_1"),
        (weaken, "schema.validators", CheckState.FAIL, "files"),
    ],
)
def test_a_schema_that_is_not_as_declared_is_found(
    target: Target,
    sound: Documents,
    alter: Callable[[Documents], None],
    check: str,
    state: CheckState,
    where: str,
) -> None:
    alter(sound)
    found = result(target, check)
    assert (found.state, found.count) == (state, 1)
    assert list(found.detail) == [where]


@pytest.mark.parametrize(
    ("collection", "index", "check"),
    [
        ("users", "idx_users_login_id", "queries.user_by_login"),
        ("users", "idx_users_role_company", "queries.users_per_company"),
        ("evaluations", "idx_evaluations_project_evaluator", "queries.sheets_of_evaluator"),
    ],
)
def test_a_query_without_its_index_fails(
    target: Target, sound: Documents, collection: str, index: str, check: str
) -> None:
    sound[collection].drop_index(index)
    if collection == "evaluations":
        sound[collection].drop_index("idx_evaluations_assignment")
    found = result(target, check)
    assert found.state is CheckState.FAIL
    assert found.plan is not None
    assert "COLLSCAN" in found.plan.stages


def test_what_the_server_does_not_answer_is_inconclusive(target: Target, sound: Documents) -> None:
    sound["templates"].drop_index("idx_templates_text_search")
    found = result(target, "queries.templates_by_text")
    assert found.state is CheckState.INCONCLUSIVE
    assert "text index required" in found.error
    ended = verified(target)
    assert not ended.passed


def test_an_empty_collection_has_nothing_to_check(target: Target, database: Documents) -> None:
    prepared(target)
    states = {one.check: one.state for one in verified(target).results}
    assert states["evaluations.total_score"] is CheckState.NOT_APPLICABLE
    assert states["violations:files"] is CheckState.NOT_APPLICABLE
    assert states["violations:users"] is CheckState.PASS


def test_an_old_database_does_not_pass(target: Target, database: Documents) -> None:
    old_database(database)
    ended = verified(target)
    assert ended.reason is Stop.DONE
    failed = {one.check for one in ended.results if one.state is CheckState.FAIL}
    assert {"schema.indexes_missing", "violations:users", "evaluations.total_score"} - failed == {
        "evaluations.total_score"
    }


def test_stopped_in_the_middle_the_rest_is_not_run(target: Target, sound: Documents) -> None:
    context = TaskContext()
    running = verify(target, context=context)
    next(running)
    context.cancel()
    *_rest, end = running
    assert isinstance(end, VerifyEnded)
    assert end.reason is Stop.CANCELLED
    assert end.count(CheckState.NOT_RUN) > 0
    assert not end.passed


def test_the_right_to_read_is_enough(target: Target, sound: Documents, mongo: Any) -> None:
    sound.command("createUser", "reader", pwd="read-only", roles=["read"])
    try:
        uri = f"mongodb://reader:read-only@127.0.0.1:{mongo.port}/?authSource={target.name}"
        with connected(uri, target.name) as reading:
            assert verified(reading).passed
    finally:
        sound.command("dropUser", "reader")


def test_every_check_has_a_name_of_its_own() -> None:
    ids = [check.id for check in checks()]
    assert len(ids) == len(set(ids))


ADDRESSES = st.one_of(
    st.emails(),
    st.from_regex(r"[a-z.+-]{0,4}@[a-z.-]{0,8}\.?[a-z]{0,3}\n?", fullmatch=True),
    st.text(max_size=12),
)


@given(ADDRESSES)
def test_the_servers_form_of_an_address_is_that_of_the_fields(address: str) -> None:
    pattern = re.compile(EMAIL_FORM.replace(r"\z", r"\Z"))
    assert bool(pattern.match(address)) == (email_form(address) is None)
