"""What a backup is: a directory of BSON files and a manifest that says what belongs in them.

Each collection is one file of plain BSON documents, one after the other, as ``bsondump`` reads it.
The manifest is written last and carries its own checksum: a directory without one is no backup, and
whatever was altered or lost since is found and named before anything is restored.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.apply import BackupProof

FILE_NAME = "manifest.json"
FORMAT = 1
_PIECE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptCollection:
    """A collection in a backup. ``options`` and ``indexes`` are extended JSON as MongoDB gave them.

    ``file`` is "" for a view, which has no documents of its own.
    """

    name: str
    file: str
    kind: str
    options: str
    indexes: str
    count: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """A whole backup. ``consistent``: all collections are as of one moment.

    Addresses are redacted; nothing in it is secret, but the files beside it are.
    """

    format: int
    database: str
    address: str
    server_version: str
    program_version: str
    by: str
    began_at: datetime
    completed_at: datetime
    consistent: bool
    collections: tuple[KeptCollection, ...]

    @property
    def documents(self) -> int:
        """All documents."""
        return sum(one.count for one in self.collections)

    @property
    def size(self) -> int:
        """All bytes of the files."""
        return sum(one.size for one in self.collections)

    def checksum(self) -> str:
        """What the manifest carries of itself, which names the backup too."""
        return sha256(_content(self)).hexdigest()


class Damage(StrEnum):
    """What is wrong with a part of a backup."""

    NO_MANIFEST = "no_manifest"
    MANIFEST = "manifest"
    """It was altered, or is of a format that this version does not know."""
    MISSING = "missing"
    SIZE = "size"
    CONTENT = "content"
    UNKNOWN_FILE = "unknown_file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Damaged:
    """A damaged part: which file of which collection, and what is wrong with it."""

    damage: Damage
    file: str
    collection: str = ""
    expected: str = ""
    found: str = ""


class BackupDamaged(LocalFailure):
    """The backup cannot be trusted: ``parts`` are damaged. Params: ``folder``, ``files``."""

    def __init__(self, folder: Path, parts: tuple[Damaged, ...]) -> None:
        super().__init__(
            what=N_("The backup in {folder} is damaged: {files}."),
            advice=N_("Use another backup. Nothing was restored."),
            folder=folder,
            files=", ".join(part.file for part in parts[:10]),
        )
        self.parts = parts


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Make a directory a backup."""
    content = json.loads(_content(manifest))
    whole = {"manifest": content, "sha256": manifest.checksum()}
    text = json.dumps(whole, ensure_ascii=False, indent=1)
    path = folder / FILE_NAME
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(text + "\n")
        file.flush()


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a backup; raises ``BackupDamaged`` where there is none to be trusted."""
    path = folder / FILE_NAME
    try:
        whole = json.loads(path.read_text(encoding="utf-8"))
        manifest = msgspec.convert(whole["manifest"], Manifest)
    except FileNotFoundError as error:
        missing = Damaged(damage=Damage.NO_MANIFEST, file=FILE_NAME)
        raise BackupDamaged(folder, (missing,)) from error
    except OSError as error:
        raise LocalFailure(
            what=N_("The backup in {folder} cannot be read: {reason}."),
            advice=N_("Check the folder and your rights to it."),
            folder=folder,
            reason=error.strerror or str(error),
        ) from error
    except (ValueError, KeyError, TypeError, RecursionError, msgspec.ValidationError) as error:
        raise BackupDamaged(folder, (Damaged(damage=Damage.MANIFEST, file=FILE_NAME),)) from error
    if whole.get("sha256") != manifest.checksum() or manifest.format != FORMAT:
        raise BackupDamaged(folder, (Damaged(damage=Damage.MANIFEST, file=FILE_NAME),))
    return manifest


def proof_of(folder: Path) -> BackupProof:
    """What applying to production wants to know of a backup; its files are there in full length.

    Raises ``BackupDamaged``.
    """
    manifest = read_manifest(folder)
    damaged = tuple(part for one in manifest.collections if (part := _missing(folder, one)))
    if damaged:
        raise BackupDamaged(folder, damaged)
    return BackupProof(database=manifest.database, completed_at=manifest.completed_at)


def check_files(
    folder: Path, manifest: Manifest, context: TaskContext
) -> Iterator[tuple[KeptCollection, int, Damaged | None]]:
    """Read every file through: the collection, bytes read so far in all, and what is damaged.

    The last entry of a collection tells of its damage. Raises ``Cancelled``.
    """
    read = 0
    for one in manifest.collections:
        if missing := _missing(folder, one):
            yield one, read, missing
            continue
        if not one.file:
            continue
        digest = sha256()
        with (folder / one.file).open("rb") as file:
            while piece := file.read(_PIECE):
                digest.update(piece)
                read += len(piece)
                context.check()
                yield one, read, None
        if digest.hexdigest() != one.sha256:
            yield (
                one,
                read,
                Damaged(
                    damage=Damage.CONTENT,
                    file=one.file,
                    collection=one.name,
                    expected=one.sha256,
                    found=digest.hexdigest(),
                ),
            )


def _missing(folder: Path, one: KeptCollection) -> Damaged | None:
    if not one.file:
        return None
    if Path(one.file).name != one.file:
        return Damaged(damage=Damage.UNKNOWN_FILE, file=one.file, collection=one.name)
    try:
        size = (folder / one.file).stat().st_size
    except OSError:
        return Damaged(damage=Damage.MISSING, file=one.file, collection=one.name)
    if size == one.size:
        return None
    return Damaged(
        damage=Damage.SIZE,
        file=one.file,
        collection=one.name,
        expected=str(one.size),
        found=str(size),
    )


def _content(manifest: Manifest) -> bytes:
    content: Any = msgspec.to_builtins(manifest)
    return json.dumps(content, sort_keys=True, ensure_ascii=False).encode("utf-8")
