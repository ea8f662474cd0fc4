"""Moments as text, between programs and as people write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.moments import KOREA, moment_of, moment_text, written_moment

EVENING = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)

ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
MOMENTS = st.datetimes(datetime(1970, 1, 3), datetime(2999, 12, 29), timezones=ZONES)


@given(MOMENTS)
def test_every_moment_survives_as_text(moment: datetime) -> None:
    kept = moment_of(moment.isoformat())
    assert kept is not None
    assert kept.tzinfo is UTC
    assert timedelta(0) <= moment - kept < timedelta(milliseconds=1)
    assert moment_of(moment_text(kept)) == kept


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-30 18:00",
        "2026-11-30T18:00",
        "2026-11-30 18:00:00",
        "2026. 11. 30. 18:00",
        "2026.11.30 18:00",
        "2026/11/30 18:00",
        "2026년 11월 30일 18:00",
        " 2026-11-30 18:00+09:00 ",
        "2026-11-30 09:00Z",
        "2026-11-30 9:00 Z",
    ],
)
def test_people_write_korean_time_unless_they_say_otherwise(text: str) -> None:
    assert written_moment(text) == EVENING


def test_zone_may_be_another_one() -> None:
    assert written_moment("2026-11-30 09:00", UTC) == EVENING
    assert EVENING.astimezone(KOREA).hour == 18


@pytest.mark.parametrize(
    "text", ["", "2026-11-30", "18:00", "2026-13-01 10:00", "26-11-30 18:00", "2026-11-30 25:00"]
)
def test_what_names_no_moment_is_none(text: str) -> None:
    assert written_moment(text) is None


@given(st.text())
def test_any_text_is_a_moment_or_none(text: str) -> None:
    for moment in (moment_of(text), written_moment(text)):
        assert moment is None or moment.tzinfo is UTC
