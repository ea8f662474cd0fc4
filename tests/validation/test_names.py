"""Looking up names of hosts."""

from __future__ import annotations

import socket
import threading

import pytest

from desktop_app.core.tasks import TaskContext
from desktop_app.engines.validation.client import Client, NoAnswer, Request
from desktop_app.engines.validation.names import addresses_of
from desktop_app.engines.validation.target import Limits, Target
from tests.fixtures.waiting import until


def test_an_address_is_its_own() -> None:
    assert addresses_of("127.0.0.1", 80, lambda: 0.0) == ("127.0.0.1",)
    assert addresses_of("::1", 80, lambda: 0.0) == ("::1",)


def test_this_computer_is_known() -> None:
    assert "127.0.0.1" in addresses_of("localhost", 80, lambda: 5.0)


def test_a_resolver_that_hangs_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go = threading.Event()
    resolve = socket.getaddrinfo

    def hang(*where: object, **options: object) -> object:
        let_go.wait(30)
        return resolve("127.0.0.1", 1)

    monkeypatch.setattr(socket, "getaddrinfo", hang)
    client = Client(Target(url="http://slow.example"), Limits(connect_s=0.2), TaskContext())
    try:
        with pytest.raises(NoAnswer, match="timed out"):
            client.send(Request(method="GET", path="/health"))
        assert not let_go.is_set()
    finally:
        let_go.set()
        client.close()
    until(lambda: not any(one.name == "names" for one in threading.enumerate()), "the end")
