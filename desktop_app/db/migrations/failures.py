"""What goes wrong between the console and a MongoDB, as errors that say what to do."""

from __future__ import annotations

from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    InvalidURI,
    OperationFailure,
    PyMongoError,
    WriteConcernError,
)

from desktop_app.core.errors import ConsoleError, Unreachable
from desktop_app.core.language import N_
from desktop_app.core.redaction import redact

AUTHENTICATION_FAILED, UNAUTHORIZED = 18, 13
DUPLICATE_KEY = 11000
SNAPSHOT_TOO_OLD = 239

_PASSING = frozenset({
    6, 7, 89, 91, 189, 276, 9001, 10107, 11600, 11602, 13435, 13436,
})  # fmt: skip
"""Codes of a server that stops, steps down or elects: asking again is right (its error_codes.yml).

276 is an index build that such a change aborted.
"""


class DatabaseRefused(ConsoleError):
    """MongoDB took the connection and refused what was asked. Params: ``address``, ``reason``."""

    what = N_("The database at {address} refused: {reason}.")
    advice = N_("Check the name, the password and the rights of the database's user.")


class MigrationRefused(ConsoleError):
    """The engine itself refuses; ``what`` and ``advice`` say why."""


def is_passing(error: PyMongoError) -> bool:
    """Whether asking again may help: a lost connection, a change of the primary."""
    if isinstance(error, ConfigurationError):
        return False
    if isinstance(error, ConnectionFailure) or error.has_error_label("RetryableWriteError"):
        return True
    if isinstance(error, BulkWriteError):
        codes = {entry.get("code") for entry in error.details.get("writeConcernErrors", ())}
        return bool(codes & _PASSING)
    if isinstance(error, WriteConcernError):
        return True
    return isinstance(error, OperationFailure) and error.code in _PASSING


def explained(error: PyMongoError, address: str) -> ConsoleError:
    """``error`` as a person should hear of it; ``address`` is redacted here."""
    address = redact(address)
    if isinstance(error, InvalidURI | ConfigurationError):
        return MigrationRefused(
            what=N_("The database's address cannot be used: {reason}."),
            advice=N_("Write it as in mongodb://host.example:27017/?replicaSet=rs0."),
            reason=redact(str(error)),
        )
    if isinstance(error, OperationFailure):
        reason = (error.details or {}).get("errmsg") or str(error)
        return DatabaseRefused(address=address, reason=redact(str(reason))[:500])
    reason = str(error).split(", Timeout:")[0].split(" (configured timeouts:")[0]
    return Unreachable(address=address, reason=redact(reason)[:500])
