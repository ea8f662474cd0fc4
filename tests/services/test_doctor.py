"""The connection doctor before servers that each have one defect, and before sound ones."""

from __future__ import annotations

import socket
import ssl
import subprocess
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient

from desktop_app.config.profiles import Environment, Profile
from desktop_app.core.errors import Cancelled
from desktop_app.core.tasks import Progress, TaskContext
from desktop_app.services.certificate import parse_certificate
from desktop_app.services.doctor import Step, diagnose
from desktop_app.workspace.mongod import Mongod
from desktop_app.workspace.mongod_binary import find_mongod
from tests.fixtures.odd_server import MakeServer, answer, problem
from tests.fixtures.server import RunningServer

pytest.importorskip("cryptography", reason="comes with keyring on Linux only")
from tests.services.certificates import Authority

HEALTHY = {"status": "healthy", "database": "up", "cache": "up"}
ORDER = ["name", "port", "proxy", "tls", "health", "sign_in", "mongodb"]


def examine(url: str | None, **options: Any) -> dict[str, Step]:
    login = {key: options.pop(key) for key in ("login", "password") if key in options}
    mongo_password = options.pop("mongo_password", None)
    profile = Profile(id="t", name="T", api_url=url, **{"connect_timeout_s": 2.0, **options})
    context = TaskContext()
    steps = list(diagnose(profile, mongo_password=mongo_password, context=context, **login))
    assert [step.id for step in steps] == ORDER
    assert all(step.took_ms >= 0 and step.title and step.detail for step in steps)
    assert all(step.advice for step in steps if step.state in ("failed", "warning"))
    return {step.id: step for step in steps}


def states(steps: dict[str, Step]) -> str:
    """The states in a row: o, w, f, s."""
    return "".join(step.state[0] for step in steps.values())


def healthy(request: bytes) -> bytes:
    return answer(200, HEALTHY)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def test_a_sound_platform(api_server: RunningServer) -> None:
    steps = examine(api_server.url, login="admin", password="admin123!")
    assert states(steps) == "ooooo" + "os"
    assert "127.0.0.1" in steps["name"].detail


def test_a_name_that_nobody_knows() -> None:
    steps = examine("https://no-such-host.invalid:8443")
    assert states(steps) == "fssssss"
    assert "no-such-host.invalid" in steps["name"].detail
    assert "Name" in steps["health"].detail


def test_no_address_at_all() -> None:
    assert states(examine(None)) == "fssssss"


@pytest.mark.parametrize("url", ["https://host:x", "https://[1", "no address", "https://"])
def test_an_address_that_is_none(url: str) -> None:
    steps = examine(url)
    assert states(steps) == "fssssss"
    assert "no address" in steps["name"].detail


def test_a_port_where_nothing_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    steps = examine(f"http://127.0.0.1:{port}")
    assert states(steps) == "ofsssss"
    assert str(port) in steps["port"].detail
    assert "nothing listens" in steps["port"].detail


def test_a_sound_certificate_of_a_given_authority(
    odd_server: MakeServer, authority: Authority
) -> None:
    server = odd_server(healthy, authority.server())
    steps = examine(server.url, ca_file=str(authority.file))
    assert states(steps) == "oooooss"
    assert "90 days" in steps["tls"].detail
    assert "Test Authority" in steps["tls"].detail
    assert "TLSv1" in steps["tls"].detail


@pytest.mark.parametrize(
    ("defect", "given", "words"),
    [
        ({"from_days": -60, "until_days": -2}, True, "has expired"),
        ({"from_days": 3}, True, "not valid yet"),
        ({"hosts": ("other.example",)}, True, "for another name"),
        ({"self_signed": True}, False, "self-signed"),
        ({}, False, "nobody whom this computer trusts"),
    ],
)
def test_a_certificate_that_cannot_be_trusted(
    odd_server: MakeServer, authority: Authority, defect: dict[str, Any], given: bool, words: str
) -> None:
    server = odd_server(healthy, authority.server(**defect))
    steps = examine(server.url, ca_file=str(authority.file) if given else None)
    assert states(steps) == "ooofsss"
    assert words in steps["tls"].detail
    # What the certificate says of itself is shown, trusted or not.
    assert defect.get("hosts", ("localhost",))[0] in steps["tls"].detail


def test_a_certificate_that_ends_soon(odd_server: MakeServer, authority: Authority) -> None:
    server = odd_server(healthy, authority.server(until_days=5))
    steps = examine(server.url, ca_file=str(authority.file))
    assert states(steps) == "ooowoss"
    assert "5 days" in steps["tls"].detail


def test_a_certificate_that_the_profile_does_not_verify(
    odd_server: MakeServer, authority: Authority
) -> None:
    server = odd_server(healthy, authority.server(self_signed=True))
    assert states(examine(server.url, verify_tls=False)) == "ooowoss"
    strict = examine(server.url, verify_tls=False, environment=Environment.PRODUCTION)
    assert states(strict) == "ooofsss"


def test_a_server_without_tls_on_the_port(odd_server: MakeServer) -> None:
    server = odd_server(healthy)
    steps = examine(server.url.replace("http:", "https:"), connect_timeout_s=0.5)
    assert states(steps) == "ooofsss"
    assert "http:" in steps["tls"].advice


def test_a_server_with_outdated_tls_only(odd_server: MakeServer, authority: Authority) -> None:
    context = authority.server()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    steps = examine(odd_server(healthy, context).url, ca_file=str(authority.file))
    assert steps["tls"].state == "failed"
    assert "outdated" in steps["tls"].detail


def test_a_ca_file_that_is_none(odd_server: MakeServer, authority: Authority) -> None:
    server = odd_server(healthy, authority.server())
    steps = examine(server.url, ca_file=__file__)
    assert "cannot be used" in steps["tls"].detail


@pytest.mark.parametrize(
    ("sent", "words", "advice"),
    [
        (answer(407), "407", "a name and a password"),
        (answer(403), "403", "whoever runs the proxy"),
        (None, "refused", "whoever runs the proxy"),
    ],
)
def test_a_proxy_that_refuses(
    odd_server: MakeServer, sent: bytes | None, words: str, advice: str
) -> None:
    proxy = odd_server(lambda request: sent)
    steps = examine("https://platform.example", proxy=proxy.url)
    assert states(steps) == "oofssss"
    assert words in steps["proxy"].detail
    assert advice in steps["proxy"].advice
    assert proxy.paths() == ["CONNECT platform.example:443"]


def test_a_proxy_that_is_not_there(odd_server: MakeServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    steps = examine("https://platform.example", proxy=f"http://127.0.0.1:{port}")
    assert states(steps) == "ofsssss"


def test_a_proxy_of_a_kind_that_is_not_spoken_here(
    odd_server: MakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = odd_server(lambda request: None)
    monkeypatch.setenv("https_proxy", f"socks5://127.0.0.1:{proxy.port}")
    monkeypatch.setenv("no_proxy", "")
    steps = examine("https://platform.example")
    assert states(steps) == "oofssss"
    assert "not spoken here" in steps["proxy"].detail


def test_a_proxy_in_front_of_a_plain_server(odd_server: MakeServer) -> None:
    proxy = odd_server(healthy)
    steps = examine("http://platform.example", proxy=proxy.url)
    assert states(steps) == "ooowoss"
    assert "not encrypted" in steps["tls"].detail


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (answer(502, b"<title>502 Bad Gateway</title>", "text/html"), "502 Bad Gateway"),
        (answer(200, b"<title>It works!</title>", "text/html"), "It works!"),
        (problem(404, "not-found"), "not exist"),
        (None, "cut"),
    ],
)
def test_a_server_that_is_no_platform(
    odd_server: MakeServer, sent: bytes | None, words: str
) -> None:
    steps = examine(odd_server(lambda request: sent).url)
    assert states(steps) == "oooofss"
    assert words in steps["health"].detail


def test_a_platform_that_is_unwell(odd_server: MakeServer) -> None:
    sick = {**HEALTHY, "status": "degraded", "database": "down"}
    steps = examine(odd_server(lambda request: answer(200, sick)).url)
    assert states(steps) == "oooowss"


def test_a_wrong_password(api_server: RunningServer) -> None:
    steps = examine(api_server.url, login="admin", password="wrong")
    assert states(steps) == "ooooofs"
    assert "password is wrong" in steps["sign_in"].detail


def with_user(uri: str) -> tuple[str, str]:
    """The address without its password, and the password."""
    password = urlsplit(uri).password
    assert password
    return uri.replace(f":{password}@", "@"), password


def test_a_sound_database(mongo: Mongod) -> None:
    uri, password = with_user(mongo.uri)
    steps = examine(None, mongo_uri=uri, mongo_password=password)
    assert steps["mongodb"].state == "ok"
    assert "MongoDB 6" in steps["mongodb"].detail or "MongoDB 7" in steps["mongodb"].detail


def test_a_wrong_database_password(mongo: Mongod) -> None:
    uri, _password = with_user(mongo.uri)
    step = examine(None, mongo_uri=uri, mongo_password="wrong")["mongodb"]
    assert (step.state, "name or the password" in step.detail) == ("failed", True)


def test_a_database_that_wants_a_name(mongo: Mongod) -> None:
    parts = urlsplit(mongo.uri)
    bare = f"mongodb://{parts.netloc.rpartition('@')[2]}/?directConnection=true"
    step = examine(None, mongo_uri=bare)["mongodb"]
    assert (step.state, "without a name" in step.detail) == ("failed", True)


def test_a_database_that_is_not_there() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    uri = f"mongodb://127.0.0.1:{port}"
    step = examine(None, mongo_uri=uri, connect_timeout_s=0.5)["mongodb"]
    assert step.state == "failed"
    assert "refused" in step.detail


def test_a_database_address_that_is_none() -> None:
    step = examine(None, mongo_uri="mongodb://")["mongodb"]
    assert (step.state, "cannot be used" in step.detail) == ("failed", True)


@pytest.fixture
def standalone(tmp_path: Path) -> Iterator[str]:
    """The address of a mongod that is no replica set."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [find_mongod(), "--dbpath", tmp_path, "--port", str(port), "--bind_ip", "127.0.0.1"]
    if hasattr(socket, "AF_UNIX"):
        command.append("--nounixsocket")
    process = subprocess.Popen([*map(str, command)], stdout=subprocess.DEVNULL)
    try:
        uri = f"mongodb://127.0.0.1:{port}"
        with MongoClient[dict[str, Any]](uri, serverSelectionTimeoutMS=20_000) as client:
            client.admin.command("ping")
        yield uri
    finally:
        process.kill()
        process.wait(10)


def test_a_database_that_is_no_replica_set(standalone: str) -> None:
    step = examine(None, mongo_uri=standalone)["mongodb"]
    assert (step.state, "no replica set" in step.detail) == ("warning", True)


def test_it_can_be_stopped_and_reports_where_it_is() -> None:
    seen: list[Progress] = []
    context = TaskContext(seen.append)
    steps = diagnose(Profile(id="t", name="T"), context=context)
    assert next(steps).id == "name"
    context.cancel()
    with pytest.raises(Cancelled):
        next(steps)
    assert [(p.done, p.total, p.text) for p in seen] == [(0, 7, "Name")]


def test_secrets_do_not_reach_the_steps(api_server: RunningServer) -> None:
    steps = examine(api_server.url, login="admin", password="s3cr3t-s3cr3t")
    assert "s3cr3t" not in str([replace(step) for step in steps.values()])


@pytest.mark.parametrize("der", [b"", b"0", b"\x30\x82\xff\xff", b"\x30\x03\x02\x01\x05"])
def test_bytes_that_are_no_certificate(der: bytes) -> None:
    with pytest.raises(ValueError, match="not a certificate"):
        parse_certificate(der)
