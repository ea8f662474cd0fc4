"""The dry run where it goes wrong: what was sent is shown, and why no answer came."""

from __future__ import annotations

import pytest

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.plan import Order, Timeouts
from desktop_app.core.load.rehearsal import Rehearsed
from desktop_app.core.load.scenario import Account, Flow, Scenario, Step
from desktop_app.core.tasks import TaskContext
from desktop_app.engines.loadtest.rehearsal import rehearse
from tests.load.runs import plan_for
from tests.load.scripted import Scripted

ACCOUNTS = (Account(login_id="김관리", password="very secret 1"),)
BODY = {"login_id": "${login_id}", "password": "${password}"}


def tried(url: str, *steps: Step) -> list[Rehearsed]:
    """A dry run of one flow."""
    what = Scenario(name="test", flows=(Flow(name="flow", steps=steps),))
    plan = plan_for(url, what, timeouts=Timeouts(connect_s=2, response_s=0.5))
    return list(rehearse(Order(plan=plan, accounts=ACCOUNTS), TaskContext()))


@pytest.mark.parametrize(
    ("path", "kind", "said"),
    [
        ("/reset", Failure.RESET, "was reset"),
        ("/half", Failure.CUT, "ended after"),
        ("/half-head", Failure.CUT, "ended after"),
        ("/silent", Failure.TIMEOUT, "not answered within 0.5 s"),
        ("/nonsense", Failure.MALFORMED, "not HTTP"),
    ],
)
def test_a_connection_that_broke_shows_what_was_sent_and_why(
    scripted: Scripted, path: str, kind: Failure, said: str
) -> None:
    first = Step(name="first", path="/fixed")
    step = Step(name="sign in", method="POST", path=f"{path}?token=abc", json=BODY)
    _first, one = tried(scripted.url, first, step)
    exchange = one.exchange
    assert (one.failure, exchange.method) == (kind, "POST")
    assert exchange.url.endswith(f"{path}?token=***")
    assert "김관리" in exchange.request_body
    assert "very secret 1" not in exchange.request_body
    assert exchange.sent_bytes > 0
    assert said in exchange.failure
    assert one.obstacle is not None
    assert "“sign in”" in one.obstacle.text()


def test_what_could_not_be_sent_is_shown_too() -> None:
    server = Scripted()
    step = Step(name="second", method="POST", path="/echo", json=BODY)
    what = Scenario(
        name="test",
        flows=(Flow(name="flow", steps=(Step(name="first", path="/closing"), step)),),
    )
    rounds = rehearse(Order(plan=plan_for(server.url, what), accounts=ACCOUNTS), TaskContext())
    assert next(rounds).failure is None
    server.stop()
    one = next(rounds)
    assert next(rounds, None) is None
    assert one.failure is Failure.REFUSED
    assert one.exchange.url == f"{server.url}/echo"
    assert "김관리" in one.exchange.request_body
    assert one.exchange.sent_bytes == 0
    assert one.exchange.failure == f"Nothing listens at localhost:{server.port}."


def test_a_step_without_its_value_is_not_sent_and_shows_nothing_of_the_one_before(
    scripted: Scripted,
) -> None:
    pool = Step(name="pooled", path="/fixed?who=${login_id}")
    what = Scenario(
        name="test", flows=(Flow(name="flow", steps=(Step(name="a", path="/fixed"), pool)),)
    )
    _a, one = list(rehearse(Order(plan=plan_for(scripted.url, what)), TaskContext()))
    assert one.failure is Failure.CONTENT
    assert one.obstacle is not None
    assert one.obstacle.said.text() == (
        "“pooled” could not be sent: There is no value for “login_id”."
    )
    assert (one.exchange.status, one.exchange.request_headers) == (0, ())
