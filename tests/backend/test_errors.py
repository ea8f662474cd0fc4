"""Every error is problem details, and says no more than it should."""

from __future__ import annotations

import asyncio
import json
import socket
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.types import Receive, Scope, Send

from desktop_app.backend.config import RateLimits
from desktop_app.backend.edge import Edge
from desktop_app.backend.json_bodies import parse
from desktop_app.backend.metrics import Metrics, PoolGauges
from desktop_app.backend.problem_details import ApiProblem
from desktop_app.backend.rate_limits import RateLimiter
from tests.fixtures.server import RunningServer

LOGIN = "/api/auth/login"
JSON = {"Content-Type": "application/json"}


@pytest.fixture
def client(shared_admin: httpx.Client) -> httpx.Client:
    return shared_admin


def assert_problem(answer: httpx.Response, status: int, kind: str) -> dict[str, Any]:
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["type"].endswith(f"/{kind}")
    assert body["request_id"] == answer.headers["X-Request-ID"]
    assert "Traceback" not in answer.text
    return body


def test_unknown_path_is_404(client: httpx.Client) -> None:
    assert_problem(client.get("/api/nonexistent"), 404, "not-found")
    assert_problem(client.get("/api/users/"), 404, "not-found")
    assert_problem(client.get("/docs"), 404, "not-found")


def test_method_not_offered_is_405_and_says_which_are(client: httpx.Client) -> None:
    answer = client.put("/api/users")
    assert_problem(answer, 405, "method-not-allowed")
    assert answer.headers["Allow"] == "GET, POST"
    assert client.options("/api/users/1").headers["Allow"] == "GET, PATCH, DELETE"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"login_id": }',
        b'{"a": 1, "a": 2}',
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b'{"a": "\\ud800"}',
        b'{"a": "\xff"}',
        b'{"a": "\x00"}',
        b"[" * 10_000,
        b"1" * 10_000,
    ],
)
def test_malformed_json_is_400(client: httpx.Client, body: bytes) -> None:
    answer = client.post(LOGIN, content=body, headers=JSON)
    assert assert_problem(answer, 400, "malformed-json")["problems"] == []


@given(st.binary(max_size=60))
def test_any_bytes_are_json_or_refused(body: bytes) -> None:
    try:
        parse(body)
    except ApiProblem as problem:
        assert problem.status == 400  # noqa: PT017


@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers(-(10**300), 10**300)
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text(st.characters(exclude_categories=["Cs"])),
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abc"), inner),
        max_leaves=10,
    )
)
def test_json_keeps_its_value(value: Any) -> None:
    assert parse(json.dumps(value).encode()) == value


@pytest.mark.parametrize("kind", [None, "text/plain", "application/x-www-form-urlencoded"])
def test_body_that_is_not_json_is_415(client: httpx.Client, kind: str | None) -> None:
    headers = {"Content-Type": kind} if kind else {}
    answer = client.post(LOGIN, content=b'{"login_id": "a"}', headers=headers)
    assert_problem(answer, 415, "not-json")


@pytest.mark.parametrize("body", ["[]", '"x"', "null", "7"])
def test_json_that_is_no_object_is_422(client: httpx.Client, body: str) -> None:
    answer = client.post(LOGIN, content=body, headers=JSON)
    assert assert_problem(answer, 422, "broken-rules")["problems"][0]["code"] == "type"


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"login_id": "admin"}, "password", "required"),
        ({"login_id": {"$gt": ""}, "password": "x"}, "login_id.$gt", "unknown_field"),
        ({"login_id": ["admin"], "password": "x"}, "login_id", "type"),
        ({"login_id": "a\u0000", "password": "x"}, "login_id", "control_characters"),
        ({"login_id": "admin", "password": "x" * 1025}, "password", "too_long"),
        ({"login_id": "admin", "password": "x", "role": "admin"}, "role", "unknown_field"),
    ],
)
def test_sign_in_that_breaks_a_rule_is_422(
    client: httpx.Client, body: dict[str, Any], field: str, code: str
) -> None:
    found = assert_problem(client.post(LOGIN, json=body), 422, "broken-rules")["problems"]
    assert [(p["field"], p["code"]) for p in found] == [(field, code)]


def test_body_over_the_limit_is_413_without_being_read(client: httpx.Client) -> None:
    answer = client.post(LOGIN, content=b" " * (1024 * 1024 + 1), headers=JSON)
    assert_problem(answer, 413, "too-large")


def test_endless_body_of_unknown_length_is_cut_off(shared_api_server: RunningServer) -> None:
    """Chunks go on until the server answers: it must do so soon after the limit."""
    port = int(shared_api_server.url.rpartition(":")[2])
    chunk = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
    head = "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(f"{head}Transfer-Encoding: chunked\r\n\r\n".encode())
        for _ in range(17):
            connection.sendall(chunk)
        assert b" 413 " in connection.recv(200)


@pytest.mark.logs("Request .* failed")
def test_unexpected_error_is_500_without_details_and_strict_over_tls() -> None:
    async def broken(scope: Scope, receive: Receive, send: Send) -> None:
        raise RuntimeError("the password is swordfish")

    limiter = RateLimiter(RateLimits(overall="1000/minute"))
    edge = Edge(broken, metrics=Metrics(PoolGauges()), limiter=limiter, tls=True)

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(edge)
        async with httpx.AsyncClient(transport=transport, base_url="https://x") as client:
            return await client.get("/anything")

    answer = asyncio.run(ask())
    assert_problem(answer, 500, "server-fault")
    assert "swordfish" not in answer.text
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")
    assert answer.headers["X-Frame-Options"] == "DENY"


def test_every_answer_carries_the_security_headers(client: httpx.Client) -> None:
    for path in ("/health", "/api/users", "/api/nonexistent", "/metrics"):
        headers = client.get(path, headers={"Origin": "https://elsewhere.example"}).headers
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Permissions-Policy"]
        assert headers["Cache-Control"] == "no-store"
        assert headers["Server-Timing"].startswith("app;dur=")
        assert "Server" not in headers
        assert "Strict-Transport-Security" not in headers  # not over plain HTTP (RFC 6797 §7.2)
        assert not [name for name in headers if name.lower().startswith("access-control-")]


def test_request_number_of_the_client_is_kept_when_it_is_harmless(client: httpx.Client) -> None:
    asked = {"X-Request-ID": "console-0123456789"}
    assert client.get("/health", headers=asked).headers["X-Request-ID"] == asked["X-Request-ID"]
    for bad in ("short", "x" * 65, "with spaces in it", "<script>alert</script>"):
        answer = client.get("/health", headers={"X-Request-ID": bad})
        assert answer.headers["X-Request-ID"] != bad
