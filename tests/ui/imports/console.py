"""Signing in as the window would, for tests of screens."""

from __future__ import annotations

from collections.abc import Iterator

from desktop_app.config.profiles import Environment, Profile
from desktop_app.config.secrets import Secrets
from desktop_app.services.session import SessionKeeper, SignedIn
from tests.fixtures.server import RunningServer


def signed_in_as(
    server: RunningServer,
    login_id: str,
    password: str,
    environment: Environment = Environment.STAGING,
) -> Iterator[SignedIn]:
    """A session on ``server``, ended when the test is over."""
    profile = Profile(
        id="tests", name="Tests", environment=environment, api_url=server.url, proxy="none"
    )
    keeper = SessionKeeper(profile, Secrets(open_keyring=lambda: None))
    signed_in = keeper.sign_in(login_id, password)
    yield signed_in
    keeper.give_up()
    signed_in.api.close()
