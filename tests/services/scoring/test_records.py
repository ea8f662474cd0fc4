"""One sheet between evaluator and server: nothing typed is lost by any order of events."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.evaluations import Draft, EvaluationStatus, Sheet
from desktop_app.core.merge import Side
from desktop_app.core.problems import Problem
from desktop_app.core.projects import ProjectStatus
from desktop_app.core.sheet_fields import field_values, texts_of
from desktop_app.services.scoring.records import (
    Intent,
    SheetRecord,
    Trouble,
    arrived,
    confirmed,
    discarded,
    refused,
    resolved,
    saved,
    typed,
    under_way,
)
from tests.services.scoring.sheets import COMMENT, WORDS, A, B, content, sheet


def test_what_is_typed_is_sent_and_done_with_once_the_server_has_it() -> None:
    record = typed(SheetRecord(sheet=sheet()), A, "80")
    assert record.to_send == content(a=80)
    record = saved(under_way(record, content(a=80)), sheet(2, a=80))
    assert record.typed == {}
    assert record.to_send is None
    assert record.changed_keys == ()


def test_what_is_typed_while_a_draft_is_under_way_stays_to_be_sent() -> None:
    record = under_way(typed(SheetRecord(sheet=sheet()), A, "8"), content(a=8))
    record = saved(typed(record, A, "80"), sheet(2, a=8))
    assert record.texts[A] == "80"
    assert record.to_send == content(a=80)


def test_typing_back_what_the_server_has_leaves_nothing_to_send() -> None:
    record = typed(SheetRecord(sheet=sheet(a=80)), A, "81")
    assert typed(record, A, "80").typed == {}


def test_unfinished_text_is_kept_and_not_sent() -> None:
    record = typed(typed(SheetRecord(sheet=sheet(a=50)), A, "50x"), B, "7")
    assert record.to_send == content(a=50, b=7)
    assert [problem.code for problem in record.problems] == ["number_form"]
    record = saved(record, sheet(2, a=50, b=7))
    assert record.typed == {A: "50x"}
    assert record.to_send is None


def test_changes_of_different_fields_merge_by_themselves() -> None:
    record = typed(SheetRecord(sheet=sheet(a=50)), A, "60")
    record = arrived(record, sheet(5, a=50, b=3, comment="elsewhere"))
    assert record.theirs is None
    assert record.texts == {A: "60", B: "3", COMMENT: "elsewhere"}
    assert record.to_send == content(a=60, b=3, comment="elsewhere")


def test_a_contradiction_waits_for_a_person_and_nothing_is_lost_meanwhile() -> None:
    record = typed(typed(SheetRecord(sheet=sheet(a=50)), A, "60"), WORDS, "mine")
    record = arrived(record, sheet(5, a=70, b=3))
    assert record.to_send is None
    assert record.texts[A] == "60"
    assert record.merge is not None
    assert [part.key for part in record.merge.conflicts] == [A]
    mine = resolved(record, {A: Side.MINE})
    assert mine.to_send == content(a=60, b=3, words="mine")
    theirs = resolved(record, {A: "theirs"})
    assert theirs.to_send == content(a=70, b=3, words="mine")
    assert resolved(record, {}) == record


def test_an_answer_that_was_lost_is_no_contradiction() -> None:
    record = under_way(typed(SheetRecord(sheet=sheet(a=5)), A, "8"), content(a=8))
    record = typed(record, A, "80")  # the answer never came, and typing goes on
    record = arrived(record, sheet(2, a=8))
    assert record.theirs is None
    assert record.to_send == content(a=80)


def test_a_server_that_was_restored_from_a_backup_is_believed() -> None:
    record = typed(SheetRecord(sheet=sheet(4, a=5, b=2)), A, "8")
    record = arrived(record, sheet(3, a=5))
    assert record.texts == {A: "8"}
    assert record.to_send == content(a=8)


def test_a_refused_field_does_not_hinder_the_others() -> None:
    record = typed(typed(SheetRecord(sheet=sheet(b=1)), A, "80"), B, "3")
    record = under_way(record, content(a=80, b=3))
    record = refused(record, (Problem(field=B, code="step", params={"step": 2}),))
    assert record.to_send == content(a=80, b=1)
    record = typed(record, B, "4")
    assert record.refused == ()
    assert record.to_send == content(a=80, b=4)


def test_what_was_refused_as_a_whole_is_not_sent_again_unchanged() -> None:
    record = under_way(typed(SheetRecord(sheet=sheet()), A, "80"), content(a=80))
    record = refused(record, (Problem(field="scores", code="type"),))
    assert record.to_send is None
    assert typed(record, B, "1").to_send == content(a=80, b=1)


def test_handed_in_elsewhere_keeps_what_was_typed_here() -> None:
    record = typed(SheetRecord(sheet=sheet()), WORDS, "longer")
    record = arrived(record, sheet(7, a=1, b=1, status=EvaluationStatus.SUBMITTED))
    assert record.trouble is Trouble.SUBMITTED
    assert record.typed == {WORDS: "longer"}
    assert record.to_send is None
    assert discarded(record).trouble is None


def test_handed_in_with_just_this_is_no_trouble() -> None:
    record = typed(typed(SheetRecord(sheet=sheet()), A, "1"), B, "1")
    record = confirmed(record, Intent(key="k", draft=content(a=1, b=1)))
    record = arrived(record, sheet(7, a=1, b=1, status=EvaluationStatus.SUBMITTED))
    assert (record.trouble, record.typed, record.intent) == (None, {}, None)


def test_reopened_is_scored_again_with_what_was_left() -> None:
    record = typed(SheetRecord(sheet=sheet()), WORDS, "longer")
    record = arrived(record, sheet(7, a=1, b=1, status=EvaluationStatus.SUBMITTED))
    record = arrived(record, sheet(8, a=1, b=1))
    assert record.trouble is None
    assert record.to_send == content(a=1, b=1, words="longer")


def test_a_closed_project_stops_sending_until_it_is_active_again() -> None:
    record = typed(SheetRecord(sheet=sheet()), A, "1")
    record = arrived(record, sheet(2, project_status=ProjectStatus.CLOSED))
    assert record.trouble is Trouble.CLOSED
    assert record.to_send is None
    assert arrived(record, sheet(3)).to_send == content(a=1)


def test_a_criterion_that_has_gone_keeps_what_was_typed_for_it() -> None:
    record = typed(SheetRecord(sheet=sheet()), B, "3")
    fewer = replace(sheet(2), criteria=sheet().criteria[:1])
    record = arrived(record, fewer)
    assert record.typed == {B: "3"}
    assert record.to_send is None


_VALUES = st.sampled_from(["", "1", "7", "7x", "2.0"])
_EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), st.sampled_from([A, B, WORDS, COMMENT]), _VALUES),
        st.tuples(st.just("send"), st.booleans(), st.booleans()),
        st.tuples(st.just("elsewhere"), st.sampled_from(["a", "b", "words"]), _VALUES),
        st.tuples(st.just("decide"), st.sampled_from(["mine", "theirs"]), st.none()),
    ),
    max_size=30,
)


@given(_EVENTS)
def test_no_order_of_events_loses_a_text_that_nobody_decided_against(
    events: list[tuple[str, object, object]],
) -> None:
    """A small server beside the record: answers may be lost, another computer may write too."""
    server = sheet(1)
    record = SheetRecord(sheet=server)
    typed_here: dict[str, str] = {}

    def save(draft: Draft, version: int) -> Sheet | None:
        nonlocal server
        if _values(draft) == _values(server):
            return server
        if version != server.evaluation.version:
            return None
        evaluation = replace(server.evaluation, version=version + 1)
        server = replace(server, evaluation=evaluation, scores=draft.scores, comment=draft.comment)
        return server

    for kind, one, other in events:
        if kind == "type":
            record = typed(record, str(one), str(other))
            typed_here[str(one)] = str(other)
        elif kind == "send" and (draft := record.to_send) is not None:
            record = under_way(record, draft)
            answer = save(draft, record.sheet.evaluation.version) if one else None
            if not one or (answer is not None and not other):
                continue  # it never arrived, or its answer was lost
            record = saved(record, answer) if answer else arrived(record, server)
        elif kind == "elsewhere" and other != "7x":
            value: Any = (str(other) or None) if one == "words" else float(str(other) or 0)
            here: dict[str, Any] = {entry.criterion_id: entry.score for entry in server.scores}
            here["words"] = next((e.comment for e in server.scores if e.comment), None)
            draft = content(**{**here, str(one): value}, comment=server.comment)
            save(draft, server.evaluation.version)
        elif kind == "decide" and record.merge is not None:
            choices = {part.key: str(one) for part in record.merge.conflicts}
            if one == "theirs":
                for key in choices:
                    typed_here.pop(key, None)
            record = resolved(record, choices)
    texts, readings = record.texts, field_values(record.sheet.criteria, record.texts)
    wanted = field_values(record.sheet.criteria, {**texts, **typed_here})
    assert readings == wanted or all(
        # Where both wrote the same, or another computer wrote after it had arrived, theirs is fine.
        readings[key] == wanted[key] or key not in record.typed
        for key in wanted
    )
    for key, text in record.typed.items():
        assert typed_here.get(key, text) == text


def _values(held: Draft | Sheet) -> dict[str, object]:
    return dict(field_values(sheet().criteria, texts_of(held)))
