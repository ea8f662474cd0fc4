"""Audit entries and attention in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from desktop_app.core.analytics import Attention
from desktop_app.core.audit import AuditEntry
from desktop_app.core.permissions import OPERATIONS
from desktop_app.ui.dashboard.activity_words import sentence
from desktop_app.ui.dashboard.attention_words import KINDS, attention_in_words


def entry(operation: str, **more: Any) -> AuditEntry:
    defaults: dict[str, Any] = {
        "sequence": 1,
        "at": datetime(2026, 1, 1, tzinfo=UTC),
        "actor": "u1",
        "actor_name": "admin",
        "operation": operation,
        "resource": operation.split(".")[0],
        "target_id": "u2",
        "target_name": "김영희",
        "previous_hash": "",
        "hash": "",
    }
    return AuditEntry(**(defaults | more))


def test_a_batch_is_one_sentence() -> None:
    said = sentence(entry("users.import"), 1200)
    assert said == "admin imported 1,200 users"


def test_a_changed_field_reads_with_its_values_in_words() -> None:
    changed = entry("users.change", changes={"role": ["evaluator", "manager"]})
    assert sentence(changed) == "admin changed 김영희’s role: evaluator → manager"


def test_several_changes_are_listed_and_fields_nobody_knows_left_out() -> None:
    changes = {"name": ["a", "b"], "profile.phone": [None, "02-123-4567"], "version": [1, 2]}
    assert (
        sentence(entry("users.change", changes=changes))
        == "admin changed 김영희’s name: a → b; telephone: — → 02-123-4567"
    )


def test_a_reference_shows_no_ids() -> None:
    changed = entry("users.change", changes={"company_id": ["company-1", "company-2"]})
    assert sentence(changed) == "admin changed 김영희’s company"


def test_a_change_without_known_fields_is_still_a_sentence() -> None:
    assert sentence(entry("companies.change")) == "admin changed 김영희"


def test_a_refused_sign_in_does_not_read_as_one_that_succeeded() -> None:
    refused = {"outcome": [None, "refused"]}
    unknown = entry("auth.login", changes=refused, target_id=None, target_name=None)
    assert sentence(entry("auth.login", changes=refused)) == "A sign-in as 김영희 was refused"
    assert sentence(unknown) == "A sign-in with an unknown name was refused"
    assert sentence(entry("auth.login")) == "admin signed in"


def test_a_late_submission_does_not_read_as_one_that_succeeded() -> None:
    refused = {"outcome": [None, "refused"]}
    late = entry("evaluations.submit", target_name="알파 / 김영희", changes=refused)
    assert sentence(late) == "admin was too late to submit the sheet 알파 / 김영희"


def test_moments_and_long_texts_are_named_without_their_values() -> None:
    changes = {"deadline": [None, "2026-11-30T09:00:00Z"], "description": ["a" * 900, "b"]}
    said = sentence(entry("projects.change", changes=changes))
    assert said == "admin changed 김영희’s deadline; description"


@pytest.mark.parametrize("operation", [o.id for o in OPERATIONS.values() if o.method != "GET"])
def test_every_operation_that_changes_something_has_words(operation: str) -> None:
    said = sentence(entry(operation))
    assert operation not in said or operation == "auth.refresh"


@pytest.mark.parametrize("code", KINDS)
def test_attention_counts_in_words(code: str) -> None:
    one = attention_in_words(Attention(code=code, count=1))
    many = attention_in_words(Attention(code=code, count=1200))
    assert one.startswith("1 ")
    assert many.startswith("1,200 ")
    assert one[2:] != many[6:]


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert attention_in_words(Attention(code="new_thing", count=3)) == "new_thing: 3"
