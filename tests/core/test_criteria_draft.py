"""Criteria in the editor: what is typed is kept, what is done can be undone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.criteria_draft import (
    CriteriaDraft,
    CriterionRow,
    number_of,
    number_text,
    row_of,
)
from desktop_app.core.templates import Criterion, check_criteria


def draft_of(*names: str) -> CriteriaDraft:
    made = iter(range(1000))
    draft = CriteriaDraft(lambda: f"new{next(made)}")
    draft.load(CriterionRow(id=name, name=name, weight=10) for name in names)
    return draft


def names(draft: CriteriaDraft) -> str:
    return "".join(row.name for row in draft.rows)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("30", 30),
        ("33.3", 33.3),
        (" 1,000 ", 1000),
        ("30 %", 30),
        ("３０．５", 30.5),
        (".5", 0.5),
        ("30.", 30.0),
        ("", None),
        ("  ", None),
        ("thirty", "thirty"),
        ("1.2.3", "1.2.3"),
        ("nan", "nan"),
        ("1e5", "1e5"),
    ],
)
def test_numbers_are_read_as_people_write_them(text: str, value: float | str | None) -> None:
    assert number_of(text) == value


@given(st.decimals(min_value="0.01", max_value=10_000, places=2).map(float))
def test_a_number_written_is_the_number_read(number: float) -> None:
    assert number_of(number_text(number)) == number
    assert "E" not in number_text(number)


def test_a_criterion_comes_back_as_it_went_in() -> None:
    criterion = Criterion(id="a", name="정확도", weight=40, guide="한 줄\n두 줄")
    assert row_of(criterion).plain() == {
        "id": "a",
        "name": "정확도",
        "weight": 40,
        "max_score": 100,
        "step": 1,
        "description": None,
        "guide": "한 줄\n두 줄",
    }


def test_rows_move_to_a_place_and_no_further() -> None:
    draft = draft_of("a", "b", "c")
    assert draft.move(0, 2)
    assert names(draft) == "bca"
    assert not draft.move(0, -1)
    assert not draft.move(2, 3)
    assert names(draft) == "bca"


def test_a_copy_stands_below_with_an_id_of_its_own_and_no_weight() -> None:
    draft = draft_of("a", "b")
    draft.duplicate(0)
    assert names(draft) == "aab"
    assert draft.rows[1].id == "new0"
    assert draft.rows[1].weight is None


def test_a_row_removed_comes_back_where_it_was() -> None:
    draft = draft_of("a", "b", "c")
    draft.remove(1)
    draft.undo()
    assert names(draft) == "abc"
    draft.redo()
    assert names(draft) == "ac"


def test_typing_in_one_cell_is_undone_at_once_and_cell_by_cell() -> None:
    draft = draft_of("a")
    for text in ("a1", "a12", "a123"):
        draft.put(0, "name", text)
    draft.put(0, "weight", 1)
    draft.put(0, "weight", 15)
    draft.undo()
    assert (draft.rows[0].name, draft.rows[0].weight) == ("a123", 10)
    draft.undo()
    assert draft.rows[0].name == "a"
    assert not draft.can_undo


def test_a_cell_left_and_typed_into_again_is_undone_by_itself() -> None:
    draft = draft_of("a")
    draft.put(0, "name", "b")
    draft.settle()
    draft.put(0, "name", "bc")
    draft.undo()
    assert draft.rows[0].name == "b"


def test_pasted_texts_fill_rows_and_add_what_is_missing() -> None:
    draft = draft_of("a", "b")
    draft.fill(1, [{"name": "x", "weight": "60%"}, {"name": "y", "weight": "bad"}])
    assert [(row.name, row.weight) for row in draft.rows] == [("a", 10), ("x", 60), ("y", "bad")]
    draft.undo()
    assert names(draft) == "ab"


def test_pasted_rows_may_be_new_ones() -> None:
    draft = draft_of("a", "b")
    draft.fill(1, [{"name": "x"}, {"name": "y"}], fresh=True)
    assert names(draft) == "axyb"


def test_problems_name_place_and_field() -> None:
    draft = draft_of("a", "b")
    draft.put(1, "weight", "heavy")
    assert [(p.field, p.code) for p in draft.problems()] == [("criteria.1.weight", "type")]


CELLS = st.sampled_from([None, "", "x", "a\x00", 0, -1, 10, 50, 100, 33.3])


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=4))
def test_problems_are_those_that_the_server_would_tell(
    cells: list[tuple[float | str | None, ...]],
) -> None:
    draft = CriteriaDraft()
    draft.load(
        CriterionRow(id=f"c{at}", name=str(name or ""), weight=weight, step=step)
        for at, (name, weight, step) in enumerate(cells)
    )
    assert draft.problems() == check_criteria(draft.plain())


ACTIONS: list[Callable[[CriteriaDraft, int], object]] = [
    lambda draft, n: draft.insert(n % (len(draft.rows) + 1)),
    lambda draft, n: draft.remove(n % len(draft.rows)) if draft.rows else None,
    lambda draft, n: draft.duplicate(n % len(draft.rows)) if draft.rows else None,
    lambda draft, n: draft.move(n % max(1, len(draft.rows)), n // 7 % max(1, len(draft.rows))),
    lambda draft, n: draft.put(n % len(draft.rows), "name", str(n)) if draft.rows else None,
    lambda draft, n: draft.weigh([n] * len(draft.rows)),
    lambda draft, n: draft.fill(n % (len(draft.rows) + 1), [{"weight": str(n)}] * 2),
]


@given(st.lists(st.tuples(st.sampled_from(ACTIONS), st.integers(0, 1000)), max_size=30))
def test_whatever_is_done_can_be_undone_and_done_again(
    steps: list[tuple[Callable[[CriteriaDraft, int], object], int]],
) -> None:
    draft = draft_of("a", "b", "c")
    begun = draft.rows
    for action, n in steps:
        action(draft, n)
    done = draft.rows
    assert len({row.id for row in done}) == len(done)
    while draft.can_undo:
        draft.undo()
    assert draft.rows == begun
    while draft.can_redo:
        draft.redo()
    assert draft.rows == done
