"""Strange servers for the tests of validation."""

from tests.validation.strange_servers import strange_server

__all__ = ["strange_server"]
