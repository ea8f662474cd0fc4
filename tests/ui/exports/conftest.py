"""A list on a real server, to export."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desktop_app.services.session import SignedIn
from tests.fixtures.server import RunningServer
from tests.ui.imports.console import signed_in_as


@pytest.fixture
def admin(api_server: RunningServer) -> Iterator[SignedIn]:
    """The administrator, signed in."""
    yield from signed_in_as(api_server, *api_server.admin)
