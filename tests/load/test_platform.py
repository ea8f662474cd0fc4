"""A run against the real API: users of a pool sign in, then read."""

from __future__ import annotations

import msgspec

from desktop_app.core.load.counts import Failure
from desktop_app.core.load.models import constant, open_model
from desktop_app.core.load.plan import LoadPlan, LoadTarget, Order
from desktop_app.core.load.result import LoadResult, StopReason, Verdict
from desktop_app.core.load.scenario import Account
from desktop_app.core.load.thresholds import parse
from desktop_app.core.tasks import TaskContext
from desktop_app.engines.loadtest.rehearsal import rehearse
from desktop_app.services.loadtest.scenario_files import read_scenario, shipped
from tests.fixtures.server import RunningServer
from tests.load.runs import Run


def _plan(server: RunningServer) -> LoadPlan:
    return LoadPlan(
        target=LoadTarget(url=server.url),
        scenario=read_scenario(shipped()[0]),
        model=open_model(constant(40, 2), 6),
        thresholds=(parse("errors <= 0 %"),),
        seed=3,
    )


def _accounts(server: RunningServer) -> tuple[Account, ...]:
    staff = (login for login in server.users if not login.startswith("evaluator"))
    pool = [server.admin, *((login, server.users[login]) for login in staff)]
    return tuple(Account(login_id=login, password=password) for login, password in pool)


def test_users_sign_in_and_read_and_the_target_tells_of_itself(
    api_server: RunningServer,
) -> None:
    secrets = [password for _login, password in (api_server.admin, *api_server.users.items())]
    uri = api_server.config.mongo_uri
    run = Run(_plan(api_server), accounts=_accounts(api_server), mongo_uri=uri, by="me")
    result = run.result
    assert result.stop is StopReason.DONE
    # Beside other tests the generator may have been late: then it says so, and that is right too.
    assert result.verdict is (Verdict.INVALID if result.reasons else Verdict.PASSED)
    assert (result.asked, result.total.completed) == (80, 80)
    assert {step.name for step in result.steps if step.total.completed} >= {
        "who am I",
        "list users",
        "one user",
        "list evaluations",
    }
    told = next(second.target for second in run.seconds if second.target is not None)
    assert told.process_memory_mb
    assert told.mongo_connections
    assert told.cpu_share is not None
    kept = msgspec.json.encode(result)
    assert not [secret for secret in secrets if secret.encode() in kept]
    assert msgspec.json.decode(kept, type=LoadResult) == result


def test_a_pool_that_cannot_sign_in_is_no_measurement(api_server: RunningServer) -> None:
    wrong = (Account(login_id="nobody", password="wrong-password"),)
    result = Run(_plan(api_server), accounts=wrong).result
    assert (result.stop, result.verdict) == (StopReason.NOT_PREPARED, Verdict.NOT_MEASURED)
    assert result.setup_failures[Failure.STATUS] >= 1
    assert result.stop_said is not None
    assert "refused the sign-in of “nobody”" in result.stop_said.text()


def test_a_dry_run_shows_what_was_sent_and_came(api_server: RunningServer) -> None:
    order = Order(plan=_plan(api_server), accounts=_accounts(api_server))
    done = list(rehearse(order, TaskContext()))
    assert [step.failure for step in done] == [None] * len(done)
    by_name = {step.step: step for step in done}
    assert by_name["sign in"].saved == (("token", "***"),)
    assert "admin123!" not in by_name["sign in"].exchange.request_body
    one = by_name["one user"].exchange
    assert (one.method, one.status) == ("GET", 200)
    assert one.url.startswith(f"{api_server.url}/api/users/")
    assert ("Authorization", "***") in one.request_headers
    assert '"user"' in one.response_body


def test_a_dry_run_ends_where_setup_fails(api_server: RunningServer) -> None:
    wrong = (Account(login_id="admin", password="wrong-password"),)
    done = list(rehearse(Order(plan=_plan(api_server), accounts=wrong), TaskContext()))
    assert [(d.step, d.failure) for d in done] == [("sign in", Failure.STATUS)]
    assert done[0].exchange.status == 401
