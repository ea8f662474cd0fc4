"""The server's totals are those of ``core.scoring``, at every middle between two cents, too."""

from __future__ import annotations

import itertools
from decimal import Decimal
from fractions import Fraction
from typing import Any

from bson import Decimal128, Int64
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pymongo.database import Database

from desktop_app.core.scoring import weighted_total
from desktop_app.core.templates import Criterion
from desktop_app.db.migrations.sheets import check_sheets

Documents = Database[dict[str, Any]]
Scores = dict[str, float | None]

MOST = st.one_of(
    st.integers(1, 10_000),
    st.decimals(Decimal("0.01"), 10_000, places=2).map(float),
)
ODD = 0.1 + 0.2
"""A number that no person writes: 17 significant digits."""


@st.composite
def criteria(draw: st.DrawFn) -> tuple[Criterion, ...]:
    """Criteria whose weights sum to 100, with up to two decimals."""
    cuts = draw(st.lists(st.integers(1, 9_999), unique=True, max_size=6).map(sorted))
    edges = [0, *cuts, 10_000]
    weights = [(end - begin) / 100 for begin, end in itertools.pairwise(edges)]
    return tuple(
        Criterion(id=f"c{place}", name="", weight=weight, max_score=draw(MOST))
        for place, weight in enumerate(weights)
    )


@st.composite
def sheets(draw: st.DrawFn) -> tuple[tuple[Criterion, ...], list[Scores]]:
    """A template and scores by it, in any order, whole, partly or not at all."""
    template = draw(criteria())
    made: list[Scores] = []
    for _sheet in range(draw(st.integers(1, 8))):
        scores: Scores = {}
        for criterion in draw(st.permutations(template)):
            share = draw(st.integers(0, 40))
            score = round(criterion.max_score * share / 40, draw(st.integers(0, 4)))
            scores[criterion.id] = draw(st.sampled_from([score, score, score, None]))
        assume(all(s is None or s <= _most(template, c) for c, s in scores.items()))
        made.append(scores)
    return template, made


def _most(template: tuple[Criterion, ...], id_: str) -> float:
    return next(one.max_score for one in template if one.id == id_)


def document(id_: str, scores: Scores, total: float | None) -> dict[str, Any]:
    return {
        "_id": id_,
        "template_id": "t",
        "template_revision": 1,
        "status": "submitted",
        "scores": [{"criterion_id": key, "score": score} for key, score in scores.items()],
        "total_score": total,
    }


def wrong(database: Documents, template: tuple[Criterion, ...]) -> dict[str, Any]:
    """The sheets that the server calls wrong, with the total that it expects."""
    content = [
        {"id": one.id, "name": "", "weight": one.weight, "max_score": one.max_score}
        for one in template
    ]
    database["templates"].replace_one(
        {"_id": "t"}, {"_id": "t", "revision": 1, "criteria": content}, upsert=True
    )
    found = check_sheets(database)
    assert found.scores.count == 0
    assert found.totals.count == len(found.totals.offenders)
    return {one.id: one.detail["expected"] for one in found.totals.offenders}


@given(sheets(), st.sampled_from([Decimal("0.01"), Decimal("-0.01"), Decimal("0.001"), Decimal(7)]))
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_server_tells_right_totals_from_wrong_ones(
    database: Documents, made: tuple[tuple[Criterion, ...], list[Scores]], off: Decimal
) -> None:
    template, scores = made
    totals = [weighted_total(template, one) for one in scores]
    database["evaluations"].delete_many({})
    database["evaluations"].insert_many(
        [document(f"right-{n}", one, float(totals[n])) for n, one in enumerate(scores)]
        + [document(f"wrong-{n}", one, float(totals[n] + off)) for n, one in enumerate(scores)]
    )
    assert wrong(database, template) == {
        f"wrong-{n}": float(total) for n, total in enumerate(totals)
    }


def test_every_middle_between_two_cents_is_rounded_up(database: Documents) -> None:
    template = tuple(
        Criterion(id=f"c{place}", name="", weight=weight, max_score=most)
        for place, (weight, most) in enumerate([(0.5, 3), (0.5, 3), (33, 7), (66, 9)])
    )
    steps = [number / 100 for number in range(51)]
    ends: list[tuple[float, float]] = [(0, 0), (7, 9), (3.5, 4.5)]
    made = [
        {"c0": a, "c1": b, "c2": c, "c3": d}
        for a, b, (c, d) in itertools.product(steps, steps, ends)
    ]
    middles = sum(_is_middle(template, one) for one in made)
    assert middles > 100
    database["evaluations"].insert_many(
        [
            document(f"{n}", dict(one), float(weighted_total(template, dict(one))))
            for n, one in enumerate(made)
        ]
    )
    assert wrong(database, template) == {}


def _is_middle(template: tuple[Criterion, ...], scores: dict[str, float]) -> bool:
    total = sum(
        Fraction(str(scores[one.id])) / Fraction(str(one.max_score)) * Fraction(str(one.weight))
        for one in template
    )
    return (total * 100) % 1 == Fraction(1, 2)


def test_every_total_that_there_can_be_is_read_exactly(database: Documents) -> None:
    template = (Criterion(id="c", name="", weight=100, max_score=100),)
    database["evaluations"].insert_many(
        [document(f"{n}", {"c": n / 100}, n / 100) for n in range(10_001)]
    )
    assert wrong(database, template) == {}


def test_numbers_that_no_person_writes_are_left_to_core_scoring(database: Documents) -> None:
    # 0.30000000000000004 of 10 000 × 83.5 is above a middle, which 15 digits do not show.
    template = (
        Criterion(id="a", name="", weight=50, max_score=3_000),
        Criterion(id="b", name="", weight=50, max_score=3_000),
    )
    scores: Scores = {"a": ODD, "b": 0}
    assert str(weighted_total(template, scores)) == "0.01"
    database["evaluations"].insert_many(
        [
            document("right", scores, float(weighted_total(template, scores))),
            document("wrong", scores, 0.0),
        ]
    )
    assert wrong(database, template) == {"wrong": 0.01}


def test_more_revisions_than_one_pass_takes(database: Documents) -> None:
    criteria = [{"id": "c", "name": "", "weight": 100, "max_score": 10}]
    database["template_revisions"].insert_many(
        [
            {"_id": f"t:{n}", "template_id": "t", "revision": n, "criteria": criteria}
            for n in range(1, 91)
        ]
    )
    bound = {n: document(f"{n:02}", {"c": 5}, 50.0 if n % 2 else 49.0) for n in range(1, 93)}
    database["evaluations"].insert_many(
        [{**one, "template_revision": n} for n, one in bound.items()]
    )
    found = check_sheets(database)
    assert found.totals.count == 45
    assert [one.id for one in found.unknown.offenders] == ["91", "92"]


def test_decimals_and_whole_numbers_of_the_database_count_alike(
    database: Documents,
) -> None:
    template = (Criterion(id="c", name="", weight=100, max_score=8),)
    database["evaluations"].insert_many(
        [
            document("int", {"c": 1}, 12.5),
            {**document("long", {}, 12.5), "scores": [{"criterion_id": "c", "score": Int64(1)}]},
            {
                **document("decimal", {}, None),
                "scores": [{"criterion_id": "c", "score": Decimal128("1.0")}],
                "total_score": Decimal128("12.50"),
            },
        ]
    )
    assert wrong(database, template) == {}
