import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.documents import same
from desktop_app.core.merge import Outcome, Side, three_way

KEYS = ("name", "email", "profile.phone")
DOCUMENTS = st.fixed_dictionaries({key: st.sampled_from([None, "", "a", "b", 1]) for key in KEYS})


def test_each_field_is_decided_on_its_own() -> None:
    base = {"name": "a", "email": "a@x.kr", "role": "manager", "phone": "1", "city": ""}
    mine = {**base, "email": "b@x.kr", "role": "admin", "phone": "2"}
    theirs = {**base, "email": "c@x.kr", "phone": "2", "name": "z", "city": None}
    merge = three_way(base, mine, theirs, base)
    assert {field.key: field.outcome for field in merge.fields} == {
        "name": Outcome.THEIRS,
        "email": Outcome.CONFLICT,
        "role": Outcome.MINE,
        "phone": Outcome.SAME,
        "city": Outcome.UNCHANGED,
    }


def test_what_both_changed_must_be_decided() -> None:
    merge = three_way({"name": "a"}, {"name": "b"}, {"name": "c"}, ["name"])
    with pytest.raises(ValueError, match="name"):
        merge.resolved({})
    assert merge.resolved({"name": "mine"}) == {"name": "b"}
    assert merge.resolved({"name": Side.THEIRS}) == {"name": "c"}
    assert merge.changes({"name": "theirs"}) == {}


def test_a_form_that_carries_only_its_changes_leaves_the_rest() -> None:
    merge = three_way({"name": "a", "email": "x"}, {"name": "b"}, {"name": "a", "email": "y"}, KEYS)
    assert merge.resolved({})["email"] == "y"
    assert merge.changes({}) == {"name": "b"}


@given(DOCUMENTS, DOCUMENTS)
def test_an_unchanged_side_yields(base: dict[str, object], other: dict[str, object]) -> None:
    for merge in (three_way(base, base, other, KEYS), three_way(base, other, base, KEYS)):
        assert merge.conflicts == ()
        merged = merge.resolved({})
        assert all(same(merged[key], other[key]) for key in KEYS)


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS, st.sampled_from(Side))
def test_merging_is_symmetric(
    base: dict[str, object], mine: dict[str, object], theirs: dict[str, object], side: Side
) -> None:
    other = Side.THEIRS if side is Side.MINE else Side.MINE
    one, two = three_way(base, mine, theirs, KEYS), three_way(base, theirs, mine, KEYS)
    assert [f.key for f in one.conflicts] == [f.key for f in two.conflicts]
    left = one.resolved(dict.fromkeys([f.key for f in one.conflicts], side))
    right = two.resolved(dict.fromkeys([f.key for f in two.conflicts], other))
    assert all(same(left[key], right[key]) for key in KEYS)


@given(DOCUMENTS, DOCUMENTS, DOCUMENTS)
def test_changes_turn_theirs_into_the_merged_one(
    base: dict[str, object], mine: dict[str, object], theirs: dict[str, object]
) -> None:
    merge = three_way(base, mine, theirs, KEYS)
    choices = dict.fromkeys([field.key for field in merge.conflicts], Side.MINE)
    after = {**theirs, **merge.changes(choices)}
    assert all(same(after[key], value) for key, value in merge.resolved(choices).items())
