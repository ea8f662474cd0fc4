"""Fixtures of these tests."""

from tests.fixtures.odd_server import odd_server

__all__ = ["odd_server"]
