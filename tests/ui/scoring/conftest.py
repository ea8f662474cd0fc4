"""Fixtures of these tests."""

from tests.ui.records.stage import sign_in
from tests.ui.scoring.stage import hall, keyring, server_clock, sit_down

__all__ = ["hall", "keyring", "server_clock", "sign_in", "sit_down"]
