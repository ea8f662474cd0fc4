"""What every test shares: each fixture lives beside its subject under ``tests/fixtures``."""

pytest_plugins: list[str] = [
    "tests.fixtures.mongo",
    "tests.fixtures.window",
]
