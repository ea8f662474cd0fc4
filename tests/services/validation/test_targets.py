"""A connection as a target: how it is reached, what is at stake, what it signs with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop_app.config.profiles import Environment, Profile
from desktop_app.core.errors import LocalFailure
from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role
from desktop_app.engines.validation.client import Client, Request
from desktop_app.engines.validation.target import Credential, Limits
from desktop_app.services.validation.targets import at_stake, proxy_of, target_of, workspace_key
from desktop_app.workspace.places import Places
from desktop_app.workspace.secret_files import kept_secret
from tests.fixtures.odd_server import MakeServer, answer

URL = "https://api.example.com"
PROFILE = Profile(id="p", name="staging", api_url=URL)


@pytest.fixture(autouse=True)
def no_system_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("proxy", "system", "url", "expected"),
    [
        ("none", "http://sys:3128", URL, None),
        ("http://own:8080", "http://sys:3128", URL, "http://own:8080"),
        ("system", "http://sys:3128", URL, "http://sys:3128"),
        ("system", "sys:3128", URL, "http://sys:3128"),
        ("system", "", URL, None),
        ("http://own:8080", "", "https://127.0.0.1:8443", None),
        ("system", "http://sys:3128", "http://localhost:8000", None),
        ("system", "http://sys:3128", "https://inside.example.com", None),
    ],
)
def test_the_proxy(
    monkeypatch: pytest.MonkeyPatch, proxy: str, system: str, url: str, expected: str | None
) -> None:
    monkeypatch.setenv("https_proxy", system)
    monkeypatch.setenv("no_proxy", "inside.example.com")
    assert proxy_of(replace(PROFILE, proxy=proxy), url) == expected


def test_a_proxy_of_another_kind_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("all_proxy", "socks5://127.0.0.1:1080")
    with pytest.raises(LocalFailure, match="proxy"):
        proxy_of(PROFILE, URL)


def test_the_proxy_gets_its_name_and_password_and_the_whole_address(
    odd_server: MakeServer,
) -> None:
    proxy = odd_server(lambda _request: answer(200, {"status": "ok"}))
    address = proxy.url.replace("http://", "http://kim:a%20b@")
    target = target_of(
        replace(PROFILE, proxy=address),
        "http://api.example.com/base/",
        environment=Environment.STAGING,
    )
    client = Client(target, Limits(), TaskContext())
    try:
        client.send(Request(method="GET", path="/health"))
    finally:
        client.close()
    (request,) = proxy.requests
    assert request.startswith(b"GET http://api.example.com:80/base/health HTTP/1.1\r\n")
    assert b"Proxy-Authorization: Basic a2ltOmEgYg==" in request


def test_a_plain_address_has_no_tls_and_a_secure_one_has() -> None:
    plain = target_of(PROFILE, "http://127.0.0.1:8000/", environment=Environment.LOCAL)
    assert (plain.url, plain.tls) == ("http://127.0.0.1:8000", None)
    assert target_of(PROFILE, URL, environment=Environment.STAGING).tls is not None
    with pytest.raises(LocalFailure, match="cannot be used"):
        target_of(replace(PROFILE, ca_file="/none.pem"), URL, environment=Environment.STAGING)


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ("https://API.example.com:443/", Environment.PRODUCTION),
        ("https://api.example.com:8443", Environment.STAGING),
        ("https://www.example.com", Environment.STAGING),
    ],
)
def test_the_most_that_any_connection_says_is_at_stake(other: str, expected: Environment) -> None:
    production = replace(PROFILE, id="q", api_url=other, environment=Environment.PRODUCTION)
    assert at_stake(PROFILE, URL, [production]) is expected


def test_the_local_workspace_s_key(tmp_path: Path) -> None:
    assert workspace_key(tmp_path) is None
    made = kept_secret(Places(tmp_path).token_key)
    assert workspace_key(tmp_path) == made.value


def test_no_secret_of_a_target_is_in_its_repr() -> None:
    target = target_of(
        PROFILE,
        URL,
        environment=Environment.STAGING,
        credentials=(Credential(role=Role.ADMIN, login_id="root", password="hunter2"),),
        signing_key="hunter2",
        mongo_uri="mongodb://a:hunter2@h",
    )
    assert "hunter2" not in repr(target)
