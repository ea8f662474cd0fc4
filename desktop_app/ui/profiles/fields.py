"""The fields of a connection profile, as the editor asks for them."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_app.core.language import N_


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One text field of a profile: ``key`` is the profile's attribute."""

    key: str
    label: str
    hint: str = ""
    placeholder: str = ""
    picks_file: bool = False


ENTRIES: tuple[Entry, ...] = (
    Entry(key="name", label=N_("Name"), hint=N_("As you call this platform.")),
    Entry(
        key="api_url",
        label=N_("API address"),
        placeholder="https://evaluation.example.org",
        hint=N_("Where the platform's REST API answers."),
    ),
    Entry(
        key="mongo_uri",
        label=N_("MongoDB address (optional)"),
        placeholder="mongodb://db.example.org:27017",
        hint=N_("For migrations and integrity checks. Never with a password in it."),
    ),
    Entry(
        key="ca_file",
        label=N_("Certificate file (optional)"),
        hint=N_("A PEM file to trust instead of the system's certificates."),
        picks_file=True,
    ),
)

PROXIES: tuple[tuple[str, str], ...] = (
    ("system", N_("As the system")),
    ("none", N_("None")),
    ("", N_("This one:")),
)
