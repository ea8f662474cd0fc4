"""The scripted server."""

from collections.abc import Iterator

import pytest

from tests.load.scripted import Scripted


@pytest.fixture(scope="module")
def _scripted() -> Iterator[Scripted]:
    server = Scripted()
    yield server
    server.stop()


@pytest.fixture
def scripted(_scripted: Scripted) -> Scripted:
    """The server, as if nothing had been asked of it."""
    _scripted.asked.clear()
    _scripted.turn, _scripted.stalls = 0, None
    return _scripted
