"""Users made ready, and what becomes of them between requests."""

from __future__ import annotations

import asyncio
import random
from typing import Any, cast

import pytest

from desktop_app.core.load.scenario import Expect, Step
from desktop_app.engines.loadtest.compiled import OUTCOMES, PreparedStep, compiled
from desktop_app.engines.loadtest.http1 import ReadingConnection
from desktop_app.engines.loadtest.judging import judged_body
from desktop_app.engines.loadtest.pacing import clock
from desktop_app.engines.loadtest.preparation import Preparation
from desktop_app.engines.loadtest.recording import Recorder
from desktop_app.engines.loadtest.surroundings import Surroundings
from desktop_app.engines.loadtest.user import User
from desktop_app.engines.loadtest.values import Tables, Values
from tests.load.runs import plan_for

NO_LOOP = cast(asyncio.AbstractEventLoop, None)


def _user(told: Any, step: Step, *, renew_s: float = 0.0, seed: int = 1) -> User:
    draw = random.Random(seed)
    scenario = compiled(plan_for("http://127.0.0.1:9", step))
    around = Surroundings(
        loop=NO_LOOP,
        recorder=Recorder(1.0),
        draw=draw,
        address="127.0.0.1",
        port=9,
        server_name="",
        tls=None,
        connect_s=1.0,
        largest_body=1000,
        renew_s=renew_s,
        resend=True,
        troubled=lambda _user, _kind, _status: None,
        connection=ReadingConnection,
    )
    return User(0, scenario, around, Values(1, None, Tables((), 0, 1, draw), draw), told)


def test_users_do_not_all_sign_in_again_at_the_same_moment() -> None:
    """Who became ready together would have the target sign all of them in at once, ever again."""
    began = clock()
    users = [_user(None, Step(name="s"), renew_s=720, seed=seed) for seed in range(40)]
    for user in users:
        user.renewed()
    ages = [began - user.prepared_at for user in users]
    assert -60 < min(ages) < 30
    assert 150 < max(ages) < 180


class _Answered:
    """A user whose answer comes in the moment in which it is given up."""

    number = 0
    connection = None
    busy = False

    def __init__(self) -> None:
        self.told: Preparation | None = None

    def ask(self, _step: PreparedStep) -> None:
        self.busy = True
        asyncio.get_running_loop().call_soon(self._end)

    def _end(self) -> None:
        self.busy = False
        assert self.told is not None
        self.told.freed(cast(User, self), 0)

    def give_up(self) -> None:
        assert self.busy, "the request has ended already"


def test_an_answer_in_the_last_moment_counts_once() -> None:
    user = _Answered()
    step = compiled(plan_for("http://127.0.0.1:9", Step(name="s"))).steps[0]
    preparation = user.told = Preparation((), (step,), lambda: None, response_s=0.0)
    outcome, _wait = asyncio.run(preparation._do(cast(User, user), step))
    assert OUTCOMES[outcome] is None


@pytest.mark.parametrize(
    ("wanted", "body", "right"),
    [(True, b"true", True), (True, b"1", False), (1, b"true", False), (1, b"1.0", True)],
)
def test_a_flag_is_no_number(wanted: Any, body: bytes, right: bool) -> None:

    step = Step(name="s", expect=Expect(json={"ok": wanted}))
    prepared = compiled(plan_for("http://127.0.0.1:9", step)).steps[0]
    wrong = judged_body(prepared, b'{"ok": %b}' % body, {}, random.Random(1))
    assert (wrong is None) is right


def test_a_body_has_the_length_that_it_has() -> None:
    step = Step(
        name="s",
        method="POST",
        body="abc",
        headers={"Content-Length": "1", "transfer-encoding": "chunked"},
    )
    request = compiled(plan_for("http://127.0.0.1:9", step)).steps[0].fixed
    assert request is not None
    assert request.endswith(b"\r\nContent-Length: 3\r\n\r\nabc")
    assert b"chunked" not in request


def test_a_uuid_is_never_the_same_again() -> None:
    """With the same seed a target would take a second run's requests for repeated ones."""
    draws = [random.Random(7) for _ in range(2)]
    first, second = (Values(1, None, Tables((), 0, 1, draw), draw) for draw in draws)
    assert first("random:1:1000000") == second("random:1:1000000")
    assert first("uuid") != second("uuid")
