"""What tests of score entry share."""

from tests.ui.records.stage import admin, sign_in  # noqa: F401 - fixtures
