"""Fixtures of these tests."""

from tests.ui.records.stage import sign_in
from tests.ui.scoring.stage import hall, keyring, sit_down

__all__ = ["hall", "keyring", "sign_in", "sit_down"]
