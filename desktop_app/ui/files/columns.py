"""The columns of the list of files."""

from __future__ import annotations

from desktop_app.config.settings import Settings
from desktop_app.core.fields import Choice, Kind
from desktop_app.core.file_types import GROUP_LABELS
from desktop_app.core.files import StoredFile
from desktop_app.core.language import N_
from desktop_app.ui.files.type_words import name_misleads, type_text
from desktop_app.ui.sizes import byte_size
from desktop_app.ui.tables.columns import Align, Chip, ChoiceFilter, Column, ReferenceFilter
from desktop_app.ui.times import local_time


def type_chip(file: StoredFile) -> Chip:
    """The type by content; a name that claims another one is marked."""
    if name_misleads(file):
        return Chip(type_text(file), "warning", "warning")
    return Chip(type_text(file), "file", "text")


def file_columns(settings: Settings, *, staff: bool) -> tuple[Column[StoredFile], ...]:
    """All columns; times are shown in the time zone of ``settings``.

    Who is no ``staff`` has nobody to filter by.
    """
    groups = tuple(Choice(group.value, label) for group, label in GROUP_LABELS.items())
    return (
        Column(key="file_name", title=N_("File name"), value=lambda f: f.file_name, width=240),
        Column(
            key="file_type",
            title=N_("Type"),
            value=type_text,
            chip=type_chip,
            width=165,
            filter=ChoiceFilter(groups),
            filter_key="group",
        ),
        Column(
            key="size",
            title=N_("Size"),
            value=lambda f: f.size,
            text=lambda f: byte_size(f.size),
            align=Align.END,
            width=80,
            kind=Kind.INTEGER,
        ),
        Column(
            key="company_id",
            title=N_("Company"),
            value=lambda f: f.company_name,
            width=140,
            sortable=False,
            filter=ReferenceFilter("companies") if staff else None,
        ),
        Column(
            key="project_id",
            title=N_("Project"),
            value=lambda f: f.project_name,
            width=140,
            sortable=False,
            filter=ReferenceFilter("projects") if staff else None,
        ),
        Column(
            key="uploaded_by",
            title=N_("Uploaded by"),
            value=lambda f: f.uploaded_by_name,
            width=110,
            sortable=False,
            filter=ReferenceFilter("users") if staff else None,
        ),
        Column(
            key="uploaded_at",
            title=N_("Uploaded"),
            value=lambda f: f.uploaded_at,
            text=lambda f: local_time(f.uploaded_at, settings),
            width=140,
            kind=Kind.DATETIME,
        ),
        Column(
            key="file_hash",
            title=N_("SHA-256"),
            value=lambda f: f.file_hash,
            width=180,
            sortable=False,
            visible=False,
        ),
        Column(
            key="updated_at",
            title=N_("Changed"),
            value=lambda f: f.updated_at,
            text=lambda f: local_time(f.updated_at, settings),
            width=140,
            visible=False,
            kind=Kind.DATETIME,
        ),
    )
