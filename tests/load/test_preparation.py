"""What keeps a run from its beginning is said in a sentence, with what to do about it."""

from __future__ import annotations

import errno
import socket
from dataclasses import replace

import msgspec
import pytest

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.obstacles import request_obstacle
from desktop_app.core.load.permission import Permission
from desktop_app.core.load.plan import Timeouts
from desktop_app.core.load.result import LoadResult, StopReason
from desktop_app.core.load.scenario import Account, Step
from desktop_app.core.validation.findings import say
from desktop_app.engines.loadtest.connecting import not_connected
from tests.load.runs import Run, plan_for, scenario
from tests.load.scripted import Scripted

ACCOUNTS = tuple(Account(login_id=f"평가자{n}", password="very secret 1") for n in range(3))


def sign_in(path: str, **more: object) -> Step:
    body = {"login_id": "${login_id}", "password": "${password}"}
    return Step(name="sign in", method="POST", path=path, json=body, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("step", "said", "advice"),
    [
        (sign_in("/status?is=401"), "refused the sign-in of “평가자0” (status 401)", "password"),
        (sign_in("/fixed", save={"t": "token"}), "expects: It has no “token”.", "dry run"),
    ],
)
def test_users_that_cannot_be_made_ready_say_why(
    scripted: Scripted, step: Step, said: str, advice: str
) -> None:
    plan = plan_for(scripted.url, scenario(Step(name="s", path="/fixed"), setup=(step,)))
    result = Run(plan, accounts=ACCOUNTS).result
    assert result.stop is StopReason.NOT_PREPARED
    assert result.stop_said is not None
    assert result.advice is not None
    assert said in result.stop_said.text()
    assert advice in result.advice.text()
    [example] = result.examples
    assert example.step == "sign in"
    kept = msgspec.json.encode(result)
    assert b"very secret 1" not in kept
    read = msgspec.json.decode(kept, type=LoadResult)
    assert read.stop_said is not None
    assert read.stop_said.text() == result.stop_said.text()


REASON = say("It ended after {bytes} bytes had come.", bytes=7)


@pytest.mark.parametrize(
    ("kind", "status", "login", "said", "advice"),
    [
        (Failure.STATUS, 403, "", "refused “list” (status 403): not signed in", "role"),
        (Failure.STATUS, 429, "kim", "no more requests like “list” for now", "Wait a minute"),
        (Failure.STATUS, 503, "kim", "failed at “list” (status 503)", "server's log"),
        (Failure.STATUS, 404, "", "answered with status 404", "dry run"),
        (Failure.CUT, 0, "", "before “list” was answered: It ended after 7 bytes", "firewall"),
        (Failure.TIMEOUT, 0, "", "“list” was not answered within 0.3 s.", "overloaded"),
        (Failure.MALFORMED, 0, "", "to “list” cannot be used: It ended", "address"),
        (Failure.CONTENT, 200, "", "not what the scenario expects: It ended", "dry run"),
        (Failure.CONTENT, 0, "", "could not be sent: It ended", "scenario"),
    ],
)
def test_each_way_of_failing_has_its_sentence(
    kind: Failure, status: int, login: str, said: str, advice: str
) -> None:
    obstacle = request_obstacle(
        kind, step="list", status=status, seconds=0.3, login=login, reason=REASON
    )
    assert said in obstacle.said.text()
    assert advice in obstacle.advice.text()


def test_a_name_that_no_computer_can_have_is_said() -> None:
    host = f"{'a' * 64}.example"
    plan = plan_for(f"http://{host}", Step(name="s", path="/"))
    result = Run(plan, permission=Permission(host=host)).result
    assert result.stop is StopReason.UNREACHABLE
    assert result.stop_said is not None
    assert result.stop_said.text() == f"No computer named “{host}” is known."


def test_a_server_that_does_not_speak_tls_is_said(scripted: Scripted) -> None:
    plan = plan_for(
        f"https://localhost:{scripted.port}",
        Step(name="s", path="/fixed"),
        timeouts=Timeouts(connect_s=0.3),
    )
    result = Run(replace(plan, target=replace(plan.target, verify_tls=False))).result
    assert result.stop_said is not None
    assert result.advice is not None
    assert "did not answer the TLS handshake within 0.3 s" in result.stop_said.text()
    assert "http:" in result.advice.text()


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (socket.gaierror(socket.EAI_NONAME, "x"), Failure.DNS, "No computer named “h”"),
        (TimeoutError(), Failure.CONNECT_TIMEOUT, "h:81 did not answer within 2 s."),
        (ConnectionRefusedError(errno.ECONNREFUSED, "x"), Failure.REFUSED, "Nothing listens at"),
        (ConnectionResetError(errno.ECONNRESET, "x"), Failure.RESET, "closed the connection"),
        (OSError(errno.EHOSTUNREACH, "x"), Failure.REFUSED, "no way to the network"),
        (OSError(errno.EMFILE, "x"), Failure.GENERATOR, "This computer had no port"),
        (OSError(errno.EIO, "odd"), Failure.REFUSED, "cannot be reached: odd."),
    ],
)
def test_each_way_of_not_connecting_has_its_sentence(
    error: OSError, kind: Failure, said: str
) -> None:
    found, obstacle = not_connected(error, host="h", port=81, seconds=2)
    assert found is kind
    assert said in obstacle.said.text()
    assert obstacle.advice.text()
