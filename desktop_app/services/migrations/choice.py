"""Which database is looked at: the platform's own, or any by its address. Never a password."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from desktop_app.config.profiles import Environment, address_problem
from desktop_app.config.secrets import Secrets
from desktop_app.core.problems import Problem
from desktop_app.services.migrations.connection import DATABASE, environment_of

SCHEMES = ("mongodb", "mongodb+srv")
LONGEST_ADDRESS, LONGEST_NAME = 500, 63
_PORT = "27017"
_STAKES = (Environment.LOCAL, Environment.STAGING, Environment.PRODUCTION)


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseChoice:
    """A database to migrate. ``uri`` "" is the server of the platform that one is signed in to."""

    uri: str = ""
    database: str = DATABASE
    environment: Environment = Environment.PRODUCTION

    @property
    def own(self) -> bool:
        """Whether it is on the server of the platform."""
        return not self.uri

    @property
    def hosts(self) -> str:
        """The address without user and options, as people call it."""
        return ",".join(sorted(hosts_of(self.uri)))

    @property
    def user(self) -> str:
        """The database's user that the address names; "" for none."""
        return user_of(self.uri)

    def kept(self) -> dict[str, str]:
        """As it is remembered; ``choice_from`` reads it."""
        return {"uri": self.uri, "database": self.database, "environment": self.environment.value}


def choice_from(kept: object) -> DatabaseChoice | None:
    """A choice remembered by ``DatabaseChoice.kept``; None for anything else."""
    if not isinstance(kept, Mapping):
        return None
    try:
        choice = DatabaseChoice(
            uri=str(kept["uri"]),
            database=str(kept["database"]),
            environment=Environment(kept["environment"]),
        )
    except (KeyError, ValueError):
        return None
    return None if check_choice(choice) else choice


def check_choice(choice: DatabaseChoice) -> tuple[Problem, ...]:
    """What is wrong with a choice that a person typed, in the order of its fields."""
    problems: list[Problem] = []

    def add(field: str, code: str, **params: Any) -> None:
        problems.append(Problem(field=field, code=code, params=params))

    if choice.uri and len(choice.uri) > LONGEST_ADDRESS:
        add("uri", "too_long", maximum=LONGEST_ADDRESS)
    elif choice.uri and (code := address_problem(choice.uri, SCHEMES)):
        add("uri", code)
    if not choice.database:
        add("database", "required")
    elif len(choice.database) > LONGEST_NAME:
        add("database", "too_long", maximum=LONGEST_NAME)
    return tuple(problems)


def user_of(uri: str) -> str:
    """The user that an address names; "" for none."""
    return unquote(urlsplit(uri).username or "") if uri else ""


def holds_password(uri: str) -> bool:
    """Whether an address has a password in it: the local workspace's has."""
    return urlsplit(uri).password is not None


def hosts_of(uri: str) -> frozenset[str]:
    """The servers of an address, written alike: ``localhost:27017`` is ``127.0.0.1:27017``."""
    places = urlsplit(uri).netloc.rpartition("@")[2].lower().split(",") if uri else []
    return frozenset(_written_alike(place) for place in places if place)


def secret_name(uri: str) -> str:
    """Under which name the keyring has the password of an address."""
    return f"mongodb:{user_of(uri)}@{','.join(sorted(hosts_of(uri)))}"


def with_password(uri: str, secrets: Secrets, profile_id: str) -> str | None:
    """An address that opens the database: with the password that the keyring has of it.

    None where it names a user whose password nobody knows. May ask the keyring.
    """
    if not user_of(uri) or holds_password(uri):
        return uri
    password = secrets.get(profile_id, secret_name(uri))
    if password is None:
        return None
    parts = urlsplit(uri)
    user, _at, hosts = parts.netloc.rpartition("@")
    place = f"{user.partition(':')[0]}:{quote(password, safe='')}@{hosts}"
    return urlunsplit(parts._replace(netloc=place))


def least_stake(uri: str, known: Iterable[tuple[str | None, Environment]]) -> Environment | None:
    """The highest environment that ``known`` connections say an address has; None: none of them.

    A server that a connection calls production is not made harmless by typing its address.
    """
    hosts = hosts_of(uri)
    stakes = [stake for other, stake in known if other and hosts_of(other) & hosts]
    return max(stakes, key=_STAKES.index, default=None)


def guarded(environment: Environment, least: Environment | None) -> Environment:
    """The higher of the two."""
    return environment if least is None else max(environment, least, key=_STAKES.index)


def suggested(uri: str, known: Iterable[tuple[str | None, Environment]]) -> Environment:
    """What an address most likely has at stake."""
    return least_stake(uri, known) or environment_of(uri)


def _written_alike(place: str) -> str:
    name, colon, port = place.rpartition(":")
    if not colon or place.endswith("]"):
        name, port = place, _PORT
    if name in ("localhost", "[::1]"):
        name = "127.0.0.1"
    return f"{name}:{port}"
