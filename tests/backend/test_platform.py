"""Health, metrics, rate limits, restarts, and a database that goes away."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymongo import MongoClient
from pymongo.client_session import ClientSession

from desktop_app.backend.config import MongoTimeouts, RateLimits, ServerConfig
from desktop_app.backend.serve import ApiServer, bind
from desktop_app.core.errors import LocalFailure
from desktop_app.workspace.mongod import Mongod, MongodOptions
from tests.backend.conftest import SignIn
from tests.fixtures.server import NO_LIMITS, SECRET, RunningServer, quick_config, running
from tests.fixtures.waiting import until

CREDENTIALS = {"login_id": "admin", "password": "admin123!"}


def test_health_tells_the_state_of_database_and_cache(shared_admin: httpx.Client) -> None:
    assert shared_admin.get("/health").json()["status"] == "healthy"
    api = shared_admin.get("/api/health").json()
    assert (api["status"], api["database"], api["cache"]) == ("healthy", "up", "up")


def test_detailed_health_measures_services_and_host(shared_admin: httpx.Client) -> None:
    body = shared_admin.get("/api/health/detailed").json()
    services = {service["name"]: service for service in body["services"]}
    assert 0 < services["database"]["latency_ms"] < 2000
    assert 0 <= services["cache"]["latency_ms"] < 10
    assert 0 <= body["host"]["cpu_percent"] <= 100
    assert 0 < body["host"]["memory_percent"] <= 100
    assert body["host"]["disk_total"] > 0
    assert body["uptime_s"] > 0


def sample(text: str, name: str) -> float:
    """A sample of the metrics by its full name; 0 before the first."""
    found = re.search(rf"^{re.escape(name)} ([0-9.]+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_metrics_count_answers_by_route_and_never_by_path(admin: httpx.Client) -> None:
    known, unknown = (
        f'http_request_duration_seconds_count{{method="{method}",route="{route}",status="404"}}'
        for method, route in (("GET", "/api/users/{id}"), ("any", "unmatched"))
    )
    before = admin.get("/metrics").text
    for number in range(3):
        admin.get(f"/api/users/nobody-{number}")
        admin.get(f"/made-up/{number}")

    def counted(name: str) -> float:
        return sample(admin.get("/metrics").text, name) - sample(before, name)

    # An answer is counted once it is sent: whoever has it may be a little early.
    until(lambda: counted(known) >= 3 and counted(unknown) >= 3, "all answers counted")
    text = admin.get("/metrics").text
    assert counted(known) == counted(unknown) == 3
    assert "nobody-1" not in text
    assert "made-up" not in text
    assert 'cache_hits_total{cache="sessions"}' in text
    assert re.search(r'mongodb_connections{state="open"} [1-9]', text)
    assert "process_resident_memory_bytes" in text


def test_two_servers_in_one_process_count_apart(
    api_server: RunningServer, shared_admin: httpx.Client
) -> None:
    count = 'http_request_duration_seconds_count{method="GET",route="/health",status="200"}'

    def counted() -> float:
        return sample(api_server.platform.metrics.text().decode(), count)

    before = counted()
    shared_admin.get("/health").raise_for_status()
    assert counted() == before
    httpx.get(f"{api_server.url}/health").raise_for_status()
    until(lambda: counted() > before, "the answer counted")
    assert counted() == before + 1


class TestRateLimits:
    """The limits of a server that is meant for people."""

    @pytest.fixture
    def server_config(self, server_config: ServerConfig) -> ServerConfig:
        limits = RateLimits(
            overall="20/minute", sign_in_per_client="6/minute", sign_in_per_account="4/minute"
        )
        return replace(server_config, rate_limits=limits)

    def test_one_account_one_client_and_all_requests_are_limited(
        self, anonymous: httpx.Client
    ) -> None:
        def login(login_id: str, **headers: str) -> httpx.Response:
            body = {"login_id": login_id, "password": "x"}
            return anonymous.post("/api/auth/login", json=body, headers=headers)

        account = [login("manager1").status_code for _ in range(5)]
        assert account == [401, 401, 401, 401, 429]
        client = [login(f"somebody{n}").status_code for n in range(3)]
        assert client == [401, 429, 429]
        spoofed = login("other", **{"X-Forwarded-For": "192.0.2.1"})
        assert spoofed.status_code == 429
        assert 1 <= int(spoofed.headers["Retry-After"]) <= 60
        assert spoofed.json()["retry_after_s"] == int(spoofed.headers["Retry-After"])
        overall = [anonymous.get("/health").status_code for _ in range(15)]
        assert overall == [200] * 11 + [429] * 4
        assert anonymous.get("/health").headers["X-Frame-Options"] == "DENY"


class TestFailedSignIns:
    """Who signs in is not held up by who guesses, unless both come from one address."""

    @pytest.fixture
    def server_config(self, server_config: ServerConfig) -> ServerConfig:
        return replace(
            server_config, rate_limits=replace(NO_LIMITS, failed_sign_in_per_client="3/minute")
        )

    def test_failures_are_limited_and_successes_are_not(self, anonymous: httpx.Client) -> None:
        def login(login_id: str, password: str) -> int:
            body = {"login_id": login_id, "password": password}
            return anonymous.post("/api/auth/login", json=body).status_code

        assert [login("admin", "admin123!") for _ in range(5)] == [200] * 5
        assert [login(f"somebody{n}", "x") for n in range(4)] == [401, 401, 401, 429]
        assert login("admin", "admin123!") == 429


class TestBehindProxy:
    """X-Forwarded-For counts only where the configuration says so."""

    @pytest.fixture
    def server_config(self, server_config: ServerConfig) -> ServerConfig:
        limits = RateLimits(overall="3/minute", sign_in_per_client="", sign_in_per_account="")
        return replace(server_config, rate_limits=limits, trusted_proxies=("127.0.0.1",))

    def test_clients_behind_a_trusted_proxy_are_told_apart(self, anonymous: httpx.Client) -> None:
        def ask(client: str) -> list[int]:
            headers = {"X-Forwarded-For": client}
            return [anonymous.get("/health", headers=headers).status_code for _ in range(4)]

        assert ask("192.0.2.1") == ask("192.0.2.2") == [200, 200, 200, 429]


def test_sessions_survive_a_restart(admin: httpx.Client, api_server: RunningServer) -> None:
    api_server.restart()
    with httpx.Client(base_url=api_server.url, headers=admin.headers) as client:
        assert client.get("/api/auth/me").status_code == 200


def test_many_sign_ins_at_once_all_succeed_while_others_are_answered(
    admin: httpx.Client,
) -> None:
    def login(_: int) -> int:
        return admin.post("/api/auth/login", json=CREDENTIALS).status_code

    with ThreadPoolExecutor(20) as pool:
        pending = [pool.submit(login, n) for n in range(40)]
        assert admin.get("/health").elapsed.total_seconds() < 2
        assert {attempt.result() for attempt in pending} == {200}
    assert admin.get("/api/audit/verify").json()["intact"] is True


@pytest.fixture
def own_mongod(tmp_path: Path) -> Any:
    mongod = Mongod.start(tmp_path / "mongo", options=MongodOptions(oplog_mb=64))
    yield mongod
    mongod.kill()


@pytest.mark.logs("MongoDB did not answer", "pymongo")
def test_lost_database_is_503_soon_and_recovers_by_itself(
    own_mongod: Mongod, tmp_path: Path
) -> None:
    timeouts = MongoTimeouts(select_ms=500, connect_ms=500)
    config = replace(quick_config(own_mongod, "lost"), mongo_timeouts=timeouts)
    with (
        MongoClient[dict[str, Any]](own_mongod.uri) as documents,
        running(config, documents) as server,
        httpx.Client(base_url=server.url, timeout=10) as client,
    ):
        token = client.post("/api/auth/login", json=CREDENTIALS).json()["access_token"]
        client.headers["Authorization"] = f"Bearer {token}"
        body = {"name": "지워지지 않을 회사", "business_number": "1234567891"}
        assert client.post("/api/companies", json=body).status_code == 201
        port = own_mongod.port
        own_mongod.kill()
        for answer in (
            client.get("/api/users"),
            client.post("/api/companies", json={**body, "name": "x"}),
            client.post("/api/auth/login", json=CREDENTIALS),
        ):
            assert answer.status_code == 503, answer.text
            assert answer.headers["Retry-After"]
            assert answer.headers["Content-Type"] == "application/problem+json"
            assert answer.elapsed.total_seconds() < 3
        with ThreadPoolExecutor(8) as pool:
            path, version = "/api/users/user-manager1", {"If-Match": "1"}
            changes = [pool.submit(client.delete, path, headers=version) for _ in range(8)]
            assert {c.result().status_code for c in changes} == {503}
            assert max(c.result().elapsed.total_seconds() for c in changes) < 3
        health = client.get("/api/health")
        assert (health.status_code, health.json()["database"]) == (503, "down")
        assert client.get("/health").status_code == 200
        again = Mongod.start(tmp_path / "mongo", port=port, options=MongodOptions(oplog_mb=64))
        try:
            search = partial(client.get, "/api/companies", params={"q": "지워지지"})
            until(lambda: search().status_code == 200, "the database is found again")
            assert search().json()["total"] == 1
            assert client.get("/api/health").json()["database"] == "up"
        finally:
            again.kill()


def held_head(server: RunningServer) -> ClientSession:
    """A transaction that holds the end of the audit trail, as a killed server leaves one."""
    session = server.documents.client.start_session()
    session.start_transaction()
    server.documents["audit_head"].update_one({}, {"$set": {"held": True}}, session=session)
    return session


def conflicts(server: RunningServer) -> int:
    """How many operations of all clients MongoDB has refused for a conflict."""
    status = server.documents.client.admin.command("serverStatus")
    return int(status["transactions"]["totalAborted"])


def test_a_change_outlasts_the_transaction_of_a_server_that_was_killed(
    api_server: RunningServer, admin: httpx.Client
) -> None:
    before = conflicts(api_server)
    body = {"name": "나중에 된 회사", "business_number": "1234567891"}
    with held_head(api_server) as session, ThreadPoolExecutor(1) as pool:
        created = pool.submit(admin.post, "/api/companies", json=body)
        until(lambda: conflicts(api_server) > before + 15, "tried again and again")
        session.abort_transaction()
        assert created.result().status_code == 201


@pytest.mark.logs("MongoDB did not answer")
def test_a_transaction_that_stays_in_the_way_is_503(
    api_server: RunningServer, admin: httpx.Client
) -> None:
    api_server.restart(mongo_timeouts=MongoTimeouts(conflict_ms=1))
    body = {"name": "안 된 회사", "business_number": "1234567891"}
    with held_head(api_server) as session:
        answer = admin.post("/api/companies", json=body)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        session.abort_transaction()
    assert admin.post("/api/companies", json=body).status_code == 201


@pytest.mark.logs("uvicorn.error: .*")
def test_start_without_a_database_says_so(mongo: Mongod) -> None:
    from pymongo.errors import ServerSelectionTimeoutError

    timeouts = MongoTimeouts(select_ms=100, connect_ms=100)
    config = ServerConfig(
        mongo_uri="mongodb://127.0.0.1:1/", secret_key=SECRET, mongo_timeouts=timeouts
    )
    with pytest.raises(ServerSelectionTimeoutError):
        ApiServer(config).run_until_stopped()


def test_taken_port_is_told_in_words() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(LocalFailure) as failure:
            bind("127.0.0.1", port)
    assert str(port) in failure.value.text()


def test_short_secret_is_refused(mongo: Mongod) -> None:
    with pytest.raises(ValueError, match="secret_key"):
        ServerConfig(mongo_uri=mongo.uri, secret_key="short")


def test_everybody_of_the_seed_signs_in(sign_in: SignIn, api_server: RunningServer) -> None:
    for login_id in api_server.users:
        assert sign_in(login_id).get("/api/auth/me").json()["login_id"] == login_id
