"""People who are signed in to ``api_server`` over the wire."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import httpx
import pytest

from tests.backend.hall import PASSWORD, Hall
from tests.fixtures.server import RunningServer

SignIn = Callable[..., httpx.Client]


@pytest.fixture
def sign_in(api_server: RunningServer) -> Iterator[SignIn]:
    """Signs somebody in and gives a client with their token."""
    with ExitStack() as stack:

        def signed_in(login_id: str, password: str | None = None) -> httpx.Client:
            known = {**api_server.users, api_server.admin[0]: api_server.admin[1]}
            known_password = known.get(login_id, PASSWORD)
            body = {"login_id": login_id, "password": password or known_password}
            client = stack.enter_context(httpx.Client(base_url=api_server.url, timeout=20))
            answer = client.post("/api/auth/login", json=body)
            assert answer.status_code == 200, answer.text
            client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
            return client

        yield signed_in


@pytest.fixture
def admin(sign_in: SignIn) -> httpx.Client:
    """A client of the administrator."""
    return sign_in("admin")


@pytest.fixture(scope="module")
def shared_admin(shared_api_server: RunningServer) -> Iterator[httpx.Client]:
    """The administrator at the module's own server, for tests that leave nothing behind."""
    login_id, password = shared_api_server.admin
    with httpx.Client(base_url=shared_api_server.url, timeout=20) as client:
        answer = client.post("/api/auth/login", json={"login_id": login_id, "password": password})
        client.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
        yield client


@pytest.fixture
def anonymous(api_server: RunningServer) -> Iterator[httpx.Client]:
    """A client without a token."""
    with httpx.Client(base_url=api_server.url, timeout=20) as client:
        yield client


@pytest.fixture
def hall(api_server: RunningServer) -> Hall:
    """A project with a panel and companies to evaluate."""
    hall = Hall(api_server)
    hall.build()
    return hall


@pytest.fixture
def evaluator(hall: Hall, sign_in: SignIn) -> httpx.Client:
    """A client of the evaluator of company-test."""
    return sign_in("evaluator1")
