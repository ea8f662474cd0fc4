"""The difference of two revisions: complete, by criterion, and calling the fewest moved."""

from __future__ import annotations

import dataclasses
from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.template_revisions import (
    CriterionChange,
    Difference,
    FieldChange,
    What,
    changed_lines,
    difference,
)
from desktop_app.core.templates import Criterion, TemplateRevision


def revision(*criteria: Criterion, **values: str) -> TemplateRevision:
    given_values = {"name": "기본 평가", **values}
    return TemplateRevision(template_id="t", revision=1, criteria=criteria, **given_values)  # type: ignore[arg-type]


def criterion(id_: str, weight: float = 10, **values: str) -> Criterion:
    return Criterion(id=id_, name=values.pop("name", id_), weight=weight, **values)  # type: ignore[arg-type]


A, B, C, D = (criterion(letter) for letter in "abcd")


def told(found: Difference) -> list[tuple[What, str]]:
    return [(change.what, change.name) for change in found.criteria]


def test_the_same_content_has_no_difference() -> None:
    assert difference(revision(A, B), revision(A, B)).empty


def test_empty_and_missing_texts_are_the_same() -> None:
    assert difference(revision(A, description=""), revision(A)).empty


def test_plain_fields_are_told_with_both_values() -> None:
    found = difference(revision(A, category="AI"), revision(A, name="새 평가"))
    assert found.fields == (
        FieldChange("name", "기본 평가", "새 평가"),
        FieldChange("category", "AI", None),
    )


def test_a_criterion_is_known_by_its_id_whatever_its_name() -> None:
    renamed = dataclasses.replace(A, name="정확도", weight=25)
    [change] = difference(revision(A), revision(renamed)).criteria
    assert change.what is What.CHANGED
    assert change.fields == (FieldChange("name", "a", "정확도"), FieldChange("weight", 10, 25))
    assert not change.moved


def test_added_and_removed_stand_where_they_are_or_were() -> None:
    found = difference(revision(A, B, C), revision(A, D, C))
    assert told(found) == [(What.REMOVED, "b"), (What.ADDED, "d")]
    removed, added = found.criteria
    assert (removed.place_before, added.place_after) == (2, 2)


def test_the_one_that_was_taken_elsewhere_is_moved_not_the_others() -> None:
    found = difference(revision(A, B, C, D), revision(D, A, B, C))
    assert told(found) == [(What.MOVED, "d")]
    assert (found.criteria[0].place_before, found.criteria[0].place_after) == (4, 1)


def test_what_stands_elsewhere_because_of_others_has_not_moved() -> None:
    assert told(difference(revision(A, B, C), revision(B, C))) == [(What.REMOVED, "a")]


def test_one_that_changed_and_moved_says_both() -> None:
    found = difference(revision(A, B, C), revision(dataclasses.replace(C, weight=5), A, B))
    [change] = found.criteria
    assert change.what is What.CHANGED
    assert change.moved


def test_of_long_texts_only_the_lines_that_differ_are_told() -> None:
    before, after = "90: 우수\n70: 보통\n50: 미흡", "90: 우수\n75: 보통\n50: 미흡\n0: 없음"
    assert changed_lines(before, after) == ("…\n70: 보통\n…", "…\n75: 보통\n…\n0: 없음")
    assert changed_lines("한 줄", "다른 줄") == ("한 줄", "다른 줄")


LINES = st.lists(st.sampled_from("abcd"), min_size=2, max_size=8).map("\n".join)


@given(LINES, LINES)
def test_no_line_that_came_or_went_is_left_out(before: str, after: str) -> None:
    was, now = (Counter(text.splitlines()) for text in changed_lines(before, after))
    old, new = Counter(before.splitlines()), Counter(after.splitlines())
    assert not (old - new) - was
    assert not (new - old) - now


CRITERIA = st.lists(
    st.builds(
        criterion,
        st.sampled_from("abcdefgh"),
        st.sampled_from([10, 20.5, 33.3]),
        name=st.sampled_from(["하나", "둘"]),
        guide=st.sampled_from(["", "기준"]),
    ),
    max_size=8,
    unique_by=lambda c: c.id,
)


def applied(before: tuple[Criterion, ...], changes: tuple[CriterionChange, ...]) -> list[str]:
    """The criteria that ``before`` becomes by what the difference says."""
    gone = {change.before.id for change in changes if change.before and not change.after}
    now = {change.after.id: change.after for change in changes if change.after}
    placed = {c.after.id: c.place_after for c in changes if c.after and (not c.before or c.moved)}
    rest = [now.get(c.id, c) for c in before if c.id not in gone and c.id not in placed]
    for place, id_ in sorted((place, id_) for id_, place in placed.items() if place):
        rest.insert(place - 1, now[id_])
    return [repr((c.id, c.name, c.weight, c.guide or None)) for c in rest]


@given(CRITERIA, CRITERIA)
def test_the_difference_tells_everything(before: list[Criterion], after: list[Criterion]) -> None:
    found = difference(revision(*before), revision(*after))
    assert applied(tuple(before), found.criteria) == applied(tuple(after), ())
    assert found.empty == (applied(tuple(before), ()) == applied(tuple(after), ()))
