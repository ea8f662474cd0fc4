"""mongod on its own: starts, keeps, mends."""

from __future__ import annotations

from pymongo import MongoClient

from desktop_app.workspace.mongod import Mongod


def test_takes_majority_writes_and_transactions(mongo: Mongod, database_name: str) -> None:
    with MongoClient(mongo.uri) as client:
        things = client[database_name]["things"]
        with client.start_session() as session, session.start_transaction():
            things.insert_one({"_id": 1}, session=session)
        assert things.count_documents({}) == 1
