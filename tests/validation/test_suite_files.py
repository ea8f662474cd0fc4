"""Suites in files: parts, users' own, and what is wrong with those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_app.core.errors import LocalFailure
from desktop_app.engines.validation.bed_data import names
from desktop_app.engines.validation.registry import probes
from desktop_app.engines.validation.suite_files import SHIPPED, of_folder, read_suite, shipped
from tests.validation.running import own_check, own_suite

STEP = '[[checks.steps]]\nmethod = "GET"\npath = "/health"\n'
CASES = (
    *("health_001", "health_002"),
    *(f"auth_00{n}" for n in range(1, 6)),
    *(f"{kind}_00{n}" for kind in ("users", "companies", "projects", "templates") for n in (1, 2)),
    *("evaluations_001", "files_001", "analytics_001"),
    *(f"error_00{n}" for n in range(1, 4)),
)
"""The document's 21 cases (SYSTEM.md §3)."""


def test_the_programs_own_suites_are_whole() -> None:
    suites = shipped()
    known = {suite.id for suite in suites}

    assert [suite.id for suite in suites] == [name for name in SHIPPED if name in known]
    checks = [check for suite in suites for check in suite.checks]
    assert len({check.id for check in checks}) == len(checks)
    for check in checks:
        assert all((check.title.en, check.title.ko, check.reference)), check.id
        assert all(words.en and words.ko != words.en for words in (check.why, check.fix)), check.id
    assert {case for case in CASES if suites[0].check(case)} == set(CASES)
    assert len(CASES) == 21


def test_a_suite_is_the_sum_of_its_parts(tmp_path: Path) -> None:
    own_suite(tmp_path, own_check(STEP))
    part = (tmp_path / "mine.toml").read_text(encoding="utf-8")
    other = part.replace("mine.one", "mine.two").replace("all = {", "more = {")
    (tmp_path / "mine.more.toml").write_text(other.replace('"all"', '"more"'), encoding="utf-8")

    [suite] = of_folder(tmp_path)

    assert [check.id for check in suite.checks] == ["mine.one", "mine.two"]
    assert set(suite.categories) == {"all", "more"}
    assert read_suite(tmp_path / "mine.toml") == suite


def test_a_suite_of_a_user_may_name_any_probe(tmp_path: Path) -> None:
    name = "contract.openapi"
    assert name in probes()

    suite = own_suite(tmp_path, own_check("", probe=name))

    assert suite.checks[0].probe == name


@pytest.mark.parametrize(
    ("checks", "reason"),
    [
        (
            own_check(STEP + "expect.statuss = [200]"),
            "check mine.one, steps 1, expect has “statuss”",
        ),
        (own_check(STEP, colour="red"), "check"),
        (own_check(STEP + 'expect.status = ["200"]'), "status"),
        (
            own_check(STEP + "[checks.params]\nx = 1").replace(
                "[[checks.steps]]", "[[checks.step]]"
            ),
            "“step”",
        ),
        (own_check(STEP) + own_check(STEP), "mine.one twice"),
        (own_check(STEP, id_="health_001"), "another suite has health_001"),
        (own_check(STEP, id_="No Id"), "an id is"),
        (own_check(""), "either steps or a probe"),
        (own_check("", probe="no.such"), "no probe no.such"),
        (own_check(STEP + "setup = true"), "nothing would be tested"),
        (own_check(STEP.replace("/health", "health")), "step 1: a path begins with /"),
        (own_check(STEP.replace("/health", "/users/{nobody}")), "nothing is called {nobody}"),
        (own_check(STEP + 'by = "boss"'), "nobody is called boss"),
        (own_check(STEP + 'by = "token:mine"'), "no token was saved as mine"),
        (own_check(STEP.replace("GET", "DELETE")), "it writes: risk is writes or attacks"),
        (own_check("", probe="rate.sign_in"), "risk of the probe rate.sign_in is attacks"),
        (own_check("", probe="bodies.refused"), "risk of the probe bodies.refused is writes"),
        (own_check(STEP + 'expect.absent = ["("]'), "pattern ("),
        (own_check(STEP + 'body_base64 = "?"'), "body_base64"),
        (own_check(STEP + 'body = "x"\njson = {}'), "one of json, body, body_base64"),
        (own_check(STEP).replace('category = "all"', 'category = "x"'), "no category x"),
        ("schema = [", ""),
    ],
)
def test_what_is_wrong_is_said_with_its_place(tmp_path: Path, checks: str, reason: str) -> None:
    with pytest.raises(LocalFailure) as failure:
        own_suite(tmp_path, checks)

    assert "mine.toml" in failure.value.text()
    assert reason in failure.value.text()


def test_a_suite_of_another_program_version_is_refused(tmp_path: Path) -> None:
    own_suite(tmp_path, own_check(STEP))
    path = tmp_path / "mine.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("schema = 1", "schema = 2"), encoding="utf-8"
    )

    with pytest.raises(LocalFailure, match="cannot be used"):
        read_suite(path)


def test_steps_may_name_what_the_bed_makes() -> None:
    assert {"company_id", "other_project_id", "evaluator_password", "other_manager_id"} <= names()
