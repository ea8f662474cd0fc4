"""Two people changed the same template: what both did is kept where it can be."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.template_merge import merge_templates, merged_values


def version(*ids: str, name: str = "평가", **weights: int) -> dict[str, Any]:
    criteria = [{"id": id_, "name": id_, "weight": weights.get(id_, 10)} for id_ in ids]
    return {"name": name, "criteria": criteria}


def merged(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any], **choices: str
) -> dict[str, Any]:
    merge = merge_templates(base, mine, theirs, ["name"])
    named = {key.replace("_", "."): side for key, side in choices.items()}
    assert {part.key for part in merge.conflicts} == set(named)
    return merged_values(merge.resolved(named), mine, theirs)


def test_changes_of_different_criteria_are_both_kept() -> None:
    base = version("a", "b")
    found = merged(base, version("a", "b", a=20), version("a", "b", name="새 평가", b=30))
    assert found == version("a", "b", name="새 평가", a=20, b=30)


def test_the_same_criterion_changed_by_both_is_decided_by_the_person() -> None:
    base, mine, theirs = version("a", "b"), version("a", "b", a=20), version("a", "b", a=30)
    assert merged(base, mine, theirs, criteria_a="theirs") == theirs
    assert merged(base, mine, theirs, criteria_a="mine") == mine


def test_one_removed_and_changed_is_a_conflict() -> None:
    base, mine, theirs = version("a", "b"), version("b"), version("a", "b", a=30)
    assert merged(base, mine, theirs, criteria_a="mine") == mine
    assert merged(base, mine, theirs, criteria_a="theirs") == theirs


def test_what_both_added_stands_behind_what_it_was_added_behind() -> None:
    found = merged(version("a", "b"), version("a", "x", "b"), version("a", "b", "y"))
    assert [criterion["id"] for criterion in found["criteria"]] == ["a", "x", "b", "y"]


def test_a_new_order_of_one_side_is_kept_beside_changes_of_the_other() -> None:
    found = merged(version("a", "b", "c"), version("c", "a", "b"), version("a", "b", "c", b=30))
    assert found == version("c", "a", "b", b=30)


def test_two_new_orders_are_a_conflict() -> None:
    base, mine, theirs = version("a", "b", "c"), version("c", "a", "b"), version("b", "a", "c")
    assert merged(base, mine, theirs, order="mine") == mine
    assert merged(base, mine, theirs, order="theirs") == theirs


VERSIONS = st.lists(st.sampled_from("abcdef"), unique=True, max_size=6).flatmap(
    lambda ids: st.dictionaries(st.sampled_from("abcdef"), st.integers(1, 3)).map(
        lambda weights: version(*ids, **weights)  # type: ignore[arg-type]
    )
)


@given(VERSIONS, VERSIONS, VERSIONS)
def test_taking_all_of_one_side_keeps_what_that_side_has(
    base: dict[str, Any], mine: dict[str, Any], theirs: dict[str, Any]
) -> None:
    merge = merge_templates(base, mine, theirs, ["name"])
    for side, taken in (("mine", mine), ("theirs", theirs)):
        found = merged_values(
            merge.resolved({part.key: side for part in merge.fields}), mine, theirs
        )
        assert sorted(found["criteria"], key=str) == sorted(taken["criteria"], key=str)
        ids = [criterion["id"] for criterion in found["criteria"]]
        assert len(ids) == len(set(ids))
