"""Plans: levels over time, what is wrong with a scenario, what is allowed, how texts are filled."""

from __future__ import annotations

import json
import math
import random
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.load.checking import check_plan
from desktop_app.core.load.data_sets import DataSetProblem, from_csv
from desktop_app.core.load.models import (
    arrivals_by,
    constant,
    duration_s,
    level_at,
    open_model,
    planned,
    ramp,
    spike,
    steps,
)
from desktop_app.core.load.permission import (
    CEILING_PRODUCTION_RATE,
    Permission,
    is_loopback,
)
from desktop_app.core.load.places import MISSING, at
from desktop_app.core.load.plan import GeneratorLimits, LoadPlan, LoadTarget
from desktop_app.core.load.presets import PRESETS
from desktop_app.core.load.scenario import DataSet, Flow, Scenario, Step
from desktop_app.core.load.templates import body_template, json_template, path_template
from desktop_app.core.load.thresholds import parse

PLAN = LoadPlan(
    target=LoadTarget(url="http://127.0.0.1:8000"),
    scenario=Scenario(name="s", flows=(Flow(name="f", steps=(Step(name="one"),)),)),
    model=open_model(constant(10, 5), 2),
)

_POSITIVE = ("flows.0.weight", "not_positive")


def _fields(plan: LoadPlan) -> list[tuple[str, str]]:
    return [(problem.field, problem.code) for problem in check_plan(plan)]


def test_shapes_go_through_their_levels() -> None:
    assert level_at(ramp(0, 100, 10), 2.5) == 25
    assert level_at(spike(10, 90, before_s=5, peak_s=5, after_s=5), 7) == 90
    assert [level_at(steps(10, 5, 3, 2), at_s) for at_s in (0, 2, 4, 9)] == [10, 15, 20, 20]
    assert level_at(constant(5, 1), -1) == 0
    assert planned(ramp(0, 100, 10)) == 500
    assert planned((*constant(1000, 60), *ramp(1000, 0, 1))) == 60_500


@given(st.floats(0, 40), st.floats(0, 40))
def test_arrivals_never_decrease(first: float, second: float) -> None:
    stages = (*ramp(5, 100, 10), *spike(10, 90, before_s=5, peak_s=5, after_s=5))
    early, late = sorted((first, second))
    assert 0 <= arrivals_by(stages, early) <= arrivals_by(stages, late)
    assert arrivals_by(stages, late) <= arrivals_by(stages, duration_s(stages))


def test_a_plan_in_order_has_no_problems() -> None:
    assert check_plan(PLAN) == ()
    for preset in PRESETS:
        assert check_plan(replace(PLAN, model=preset.model)) == ()


@pytest.mark.parametrize(
    ("step", "field", "code"),
    [
        (Step(name=""), "name", "required"),
        (Step(name="x", path="no slash"), "path", "type"),
        (Step(name="x", path="/a b"), "path", "type"),
        (Step(name="x", path="/${who}"), "path", "name_unknown"),
        (Step(name="x", path="/${random:5:1}"), "path", "name_unknown"),
        (Step(name="x", json={"a": "${who}"}), "json", "name_unknown"),
        (Step(name="x", json={"a": {1, 2}}), "json", "type"),
        (Step(name="x", json={}, body="b"), "body", "type"),
        (Step(name="x", method="G T"), "method", "type"),
        (Step(name="x", headers={"A\r\nB": "c"}), "headers.A\r\nB", "type"),
        (Step(name="x", headers={"A": "c\r\nB: d"}), "headers.A", "type"),
    ],
)
def test_what_is_wrong_with_a_step_is_said_at_its_place(step: Step, field: str, code: str) -> None:
    scenario = replace(PLAN.scenario, flows=(Flow(name="f", steps=(step,)),))
    assert _fields(replace(PLAN, scenario=scenario)) == [
        (f"scenario.flows.0.steps.0.{field}", code)
    ]


def test_names_are_known_from_where_they_are_saved() -> None:
    saves = Step(name="a", save={"id": "x"})
    uses = Step(name="b", path="/${id}/${people.name}/${uuid}/${random:1:9}")
    table = DataSet(name="people", columns=("name",), rows=(("n",),))
    right = Scenario(name="s", flows=(Flow(name="f", steps=(saves, uses)),), data=(table,))
    assert check_plan(replace(PLAN, scenario=right)) == ()
    setup = replace(right, setup=(saves,), flows=(Flow(name="f", steps=(uses,)),))
    assert check_plan(replace(PLAN, scenario=setup)) == ()
    wrong = replace(right, flows=(Flow(name="f", steps=(uses, saves)),))
    assert _fields(replace(PLAN, scenario=wrong)) == [
        ("scenario.flows.0.steps.0.path", "name_unknown")
    ]


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        (
            {"data": (DataSet(name="t", columns=("a", "b"), rows=(("1", "2"), ("3",))),)},
            "data.0.rows.1",
            "row_width",
        ),
        ({"flows": (replace(PLAN.scenario.flows[0], weight=math.inf),)}, *_POSITIVE),
        ({"flows": (replace(PLAN.scenario.flows[0], weight=math.nan),)}, *_POSITIVE),
        ({"renew_s": math.nan}, "renew_s", "too_small"),
        ({"renew_s": -1.0}, "renew_s", "too_small"),
    ],
)
def test_what_would_stop_a_generator_is_said_before(
    changes: dict[str, Any], field: str, code: str
) -> None:
    scenario = replace(PLAN.scenario, **changes)
    assert _fields(replace(PLAN, scenario=scenario)) == [(f"scenario.{field}", code)]


def test_what_else_makes_no_sense_is_said() -> None:
    production = replace(PLAN.target, environment="production", verify_tls=False)
    for changed, field in (
        (replace(PLAN, target=LoadTarget(url="ftp://x")), "target.url"),
        (replace(PLAN, target=LoadTarget(url="http://a:b@x")), "target.url"),
        (replace(PLAN, target=production), "target.verify_tls"),
        (replace(PLAN, generators=0), "generators"),
        (replace(PLAN, model=open_model((), 1)), "model.stages"),
        (replace(PLAN, model=open_model(constant(0, 5), 1)), "model.stages"),
        (replace(PLAN, model=open_model(constant(5, float("nan")), 1)), "model.stages.0.seconds"),
        (replace(PLAN, thresholds=(parse("p95[two] < 1 s"),)), "thresholds.0"),
        (replace(PLAN, scenario=Scenario(name="s", flows=())), "scenario.flows"),
    ):
        assert field in [found for found, _code in _fields(changed)]


@pytest.mark.parametrize(
    ("host", "is_here"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.9.9.9", True),
        ("::1", True),
        ("127.0.0.1.example.com", False),
        ("localhost.example.com", False),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("", False),
    ],
)
def test_only_this_computer_needs_no_permission(host: str, is_here: bool) -> None:
    assert is_loopback(host) is is_here
    shown = f"[{host}]" if ":" in host else host
    refused = Permission().refusal(f"http://{shown}:80", rate=1, users=1, seconds=1)
    assert (refused is None) is is_here


def test_another_host_is_confirmed_by_its_name() -> None:
    def allowed(permission: Permission, **asked: float) -> bool:
        demand: dict[str, Any] = {"rate": 1.0, "users": 1, "seconds": 1.0, **asked}
        return permission.refusal("https://Eval.example:8443/x", **demand) is None

    assert allowed(Permission(host=" eval.EXAMPLE "))
    assert allowed(Permission(host="eval.example:8443"))
    assert not allowed(Permission(host="example"))
    production = Permission(host="eval.example", production=True, unlocked=True)
    assert allowed(production, rate=CEILING_PRODUCTION_RATE)
    assert not allowed(production, rate=CEILING_PRODUCTION_RATE + 1)
    assert not allowed(replace(production, unlocked=False))
    assert not allowed(production, seconds=1e6)


@given(st.text(), st.text() | st.integers() | st.booleans() | st.none() | st.lists(st.integers()))
def test_a_json_body_stays_json_whatever_is_filled_in(text: str, value: Any) -> None:
    document = {"whole": "${v}", "part": "<${t}>", "fixed": ["$${v}", 1.5, None]}
    filled = json_template(document).text({"v": value, "t": text}.__getitem__)
    assert json.loads(filled) == {
        "whole": value,
        "part": f"<{text}>",
        "fixed": ["${v}", 1.5, None],
    }


def test_values_in_a_path_cannot_change_it() -> None:
    template = path_template("/a/${v}?q=${v}")
    assert template.text(lambda _: "x/../y?z=1&w#") == (
        "/a/x%2F..%2Fy%3Fz%3D1%26w%23?q=x%2F..%2Fy%3Fz%3D1%26w%23"
    )
    assert body_template("${a}-${b}").text({"a": "1", "b": 2}.__getitem__) == "1-2"


def test_places_in_json() -> None:
    draw = random.Random(1)
    document = {"users": [{"id": 1}, {"id": 2}], "a": {"b": None}}
    assert at(document, "users.1.id", draw) == 2
    assert at(document, "users.*.id", draw) in (1, 2)
    assert at(document, "", draw) is document
    assert at(document, "a.b", draw) is None
    for missing in ("users.2", "users.x", "a.c", "a.b.c", "users.-1", "x.*"):
        assert at(document, missing, draw) is MISSING


def test_tables_are_read_from_csv() -> None:
    table = from_csv("t", '\ufeffname,city\n"a, b",서울\n\nshort\n')
    assert (table.columns, table.rows) == (("name", "city"), (("a, b", "서울"), ("short", "")))
    for wrong in ("", "a,b\n", "a,a\n1,2\n", "a,\n1,2\n", "a\n1,2\n"):
        with pytest.raises(DataSetProblem):
            from_csv("t", wrong)


@pytest.mark.parametrize(
    ("late", "of", "too_many"),
    [(0, 0, False), (1, 75, False), (3, 75, False), (4, 75, True), (10, 1000, False)],
)
def test_a_hiccup_does_not_make_a_short_run_invalid(late: int, of: int, too_many: bool) -> None:
    assert GeneratorLimits().too_many_late(late, of) is too_many
