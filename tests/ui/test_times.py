from datetime import UTC, datetime, timedelta

import pytest

from desktop_app.ui.tab import TabTools
from desktop_app.ui.times import duration, local_date, local_time, local_time_exact, relative_time

MOMENT = datetime(2026, 11, 23, 17, 4, 9, tzinfo=UTC)


def test_a_moment_is_shown_in_the_time_zone_chosen(tools: TabTools) -> None:
    tools.settings.set("time_zone", "Asia/Seoul")
    assert local_time(MOMENT, tools.settings) == "2026-11-24 02:04"
    assert local_date(MOMENT, tools.settings) == "2026-11-24"
    assert local_time_exact(MOMENT, tools.settings) == "2026-11-24 02:04:09 KST"


def test_a_time_zone_of_another_computer_falls_back_to_the_systems(tools: TabTools) -> None:
    tools.settings.set("time_zone", "Moon/Tranquility")
    assert local_time(MOMENT, tools.settings) == MOMENT.astimezone().strftime("%Y-%m-%d %H:%M")


def test_no_moment_is_a_dash(tools: TabTools) -> None:
    assert local_time(None, tools.settings) == "–"


@pytest.mark.parametrize(
    ("ago", "words"),
    [
        (timedelta(seconds=20), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=5), "5 hours ago"),
        (timedelta(days=3), "3 days ago"),
        (timedelta(seconds=-5), "just now"),
    ],
)
def test_how_long_ago(ago: timedelta, words: str) -> None:
    assert relative_time(MOMENT - ago, MOMENT) == words


@pytest.mark.parametrize(
    ("seconds", "words"), [(8.4, "8 s"), (200, "3 min 20 s"), (7500, "2 h 5 min"), (-1, "0 s")]
)
def test_how_long(seconds: float, words: str) -> None:
    assert duration(seconds) == words
