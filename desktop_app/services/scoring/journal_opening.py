"""Opening a person's journal: its place, its key, and what to do when either is not as it was."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from desktop_app.config.profiles import Profile
from desktop_app.config.secrets import Secrets
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.services.scoring.journal import (
    Busy,
    Change,
    Foreign,
    Journal,
    JournalError,
    Newer,
    OtherKey,
    Records,
    aside_name,
    set_aside,
)
from desktop_app.services.scoring.password_key import OtherPassword, lock_away, unlocked
from desktop_app.services.scoring.sealing import key_from_text, key_to_text, new_key

_log = logging.getLogger(__name__)

FOLDER = "journals"
_KEYRING_PLACE = "journal"


@dataclass(frozen=True, slots=True)
class OpenedJournal:
    """A journal ready for use, and what its person should hear of.

    ``kept``: what is written outlives the program. Otherwise it is in memory alone: a file whose
    key dies with the program would be litter that nobody can read. ``relock`` locks its key with
    a new password, where a password locks it; it blocks.
    """

    journal: Journal
    records: Records
    kept: bool
    notices: tuple[LocalFailure, ...] = ()
    relock: Callable[[bytes], None] | None = None


def journal_path(folder: Path, profile: Profile, user_id: str) -> Path:
    """Where the journal of one person on one platform is; the name tells neither.

    The local workspace is one platform whatever port it has today.
    """
    whose = owner_of(profile, user_id).encode()
    return folder / FOLDER / f"{hashlib.sha256(whose).hexdigest()[:24]}.journal"


def owner_of(profile: Profile, user_id: str) -> str:
    """One person on one platform, as a text that tells them apart."""
    platform = "local" if profile.is_local else (profile.api_url or profile.id).rstrip("/")
    return f"{platform}\n{user_id}"


def has_journals(folder: Path) -> bool:
    """Whether somebody's journal is kept on this computer."""
    return any((folder / FOLDER).glob("*.journal"))


def open_journal(
    path: Path, secrets: Secrets, now: datetime, lock: bytes | None = None
) -> OpenedJournal:
    """Open, or begin, the journal at ``path``; blocks, and always gives one.

    A file that cannot be used is set aside, never removed; where nothing can be kept, the journal
    is in memory and the notices say so. ``lock`` (``password_key``) locks the key of another file
    beside it where there is no keyring.
    """
    name = path.stem
    kept_text = secrets.get(_KEYRING_PLACE, name)
    if not secrets.available:
        return _in_memory(_no_keyring(path)) if lock is None else _locked(path, now, lock)
    key = key_from_text(kept_text) if kept_text is not None else None
    if key is not None:
        return _open_file(path, key, now, ())
    notices = []
    if path.exists():
        try:
            notices.append(_set_aside(path, now, N_("its key is not in the keyring any more")))
        except OSError as error:
            return _in_memory(_unusable(path, error))
    key = new_key()
    secrets.set(_KEYRING_PLACE, name, key_to_text(key))
    if not secrets.kept:
        return _in_memory(_no_keyring(path), *notices)
    return _open_file(path, key, now, tuple(notices))


def _locked(path: Path, now: datetime, lock: bytes) -> OpenedJournal:
    """A journal of its own, so that the keyring's waits untouched for the keyring."""
    path = path.with_name(f"{path.stem}-p.journal")
    key_path = path.with_suffix(".key")
    notices: tuple[LocalFailure, ...] = ()
    try:
        try:
            key = unlocked(key_path, lock)
        except OtherPassword:
            key_path.replace(aside_name(key_path, now))
            if path.exists():
                notices = (_set_aside(path, now, N_("it is locked with an earlier password")),)
            key = unlocked(key_path, lock)
    except OSError as error:
        return _in_memory(_unusable(path, error), *notices)
    opened = _open_file(path, key, now, notices)
    if not opened.kept:
        return opened
    return replace(opened, relock=lambda new: lock_away(key_path, key, new))


def _open_file(
    path: Path, key: bytes, now: datetime, notices: tuple[LocalFailure, ...]
) -> OpenedJournal:
    try:
        try:
            return _read(Journal(path, key), now, notices)
        except Foreign as error:
            _log.warning("the journal is damaged: %s", error)
            aside = _set_aside(path, now, N_("it is damaged, or not a journal"))
        except OtherKey:
            aside = _set_aside(path, now, N_("it is sealed with another key"))
        return _read(Journal(path, key), now, (*notices, aside))
    except (OSError, JournalError) as error:
        return _in_memory(_unusable(path, error), *notices)


def _read(journal: Journal, now: datetime, notices: tuple[LocalFailure, ...]) -> OpenedJournal:
    records, unreadable = journal.read()
    if not unreadable:
        return OpenedJournal(journal, records, kept=True, notices=notices)
    assert journal.path is not None
    copy = aside_name(journal.path, now)
    journal.copy_to(copy)
    journal.write(Change(sheet, name, None) for sheet, name in unreadable)
    _log.warning("%d records of the journal cannot be read", len(unreadable))
    notice = LocalFailure(
        what=N_("{n} entries of the drafts kept on this computer are damaged: {file}."),
        advice=N_("The others are there. A copy of all was set aside in {folder}."),
        n=len(unreadable),
        file=copy.name,
        folder=copy.parent,
    )
    return OpenedJournal(journal, records, kept=True, notices=(*notices, notice))


def _set_aside(path: Path, now: datetime, why: str) -> LocalFailure:
    aside = set_aside(path, now)
    return LocalFailure(
        what=N_("The drafts kept on this computer cannot be read: {why}."),
        advice=N_("They were set aside as {file} in {folder}. What the server has is not touched."),
        why=_Worded(why),
        file=aside.name,
        folder=aside.parent,
    )


def _in_memory(*notices: LocalFailure) -> OpenedJournal:
    return OpenedJournal(Journal(None, new_key()), {}, kept=False, notices=notices)


def _no_keyring(path: Path) -> LocalFailure:
    return LocalFailure(
        what=N_("This computer has no keyring: what you type is not kept on it."),
        advice=(
            N_("It is sent to the server as you type. Earlier drafts in {file} stay as they are.")
            if path.exists()
            else N_("It is sent to the server as you type; while that is not reached, stay here.")
        ),
        file=path.name,
    )


def _unusable(path: Path, error: Exception) -> LocalFailure:
    reasons: Iterator[str] = (
        text
        for kind, text in (
            (Busy, N_("another console uses it")),
            (Newer, N_("a newer version of the console wrote it")),
        )
        if isinstance(error, kind)
    )
    known = next(reasons, None)
    return LocalFailure(
        what=N_("The drafts on this computer cannot be used: {reason}."),
        advice=N_(
            "What you type now is sent to the server, but not kept on this computer: {file}."
        ),
        reason=_Worded(known) if known else str(error),
        file=path,
    )


class _Worded:
    """A message id that is put into words when it is shown."""

    def __init__(self, message: str) -> None:
        self._message = message

    def __format__(self, _spec: str) -> str:
        from desktop_app.core.language import _

        return _(self._message)
