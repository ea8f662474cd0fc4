"""Fixtures of these tests."""

from tests.ui.records.stage import admin, sign_in

__all__ = ["admin", "sign_in"]
