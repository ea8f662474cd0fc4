"""mongod on its own: starts, keeps, mends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from pymongo import MongoClient
from pymongo.errors import OperationFailure

from desktop_app.workspace.mongod import Mongod
from desktop_app.workspace.ports import free_port


@contextmanager
def started(folder: Path, port: int | None = None) -> Iterator[Mongod]:
    mongod = Mongod.start(folder, port=port)
    try:
        yield mongod
    finally:
        mongod.kill()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with one document in it, on a remembered port."""
    folder = tmp_path_factory.mktemp("mongod")
    with started(folder) as mongod, MongoClient[dict[str, Any]](mongod.uri) as client:
        client["online_evaluation"]["things"].insert_one({"_id": "kept"})
    return folder


def kept(uri: str) -> bool:
    with MongoClient[dict[str, Any]](uri) as client:
        return client["online_evaluation"]["things"].find_one({"_id": "kept"}) is not None


def test_takes_majority_writes_and_transactions(mongo: Mongod, database_name: str) -> None:
    with MongoClient[dict[str, Any]](mongo.uri) as client:
        things = client[database_name]["things"]
        with client.start_session() as session, session.start_transaction():
            things.insert_one({"_id": 1}, session=session)
        assert things.count_documents({}) == 1


def test_nobody_gets_in_without_a_password(mongo: Mongod, database_name: str) -> None:
    with (
        MongoClient[dict[str, Any]](
            f"mongodb://127.0.0.1:{mongo.port}/?replicaSet=local"
        ) as client,
        pytest.raises(OperationFailure, match="requires authentication"),
    ):
        client[database_name]["things"].find_one()


def test_the_api_user_may_change_the_validators_of_its_collections(mongo: Mongod) -> None:
    with MongoClient[dict[str, Any]](mongo.app_uri("online_evaluation")) as client:
        database = client["online_evaluation"]
        database["validated"].insert_one({"_id": 1})
        database.command("collMod", "validated", validator={"_id": {"$type": "int"}})
        database.drop_collection("validated")


def test_the_api_user_reaches_its_own_database_only(mongo: Mongod) -> None:
    with MongoClient[dict[str, Any]](mongo.app_uri("online_evaluation")) as client:
        client["online_evaluation"]["things"].insert_one({})
        client["online_evaluation"].drop_collection("things")
        with pytest.raises(OperationFailure, match="not authorized"):
            client["other"]["things"].find_one()
        with pytest.raises(OperationFailure, match="not authorized"):
            client["admin"]["system.users"].find_one()


def test_follows_when_its_port_moves(folder: Path) -> None:
    for _move in range(2):
        with started(folder, port=free_port()) as mongod:
            assert kept(mongod.uri)


@pytest.mark.parametrize(
    "lost",
    [("admin.password",), ("api.password",), ("key",), ("admin.password", "api.password", "key")],
    ids="+".join,
)
def test_mends_lost_secrets(folder: Path, lost: tuple[str, ...]) -> None:
    for name in lost:
        (folder / name).unlink()
    with started(folder) as mongod:
        assert kept(mongod.uri)
        assert kept(mongod.app_uri("online_evaluation"))


def test_a_start_cut_short_is_taken_up_again(tmp_path: Path) -> None:
    from desktop_app.workspace.mongod import StartingMongod

    for _cut in range(3):
        starting = StartingMongod(tmp_path)
        starting.process.kill()
        starting.process.wait()
    with started(tmp_path) as mongod, MongoClient[dict[str, Any]](mongod.uri) as client:
        assert client.admin.command("ping")["ok"] == 1
