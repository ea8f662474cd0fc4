"""Connection profiles: which platforms this person works with. Never a secret in them."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktop_app.config.json_file import JsonFile
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_, _
from desktop_app.core.problems import Problem

LOCAL_PROFILE_ID = "local"


class Environment(StrEnum):
    """What is at stake: production is read-only until unlocked."""

    LOCAL = "local"
    STAGING = "staging"
    PRODUCTION = "production"


ENVIRONMENT_LABELS = {
    Environment.LOCAL: N_("Local"),
    Environment.STAGING: N_("Staging"),
    Environment.PRODUCTION: N_("Production"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One platform. ``api_url`` is None for the local workspace, whose port is not fixed.

    ``mongo_uri`` never holds a password. ``ca_file`` names a PEM file trusted instead of the
    system's store. ``proxy`` is "system", "none" or an address.
    """

    id: str
    name: str
    environment: Environment = Environment.STAGING
    api_url: str | None = None
    mongo_uri: str | None = None
    verify_tls: bool = True
    ca_file: str | None = None
    proxy: str = "system"
    connect_timeout_s: float = 10.0

    @property
    def is_local(self) -> bool:
        """Whether this is the local workspace."""
        return self.id == LOCAL_PROFILE_ID


LOCAL_PROFILE = Profile(
    id=LOCAL_PROFILE_ID, name=N_("Local workspace"), environment=Environment.LOCAL, proxy="none"
)


def check_profile(profile: Profile) -> tuple[Problem, ...]:
    """What is wrong with a profile that a person wrote, in the order of its fields."""
    problems: list[Problem] = []

    def add(field: str, code: str, **params: Any) -> None:
        problems.append(Problem(field=field, code=code, params=params))

    if not profile.name.strip():
        add("name", "required")
    elif len(profile.name) > 100:
        add("name", "too_long", maximum=100)
    if not profile.api_url:
        if not profile.is_local:
            add("api_url", "required")
    elif code := address_problem(profile.api_url, ("http", "https")):
        add("api_url", code)
    if profile.mongo_uri and (
        code := address_problem(profile.mongo_uri, ("mongodb", "mongodb+srv"))
    ):
        add("mongo_uri", code)
    if profile.environment is Environment.PRODUCTION and not profile.verify_tls:
        add("verify_tls", "tls_needed")
    if profile.ca_file and not Path(profile.ca_file).is_file():
        add("ca_file", "file_missing")
    if profile.proxy not in ("system", "none") and (
        code := address_problem(profile.proxy, ("http", "https"))
    ):
        add("proxy", code)
    if not 0.5 <= profile.connect_timeout_s <= 120:
        code = "too_small" if profile.connect_timeout_s < 0.5 else "too_large"
        add("connect_timeout_s", code, minimum=0.5, maximum=120)
    return tuple(problems)


def address_problem(address: str, schemes: tuple[str, ...]) -> str | None:
    """The code of what is wrong with an address: its form, or a password in it; None for none."""
    try:
        parts = urlsplit(address)
        port_fits = "," in parts.netloc or parts.port is None or parts.port > 0
    except ValueError:
        return "address_form"
    if parts.password is not None:
        return "address_password"
    if parts.scheme not in schemes or not parts.hostname or not port_fits:
        return "address_form"
    return None if address.isprintable() and " " not in address else "address_form"


class Profiles:
    """The profiles of one user, kept in ``profiles.json``; the local one is always there.

    Entries that make no sense are left out, the file they came from is kept aside, and
    ``notice`` says so.
    """

    def __init__(self, folder: Path) -> None:
        self._file = JsonFile(folder / "profiles.json")
        self._lock = threading.Lock()
        self._profiles = self._load()
        self.notice: LocalFailure | None = self._file.notice

    def all(self) -> tuple[Profile, ...]:
        """Every profile: the local workspace first, then by name."""
        with self._lock:
            others = sorted(self._profiles.values(), key=lambda profile: profile.name.casefold())
        return (self._local(), *others)

    def get(self, id: str) -> Profile:  # noqa: A002 - what everyone calls it
        """The profile of that id; raises ``KeyError`` where there is none."""
        if id == LOCAL_PROFILE_ID:
            return self._local()
        with self._lock:
            return self._profiles[id]

    def save(self, profile: Profile) -> None:
        """Add or replace a profile.

        Raises ``ValueError`` for one that ``check_profile`` finds fault with or for the local
        one, and ``LocalFailure`` when the file cannot be written.
        """
        if profile.is_local or not profile.id or check_profile(profile):
            raise ValueError(f"profile {profile.id!r} cannot be kept")
        with self._lock:
            self._store({**self._profiles, profile.id: profile})

    def remove(self, id: str) -> None:  # noqa: A002
        """Forget a profile; the local one stays. ``LocalFailure`` when it cannot be written."""
        with self._lock:
            if id in self._profiles:
                self._store({key: kept for key, kept in self._profiles.items() if key != id})

    def _store(self, profiles: Mapping[str, Profile]) -> None:
        self._file.save({"profiles": [asdict(profile) for profile in profiles.values()]})
        self._profiles = dict(profiles)

    def _local(self) -> Profile:
        return replace(LOCAL_PROFILE, name=_(LOCAL_PROFILE.name))

    def _load(self) -> dict[str, Profile]:
        loaded = self._file.load()
        if loaded is None:
            return {}
        import msgspec

        entries = loaded.get("profiles") if isinstance(loaded, dict) else None
        if not isinstance(entries, list):
            self._file.set_aside()
            return {}
        profiles: dict[str, Profile] = {}
        for entry in entries:
            try:
                profile = msgspec.convert(entry, Profile)
            except msgspec.ValidationError:
                profile = LOCAL_PROFILE
            if profile.is_local or not _kept_as_written(profile):
                continue
            profiles[profile.id] = profile
        if len(profiles) < len(entries):
            self._file.set_aside()
            try:
                self._store(profiles)
            except LocalFailure as failure:
                self._file.notice = failure
        return profiles


def _kept_as_written(profile: Profile) -> bool:
    # A certificate file that went away is no reason to forget the profile.
    return not [problem for problem in check_profile(profile) if problem.code != "file_missing"]
