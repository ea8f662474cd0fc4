"""The transport against servers that keep the contract badly or not at all."""

import ssl
from collections.abc import Callable, Iterator

import pytest

from desktop_app.api import tls
from desktop_app.api.client import ApiClient
from desktop_app.api.guard import WriteGuard
from desktop_app.api.transport import FixedToken, Transport, is_loopback
from desktop_app.config.profiles import Profile
from desktop_app.core import errors
from desktop_app.core.paging import PageQuery
from tests.fixtures.odd_server import MakeServer, OddServer, answer, problem

Connect = Callable[..., Transport]
PROFILE = Profile(id="t", name="Test", proxy="none", connect_timeout_s=2)
COMPANY = {"id": "c1", "name": "회사"}


@pytest.fixture
def connect() -> Iterator[Connect]:
    made: list[Transport] = []

    def make(server: OddServer | str, **options: object) -> Transport:
        url = server if isinstance(server, str) else server.url
        profile = options.pop("profile", PROFILE)
        options.setdefault("guard", WriteGuard("Test"))
        options.setdefault("read_timeout_s", 2.0)
        transport = Transport(url, profile, **options)  # type: ignore[arg-type]
        made.append(transport)
        return transport

    yield make
    for transport in made:
        transport.close()


@pytest.mark.parametrize(
    ("sent", "kind", "words"),
    [
        (problem(401, "sign-in-refused"), errors.SignInRefused, "wrong"),
        (problem(401, "account-locked", retry_after_s=600), errors.SignInRefused, "10 minutes"),
        (problem(401, "invalid-token"), errors.SessionExpired, "ended"),
        (problem(403, "forbidden"), errors.Forbidden, "role"),
        (problem(403, "must-change-password"), errors.Forbidden, "new password"),
        (problem(404, "not-found"), errors.NotFound, "not exist"),
        (problem(409, "in-use", usage={"projects": 2}), errors.InUse, "in use"),
        (problem(409, "stale-version", current={"id": "1"}), errors.Conflict, "else changed"),
        (problem(409, "other"), errors.Rejected, "d"),
        (problem(413, "too-large"), errors.Rejected, "d"),
        (problem(415, "media-type"), errors.Rejected, "d"),
        (problem(428, "if-match-needed"), errors.Rejected, "d"),
        (problem(500, "internal", request_id="r-77"), errors.ServerFault, "r-77"),
        (problem(503, "unavailable"), errors.ServerFault, "503"),
        (
            answer(502, b"<html><head><title>502 Bad Gateway</title>", "text/html"),
            errors.ServerFault,
            "502 Bad Gateway",
        ),
        (answer(404, b"<title>nginx</title>", "text/html"), errors.ServerFault, "nginx"),
        (answer(500, b"{brace} trouble", "text/plain"), errors.ServerFault, "{brace} trouble"),
        (answer(500, b"{not json"), errors.ServerFault, "500"),
        (answer(422, {"detail": [{"loc": ["body"]}]}), errors.ServerFault, "422"),
        (answer(405, b""), errors.ServerFault, "405"),
        (answer(301, b"", Location="https://new/"), errors.ServerFault, "https://new/"),
        (answer(429, b"", "text/plain", Retry_After="7"), errors.TooManyRequests, "7 seconds"),
        (problem(429, "rate", retry_after_s=3), errors.TooManyRequests, "3 seconds"),
    ],
)
def test_each_failing_answer_has_its_error(
    odd_server: MakeServer,
    connect: Connect,
    sent: bytes,
    kind: type[errors.ConsoleError],
    words: str,
) -> None:
    transport = connect(odd_server(lambda request: sent))
    with pytest.raises(errors.ConsoleError) as caught:
        transport.call("POST", "/api/x", body={})
    assert type(caught.value) is kind
    assert words in str(caught.value)


def test_retry_after_may_be_a_date(odd_server: MakeServer, connect: Connect) -> None:
    past = answer(429, b"", Retry_After="Wed, 21 Oct 2015 07:28:00 GMT")
    with pytest.raises(errors.TooManyRequests) as caught:
        connect(odd_server(lambda request: past)).call("GET", "/x")
    assert caught.value.retry_after_s == 0


def test_field_problems_are_carried(odd_server: MakeServer, connect: Connect) -> None:
    sent = problem(422, problems=[{"field": "profile.phone", "code": "phone_form", "params": {}}])
    with pytest.raises(errors.Rejected) as caught:
        connect(odd_server(lambda request: sent)).call("POST", "/api/users", body={})
    assert [(p.field, p.code) for p in caught.value.problems] == [("profile.phone", "phone_form")]


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (answer(200, b"<title>Sign in to Wi-Fi</title>", "text/html"), "Sign in to Wi-Fi"),
        (answer(200, {"total": 0, "page": 1, "page_size": 50}), "companies"),
        (answer(200, {"companies": [{"id": 1}], "total": 1, "page": 1, "page_size": 9}), "str"),
        (answer(200, [1, 2]), "object"),
        (answer(200, b"\xff\xfe"), "200"),
        (answer(200, b""), "200"),
    ],
)
def test_a_successful_answer_outside_the_contract_says_what_came(
    odd_server: MakeServer, connect: Connect, sent: bytes, words: str
) -> None:
    api = ApiClient(connect(odd_server(lambda request: sent)))
    with pytest.raises(errors.ServerFault, match=words):
        api.companies.page(PageQuery())


def test_unknown_members_are_no_fault(odd_server: MakeServer, connect: Connect) -> None:
    sent = answer(
        200,
        {"companies": [{**COMPANY, "new": 1}], "total": 1, "page": 1, "page_size": 50, "x": 0},
        Server_Timing="db;dur=1, app;dur=12.5",
    )
    page = ApiClient(connect(odd_server(lambda request: sent))).companies.page(PageQuery())
    assert page.items[0].name == "회사"
    assert page.server_ms == 12.5


def test_an_answer_beyond_the_limit_is_cut_off(odd_server: MakeServer, connect: Connect) -> None:
    server = odd_server(lambda request: answer(200, b" " * 3_000_000))
    with pytest.raises(errors.ServerFault, match="larger than 2 MB"):
        connect(server, largest_answer=2_000_000).call("GET", "/x")


def cut_once(then: bytes) -> Callable[[bytes], bytes | None]:
    answers: list[bytes | None] = [None, then]
    return lambda request: answers.pop(0)


def test_a_read_cut_off_is_asked_again(odd_server: MakeServer, connect: Connect) -> None:
    server = odd_server(cut_once(answer(200, {})))
    connect(server).call("GET", "/api/x")
    assert len(server.requests) == 2


def test_creating_is_repeated_under_the_same_key(odd_server: MakeServer, connect: Connect) -> None:
    created = {"company_id": "c1", "company": COMPANY, "message": "made"}
    server = odd_server(cut_once(answer(201, created)))
    assert ApiClient(connect(server)).companies.create({"name": "회사"}) == "c1"
    keys = [line for r in server.requests for line in r.split(b"\r\n") if b"dempotency-" in line]
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_a_change_cut_off_is_not_repeated_and_says_it_may_have_happened(
    odd_server: MakeServer, connect: Connect
) -> None:
    server = odd_server(cut_once(answer(200, {"company": COMPANY})))
    with pytest.raises(errors.Unreachable, match="may have been made"):
        ApiClient(connect(server)).companies.change("c1", {"name": "x"}, version=1)
    assert len(server.requests) == 1
    assert b'if-match: "1"' in server.requests[0].lower()


def test_a_server_that_keeps_silent(odd_server: MakeServer, connect: Connect) -> None:
    def silent(request: bytes) -> None:
        server.released.wait(5)

    server = odd_server(silent)
    with pytest.raises(errors.Unreachable, match="no answer came in time"):
        connect(server, read_timeout_s=0.1).call("GET", "/x")
    server.released.set()


def test_nothing_listens(odd_server: MakeServer, connect: Connect) -> None:
    server = odd_server(lambda request: None)
    server.stop()
    with pytest.raises(errors.Unreachable, match="nothing listens"):
        connect(server).call("GET", "/x")
    server.stop = lambda: None  # type: ignore[method-assign]


def test_an_unknown_name(connect: Connect) -> None:
    with pytest.raises(errors.Unreachable, match=r"no-such-host\.invalid.*no computer"):
        connect("http://no-such-host.invalid").call("GET", "/x")


def test_an_id_is_no_path(odd_server: MakeServer, connect: Connect) -> None:
    server = odd_server(lambda request: answer(200, {"company": COMPANY}))
    ApiClient(connect(server)).companies.get("../users?x=1#y")
    assert server.paths() == ["GET /api/companies/..%2Fusers%3Fx%3D1%23y"]


def test_a_locked_production_system_gets_no_write(odd_server: MakeServer, connect: Connect) -> None:
    server = odd_server(lambda request: answer(200, {"company": COMPANY}))
    api = ApiClient(connect(server, guard=WriteGuard("P", protected=True)))
    writes: list[Callable[[], object]] = [
        lambda: api.companies.create({}),
        lambda: api.companies.change("1", {}, version=1),
        lambda: api.companies.delete("1", version=1),
        lambda: api.companies.deactivate("1", version=1),
        lambda: api.users.reset_password("1", version=1),
        lambda: api.imports.undo("1"),
        lambda: api.companies.import_rows("i", "f", [], dry_run=False, update_existing=False),
    ]
    for write in writes:
        with pytest.raises(errors.ProductionLocked):
            write()
    assert server.requests == []
    api.companies.get("1")
    assert len(server.requests) == 1


def test_a_locked_production_system_is_asked_what_an_import_would_do(
    odd_server: MakeServer, connect: Connect
) -> None:
    server = odd_server(lambda request: answer(200, {"results": [], "batch": None, "rooms": {}}))
    api = ApiClient(connect(server, guard=WriteGuard("P", protected=True)))
    assert api.users.judge_rows("i", "f", [], update_existing=False).results == ()
    assert api.users.import_rows("i", "f", [], dry_run=True, update_existing=False) == ()
    assert server.paths() == ["POST /api/users/import?dry_run=true"] * 2


def test_a_token_that_cannot_be_renewed(odd_server: MakeServer, connect: Connect) -> None:
    server = odd_server(lambda request: problem(401, "invalid-token"))
    transport = connect(server, credentials=FixedToken("t0ken"))
    with pytest.raises(errors.SessionExpired):
        transport.call("GET", "/api/users")
    assert b"authorization: bearer t0ken" in server.requests[0].lower()


def test_requests_carry_a_number_of_their_own(odd_server: MakeServer, connect: Connect) -> None:
    server = odd_server(lambda request: answer(200, {}))
    transport = connect(server)
    numbers = {transport.call("GET", "/x").request_id for _ in range(2)}
    assert len(numbers) == 2
    assert all(number.encode() in b"".join(server.requests) for number in numbers)


def test_a_closed_transport_refuses(odd_server: MakeServer, connect: Connect) -> None:
    transport = connect(odd_server(lambda request: answer(200, {})))
    transport.close()
    with pytest.raises(errors.LocalFailure):
        transport.call("GET", "/x")


def test_the_profiles_proxy_is_used_but_never_for_this_computer(
    odd_server: MakeServer, connect: Connect
) -> None:
    proxy = odd_server(lambda request: answer(200, {}))
    profile = Profile(id="t", name="T", proxy=proxy.url)
    connect("http://platform.example", profile=profile).call("GET", "/health")
    assert proxy.paths() == ["GET http://platform.example/health"]
    server = odd_server(lambda request: answer(200, {}))
    connect(server, profile=profile).call("GET", "/health")
    assert len(proxy.requests) == 1


def test_the_systems_proxy_is_used_when_the_profile_says_so(
    odd_server: MakeServer, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = odd_server(lambda request: answer(200, {}))
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.setenv("no_proxy", "")
    connect("http://platform.example", profile=Profile(id="t", name="T")).call("GET", "/x")
    server = odd_server(lambda request: answer(200, {}))
    connect(server, profile=Profile(id="t", name="T")).call("GET", "/x")
    assert len(proxy.requests) == 1


def test_a_proxy_of_a_kind_that_is_not_spoken_here(
    connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:1080")
    with pytest.raises(errors.LocalFailure, match="proxy cannot be used"):
        connect("http://platform.example", profile=Profile(id="t", name="T"))


def test_an_address_that_is_none(connect: Connect) -> None:
    with pytest.raises(errors.LocalFailure, match="no address"):
        connect("http://platform.example:x").call("GET", "/")


@pytest.mark.parametrize(
    ("url", "local"),
    [
        ("http://127.0.0.1:80", True),
        ("http://127.9.9.9", True),
        ("http://[::1]:80", True),
        ("http://localhost", True),
        ("http://localhost.example", False),
        ("http://10.0.0.1", False),
    ],
)
def test_this_computer(url: str, local: bool) -> None:
    assert is_loopback(url) is local


def test_a_ca_file_that_is_none(tmp_path: object) -> None:
    with pytest.raises(errors.LocalFailure, match="cannot be used"):
        tls.context_for(Profile(id="t", name="T", ca_file=__file__))


def test_the_systems_store_is_the_default_and_production_is_always_verified() -> None:
    import truststore

    from desktop_app.config.profiles import Environment

    assert isinstance(tls.context_for(Profile(id="t", name="T")), truststore.SSLContext)
    lax = Profile(id="t", name="T", verify_tls=False)
    assert tls.context_for(lax).verify_mode == ssl.CERT_NONE
    strict = Profile(id="t", name="T", verify_tls=False, environment=Environment.PRODUCTION)
    assert tls.context_for(strict).verify_mode == ssl.CERT_REQUIRED
