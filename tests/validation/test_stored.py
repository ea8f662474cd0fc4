"""The database behind the API: looked into only where it is the one, and never told of."""

from __future__ import annotations

from dataclasses import replace

import pytest

from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.events import RunEnded
from desktop_app.core.validation.findings import Finding
from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.password_hashes import protection_of
from desktop_app.engines.validation.run import Order, validate
from desktop_app.engines.validation.target import Limits
from tests.fixtures.server import RunningServer
from tests.validation.running import EVERYTHING, suite, target

CHECKS = frozenset(check.id for check in suite("security").checks if check.category == "stored")


def found(server: RunningServer, **options: str) -> list[Finding]:
    order = Order(
        target=replace(target(server.url), **options),  # type: ignore[arg-type]
        suites=(suite("security"),),
        checks=CHECKS,
        consent=EVERYTHING,
        limits=Limits(connect_s=1.0),
    )
    *_, last = validate(order, TaskContext())
    assert isinstance(last, RunEnded)
    assert last.report.left_behind == ()
    return list(last.report.findings())


def test_without_its_address_nothing_is_said_of_it(shared_api_server: RunningServer) -> None:
    findings = found(shared_api_server)

    assert {one.state for one in findings} == {CheckState.INCONCLUSIVE}


def test_another_database_is_not_taken_for_it(shared_api_server: RunningServer) -> None:
    uri = shared_api_server.config.mongo_uri

    findings = found(shared_api_server, mongo_uri=uri, database="somebody_elses")

    assert {one.state for one in findings} == {CheckState.INCONCLUSIVE}
    assert "not the one behind this API" in findings[0].seen[0].text()


@pytest.mark.parametrize(
    ("uri", "said"),
    [
        ("mongodb://nobody:hidden-word@127.0.0.1:1/?connectTimeoutMS=200", "does not answer"),
        ("mongodb+srv://", "makes no sense"),
    ],
)
def test_one_that_cannot_be_read_is_told_without_its_address(
    shared_api_server: RunningServer, uri: str, said: str
) -> None:
    findings = found(shared_api_server, mongo_uri=uri)

    texts = [" ".join(each.text() for each in one.seen) for one in findings]
    assert all(said in text for text in texts), texts
    assert not any("hidden-word" in text for text in texts)
    assert {one.state for one in findings} == {CheckState.INCONCLUSIVE}


@pytest.mark.parametrize(
    ("encoded", "scheme", "strong", "costly"),
    [
        ("$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA", "argon2id", True, True),
        ("$argon2id$v=19$m=7168,t=5,p=1$c2FsdA$aGFzaA", "argon2id", True, True),
        ("$argon2id$v=19$m=4096,t=3,p=1$c2FsdA$aGFzaA", "argon2id", True, False),
        ("$2b$12$" + "a" * 53, "bcrypt", True, True),
        ("$2a$09$" + "a" * 53, "bcrypt", True, False),
        ("$scrypt$ln=17,r=8,p=1$c2FsdA$aGFzaA", "scrypt", True, True),
        ("scrypt:32768:8:1$c2FsdA$6861", "scrypt", True, False),
        ("$pbkdf2-sha256$600000$c2FsdA$aGFzaA", "PBKDF2-sha256", True, True),
        ("pbkdf2:sha512:1000$salt$6861", "PBKDF2-sha512", True, False),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "MD5", False, False),
        ("$1$salt$hash", "md5crypt", False, False),
        ("password", "?", False, False),
        ("", "?", False, False),
    ],
)
def test_how_a_password_is_protected(encoded: str, scheme: str, strong: bool, costly: bool) -> None:
    protection = protection_of(encoded)

    assert (protection.scheme, protection.strong, protection.costly) == (scheme, strong, costly)
