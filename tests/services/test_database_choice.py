"""Which database is meant by an address, and what is at stake there."""

from __future__ import annotations

import pytest

from desktop_app.config.profiles import Environment
from desktop_app.config.secrets import Secrets
from desktop_app.services.migrations.choice import (
    DatabaseChoice,
    check_choice,
    choice_from,
    guarded,
    hosts_of,
    least_stake,
    secret_name,
    suggested,
    with_password,
)

LOCAL, STAGING, PRODUCTION = Environment.LOCAL, Environment.STAGING, Environment.PRODUCTION


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mongodb://localhost", "mongodb://127.0.0.1:27017/?replicaSet=rs0"),
        ("mongodb://me@DB.example.org", "mongodb://db.example.org:27017"),
        ("mongodb://b,a:27018", "mongodb://a:27018,b:27017"),
        ("mongodb://[::1]:27017", "mongodb://localhost:27017"),
    ],
)
def test_addresses_of_the_same_servers_are_alike(one: str, other: str) -> None:
    assert hosts_of(one) == hosts_of(other)


def test_an_address_is_as_dangerous_as_the_most_dangerous_connection_to_it() -> None:
    known = [
        ("mongodb://db1,db2", STAGING),
        ("mongodb://db2:27017", PRODUCTION),
        (None, PRODUCTION),
    ]
    assert least_stake("mongodb://db1", known) is STAGING
    assert least_stake("mongodb://x@db2/?tls=true", known) is PRODUCTION
    assert least_stake("mongodb://db3", known) is None
    assert suggested("mongodb://db3", known) is PRODUCTION
    assert suggested("mongodb://127.0.0.1", known) is LOCAL


def test_what_is_at_stake_is_never_lowered() -> None:
    assert guarded(LOCAL, PRODUCTION) is PRODUCTION
    assert guarded(PRODUCTION, LOCAL) is PRODUCTION
    assert guarded(STAGING, None) is STAGING


@pytest.mark.parametrize(
    ("choice", "problems"),
    [
        (DatabaseChoice(), []),
        (DatabaseChoice(uri="mongodb://db"), []),
        (DatabaseChoice(uri="mongodb+srv://db.example.org"), []),
        (DatabaseChoice(uri="db:27017"), [("uri", "address_form")]),
        (DatabaseChoice(uri="mongodb://a:b@db"), [("uri", "address_password")]),
        (DatabaseChoice(database=""), [("database", "required")]),
        (DatabaseChoice(database="x" * 64), [("database", "too_long")]),
    ],
)
def test_what_is_typed_is_checked(choice: DatabaseChoice, problems: list[tuple[str, str]]) -> None:
    assert [(one.field, one.code) for one in check_choice(choice)] == problems


def test_a_choice_is_remembered_and_nonsense_is_not() -> None:
    choice = DatabaseChoice(uri="mongodb://db", database="a", environment=STAGING)
    assert choice_from(choice.kept()) == choice
    senseless: tuple[object, ...] = (
        None,
        5,
        {"uri": "x"},
        {**choice.kept(), "environment": "moon"},
    )
    for nonsense in senseless:
        assert choice_from(nonsense) is None
    assert choice_from({**choice.kept(), "uri": "mongodb://a:b@db"}) is None


def test_the_keyring_s_password_opens_an_address() -> None:
    secrets = Secrets(open_keyring=lambda: None)
    uri = "mongodb://ops@db1,db2:27018/?replicaSet=rs0"
    assert with_password(uri, secrets, "p1") is None

    secrets.set("p1", secret_name(uri), "p@ss/word")

    assert with_password(uri, secrets, "p1") == (
        "mongodb://ops:p%40ss%2Fword@db1,db2:27018/?replicaSet=rs0"
    )
    for as_it_is in ("mongodb://db1", "mongodb://me:known@db1"):
        assert with_password(as_it_is, secrets, "p1") == as_it_is
