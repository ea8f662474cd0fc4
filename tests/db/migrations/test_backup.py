"""Backing up and restoring: the same documents, or a refusal that says what is damaged."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import bson
import pytest
from bson import Binary, Decimal128, Int64, ObjectId, Regex
from pymongo.database import Database

from desktop_app.core.tasks import TaskContext
from desktop_app.db.migrations.backup import BackupEnded, BackupStarted, CopyProgress, backup
from desktop_app.db.migrations.events import Stop
from desktop_app.db.migrations.journal import OWN_COLLECTIONS, Journal
from desktop_app.db.migrations.manifest import BackupDamaged, Damage, proof_of, read_manifest
from desktop_app.db.migrations.restore import RestoreEnded, restore
from desktop_app.db.migrations.run import RunOptions
from desktop_app.db.migrations.server import Target, connected, target_of
from desktop_app.workspace.mongod import Mongod
from tests.db.migrations.databases import (
    TRAIL,
    applied,
    content,
    last,
    old_database,
    platform_content,
    prepared,
    verified,
)

Documents = Database[dict[str, Any]]


def backed_up(target: Target, folder: Path, **options: Any) -> BackupEnded:
    return last(backup(target, folder, **options), BackupEnded)


def restored(target: Target, folder: Path, **options: Any) -> RestoreEnded:
    return last(restore(target, folder, **options), RestoreEnded)


@pytest.fixture
def other(target: Target) -> Iterator[Target]:
    """Another database, empty."""
    other = target_of(target.client, f"test_{uuid.uuid4().hex[:12]}", "tester@here")
    yield other
    target.client.drop_database(other.name)


@pytest.fixture
def kept(target: Target, database: Documents, tmp_path: Path) -> Path:
    """The backup of a small old database."""
    old_database(database)
    ended = backed_up(target, tmp_path / "backup")
    assert ended.reason is Stop.DONE, ended
    return tmp_path / "backup"


def test_a_copy_is_equal_in_everything(
    target: Target, database: Documents, other: Target, tmp_path: Path
) -> None:
    old_database(database)
    prepared(target)
    database["이상한 이름/①"].insert_many(
        [
            {"_id": ObjectId(), "n": Int64(5), "d": Decimal128("1.10"), "b": Binary(b"\0\1", 5)},
            {"_id": 1.5, "r": Regex("^가", "i"), "empty": {}, "list": [None, True, []]},
            {"_id": {"a": 1, "b": "순서"}, "at": datetime(1969, 1, 1, tzinfo=UTC)},
        ]
    )
    database.create_collection("지켜본", viewOn="users", pipeline=[{"$project": {"name": 1}}])
    database["sessions"].create_index("expires_at", name="ttl", expireAfterSeconds=60, sparse=True)
    before = content(database, without=OWN_COLLECTIONS)
    seen = list(backup(target, tmp_path / "백업"))
    assert isinstance(seen[0], BackupStarted)
    ended = seen[-1]
    assert isinstance(ended, BackupEnded)
    assert ended.manifest is not None
    assert ended.manifest.consistent
    back = restored(other, tmp_path / "백업")
    assert back.reason is Stop.DONE, back
    assert back.documents == ended.manifest.documents
    after = content(other.database, without=OWN_COLLECTIONS)
    for name in TRAIL:
        before.pop(name), after.pop(name)
    assert after == before
    steps = Journal(database).records()
    assert {id_: one.checksum for id_, one in steps.items()} == {
        id_: one.checksum for id_, one in Journal(other.database).records().items()
    }
    assert Journal(other.database).runs()[0].command == "restore"


def test_the_files_are_plain_bson_and_private(kept: Path) -> None:
    manifest = read_manifest(kept)
    users = next(one for one in manifest.collections if one.name == "users")
    documents = bson.decode_all((kept / users.file).read_bytes())
    assert len(documents) == users.count == 25
    if os.name == "posix":
        assert (kept / users.file).stat().st_mode & 0o077 == 0
        assert kept.stat().st_mode & 0o077 == 0


def test_the_manifest_holds_no_secret(mongo: Mongod, database_name: str, tmp_path: Path) -> None:
    with connected(mongo.uri, database_name) as target:
        target.database["a"].insert_one({"_id": 1})
        assert backed_up(target, tmp_path / "b").reason is Stop.DONE
    password = mongo.uri.split(":")[2].split("@")[0]
    assert password not in (tmp_path / "b" / "manifest.json").read_text(encoding="utf-8")


def test_reading_is_as_of_one_moment(target: Target, database: Documents, tmp_path: Path) -> None:
    database["a"].insert_one({"_id": 1})
    database["b"].insert_many([{"_id": number} for number in range(10)])
    running = backup(target, tmp_path / "b")
    for event in running:
        # As soon as "a" is read, both change: "b" must be read as it was with "a".
        if isinstance(event, CopyProgress) and event.collection == "a":
            database["b"].delete_many({"_id": {"$lt": 5}})
            database["a"].insert_one({"_id": 2})
        end = event
    assert isinstance(end, BackupEnded)
    assert end.manifest is not None
    assert {one.name: one.count for one in end.manifest.collections} == {"a": 1, "b": 10}
    assert database["b"].count_documents({}) == 5


def test_an_old_database_comes_back_after_migrating(
    target: Target, database: Documents, other: Target, kept: Path
) -> None:
    before = platform_content(database)
    prepared(target)
    assert restored(other, kept).reason is Stop.DONE
    assert platform_content(other.database) == before
    assert applied(other).reason is Stop.DONE
    assert {one.check: one.state for one in verified(other).results} == {
        one.check: one.state for one in verified(target).results
    }


def flip(folder: Path) -> None:
    file = next(folder.glob("*-users.bson"))
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(data)


def shorten(folder: Path) -> None:
    file = next(folder.glob("*-users.bson"))
    file.write_bytes(file.read_bytes()[:-10])


def remove(folder: Path) -> None:
    next(folder.glob("*-users.bson")).unlink()


def alter_manifest(folder: Path) -> None:
    path = folder / "manifest.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    whole["manifest"]["collections"][0]["count"] += 1
    path.write_text(json.dumps(whole), encoding="utf-8")


def break_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{", encoding="utf-8")


def lose_manifest(folder: Path) -> None:
    (folder / "manifest.json").unlink()


def point_outside(folder: Path) -> None:
    path = folder / "manifest.json"
    whole = json.loads(path.read_text(encoding="utf-8"))
    whole["manifest"]["collections"][0]["file"] = "../outside.bson"
    path.write_text(json.dumps(whole), encoding="utf-8")


@pytest.mark.parametrize(
    ("harm", "damage", "file"),
    [
        (flip, Damage.CONTENT, "users"),
        (shorten, Damage.SIZE, "users"),
        (remove, Damage.MISSING, "users"),
        (alter_manifest, Damage.MANIFEST, "manifest.json"),
        (break_manifest, Damage.MANIFEST, "manifest.json"),
        (lose_manifest, Damage.NO_MANIFEST, "manifest.json"),
        (point_outside, Damage.MANIFEST, "manifest.json"),
    ],
)
def test_a_damaged_backup_is_refused_and_the_damage_named(
    other: Target, kept: Path, harm: Callable[[Path], None], damage: Damage, file: str
) -> None:
    harm(kept)
    ended = restored(other, kept)
    assert ended.reason is Stop.REFUSED
    (part,) = ended.damaged
    assert part.damage is damage
    assert file in part.file
    assert part.file in ended.error
    assert other.database.list_collection_names() == []


def test_every_damaged_part_is_named(other: Target, kept: Path) -> None:
    flip(kept)
    next(kept.glob("*-projects.bson")).unlink()
    damaged = restored(other, kept).damaged
    assert {part.collection for part in damaged} == {"users", "projects"}


def test_a_database_that_holds_something_is_refused(other: Target, kept: Path) -> None:
    other.database["mine"].insert_one({"_id": 1})
    ended = restored(other, kept)
    assert (ended.reason, ended.error) == (Stop.REFUSED, "database_not_empty")
    assert content(other.database)["mine"]["documents"] == [{"_id": 1}]


def test_a_restore_that_was_cut_short_begins_anew(
    target: Target, database: Documents, other: Target, kept: Path
) -> None:
    context = TaskContext()
    running = restore(other, kept, context=context, options=RunOptions(look_s=0.001))
    for _event in running:
        if "projects" in other.database.list_collection_names():
            context.cancel()
    assert other.database.list_collection_names()
    another = kept.with_name("another")
    assert backed_up(target, another).reason is Stop.DONE
    assert restored(other, another).error == "database_not_empty"
    assert restored(other, kept).reason is Stop.DONE
    assert platform_content(other.database) == platform_content(database)


def test_a_folder_in_use_is_refused(target: Target, database: Documents, tmp_path: Path) -> None:
    database["a"].insert_one({"_id": 1})
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("x", encoding="utf-8")
    ended = backed_up(target, tmp_path / "mine")
    assert (ended.reason, ended.error) == (Stop.REFUSED, "folder_not_empty")
    (tmp_path / "empty").mkdir()
    assert backed_up(target, tmp_path / "empty").reason is Stop.DONE


def test_a_cancelled_backup_leaves_nothing(
    target: Target, database: Documents, tmp_path: Path
) -> None:
    old_database(database)
    context = TaskContext()
    running = backup(target, tmp_path / "b", context=context)
    next(running)
    context.cancel()
    *_rest, ended = running
    assert isinstance(ended, BackupEnded)
    assert ended.reason is Stop.CANCELLED
    assert not list(tmp_path.glob("b*"))


def test_what_a_killed_backup_left_is_no_backup_and_in_nobodys_way(
    target: Target, database: Documents, tmp_path: Path
) -> None:
    database["a"].insert_one({"_id": 1})
    partial = tmp_path / "b.partial"
    partial.mkdir()
    (partial / "001-a.bson").write_bytes(b"half")
    with pytest.raises(BackupDamaged):
        read_manifest(partial)
    assert backed_up(target, tmp_path / "b").reason is Stop.DONE
    assert not partial.exists()


def test_a_proof_for_production_needs_its_files(kept: Path, target: Target) -> None:
    assert proof_of(kept).database == target.name
    shorten(kept)
    with pytest.raises(BackupDamaged):
        proof_of(kept)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if sys.platform != "linux":
        pytest.skip("a small disk can be made on Linux only")
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if shutil.which("mount") is None or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("a small disk can only be made by root")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_without_room_is_said_before(
    target: Target, database: Documents, small_disk: Path
) -> None:
    database["a"].insert_many([{"x": b"x" * 1_000_000} for _ in range(6)])
    ended = backed_up(target, small_disk / "b")
    assert (ended.reason, ended.error) == (Stop.REFUSED, "disk_space")
    assert list(small_disk.iterdir()) == []


def test_a_disk_that_fills_up_is_said_and_cleared(
    target: Target, database: Documents, small_disk: Path
) -> None:
    database["a"].insert_many([{"x": b"x" * 1_000_000} for _ in range(3)])
    running = backup(target, small_disk / "b")
    next(running)
    (small_disk / "filler").write_bytes(bytes(2_500_000))
    *_rest, ended = running
    assert isinstance(ended, BackupEnded)
    assert (ended.reason, ended.error) == (Stop.FAILED, "disk_full")
    assert [path.name for path in small_disk.iterdir()] == ["filler"]
