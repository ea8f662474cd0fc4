"""Moments as text: RFC 3339 between programs, Korean local time in files that people write."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

KOREA = timezone(timedelta(hours=9), "KST")
"""The zone of times in imported files that name none; Korea has had no summer time since 1988."""

_FORM = re.compile(
    r"([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"\s?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_WRITTEN = re.compile(
    r"([0-9]{4})\s?[-./년]\s?([0-9]{1,2})\s?[-./월]\s?([0-9]{1,2})(?:\.|일)?[Tt ]\s*"
    r"([0-9]{1,2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)\s?([Zz]|[+-][0-9]{2}:[0-9]{2})?"
)
_FIRST_YEAR, _LAST_YEAR = 1970, 2999


def moment_of(text: str) -> datetime | None:
    """The moment that ``text`` (RFC 3339) names, in UTC to the millisecond; None for no moment.

    A text without an offset names none, nor does one outside the years 1970 to 2999.
    """
    return _read(_FORM, text, None)


def written_moment(text: str, zone: tzinfo = KOREA) -> datetime | None:
    """The moment that a person wrote, as in 2026-11-30 18:00 or 2026. 11. 30. 18:00.

    In ``zone`` unless an offset is given. A day without a time is no moment: whether its
    beginning or its end is meant would be a guess.
    """
    return _read(_WRITTEN, text.strip(), zone)


def moment_text(moment: datetime) -> str:
    """``moment`` as RFC 3339, in its own zone."""
    whole = moment.microsecond == 0
    return moment.isoformat(timespec="seconds" if whole else "milliseconds")


def _read(form: re.Pattern[str], text: str, zone: tzinfo | None) -> datetime | None:
    found = form.fullmatch(text)
    if found is None or (found[5] is None and zone is None):
        return None
    year, month, day, time, offset = found.groups()
    time = time.rjust(len(time) + (time.index(":") == 1), "0")
    iso = f"{year}-{month:0>2}-{day:0>2}T{time}{(offset or '').upper().replace('Z', '+00:00')}"
    try:
        moment = datetime.fromisoformat(iso)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=zone)
        moment = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not _FIRST_YEAR <= moment.year <= _LAST_YEAR:
        return None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
