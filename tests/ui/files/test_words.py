"""Sizes, speeds and free names."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.core.files import StoredFile
from desktop_app.ui.files.choosing import targets_in
from desktop_app.ui.files.speed import SpeedMeter
from desktop_app.ui.files.type_words import misleading_text
from desktop_app.ui.sizes import byte_size


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (4_200_000, "4.2 MB"),
        (99_960_000, "100 MB"),
        (999_600_000, "1.0 GB"),
        (10**13, "10.0 TB"),
        (5 * 10**15, "5,000 TB"),
    ],
)
def test_size_in_words(count: int, words: str) -> None:
    assert byte_size(count) == words


def test_speed_is_that_of_the_last_seconds() -> None:
    meter = SpeedMeter()
    assert meter.bytes_per_s is None
    for second in range(20):
        meter.note(second, second * 100 if second < 10 else 1000 + (second - 10) * 500)
    assert meter.bytes_per_s == pytest.approx(500, rel=0.05)
    assert meter.seconds_left(5500, 10_500) == pytest.approx(10, rel=0.05)
    meter.forget()
    assert meter.bytes_per_s is None


def test_speed_of_what_stands_still_falls() -> None:
    meter = SpeedMeter()
    meter.note(0, 0)
    meter.note(2, 2000)
    before = meter.bytes_per_s
    meter.note(6, 2000)
    assert before is not None
    assert meter.bytes_per_s is not None
    assert meter.bytes_per_s < before / 2


def file(name: str, kind: str = "text/plain") -> StoredFile:
    return StoredFile(id="1", file_name=name, file_type=kind, size=1, file_hash="0" * 64)


def test_names_to_save_to_are_free_also_among_themselves(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    wanted = ("a.txt", "c.txt", "C.txt", "../../b", "CON")
    found = targets_in(tmp_path, [file(name) for name in wanted])
    assert [path.name for path in found] == ["a (2).txt", "c.txt", "C (2).txt", "b", "_CON"]
    assert {path.parent for path in found} == {tmp_path}


def test_name_that_claims_another_type_is_told() -> None:
    assert "PNG" in misleading_text(file("a.pdf", "image/png"))
    assert not misleading_text(file("a.png", "image/png"))
    assert not misleading_text(file("README", "application/pdf"))
    assert not misleading_text(file("notes.md"))
