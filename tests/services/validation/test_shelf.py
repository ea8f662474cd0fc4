"""The suites to choose from."""

from __future__ import annotations

from pathlib import Path

from desktop_app.services.validation.shelf import open_shelf
from tests.services.validation.suites import OWN, shelf_of, write_suite


def test_the_shipped_suites_come_first_and_their_checks_are_found(tmp_path: Path) -> None:
    shelf = open_shelf(write_suite(tmp_path / "모음"))
    assert shelf.suites[0].id == "functional"
    assert shelf.suites[-1].id == "own"
    assert shelf.broken == ()
    suite = shelf.suite_of("auth_003")
    assert suite is not None
    assert suite.id == "functional"
    assert shelf.check("nothing") is None
    assert len(shelf.check_ids) == sum(len(suite.checks) for suite in shelf.suites)


def test_a_suite_in_parts_is_one(tmp_path: Path) -> None:
    folder = write_suite(tmp_path)
    part = OWN.replace('"own.', '"own.more.')
    write_suite(folder, part, "own.more.toml")
    shelf = open_shelf(folder)
    suite = shelf.suite("own")
    assert suite is not None
    assert len(suite.checks) == 8


def test_nobody_s_choice_are_the_suites_that_do_not_take_long(tmp_path: Path) -> None:
    text = OWN.replace('version = "1.0"', 'version = "1.0"\noptional = true')
    shelf = open_shelf(write_suite(tmp_path, text))
    assert "own" not in shelf.usual
    assert [suite.id for suite in shelf.picked(())] == list(shelf.usual)
    assert [suite.id for suite in shelf.picked((), {"own.health"})] == ["own"]
    assert [suite.id for suite in shelf.picked({"own", "functional"})] == ["functional", "own"]


def test_a_seed_reaches_what_draws_by_chance() -> None:
    (suite,) = shelf_of("a").picked((), seed=7)
    assert suite.checks[0].params["seed"] == 7
    (suite,) = shelf_of("a").picked(())
    assert "seed" not in suite.checks[0].params


def test_a_folder_that_is_not_there_is_no_trouble(tmp_path: Path) -> None:
    assert open_shelf(tmp_path / "none") == open_shelf()
