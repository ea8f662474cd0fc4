"""Servers that mean harm: what they can make the client hold, send and wait for is bounded."""

from __future__ import annotations

import gzip
import socket

import pytest

from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.report import Stop
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.client import Answer, Client, NoAnswer, Request
from desktop_app.engines.validation.suite_files import shipped
from desktop_app.engines.validation.target import Limits
from tests.validation.running import report_of, target
from tests.validation.strange_servers import (
    Behaviour,
    MakeServer,
    StrangeServer,
    always,
    answer,
    requests,
    scripted,
    signing_in,
)

SMALL = Limits(connect_s=1.0, answer_s=0.3, body_bytes=256 * 1024, requests=2_000, seconds=20.0)
BUFFERS = 16 * 1024 * 1024
"""What may lie between the two ends when one stops reading."""
SUITES = tuple(suite for suite in shipped() if suite.id in ("functional", "errors"))
BOMB = gzip.compress(b"\0" * 50_000_000)


def flood(head: bytes, block: bytes) -> Behaviour:
    """Sends ``head``, then ``block`` again and again, for as long as anybody reads."""

    def behave(server: StrangeServer, connection: socket.socket) -> None:
        for _ in requests(server, connection):
            server.send(connection, head)
            while not server.released.is_set():
                server.send(connection, block)

    return behave


def trickle(head: bytes, block: bytes) -> Behaviour:
    """The same, a little at a time: never silent, never done."""

    def behave(server: StrangeServer, connection: socket.socket) -> None:
        for _ in requests(server, connection):
            server.send(connection, head)
            while not server.released.wait(0.05):
                server.send(connection, block)

    return behave


OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNK = b"10000\r\n" + b"x" * 0x10000 + b"\r\n"
ENDLESS = {
    "endless body": flood(OK + b"\r\n", b"x" * 65536),
    "endless chunks": flood(OK + b"Transfer-Encoding: chunked\r\n\r\n", CHUNK),
    "a body said to be endless": flood(
        OK + b"Content-Length: 99999999999999\r\n\r\n", b"[" * 65536
    ),
    "endless headers": flood(OK, b"X-More: " + b"y" * 1000 + b"\r\n"),
    "one endless header": flood(OK + b"X-More: ", b"y" * 65536),
    "endless status line": flood(b"HTTP/1.1 200 ", b"O" * 65536),
    "endless interim answers": flood(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "a byte at a time": trickle(OK + b"Content-Length: 1000\r\n\r\n", b"x"),
    "a header at a time": trickle(OK, b"X-More: y\r\n"),
}


def ask(server: StrangeServer, limits: Limits = SMALL) -> Answer:
    """What one request brings, whole or not."""
    client = Client(target(server.url), limits, TaskContext())
    try:
        return client.send(Request(method="GET", path="/health"))
    except NoAnswer as none:
        return none.answer
    finally:
        client.close()


@pytest.mark.parametrize("name", list(ENDLESS))
def test_what_never_ends_is_cut_off(strange_server: MakeServer, name: str) -> None:
    server = strange_server(ENDLESS[name])

    found = ask(server)

    assert found.failure or not found.whole
    assert len(found.body) <= SMALL.body_bytes
    assert sum(len(key) + len(value) for key, value in found.headers) < 256 * 1024
    server.stop()  # it has stopped sending: nobody reads
    assert server.sent <= SMALL.body_bytes + BUFFERS


@pytest.mark.parametrize("name", list(ENDLESS))
def test_a_run_against_it_ends_with_a_report(strange_server: MakeServer, name: str) -> None:
    report = report_of(strange_server(ENDLESS[name]).url, SUITES, limits=SMALL)

    assert report.stop in (Stop.UNREACHABLE, Stop.DONE)
    assert report.count(CheckState.PASS) == 0
    kept = [exchange for finding in report.findings() for exchange in finding.exchanges]
    assert all(len(one.response_body) <= SMALL.kept_text for one in (*kept, *report.evidence))
    assert report.requests < SMALL.requests


def test_a_compression_bomb_stays_compressed(strange_server: MakeServer) -> None:
    head = OK + b"Content-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(BOMB)
    server = strange_server(scripted(lambda _method, _path: head + BOMB))

    assert ask(server).body == BOMB


def test_a_body_that_is_refused_early_is_not_sent_to_its_end(strange_server: MakeServer) -> None:
    """Whoever goes on sending to a closed connection may lose what was answered."""
    taken = 0

    def refuse(server: StrangeServer, connection: socket.socket) -> None:
        nonlocal taken
        taken = len(connection.recv(65536))
        server.send(connection, answer(413, {}))
        server.released.wait()  # nothing more is read

    size = 32 * 1024 * 1024
    client = Client(target(strange_server(refuse).url), SMALL, TaskContext())

    found = client.send(Request(method="POST", path="/api/users", content=b"x" * size))
    client.close()

    assert found.status == 413
    assert taken < size


def test_redirects_are_not_followed(strange_server: MakeServer) -> None:
    head = b"HTTP/1.1 302 Found\r\nLocation: /health\r\nContent-Length: 0\r\n\r\n"
    server = strange_server(scripted(lambda _method, _path: head))

    report = report_of(server.url, SUITES, limits=SMALL)

    assert report.count(CheckState.PASS) == 0
    assert len(server.asked) == report.requests


def test_a_run_ends_at_its_limit_of_requests(strange_server: MakeServer) -> None:
    server = strange_server(signing_in(lambda _method, _path: answer(404, {})))
    limits = Limits(requests=20)

    report = report_of(server.url, SUITES, limits=limits)

    assert report.stop is Stop.SPENT
    assert server.asked[20:] == ["POST /api/auth/logout"]
    assert report.requests == len(server.asked)
    assert report.count(CheckState.NOT_RUN) > 0


def test_a_deep_answer_is_no_json_and_no_crash(strange_server: MakeServer) -> None:
    server = strange_server(always(200, b"[" * 200_000))

    report = report_of(server.url, SUITES, limits=SMALL)

    assert report.stop is Stop.DONE
    assert report.count(CheckState.PASS) == 0


def test_a_description_that_refers_to_itself_and_elsewhere_is_survived(
    strange_server: MakeServer,
) -> None:
    loop = {"$ref": "#/components/schemas/Loop"}
    schemas = {"Loop": loop, "Far": {"$ref": "http://127.0.0.1:9/schema.json"}}
    content = {
        "application/json": {"schema": {"allOf": [loop, {"$ref": "#/components/schemas/Far"}]}}
    }
    item = {"get": {"responses": {"200": {"content": content}}}}
    described = {"openapi": "3.1.0", "paths": {"/health": item}, "components": {"schemas": schemas}}

    def script(_method: str, path: str) -> bytes:
        return answer(
            200, described if path == "/openapi.json" else {"status": "x", "timestamp": "x"}
        )

    report = report_of(strange_server(signing_in(script)).url, SUITES, limits=SMALL)

    [schema] = [result for result in report.results if result.check == "contract.schemas"]
    assert schema.state in (CheckState.INCONCLUSIVE, CheckState.FAIL)
    assert report.stop is Stop.DONE


def test_a_description_that_doubles_with_each_reference_is_not_followed(
    strange_server: MakeServer,
) -> None:
    """Held against this, one small answer would take the rest of the day."""

    def twice(number: int) -> dict[str, object]:
        return {"anyOf": [{"$ref": f"#/components/schemas/S{number + 1}"}] * 2}

    schemas = {f"S{number}": twice(number) for number in range(60)} | {"S60": {"type": "string"}}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/S0"}}}
    item = {"get": {"responses": {"200": {"content": content}}}}
    described = {"openapi": "3.1.0", "paths": {"/health": item}, "components": {"schemas": schemas}}

    def script(_method: str, path: str) -> bytes:
        return answer(200, described if path == "/openapi.json" else {"status": "x"})

    server = strange_server(signing_in(script))
    report = report_of(server.url, SUITES, checks=["contract.schemas"], limits=SMALL)

    found = report.by_key()["contract.schemas[GET /health]"]
    assert found.state is CheckState.INCONCLUSIVE


def test_cookies_without_end_are_judged_up_to_a_bound(strange_server: MakeServer) -> None:
    many = b"".join(b"Set-Cookie: c%d=secret%d\r\n" % (n, n) for n in range(2_000))
    user = {"id": "1", "login_id": "admin", "role": "admin"}

    def script(_method: str, path: str) -> bytes:
        status = 404 if "nothing" in path else 200
        body = answer(status, {"login_id": "admin", "users": [user], "status": "x"})
        first, _, rest = body.partition(b"\r\n")
        return first + b"\r\n" + many + rest

    security = [suite for suite in shipped() if suite.id == "security"]
    server = strange_server(signing_in(script))
    report = report_of(server.url, security, checks=["cookies.flags"], limits=SMALL)

    assert len(report.findings()) < 100
