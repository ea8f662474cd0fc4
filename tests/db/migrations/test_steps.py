"""The steps as data: never edited, harmless where they are not meant, and pure comparison."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pymongo.database import Database

from desktop_app.db.migrations.canonical import canonical, differences, parsed
from desktop_app.db.migrations.data_steps import DATA_STEPS, DataStep
from desktop_app.db.migrations.index_plans import plan_indexes, redundant_to
from desktop_app.db.migrations.pace import LARGEST, SMALLEST, Pace
from desktop_app.db.migrations.plan_data import IndexAction
from desktop_app.db.migrations.steps import Kind, Standing, migration, standing
from desktop_app.db.schema import COLLECTIONS
from tests.db.migrations.databases import AT, project, sheet, user

Documents = Database[dict[str, Any]]

RELEASED = {
    "data:0001-dates-users": "841c8212a2c68fc2",
    "data:0001-dates-companies": "f9a2391825e019cb",
    "data:0001-dates-projects": "736fb30b103a27c5",
    "data:0001-dates-templates": "d682c39cdc8bba78",
    "data:0001-dates-evaluations": "fd2d8b0d6c577b70",
    "data:0001-dates-files": "dbf4b777ba49c32a",
    "data:0002-stamps-users": "28e3c92ce3d65cb4",
    "data:0002-stamps-companies": "2c7c70969ec2d95a",
    "data:0002-stamps-projects": "e5d11a618d59719f",
    "data:0002-stamps-templates": "50672a394dd10a65",
    "data:0002-stamps-evaluations": "8dac02fccacc0009",
    "data:0002-stamps-files": "cd4c86e869148781",
    "data:0003-users-defaults": "378846788ceed6ae",
    "data:0004-users-clear-passwords": "af94ef19908ec3b4",
    "data:0005-companies-defaults": "974700d98b7502da",
    "data:0006-templates-defaults": "e0ba93a4380da457",
    "data:0007-templates-criteria": "239c99611d4b444e",
    "data:0008-projects-defaults": "10e766241d54c3a0",
    "data:0009-evaluations-defaults": "dc9e658c8959cc7f",
    "data:0010-templates-shared": "48e65516a2c75c92",
    "data:0011-projects-candidate": "89636292ea779183",
    "data:0011-projects-panel": "3a39dd622c001304",
}
"""Checksums of the steps that databases have applied: a change of one is refused there."""


def test_released_steps_read_as_they_were_released() -> None:
    now = {step.id: step.checksum[:16] for step in migration().of_kind(Kind.DATA)}
    assert {id_: now[id_] for id_ in RELEASED} == RELEASED
    assert set(now) == set(RELEASED), "a new step: add its checksum here when it is released"


def test_steps_are_numbered_and_have_names_of_their_own() -> None:
    ids = [step.id for step in DATA_STEPS]
    assert ids == sorted(ids, key=lambda id_: id_[:4])
    assert len(set(ids)) == len(ids)


ODD_ONES: list[dict[str, Any]] = [
    {"_id": "empty"},
    {"_id": "odd", "criteria": 5, "scores": "?", "deadline": "someday", "created_at": "never"},
    {"_id": "odder", "criteria": [], "scores": [], "profile": None, "template_id": None},
    user("user"),
    sheet("sheet"),
    project("project", deadline=AT),
    {"_id": "template-basic", "criteria": [{"id": "a", "max_score": 5}], "revision": 3},
]


@pytest.mark.parametrize("step", DATA_STEPS, ids=lambda step: step.id)
def test_a_step_leaves_what_it_does_not_pick_as_it_is(database: Documents, step: DataStep) -> None:
    collection = database[step.collection]
    collection.insert_many([dict(one) for one in ODD_ONES])
    let = {"run_at": AT}
    picked = {one["_id"] for one in collection.find(dict(step.where), {"_id": 1}, let=let)}
    after = {one["_id"]: one for one in collection.aggregate(list(step.stages), let=let)}
    before = {one["_id"]: one for one in collection.find()}
    for id_ in before.keys() - picked:
        assert after[id_] == before[id_]
    for id_ in picked:
        assert after[id_] != before[id_]
        assert set(after[id_]) - set(before[id_]) <= set(step.fields)
    # What it has done, it does not pick again.
    database[f"{step.collection}_after"].insert_many(list(after.values()))
    assert not list(database[f"{step.collection}_after"].find(dict(step.where), let=let))


@pytest.mark.parametrize(
    ("recorded", "present", "wanted", "expected"),
    [
        (None, None, {"a": 1}, Standing.PENDING),
        (None, {"a": 2}, {"a": 1}, Standing.PENDING),
        (None, {"a": 1}, {"a": 1}, Standing.IN_PLACE),
        ({"a": 1}, {"a": 1}, {"a": 1}, Standing.IN_PLACE),
        ({"a": 1}, None, {"a": 1}, Standing.DRIFTED),
        ({"a": 1}, {"a": 2}, {"a": 1}, Standing.DRIFTED),
        ({"a": 1}, {"a": 1}, {"a": 2}, Standing.PENDING),
        ({"a": 1}, {"a": 3}, {"a": 2}, Standing.DRIFTED),
        ({"a": 1}, {"a": 2}, {"a": 2}, Standing.IN_PLACE),
    ],
)
def test_where_something_stands(
    recorded: Any, present: Any, wanted: Any, expected: Standing
) -> None:
    assert standing(recorded, present, wanted) is expected


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text("ab$", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(VALUES, VALUES)
def test_definitions_are_equal_exactly_when_nothing_differs(one: Any, other: Any) -> None:
    assert (canonical(one) == canonical(other)) == (not differences(one, other))
    assert canonical(parsed(canonical(one))) == canonical(one)


@given(VALUES)
def test_nothing_differs_from_itself(one: Any) -> None:
    assert differences(one, one) == ()


def index(*keys: tuple[str, Any], **promises: Any) -> dict[str, Any]:
    return {"key": [list(key) for key in keys], **promises}


def test_which_index_is_redundant_to_which() -> None:
    indexes = {
        "ab": index(("a", 1), ("b", 1)),
        "a": index(("a", 1)),
        "a_down": index(("a", -1)),
        "a_unique": index(("a", 1), unique=True),
        "b": index(("b", 1)),
        "ab_again": index(("a", 1), ("b", 1)),
        "sparse": index(("b", 1), ("a", 1), sparse=True),
        "text": index(("t", "text")),
    }
    assert {name: redundant_to(name, indexes) for name in indexes} == {
        "ab": "",
        "a": "ab",
        "a_down": "",
        "a_unique": "",
        "b": "",
        "ab_again": "ab",
        "sparse": "",
        "text": "",
    }


def test_no_declared_index_is_redundant() -> None:
    for schema in COLLECTIONS:
        plans = plan_indexes(schema, {}, {})
        assert {plan.action for plan in plans} == {IndexAction.CREATE}
        wanted = migration().step(f"indexes:{schema.name}").definition
        assert [redundant_to(name, wanted) for name in wanted] == [""] * len(wanted)


@given(st.lists(st.tuples(st.floats(0.0001, 5), st.floats(0.1, 500)), max_size=40))
def test_batches_stay_within_bounds_whatever_is_measured(
    measured: list[tuple[float, float]],
) -> None:
    pace = Pace()
    for seconds, ping_ms in measured:
        pace.took(seconds, pace.size)
        pace.pinged(ping_ms)
        assert SMALLEST <= pace.size <= LARGEST
        assert 0 <= pace.rest_s <= 2


def test_a_slow_server_gets_smaller_batches_and_rest() -> None:
    pace = Pace(calm_ms=1)
    pace.took(0.15, 1_000)
    before = pace.size
    pace.pinged(200)
    first = pace.rest_s
    pace.pinged(200)
    assert pace.size < before
    assert 0 < first < pace.rest_s
    pace.pinged(1)
    assert pace.rest_s == 0
