"""Moments in words: UTC inside, the time zone that the person chose on screen."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from PySide6.QtCore import QTimeZone

from desktop_app.core.language import _, ngettext

if TYPE_CHECKING:
    from desktop_app.config.settings import Settings

NO_MOMENT = "–"


def zone(settings: Settings) -> tzinfo | None:
    """The time zone chosen; None means the system's."""
    name = str(settings.get("time_zone"))
    if name == "system":
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):  # a settings file from another computer
        return None


def qt_zone(settings: Settings) -> QTimeZone:
    """The time zone chosen, as Qt's editors take it."""
    chosen = zone(settings)
    if isinstance(chosen, ZoneInfo):
        found = QTimeZone(chosen.key.encode("ascii"))
        if found.isValid():
            return found
    return QTimeZone.systemTimeZone()


def local_time(moment: datetime | None, settings: Settings) -> str:
    """``moment`` to the minute, as 2026-11-23 17:04; a dash for None."""
    return _format(moment, settings, "%Y-%m-%d %H:%M")


def local_time_exact(moment: datetime | None, settings: Settings) -> str:
    """``moment`` to the second and with its zone, as 2026-11-23 17:04:09 KST."""
    return _format(moment, settings, "%Y-%m-%d %H:%M:%S %Z")


def local_date(moment: datetime | None, settings: Settings) -> str:
    """The day of ``moment``, as 2026-11-23; a dash for None."""
    return _format(moment, settings, "%Y-%m-%d")


def local_clock(moment: datetime | None, settings: Settings) -> str:
    """The time of day of ``moment``, as 17:04:09; a dash for None."""
    return _format(moment, settings, "%H:%M:%S")


def relative_time(moment: datetime | None, now: datetime) -> str:
    """How long ago ``moment`` was, in the largest whole unit; a dash for None."""
    if moment is None:
        return NO_MOMENT
    seconds = max(0.0, (_aware(now) - _aware(moment)).total_seconds())
    if seconds < 60:
        return _("just now")
    if seconds < 3600:
        n = int(seconds // 60)
        return ngettext("{n} minute ago", "{n} minutes ago", n).format(n=n)
    if seconds < 86400:
        n = int(seconds // 3600)
        return ngettext("{n} hour ago", "{n} hours ago", n).format(n=n)
    n = int(seconds // 86400)
    return ngettext("{n} day ago", "{n} days ago", n).format(n=n)


def time_left(moment: datetime, now: datetime) -> str:
    """How long until ``moment``, in the largest whole unit, or that it has passed."""
    seconds = (_aware(moment) - _aware(now)).total_seconds()
    if seconds <= 0:
        return _("passed")
    if seconds < 3600:
        n = max(1, int(seconds // 60))
        return ngettext("{n} minute left", "{n} minutes left", n).format(n=n)
    if seconds < 86400:
        n = int(seconds // 3600)
        return ngettext("{n} hour left", "{n} hours left", n).format(n=n)
    n = int(seconds // 86400)
    return ngettext("{n} day left", "{n} days left", n).format(n=n)


def duration(seconds: float) -> str:
    """A span of time to read at a glance: 8 s, 3 min 20 s, 2 h 5 min."""
    whole = max(0, round(seconds))
    if whole < 60:
        return _("{s} s").format(s=whole)
    if whole < 3600:
        return _("{m} min {s} s").format(m=whole // 60, s=whole % 60)
    return _("{h} h {m} min").format(h=whole // 3600, m=whole % 3600 // 60)


def _format(moment: datetime | None, settings: Settings, form: str) -> str:
    return NO_MOMENT if moment is None else _aware(moment).astimezone(zone(settings)).strftime(form)


def _aware(moment: datetime) -> datetime:
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
