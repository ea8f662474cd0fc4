"""A session on the real server: renewed once for all, ended, resumed, given up."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from desktop_app.config.profiles import Environment, Profile
from desktop_app.config.secrets import Secrets
from desktop_app.core.errors import (
    Forbidden,
    LocalFailure,
    ProductionLocked,
    Rejected,
    ServerFault,
    SessionExpired,
    SignInRefused,
    Unreachable,
)
from desktop_app.core.paging import PageQuery
from desktop_app.services.session import SessionKeeper
from tests.fixtures.odd_server import MakeServer, answer, problem
from tests.fixtures.server import RunningServer

Open = Callable[..., SessionKeeper]
WAIT_S = 10.0


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Expiry:
    """Notices that somebody has to sign in again."""

    def __init__(self) -> None:
        self.count = 0
        self.told = threading.Event()

    def __call__(self) -> None:
        self.count += 1
        self.told.set()


@pytest.fixture
def secrets() -> Secrets:
    return Secrets(open_keyring=lambda: None)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def open_session(secrets: Secrets, clock: Clock) -> Iterator[Open]:
    made: list[SessionKeeper] = []

    def make(url: str, **profile: Any) -> SessionKeeper:
        chosen = Profile(id="p", name="Test", api_url=url, connect_timeout_s=2, **profile)
        keeper = SessionKeeper(chosen, secrets, monotonic=clock, on_expired=Expiry())
        made.append(keeper)
        return keeper

    yield make
    for keeper in made:
        keeper.close()


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def revoke(server: RunningServer) -> None:
    """End every session on the server, as a password reset elsewhere does."""
    server.documents["users"].update_many({}, {"$inc": {"session_epoch": 1}})
    server.documents["sessions"].delete_many({})


def test_signing_in_gives_who_it_is(api_server: RunningServer, open_session: Open) -> None:
    signed_in = open_session(api_server.url).sign_in(*api_server.admin)
    assert signed_in.user.login_id == "admin"
    assert signed_in.api.auth.me().login_id == "admin"
    assert not signed_in.guard.protected


@pytest.mark.parametrize(("login", "password"), [("admin", "wrong"), ("nobody", "admin123!")])
def test_a_wrong_name_or_password(
    api_server: RunningServer, open_session: Open, login: str, password: str
) -> None:
    keeper = open_session(api_server.url)
    with pytest.raises(SignInRefused):
        keeper.sign_in(login, password)
    assert keeper.access_token() is None
    keeper.sign_in(*api_server.admin)


def test_no_server_there(api_server: RunningServer, open_session: Open) -> None:
    api_server.stop()
    with pytest.raises(Unreachable):
        open_session(api_server.url).sign_in("admin", "x")


def test_a_profile_without_an_address_is_a_mistake(secrets: Secrets) -> None:
    with pytest.raises(ValueError, match="address"):
        SessionKeeper(Profile(id="local", name="L"), secrets)


def test_a_production_profile_is_guarded(api_server: RunningServer, open_session: Open) -> None:
    keeper = open_session(api_server.url, environment=Environment.PRODUCTION)
    signed_in = keeper.sign_in(*api_server.admin)
    with pytest.raises(ProductionLocked):
        signed_in.api.companies.create({"name": "x"})
    signed_in.guard.unlock("Test", 5)
    values = {"name": "새 회사", "business_number": "124-81-00998"}
    assert signed_in.api.companies.create(values)


def test_a_token_that_nears_its_end_is_renewed(
    api_server: RunningServer, open_session: Open, clock: Clock
) -> None:
    keeper = open_session(api_server.url)
    keeper.sign_in(*api_server.admin)
    token = keeper.access_token()
    assert keeper.keep_alive()
    assert keeper.access_token() == token
    clock.now += 24 * 3600
    assert keeper.keep_alive()
    assert keeper.access_token() != token


def test_keeping_alive_without_the_server_fails_quietly(
    api_server: RunningServer, open_session: Open, clock: Clock
) -> None:
    keeper = open_session(api_server.url)
    keeper.sign_in(*api_server.admin)
    api_server.stop()
    clock.now += 24 * 3600
    assert not keeper.keep_alive()
    api_server.start()
    assert keeper.keep_alive()


def test_many_refused_requests_renew_once(
    odd_server: MakeServer, open_session: Open, pool: ThreadPoolExecutor
) -> None:
    user = {"id": "u", "login_id": "a", "name": "A", "email": "a@x.kr", "role": "admin"}
    refreshed: list[bytes] = []

    def tokens(number: int) -> bytes:
        body = {"access_token": f"access-{number}", "refresh_token": f"refresh-{number}"}
        return answer(200, {**body, "expires_in": 900, "user": user})

    def script(request: bytes) -> bytes:
        if request.startswith(b"POST /api/auth/login"):
            return tokens(0)
        if request.startswith(b"POST /api/auth/refresh"):
            refreshed.append(request)
            return tokens(len(refreshed))
        fresh = f"Bearer access-{len(refreshed)}".encode() in request and refreshed
        return answer(200, user) if fresh else problem(401, "invalid-token")

    keeper = open_session(odd_server(script).url, proxy="none")
    api = keeper.sign_in("a", "b").api
    requests = [pool.submit(api.auth.me) for _ in range(8)]
    assert [request.result(WAIT_S).login_id for request in requests] == ["a"] * 8
    assert len(refreshed) == 1
    assert b"refresh-0" in refreshed[0]


def waiting_requests(
    server: RunningServer, keeper: SessionKeeper, pool: ThreadPoolExecutor, count: int = 3
) -> list[Future[Any]]:
    """Requests that wait because the session has ended."""
    api = keeper.sign_in(*server.admin).api
    revoke(server)
    requests: list[Future[Any]] = [pool.submit(api.users.page, PageQuery()) for _ in range(count)]
    assert isinstance(keeper.on_expired, Expiry)
    assert keeper.on_expired.told.wait(WAIT_S)
    return requests


def test_an_ended_session_waits_and_goes_on_after_signing_in_again(
    api_server: RunningServer, open_session: Open, pool: ThreadPoolExecutor
) -> None:
    keeper = open_session(api_server.url)
    requests = waiting_requests(api_server, keeper, pool)
    with pytest.raises(SignInRefused):
        keeper.resume("wrong")
    assert not any(request.done() for request in requests)
    keeper.resume(api_server.admin[1])
    assert all(request.result(WAIT_S).total == 4 for request in requests)
    assert isinstance(keeper.on_expired, Expiry)
    assert keeper.on_expired.count == 1


def test_giving_up_ends_the_wait_and_signing_in_again_still_works(
    api_server: RunningServer, open_session: Open, pool: ThreadPoolExecutor
) -> None:
    keeper = open_session(api_server.url)
    requests = waiting_requests(api_server, keeper, pool)
    keeper.give_up()
    for request in requests:
        with pytest.raises(SessionExpired):
            request.result(WAIT_S)
    keeper.resume(api_server.admin[1])
    assert keeper.access_token()


def test_closing_ends_the_wait(
    api_server: RunningServer, open_session: Open, pool: ThreadPoolExecutor
) -> None:
    keeper = open_session(api_server.url)
    requests = waiting_requests(api_server, keeper, pool)
    keeper.close()
    for request in requests:
        with pytest.raises((SessionExpired, LocalFailure)):
            request.result(WAIT_S)


def test_keeping_alive_never_waits_for_a_person(
    api_server: RunningServer, open_session: Open, clock: Clock
) -> None:
    keeper = open_session(api_server.url)
    keeper.sign_in(*api_server.admin)
    revoke(api_server)
    clock.now += 24 * 3600
    keeper.keep_alive()
    keeper.keep_alive()
    assert isinstance(keeper.on_expired, Expiry)
    assert keeper.on_expired.count == 1
    assert keeper.access_token() is None


def test_a_refresh_token_used_twice_ends_the_session(
    api_server: RunningServer, open_session: Open, clock: Clock, secrets: Secrets
) -> None:
    keeper = open_session(api_server.url)
    keeper.sign_in(*api_server.admin, stay_signed_in=True)
    stolen = secrets.get("p", "refresh-token:admin")
    assert stolen
    clock.now += 24 * 3600
    keeper.keep_alive()
    secrets.set("p", "refresh-token:admin", stolen)
    with pytest.raises(SessionExpired):
        open_session(api_server.url).restore("admin")
    clock.now += 24 * 3600
    keeper.keep_alive()
    assert keeper.access_token() is None


def test_signing_out_revokes_the_token_and_forgets_everything(
    api_server: RunningServer, open_session: Open, secrets: Secrets
) -> None:
    keeper = open_session(api_server.url)
    keeper.sign_in(*api_server.admin, stay_signed_in=True)
    token = keeper.access_token()
    assert token
    keeper.sign_out()
    assert keeper.access_token() is None
    assert secrets.get("p", "refresh-token:admin") is None
    other = open_session(api_server.url)
    api = other.sign_in(*api_server.admin).api
    api.sign_with(token)
    with pytest.raises(SessionExpired):
        api.auth.me()


def test_signing_out_after_giving_up_still_revokes_the_token(
    api_server: RunningServer, open_session: Open
) -> None:
    keeper = open_session(api_server.url)
    keeper.sign_in(*api_server.admin)
    token = keeper.access_token()
    assert token
    keeper.give_up()
    keeper.sign_out()
    api = open_session(api_server.url).sign_in(*api_server.admin).api
    api.sign_with(token)
    with pytest.raises(SessionExpired):
        api.auth.me()


def test_giving_up_while_renewing_keeps_the_renewed_token_for_the_next_start(
    odd_server: MakeServer, open_session: Open, secrets: Secrets, clock: Clock
) -> None:
    user = {"id": "u", "login_id": "a", "name": "A", "email": "a@x.kr", "role": "admin"}

    def script(request: bytes) -> bytes:
        renewing = b"/api/auth/refresh" in request
        if renewing:
            keeper.give_up()
        body = {"access_token": "t", "refresh_token": "second" if renewing else "first"}
        return answer(200, {**body, "expires_in": 900, "user": user})

    keeper = open_session(odd_server(script).url)
    keeper.sign_in("a", "b", stay_signed_in=True)
    clock.now += 24 * 3600
    assert not keeper.keep_alive()
    assert secrets.get("p", "refresh-token:a") == "second"


def test_signing_out_without_the_server_forgets_all_the_same(
    api_server: RunningServer, open_session: Open, secrets: Secrets
) -> None:
    keeper = open_session(api_server.url)
    keeper.sign_in(*api_server.admin, stay_signed_in=True)
    api_server.stop()
    keeper.sign_out()
    assert secrets.get("p", "refresh-token:admin") is None


def test_staying_signed_in_outlives_the_console(
    api_server: RunningServer, open_session: Open, secrets: Secrets
) -> None:
    keeper = open_session(api_server.url)
    keeper.sign_in(*api_server.admin, stay_signed_in=True)
    keeper.close()
    for _start in range(2):
        later = open_session(api_server.url)
        assert later.restore("admin").user.login_id == "admin"
        later.close()
    with pytest.raises(SessionExpired):
        open_session(api_server.url).restore("manager1")


def test_without_asking_nothing_is_kept(
    api_server: RunningServer, open_session: Open, secrets: Secrets
) -> None:
    open_session(api_server.url).sign_in(*api_server.admin)
    assert secrets.get("p", "refresh-token:admin") is None


def test_a_first_password_has_to_be_changed(api_server: RunningServer, open_session: Open) -> None:
    admin = open_session(api_server.url).sign_in(*api_server.admin).api
    created = admin.users.add(
        {"login_id": "newbie", "name": "새사람", "email": "n@x.kr", "role": "admin"}
    )
    assert created.initial_password
    keeper = open_session(api_server.url)
    signed_in = keeper.sign_in("newbie", created.initial_password)
    assert signed_in.user.must_change_password
    with pytest.raises(Forbidden, match="new password"):
        signed_in.api.users.page(PageQuery())
    with pytest.raises(Rejected):
        keeper.change_password("not it", "correct horse battery")
    user = keeper.change_password(created.initial_password, "correct horse battery")
    assert not user.must_change_password
    assert signed_in.api.users.page(PageQuery()).total == 5


def test_a_server_that_fails_while_renewing_leaves_the_session(
    odd_server: MakeServer, open_session: Open
) -> None:
    user = {"id": "u", "login_id": "a", "name": "A", "email": "a@x.kr", "role": "admin"}
    body = {"access_token": "a", "refresh_token": "r", "expires_in": 900, "user": user}
    page = b"<title>502 Bad Gateway</title>"
    answers = [answer(200, body), problem(401, "x"), answer(502, page, "text/html")]
    keeper = open_session(odd_server(lambda request: answers.pop(0)).url)
    api = keeper.sign_in("a", "b").api
    with pytest.raises(ServerFault, match="502 Bad Gateway"):
        api.auth.me()
    assert keeper.access_token() == "a"


def test_tokens_do_not_show_when_printed(api_server: RunningServer, open_session: Open) -> None:
    tokens = (
        open_session(api_server.url).sign_in(*api_server.admin).api.auth.login(*api_server.admin)
    )
    assert tokens.access_token not in repr(tokens)
    assert tokens.refresh_token not in repr(tokens)
    assert timedelta(seconds=tokens.expires_in) <= timedelta(hours=1)
