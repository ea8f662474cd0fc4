"""The journal as a file: durable, sealed, and never silently dropped."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.config.profiles import Environment, Profile
from desktop_app.config.secrets import Secrets
from desktop_app.services.scoring.journal import (
    Busy,
    Change,
    Foreign,
    Journal,
    Newer,
    OtherKey,
    set_aside,
)
from desktop_app.services.scoring.journal_opening import OpenedJournal, journal_path, open_journal
from desktop_app.services.scoring.journal_writer import JournalWriter
from desktop_app.services.scoring.password_key import key_of_password
from desktop_app.services.scoring.sealing import (
    Seal,
    Unreadable,
    key_from_text,
    key_to_text,
    new_key,
)
from tests.services.scoring.keyring import Keyring

NOW = datetime(2026, 11, 25, 3, 30, tzinfo=UTC)
KEY = b"k" * 32


@pytest.fixture
def keyring() -> Keyring:
    return Keyring()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "홍길동" / "one.journal"


def opened(path: Path, keyring: Keyring | None) -> OpenedJournal:
    return open_journal(path, Secrets(open_keyring=lambda: keyring), NOW)


def written(path: Path, *changes: Change, key: bytes = KEY) -> None:
    journal = Journal(path, key)
    journal.write(changes)
    journal.close()


# -- records -----------------------------------------------------------------------------------


def test_what_was_written_is_there_after_opening_again(path: Path) -> None:
    written(path, Change("s1", "text:scores.a", "7."), Change("s2", "text:comment", "좋음 \ud800"))
    written(path, Change("s1", "text:scores.a", None), Change("s1", "text:scores.b", ""))
    journal = Journal(path, KEY)
    records, unreadable = journal.read()
    journal.close()
    assert records == {"s1": {"text:scores.b": ""}, "s2": {"text:comment": "좋음 \ud800"}}
    assert unreadable == []


def test_no_plain_text_reaches_the_disk(path: Path) -> None:
    journal = Journal(path, KEY)
    secret, score = "아주 비밀스러운 의견", "87.125"
    for number in range(50):
        journal.write([Change("s", f"text:comments.{number}", f"{secret} {number} {score}")])
    seen = b"".join(file.read_bytes() for file in path.parent.iterdir())
    journal.close()
    seen += b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert len(seen) > 10_000
    for text in (secret, secret[:4], score):
        for encoding in ("utf-8", "utf-16-le", "utf-16-be", "cp949"):
            assert text.encode(encoding) not in seen


def test_a_write_is_all_or_nothing(path: Path) -> None:
    journal = Journal(path, KEY)
    journal.write([Change("s", "a", "1")])
    connection = journal._connection
    connection.execute("PRAGMA max_page_count=1")  # as if the disk were full
    with pytest.raises(sqlite3.OperationalError):
        journal.write([Change("s", "a", "2"), Change("s", "b", "가" * 50_000)])
    connection.execute("PRAGMA max_page_count=1000000")
    assert journal.read()[0] == {"s": {"a": "1"}}
    journal.write([Change("s", "a", "3")])
    assert journal.read()[0] == {"s": {"a": "3"}}
    journal.close()


_CHANGES = st.lists(
    st.lists(
        st.builds(
            Change,
            st.sampled_from(["s1", "s2"]),
            st.sampled_from(["text:a", "text:b", "sheet"]),
            st.none() | st.text(),
        ),
        max_size=4,
    ),
    max_size=12,
)


@settings(max_examples=25)
@given(batches=_CHANGES, reopen=st.sets(st.integers(0, 12)))
def test_the_journal_holds_what_a_dictionary_would(
    tmp_path_factory: pytest.TempPathFactory, batches: list[list[Change]], reopen: set[int]
) -> None:
    path = tmp_path_factory.mktemp("model") / "a.journal"
    model: dict[tuple[str, str], str] = {}
    journal = Journal(path, KEY)
    for number, batch in enumerate(batches):
        journal.write(batch)
        for change in batch:
            model.pop((change.sheet, change.name), None)
            if change.text is not None:
                model[change.sheet, change.name] = change.text
        if number in reopen:
            journal.close()
            journal = Journal(path, KEY)
    records, unreadable = journal.read()
    journal.close()
    assert {(s, n): text for s, names in records.items() for n, text in names.items()} == model
    assert unreadable == []


# -- seal --------------------------------------------------------------------------------------


@given(st.text(), st.integers(0), st.integers(1, 255))
def test_a_changed_byte_is_noticed(text: str, place: int, bits: int) -> None:
    seal = Seal(KEY)
    sealed = bytearray(seal.close(text, ("s", "n")))
    assert seal.open(bytes(sealed), ("s", "n")) == text
    sealed[place % len(sealed)] ^= bits
    with pytest.raises(Unreadable):
        seal.open(bytes(sealed), ("s", "n"))


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_record_moved_to_another_place_is_noticed(one: str, other: str) -> None:
    seal = Seal(KEY)
    place, elsewhere = (f"s{one}", "n"), (f"s{other}", "n")
    sealed = seal.close("7", place)
    if place != elsewhere:
        with pytest.raises(Unreadable):
            seal.open(sealed, elsewhere)


def test_the_length_of_a_score_is_not_to_be_seen() -> None:
    seal = Seal(KEY)
    assert len(seal.close("7", ("s", "n"))) == len(seal.close("100", ("s", "n")))


def test_a_key_survives_the_keyring() -> None:
    key = new_key()
    assert key_from_text(key_to_text(key)) == key
    assert key_from_text("nonsense") is None
    assert key_from_text("AAAA") is None


# -- files that are not as they were -----------------------------------------------------------


def test_another_key_a_newer_form_and_foreign_files_are_told_apart(path: Path) -> None:
    written(path, Change("s", "a", "1"))
    with pytest.raises(OtherKey):
        Journal(path, b"x" * 32)
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    with pytest.raises(Newer):
        Journal(path, KEY)
    other = path.with_name("other.journal")
    with sqlite3.connect(other) as connection:
        connection.execute("CREATE TABLE something (x)")
    connection.close()
    with pytest.raises(Foreign):
        Journal(other, KEY)
    path.write_text("this is a letter, not a database, and longer than a header" * 100)
    with pytest.raises(Foreign):
        Journal(path, KEY)


def test_two_consoles_do_not_write_one_journal(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("desktop_app.services.scoring.journal._BUSY_S", 0.05)
    first = Journal(path, KEY)
    first.write([Change("s", "a", "1")])
    with pytest.raises(Busy):
        Journal(path, KEY)
    first.close()
    Journal(path, KEY).close()


@pytest.mark.logs("a journal was set aside")
def test_names_set_aside_do_not_meet(path: Path) -> None:
    written(path)
    one = set_aside(path, NOW)
    written(path)
    other = set_aside(path, NOW)
    assert one != other
    assert one.exists()
    assert other.exists()
    assert not path.exists()


# -- opening -----------------------------------------------------------------------------------


def test_the_key_is_random_per_person_and_stays_in_the_keyring(
    tmp_path: Path, keyring: Keyring
) -> None:
    profile = Profile(id="p", name="P", environment=Environment.STAGING, api_url="https://a/")
    paths = [journal_path(tmp_path, profile, user) for user in ("u1", "u2")]
    for path in paths:
        first = opened(path, keyring)
        assert first.kept
        first.journal.write([Change("s", "a", "1")])
        first.journal.close()
        again = opened(path, keyring)
        assert again.records == {"s": {"a": "1"}}
        assert again.notices == ()
        again.journal.close()
    assert len(set(keyring.kept.values())) == 2


def test_platforms_are_told_apart_and_the_local_one_is_one_at_every_port(tmp_path: Path) -> None:
    def at(environment: Environment, id_: str, url: str) -> Path:
        profile = Profile(id=id_, name=id_, environment=environment, api_url=url)
        return journal_path(tmp_path, profile, "u")

    staging, production = Environment.STAGING, Environment.PRODUCTION
    assert at(staging, "a", "https://x") == at(staging, "b", "https://x/")
    assert at(staging, "a", "https://x") != at(production, "a", "https://y")


def test_without_a_keyring_nothing_is_kept_and_the_person_hears_of_it(
    path: Path, keyring: Keyring
) -> None:
    written(path, Change("s", "a", "1"))
    before = path.read_bytes()
    result = opened(path, None)
    assert not result.kept
    assert "no keyring" in result.notices[0].text()
    result.journal.write([Change("s", "a", "2")])
    result.journal.close()
    assert path.read_bytes() == before


@pytest.mark.logs("The keyring is not used")
def test_a_keyring_that_fails_leaves_the_file_for_the_day_it_works_again(
    path: Path, keyring: Keyring
) -> None:
    first = opened(path, keyring)
    first.journal.write([Change("s", "a", "1")])
    first.journal.close()
    keyring.broken = True
    meanwhile = opened(path, keyring)
    assert not meanwhile.kept
    meanwhile.journal.close()
    keyring.broken = False
    again = opened(path, keyring)
    assert again.records == {"s": {"a": "1"}}
    again.journal.close()


def _overwrite_middle(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(200)
        file.write(os.urandom(size - 400))


def _other_key(path: Path) -> None:
    path.unlink()
    written(path, Change("s", "a", "1"), key=b"x" * 32)


@pytest.mark.logs("a journal was set aside", "the journal is damaged")
@pytest.mark.parametrize(
    "spoil",
    [_overwrite_middle, _other_key, lambda path: path.write_bytes(b"a letter" * 1000)],
    ids=["damaged", "other key", "foreign"],
)
def test_a_journal_that_cannot_be_read_is_set_aside_and_said(
    path: Path, keyring: Keyring, spoil: Callable[[Path], object]
) -> None:
    first = opened(path, keyring)
    first.journal.write([Change("s", f"text:{n}", "가" * 200) for n in range(50)])
    first.journal.close()
    spoil(path)
    spoiled = path.read_bytes()
    again = opened(path, keyring)
    assert again.kept
    assert again.records == {}
    assert "cannot be read" in again.notices[0].text()
    again.journal.close()
    aside = [file for file in path.parent.iterdir() if "set-aside" in file.name]
    assert [file.read_bytes() for file in aside] == [spoiled]
    assert aside[0].name in again.notices[0].advice_text()


@pytest.mark.logs("a journal was set aside")
def test_a_journal_whose_key_has_gone_is_set_aside(path: Path, keyring: Keyring) -> None:
    opened(path, keyring).journal.close()
    keyring.kept.clear()
    again = opened(path, keyring)
    assert again.kept
    assert "not in the keyring any more" in again.notices[0].text()
    again.journal.close()


@pytest.mark.logs("records of the journal cannot be read")
def test_one_damaged_record_costs_only_itself_and_a_copy_is_kept(
    path: Path, keyring: Keyring
) -> None:
    first = opened(path, keyring)
    first.journal.write([Change("s", "a", "1"), Change("s", "b", "2")])
    first.journal.close()
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE records SET content=x'0102' WHERE name='a'")
    connection.close()
    again = opened(path, keyring)
    assert again.records == {"s": {"b": "2"}}
    assert "1 entries" in again.notices[0].text()
    again.journal.close()
    third = opened(path, keyring)
    assert third.notices == ()
    third.journal.close()


def test_a_newer_journal_is_left_alone(path: Path, keyring: Keyring) -> None:
    opened(path, keyring).journal.close()
    with sqlite3.connect(path) as connection:
        connection.execute("PRAGMA user_version=99")
    connection.close()
    result = opened(path, keyring)
    assert not result.kept
    assert "newer version" in result.notices[0].text()
    result.journal.close()
    assert path.exists()


# -- writer ------------------------------------------------------------------------------------


def test_the_writer_keeps_the_order_and_tells_what_is_on_the_disk(path: Path) -> None:
    told: list[int] = []
    writer = JournalWriter(Journal(path, KEY), written=told.append)
    for number in range(200):
        last = writer.put([Change("s", f"f{number % 7}", str(number))])
    assert writer.close(10)
    assert told == sorted(told)
    assert told[-1] == last == 200
    journal = Journal(path, KEY)
    assert journal.read()[0]["s"] == {f"f{n % 7}": str(n) for n in range(193, 200)}
    journal.close()


def test_a_writer_whose_listener_is_gone_writes_on_and_tells_nobody(path: Path) -> None:
    told: list[int] = []
    writer = JournalWriter(Journal(path, KEY), written=told.append)
    writer.silence()
    writer.put([Change("s", "f", "1")])
    assert writer.close(10)
    assert told == []
    journal = Journal(path, KEY)
    assert journal.read()[0] == {"s": {"f": "1"}}
    journal.close()


@pytest.mark.logs("the journal could not be written")
def test_a_write_that_fails_is_told_and_tried_again(path: Path) -> None:
    journal = Journal(path, KEY)
    errors: list[Exception] = []
    failed = threading.Event()

    def on_failed(error: Exception) -> None:
        errors.append(error)
        failed.set()

    writer = JournalWriter(journal, failed=on_failed)
    connection = journal._connection
    connection.execute("PRAGMA max_page_count=1")  # as if the disk were full
    big = "가" * 50_000
    writer.put([Change("s", "big", big)])
    assert failed.wait(10)
    assert not writer.settled
    writer.put([Change("s", "small", "1")])
    connection.execute("PRAGMA max_page_count=1000000")
    assert writer.close(10)
    assert isinstance(errors[0], sqlite3.Error)
    again = Journal(path, KEY)
    assert again.read()[0] == {"s": {"big": big, "small": "1"}}
    again.close()


@pytest.mark.logs("the journal could not be written", "the journal was closed with changes")
def test_closing_says_when_not_everything_could_be_written(path: Path) -> None:
    journal = Journal(path, KEY)
    writer = JournalWriter(journal)
    journal._connection.execute("PRAGMA max_page_count=1")
    writer.put([Change("s", "big", "가" * 50_000)])
    assert not writer.close(0.2)


# -- without a keyring -------------------------------------------------------------------------


def lock_of(password: str) -> bytes:
    """What locks a journal with this password."""
    return key_of_password(password, "local\nuser")


def locked(path: Path, lock: bytes) -> OpenedJournal:
    return open_journal(path, Secrets(open_keyring=lambda: None), NOW, lock)


def test_without_a_keyring_the_password_locks_a_journal_that_is_kept(path: Path) -> None:
    first = locked(path, lock_of("test123!"))
    assert (first.kept, first.notices) == (True, ())
    first.journal.write([Change("s", "a", "비밀")])
    first.journal.close()
    seen = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert "비밀".encode() not in seen
    assert b"test123!" not in seen
    again = locked(path, lock_of("test123!"))
    assert again.records == {"s": {"a": "비밀"}}
    again.journal.close()


@pytest.mark.logs("a journal was set aside")
def test_a_password_changed_elsewhere_sets_the_journal_aside_and_says_so(path: Path) -> None:
    first = locked(path, lock_of("old"))
    first.journal.write([Change("s", "a", "1")])
    first.journal.close()
    again = locked(path, lock_of("new"))
    assert again.kept
    assert again.records == {}
    assert "earlier password" in again.notices[0].text()
    again.journal.close()
    assert sum("set-aside" in file.name for file in path.parent.iterdir()) == 2


def test_a_password_changed_here_locks_the_same_journal_anew(path: Path) -> None:
    first = locked(path, lock_of("old"))
    first.journal.write([Change("s", "a", "1")])
    assert first.relock is not None
    first.relock(lock_of("new"))
    first.journal.close()
    again = locked(path, lock_of("new"))
    assert again.records == {"s": {"a": "1"}}
    again.journal.close()


def test_a_keyrings_journal_waits_untouched_beside_the_passwords(
    path: Path, keyring: Keyring
) -> None:
    first = opened(path, keyring)
    first.journal.write([Change("s", "a", "1")])
    first.journal.close()
    meanwhile = locked(path, lock_of("p"))
    assert meanwhile.records == {}
    meanwhile.journal.close()
    again = opened(path, keyring)
    assert again.records == {"s": {"a": "1"}}
    again.journal.close()


def test_passwords_of_people_and_platforms_lock_differently() -> None:
    assert key_of_password("p", "local\na") != key_of_password("p", "local\nb")
    assert key_of_password("각", "x") == key_of_password("\u1100\u1161\u11a8", "x")
