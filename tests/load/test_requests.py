"""What is sent is what the scenario says."""

from __future__ import annotations

import json

from desktop_app.core.load.models import constant, open_model
from desktop_app.core.load.scenario import (
    Account,
    DataSet,
    Expect,
    Flow,
    RowOrder,
    Scenario,
    Step,
)
from tests.load.runs import Run, plan_for
from tests.load.scripted import Scripted

PEOPLE = DataSet(
    name="people",
    columns=("name", "city"),
    rows=(("김 “철수” & co", "서울"), ("O'Neil\n", "부산"), ("x/y?z", "대구")),
    order=RowOrder.IN_TURN,
)


def test_names_are_filled_in_where_they_stand(scripted: Scripted) -> None:
    scenario = Scenario(
        name="s",
        setup=(
            Step(
                name="sign in",
                method="POST",
                path="/echo",
                json={"access_token": "t-${login_id}", "n": 5},
                save={"token": "access_token", "n": "n"},
            ),
        ),
        headers={"Authorization": "Bearer ${token}"},
        data=(PEOPLE,),
        flows=(
            Flow(
                name="f",
                steps=(
                    Step(
                        name="create",
                        method="POST",
                        path="/echo?who=${people.name}",
                        json={"who": "${people.name}!", "n": "${n}", "user": "${user}"},
                        expect=Expect(json={"n": 5}),
                        save={"made": "who"},
                    ),
                    Step(
                        name="look",
                        path="/fixed?made=${made}&어디=서울",
                        headers={"X-Round": "${round}"},
                    ),
                ),
            ),
        ),
    )
    accounts = (Account(login_id="a", password="1"), Account(login_id="b", password="2"))
    plan = plan_for(scripted.url, scenario, open_model(constant(40, 0.4), 2), generators=1)
    result = Run(plan, accounts=accounts).result
    assert result.total.completed == 16
    created = [asked for asked in scripted.asked if asked.method == "POST"][2:]
    names = {row[0] for row in PEOPLE.rows}
    assert {asked.query["who"] for asked in created} == names
    assert {json.loads(asked.body)["who"] for asked in created} == {f"{name}!" for name in names}
    assert {json.loads(asked.body)["user"] for asked in created} == {1, 2}
    looked = [asked for asked in scripted.asked if asked.path == "/fixed"]
    assert {asked.query["made"] for asked in looked} <= {f"{name}!" for name in names}
    assert {asked.query["어디"] for asked in looked} == {"서울"}
    assert {asked.headers["authorization"] for asked in looked} == {"Bearer t-a", "Bearer t-b"}
    assert {asked.headers["x-round"] for asked in looked} == {"1", "2", "3", "4"}


def test_a_failed_step_ends_its_flow_and_flows_are_drawn_by_weight(scripted: Scripted) -> None:
    scenario = Scenario(
        name="s",
        flows=(
            Flow(
                name="rare",
                weight=1,
                steps=(
                    Step(name="fails", path="/status?is=500"),
                    Step(name="never", path="/fixed"),
                ),
            ),
            Flow(name="often", weight=4, steps=(Step(name="good", path="/fixed"),)),
        ),
    )
    plan = plan_for(scripted.url, scenario, open_model(constant(200, 1), 10))
    counts = {step.name: step.total for step in Run(plan).result.steps}
    assert counts["never"].sent == 0
    assert 20 <= counts["fails"].failed <= 65
    assert counts["good"].completed == 200 - counts["fails"].failed


def test_setup_that_failed_half_way_is_done_anew_with_what_it_brings(scripted: Scripted) -> None:
    scenario = Scenario(
        name="s",
        setup=(
            Step(name="token", path="/token", save={"token": "token"}),
            Step(name="enter", path="/enter?token=${token}&row=${people.city}"),
        ),
        data=(PEOPLE,),
        flows=(Flow(name="f", steps=(Step(name="locked out", path="/status?is=401"),)),),
    )
    result = Run(plan_for(scripted.url, scenario, open_model(constant(20, 0.5), 1))).result
    assert result.asked == 10
    entered = [asked.query for asked in scripted.asked if asked.path == "/enter"]
    assert [one["token"] for one in entered[:4]] == ["t1", "t2", "t3", "t4"]
    assert {one["row"] for one in entered} <= {city for _name, city in PEOPLE.rows}


def test_setup_is_done_again_when_it_is_old(scripted: Scripted) -> None:
    scenario = Scenario(
        name="s",
        setup=(Step(name="sign in", path="/fixed"),),
        renew_s=0.25,
        flows=(Flow(name="f", steps=(Step(name="read", path="/fixed"),)),),
    )
    plan = plan_for(scripted.url, scenario, open_model(constant(40, 1), 2))
    counts = {step.name: step.total for step in Run(plan).result.steps}
    # Two users, renewed three to five times each; their requests are among the 40 asked for.
    assert 2 <= counts["sign in"].completed <= 10
    assert counts["sign in"].sent + counts["read"].sent == 40
