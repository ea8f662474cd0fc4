"""Types of files in words and icons."""

from __future__ import annotations

from desktop_app.core.file_names import ending_of
from desktop_app.core.file_types import UNKNOWN, fits_ending, type_of
from desktop_app.core.files import StoredFile
from desktop_app.core.language import _


def type_text(file: StoredFile) -> str:
    """What a file is, in a word or two."""
    kind = type_of(file.file_type)
    if kind.media_type == UNKNOWN and file.file_type != UNKNOWN:
        return file.file_type
    return _(kind.label)


def name_misleads(file: StoredFile) -> bool:
    """Whether the name claims another type than the content has."""
    return not fits_ending(file.file_type, ending_of(file.file_name))


def misleading_text(file: StoredFile) -> str:
    """What to mind about a name that misleads; empty for one that does not."""
    if not name_misleads(file):
        return ""
    return _("The name ends in .{ending}, but the content is: {type}.").format(
        ending=ending_of(file.file_name), type=type_text(file)
    )
