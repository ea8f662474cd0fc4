"""The runs that are kept: the newest, those pinned, and what happens to broken files."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Exchange, say
from desktop_app.core.validation.report import (
    LeftBehind,
    SignInProven,
    TargetFacts,
    ValidationReport,
)
from desktop_app.core.validation.suites import Severity
from desktop_app.core.verdicts import CheckState
from desktop_app.services.validation.runs import RunStore, head_of
from tests.core.validation.reports import AT, finding, report, result

URL = "http://127.0.0.1:8000"


def run(number: int, url: str = URL, state: CheckState = CheckState.PASS) -> ValidationReport:
    return report(
        result("a", finding("a", state)),
        run_id=f"run{number}",
        started_at=AT + timedelta(minutes=number),
        target=TargetFacts(url=url, environment="local"),
    )


def test_a_run_comes_back_as_it_was(tmp_path: Path) -> None:
    whole = report(
        result(
            "a",
            finding(
                "a",
                CheckState.FAIL,
                "GET /api/회사",
                seen=(say(N_("The answer was {status}."), status=500, names=["가", 1.5, None]),),
                facts={"p99_ms": 12.5, "n": 3, "way": "h2"},
                exchanges=(
                    Exchange(
                        method="GET",
                        url=f"{URL}/api",
                        response_headers=(("Set-Cookie", "***"),),
                        response_body="한글 \x00\x1b ‮",
                        connect_ms=1.0,
                    ),
                ),
            ),
            severity=Severity.CRITICAL,
        ),
        result("b", state=CheckState.NOT_RUN, reason=say(N_("It was not allowed."))),
        left_behind=(LeftBehind(kind="users", id="1", name="zz", reason="403"),),
        sign_ins=(SignInProven(role="admin", login_id="root", ok=True, provided=True),),
        suites={"security": "1.0"},
    )
    store = RunStore(tmp_path / "검증 기록")
    head = store.keep(whole)
    assert store.report("1a2b3c4d") == whole
    assert store.heads() == (head,) == (head_of(whole),)
    assert head.states == {CheckState.FAIL: 1, CheckState.NOT_RUN: 1}
    assert head.failed == {Severity.CRITICAL: 1}


def test_the_newest_of_each_target_are_kept_and_those_pinned(tmp_path: Path) -> None:
    store = RunStore(tmp_path, kept=2)
    other = "https://other.example"
    store.keep(run(0, other))
    store.keep(run(1))
    store.pin("run1")
    for number in (4, 2, 3):
        store.keep(run(number))
    assert [head.run_id for head in store.heads(URL)] == ["run4", "run3", "run1"]
    assert [head.run_id for head in store.heads()] == ["run4", "run3", "run1", "run0"]
    store.pin("run1", pinned=False)
    store.keep(run(5))
    assert [head.run_id for head in store.heads(URL + "/")] == ["run5", "run4"]
    store.remove("run5")
    store.remove("run5")
    assert [head.run_id for head in store.heads(URL)] == ["run4"]


def test_all_runs_together_have_room_for_so_much(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.keep(run(0))
    (path,) = tmp_path.iterdir()
    store = RunStore(tmp_path, room=int(path.stat().st_size * 2.5))
    store.pin("run0")
    for number, url in enumerate((URL, "http://b.example", "http://c.example"), 1):
        store.keep(run(number, url))
    assert [head.run_id for head in store.heads()] == ["run3", "run2", "run0"]
    tiny = RunStore(tmp_path, room=1)
    tiny.keep(run(4))
    assert [head.run_id for head in tiny.heads()] == ["run4", "run0"]


def test_the_last_run_is_one_that_measured_everything_asked(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.keep(run(1))
    store.keep(run(2))
    store.keep(run(3, state=CheckState.NOT_RUN))
    store.keep(run(4), replay=True)
    last = store.last(URL)
    assert last is not None
    assert last.run_id == "run2"
    before = store.last(URL, before=last.started_at)
    assert before is not None
    assert before.run_id == "run1"
    assert store.last("http://nowhere.example") is None


@pytest.mark.parametrize(
    "damage", [b"", b"not json\n{}\n", b"{}\n", b'{"run_id": "x"}', b"\xff\xfe\n", b"[" * 100_000]
)
def test_a_broken_file_is_set_aside_and_told(tmp_path: Path, damage: bytes) -> None:
    store = RunStore(tmp_path)
    store.keep(run(1))
    store.keep(run(2))
    (path,) = tmp_path.glob("*run1*")
    path.write_bytes(damage)
    assert [head.run_id for head in store.heads()] == ["run2"]
    assert [notice.params["file"] for notice in store.notices] == [path.name]
    assert path.with_name(path.name + ".damaged").read_bytes() == damage
    assert [head.run_id for head in store.heads()] == ["run2"]
    assert len(store.notices) == 1


def test_a_file_that_breaks_off_is_found_when_it_is_read(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.keep(run(1))
    (path,) = tmp_path.glob("*run1*")
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(LocalFailure, match="cannot be read"):
        store.report("run1")
    assert store.heads() == ()
    assert store.last(URL) is None


def test_a_newer_program_s_run_is_left_alone(tmp_path: Path) -> None:
    store = RunStore(tmp_path)
    store.keep(run(1))
    (path,) = tmp_path.glob("*run1*")
    path.write_text(
        path.read_text(encoding="utf-8").replace('"format":1', '"format":2'), encoding="utf-8"
    )
    assert store.heads() == ()
    assert store.notices == []
    assert path.exists()


@pytest.mark.parametrize("name", ["../run1", "run1*", "", "없음", "a" * 100])
def test_an_id_leads_nowhere_else(tmp_path: Path, name: str) -> None:
    store = RunStore(tmp_path / "runs")
    store.keep(run(1))
    with pytest.raises(LocalFailure, match="There is no run"):
        store.report(name)
    store.remove(name)
    assert len(store.heads()) == 1


def test_no_secret_is_kept(tmp_path: Path) -> None:
    said = say(N_("It said {text}."), text="password=hunter2-hunter2")
    leaking = Exchange(
        method="POST",
        url="http://u:hunter2-hunter2@127.0.0.1/?token=hunter2-hunter2",
        request_headers=(("Authorization", "Bearer hunter2-hunter2"),),
        request_body='{"password": "hunter2-hunter2"}',
        response_headers=(("Set-Cookie", "sid=hunter2-hunter2"),),
        response_body="access_token: hunter2-hunter2",
        failure="proxy http://a:hunter2-hunter2@p:1 refused",
    )
    store = RunStore(tmp_path)
    store.keep(
        report(
            result("a", finding("a", CheckState.FAIL, seen=(said,), exchanges=(leaking,))),
            evidence=(leaking,),
            stop_said=said,
            sign_ins=(
                SignInProven(
                    role="admin", login_id="r", ok=False, provided=True, said=said, exchange=leaking
                ),
            ),
            left_behind=(LeftBehind(kind="u", id="1", name="n", reason="token=hunter2-hunter2"),),
        )
    )
    (path,) = tmp_path.iterdir()
    text = path.read_text(encoding="utf-8")
    assert "hunter2" not in text
    assert "It said {text}." in text, "what makes a sentence is no secret"


def test_a_run_is_its_owner_s_alone(tmp_path: Path) -> None:
    if os.name != "posix":
        pytest.skip("the folders of a user are their own on Windows")
    store = RunStore(tmp_path)
    store.keep(run(1))
    store.pin("run1")
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o077 == 0


def test_half_a_surrogate_pair_does_not_keep_a_run_from_being_kept(tmp_path: Path) -> None:
    said = say(N_("It said {text}."), text="\ud800")
    store = RunStore(tmp_path)
    store.keep(report(result("a", finding("a", CheckState.FAIL, seen=(said,)))))
    assert store.report("1a2b3c4d").findings()[0].seen[0].text() == "It said \\ud800."
