"""A report takes its place whole, or not at all."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from desktop_app.core.errors import LocalFailure
from desktop_app.services.report_document import write_text

if sys.platform == "win32":
    pytest.skip("disks are filled by a limit that only POSIX has", allow_module_level=True)
else:
    import resource


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """No file may grow beyond ``size`` bytes, as on a full disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_report_that_finds_no_room_leaves_the_earlier_one(tmp_path: Path) -> None:
    path, other = tmp_path / "보고서.json", tmp_path / "없던 것.json"
    write_text(path, "the earlier one")
    for one in (path, other):
        with pytest.raises(LocalFailure, match="no room left"), room_for(1000):
            write_text(one, "x" * 5000)
    assert path.read_text(encoding="utf-8") == "the earlier one"
    assert list(tmp_path.iterdir()) == [path]


def test_what_is_no_file_is_written_to_and_stays_what_it_is(tmp_path: Path) -> None:
    write_text(Path(os.devnull), "x")
    assert not Path(os.devnull).is_file()
    goal, link = tmp_path / "goal.md", tmp_path / "link.md"
    goal.write_text("old", encoding="utf-8")
    link.symlink_to(goal)
    write_text(link, "new")
    assert link.is_symlink()
    assert goal.read_text(encoding="utf-8") == "new"
