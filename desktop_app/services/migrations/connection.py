"""Which database is migrated, as what, and in whose name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from pymongo.errors import PyMongoError

from desktop_app.config.profiles import Environment, Profile
from desktop_app.core.passwords import PasswordCost
from desktop_app.core.users import User
from desktop_app.db.migrations.failures import explained
from desktop_app.db.migrations.server import Target, connected
from desktop_app.db.seed_hashing import seed_hasher

DATABASE = "online_evaluation"
_LOCAL = ("localhost", "127.", "[::1]", "::1")


def environment_of(uri: str) -> Environment:
    """What is at stake at an address: this computer's databases are local.

    Any other is production until somebody says otherwise: a mistake then costs a backup too many,
    and no known password.
    """
    hosts = urlsplit(uri).netloc.rpartition("@")[2].split(",")
    local = all(any(host.startswith(name) for name in _LOCAL) for host in hosts)
    return Environment.LOCAL if local else Environment.PRODUCTION


@contextmanager
def open_database(
    uri: str, database: str = DATABASE, *, by: str | None = None, password: str | None = None
) -> Iterator[Target]:
    """A connection while the block runs; failures of the server in it become ``ConsoleError``."""
    with connected(uri, database, by=by, password=password) as target:
        try:
            yield target
        except PyMongoError as error:
            raise explained(error, uri) from error


def uri_of(profile: Profile, workspace_uri: str | None) -> str | None:
    """The database's address of a connection; the local workspace's is known while it runs."""
    return workspace_uri if profile.is_local else profile.mongo_uri


def signed(user: User) -> str:
    """How the history calls a person who is signed in."""
    return f"{user.name} ({user.login_id})"


def hash_password() -> Callable[[str], str]:
    """Hashes the initial data's passwords, at the cost that the API server takes."""
    return seed_hasher(PasswordCost()).hash
