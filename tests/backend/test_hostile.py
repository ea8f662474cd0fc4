"""What somebody sends who means harm, or nothing sensible."""

from __future__ import annotations

import asyncio
import json
import socket
import time
from dataclasses import replace
from typing import Any

import httpx
import pytest

from desktop_app.backend.config import ServerConfig
from desktop_app.backend.passwords import Passwords, one_time_password
from desktop_app.core.passwords import PasswordCost
from tests.fixtures.server import RunningServer

VERSION = {"If-Match": "1"}


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"name": {}}, "name", "type"),
        ({"nothing": {}}, "nothing", "unknown_field"),
        ({"settings": 5}, "settings", "type"),
        ({"settings": None}, "settings", "type"),
        ({"settings": {"max_users": {}}}, "settings.max_users", "type"),
        ({"settings": {"nothing": {}}}, "settings.nothing", "unknown_field"),
    ],
)
def test_objects_where_values_belong_are_refused(
    shared_admin: httpx.Client, body: dict[str, Any], field: str, code: str
) -> None:
    answer = shared_admin.patch("/api/companies/company-test", json=body, headers=VERSION)
    assert answer.status_code == 422, answer.text
    assert [(p["field"], p["code"]) for p in answer.json()["problems"]] == [(field, code)]


def test_many_unknown_names_do_not_make_a_long_answer(shared_admin: httpx.Client) -> None:
    body = json.dumps(dict.fromkeys(map(str, range(50_000)), 1))
    headers = {"Content-Type": "application/json"}
    answer = shared_admin.patch(
        "/api/companies/company-test", content=body, headers=headers | VERSION
    )
    assert answer.status_code == 422
    assert len(answer.content) < 20_000


def test_a_wrong_guess_at_a_one_time_password_takes_as_long_as_any_other() -> None:
    """Its hash is cheap: the time must not tell that such an account exists."""
    passwords = Passwords(PasswordCost(passes=4))

    async def took(encoded: str | None) -> float:
        began = time.perf_counter()
        assert not await passwords.verify(encoded, "wrong")
        return time.perf_counter() - began

    async def measure() -> list[float]:
        """The least of each, taken in turn: what else the machine does only adds to a time."""
        [cheap] = await passwords.hash_one_time([one_time_password()])
        kinds = (cheap, None, await passwords.hash("x"))
        rounds = [[await took(kind) for kind in kinds] for _ in range(8)]
        return [min(times) for times in zip(*rounds, strict=True)]

    try:
        times = asyncio.run(measure())
    finally:
        passwords.close()
    assert min(times) > max(times) / 2


def connected(server: RunningServer) -> socket.socket:
    return socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=10)


def test_an_endless_head_is_cut_off(shared_api_server: RunningServer) -> None:
    with connected(shared_api_server) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n")
        answered = b""
        for number in range(200):
            try:
                connection.sendall(b"X-%d: %b\r\n" % (number, b"a" * 10_000))
            except OSError:
                break
        try:
            answered = connection.recv(100)
        except ConnectionResetError:
            return
        assert answered.startswith(b"HTTP/1.1 431")


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("127.0.0.1:8000", 200),
        ("localhost", 200),
        ("[::1]:80", 200),
        ("evil.example", 421),
        ("127.0.0.1.evil.example:80", 421),
        ("localhost@evil.example", 421),
    ],
)
def test_a_local_server_answers_to_names_of_this_computer_only(
    shared_admin: httpx.Client, name: str, status: int
) -> None:
    assert shared_admin.get("/health", headers={"Host": name}).status_code == status


def test_a_body_without_a_token_is_short(shared_api_server: RunningServer) -> None:
    body = {"login_id": "admin", "password": "x" * 20_000}
    answer = httpx.post(f"{shared_api_server.url}/api/auth/login", json=body)
    assert answer.status_code == 413


class TestImpatientServer:
    """A server that waits a moment only for bodies."""

    @pytest.fixture
    def server_config(self, server_config: ServerConfig) -> ServerConfig:
        return replace(server_config, body_s=0.2)

    def test_a_body_that_does_not_come_is_408(self, api_server: RunningServer) -> None:
        head = "POST /api/auth/login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n"
        with connected(api_server) as connection:
            connection.sendall(f"{head}Content-Type: application/json\r\n\r\n{{".encode())
            assert b" 408 " in connection.recv(200)
