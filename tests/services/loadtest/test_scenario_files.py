"""Scenarios in files: what is written is read back, what is wrong is named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from desktop_app.core.errors import LocalFailure
from desktop_app.core.load.scenario import DataSet, Expect, Flow, Scenario, Step
from desktop_app.services.loadtest.accounts import needs_accounts
from desktop_app.services.loadtest.scenario_files import (
    as_toml,
    parsed,
    read_scenario,
    shipped,
    write_scenario,
)

_SMALL = 'name = "s"\nschema = 1\n[[flows]]\nname = "f"\n[[flows.steps]]\nname = "a"\npath = "/"\n'


def test_the_shipped_scenarios_can_be_used() -> None:
    names = [read_scenario(path).name for path in shipped()]
    assert names[0] == "standard"
    assert len(set(names)) == len(names) > 1


def test_what_is_written_is_read_back_as_the_same(tmp_path: Path) -> None:
    scenario = Scenario(
        name="한글 “이름”",
        setup=(
            Step(
                name="sign in",
                method="POST",
                path="/api/auth/login",
                json={
                    "login_id": "${login_id}",
                    "nested": {"한글 키": [1, 2.5, True, "줄\n바꿈\x7f"]},
                },
                expect=Expect(status=(200,), keys=("access_token",), json={"user.role": "admin"}),
                save={"token": "access_token"},
            ),
        ),
        flows=(
            Flow(name="f", weight=2.5, steps=(Step(name="a", path="/x?q=${t.word}"),)),
            Flow(name="g", steps=(Step(name="b", method="PUT", path="/y", body="{\t}"),)),
        ),
        headers={"Accept": "application/json"},
        data=(DataSet(name="t", columns=("word",), rows=(("가",), ("",))),),
        renew_s=720,
    )
    path = tmp_path / "새 폴더" / "s.toml"
    write_scenario(scenario, path)
    assert read_scenario(path) == scenario
    assert parsed(as_toml(scenario), tmp_path) == scenario


@pytest.mark.parametrize("document", [{}, [], "", False, 0, [{}]])
def test_a_document_may_be_next_to_nothing(tmp_path: Path, document: Any) -> None:
    step = Step(name="a", method="POST", json=document)
    scenario = Scenario(name="s", flows=(Flow(name="f", steps=(step,)),))
    read = parsed(as_toml(scenario), tmp_path)
    assert read == scenario
    assert type(read.flows[0].steps[0].json) is type(document)


def test_a_document_with_nothing_in_it_is_written_as_it_is_sent(tmp_path: Path) -> None:
    step = Step(name="a", method="POST", json={"deadline": None, "text": "“$${x}”"})
    written = as_toml(Scenario(name="s", flows=(Flow(name="f", steps=(step,)),)))
    [read] = parsed(written, tmp_path).flows[0].steps
    assert (read.json, read.headers) == (None, {"Content-Type": "application/json"})
    assert read.body == '{"deadline": null, "text": "“$${x}”"}'


def test_who_signs_in_by_a_header_needs_an_account() -> None:
    flows = (Flow(name="f", steps=(Step(name="a"),)),)
    assert not needs_accounts(Scenario(name="s", flows=flows))
    assert needs_accounts(Scenario(name="s", flows=flows, headers={"X-User": "${ login_id }"}))


def test_a_table_is_read_from_a_csv_beside_it_also_in_cp949(tmp_path: Path) -> None:
    (tmp_path / "회사.csv").write_bytes(
        "name,번호\r\n한국회사,1\r\n다른 회사,2\r\n".encode("cp949")
    )
    path = tmp_path / "s.toml"
    path.write_text(_SMALL + '[[data]]\nname = "companies"\nfile = "회사.csv"\n', encoding="utf-8")
    [found] = read_scenario(path).data
    assert found.columns == ("name", "번호")
    assert found.rows == (("한국회사", "1"), ("다른 회사", "2"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("= nonsense", "Invalid"),
        (_SMALL.replace("path", "pth"), "pth"),
        (_SMALL.replace("schema = 1", "schema = 2"), "schema 2"),
        (_SMALL.replace('path = "/"', "path = 5"), "path"),
        (_SMALL + '[[data]]\nname = "x"\nfile = "../x.csv"\n', "beside"),
        (_SMALL + '[[data]]\nname = "x"\nfile = "none.csv"\n', "none.csv"),
        (_SMALL + "[[data]]\nfile = 'e.csv'\norder = 'sideways'\n", "sideways"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "e.csv").write_text("a\n1\n", encoding="utf-8")
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LocalFailure) as failure:
        read_scenario(path)
    assert said in str(failure.value)
    assert "s.toml" in str(failure.value)
