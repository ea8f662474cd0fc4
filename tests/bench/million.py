"""Pages of a hundred users out of a million: the client's part of the time, and the plan."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pymongo import MongoClient, WriteConcern
from pymongo.database import Database

from desktop_app.api.client import ApiClient
from desktop_app.config.profiles import LOCAL_PROFILE_ID, Environment, Profile
from desktop_app.config.secrets import Secrets
from desktop_app.core.paging import PageQuery
from desktop_app.services.session import SessionKeeper
from tests.bench.figures import Figure, spread
from tests.bench.served import Served

DATABASE = "online_evaluation"
OVER_SERVER_LIMIT_MS = 50.0
_BATCH = 20_000

Question = Callable[[int], PageQuery]
"""The n-th of many questions of one kind."""

_ROLES = ("evaluator",) * 8 + ("secretary", "manager")


def fill(served: Served, count: int) -> float:
    """Insert ``count`` users straight into the database; returns the seconds it took."""
    started = time.perf_counter()
    with MongoClient[dict[str, Any]](served.mongo_uri) as client:
        # These users are thrown away: nobody waits for the journal.
        users = client[DATABASE].get_collection("users", write_concern=WriteConcern(w=1, j=False))
        for first in range(0, count, _BATCH):
            batch = list(_users(first, min(first + _BATCH, count)))
            users.insert_many(batch, ordered=False, bypass_document_validation=True)
    return time.perf_counter() - started


def _users(first: int, end: int) -> Iterator[dict[str, Any]]:
    epoch = datetime(2024, 1, 1, tzinfo=UTC)
    for number in range(first, end):
        made = epoch + timedelta(seconds=number * 37 % 63_072_000)
        yield {
            "_id": f"bench-{number:07d}",
            "login_id": f"bench{number * 7919 % 10_000_019:08d}",
            "name": f"성능{number:07d}",
            "email": f"bench{number:07d}@example.com",
            "password_hash": None,
            "role": _ROLES[number % len(_ROLES)],
            "company_id": f"company-{number % 997:03d}",
            "is_active": number % 11 != 0,
            "last_login": None,
            "login_attempts": 0,
            "locked_until": None,
            "must_change_password": False,
            "session_epoch": 0,
            "profile": {"phone": None, "department": "평가팀", "position": None},
            "version": 1,
            "created_at": made,
            "updated_at": made,
        }


def sign_in(served: Served) -> tuple[SessionKeeper, ApiClient]:
    """A session of the workspace's administrator."""
    profile = Profile(id=LOCAL_PROFILE_ID, name="bench", environment=Environment.LOCAL)
    keeper = SessionKeeper(profile, Secrets(), api_url=served.api_url)
    return keeper, keeper.sign_in(served.admin_login, served.admin_password).api


def measure(served: Served, *, count: int, quick: bool) -> list[Figure]:
    """Fill the workspace, then ask for pages as the table does."""
    filled_s = fill(served, count)
    made = Figure(name=f"{count:,} users generated", value=filled_s, unit="s")
    last = count // 100
    # Each time another page: the server answers the same question from memory for a while.
    questions: dict[str, Question] = {
        "newest first, first pages": lambda n: PageQuery(page_size=100, page=1 + n),
        "newest first, pages in the middle": lambda n: PageQuery(page_size=100, page=last // 2 + n),
        "newest first, last pages": lambda n: PageQuery(page_size=100, page=last - n),
        "by sign-in name": lambda n: PageQuery(page_size=100, page=1 + n, sort="login_id"),
        "one company's evaluators": lambda n: PageQuery(
            page_size=100, filters={"role": "evaluator", "company_id": f"company-{n:03d}"}
        ),
    }
    keeper, api = sign_in(served)
    try:
        figures = [made]
        with MongoClient[dict[str, Any]](served.mongo_uri) as client:
            database = client[DATABASE]
            for name, question in questions.items():
                figures += _pages(api, name, question, repeats=20 if quick else 100)
                figures.append(_plan(database, api, name, question(500 if not quick else 200)))
        return figures
    finally:
        keeper.close()


def _pages(api: ApiClient, name: str, question: Question, repeats: int) -> list[Figure]:
    over: list[float] = []
    server: list[float] = []
    api.users.page(question(repeats + 1))
    for number in range(repeats):
        query = question(number)
        started = time.perf_counter()
        page = api.users.page(query)
        whole_ms = (time.perf_counter() - started) * 1000
        if page.server_ms is None:
            return [Figure(name=name, value=None, unit="ms", note="no Server-Timing header")]
        if not page.items:
            return [Figure(name=name, value=None, unit="ms", note=f"page {query.page} is empty")]
        server.append(page.server_ms)
        over.append(whole_ms - page.server_ms)
    limits = {"p99": OVER_SERVER_LIMIT_MS}
    return [
        *spread(f"page, {name}: over the server's time", over, "ms", limits),
        *spread(f"page, {name}: server's own time", server, "ms")[:2],
    ]


def _plan(
    database: Database[dict[str, Any]], api: ApiClient, name: str, query: PageQuery
) -> Figure:
    """What MongoDB's profiler saw of the very query that the server sent; 0 is "by an index"."""
    database.command("profile", 2)
    try:
        api.users.page(query)
    finally:
        database.command("profile", 0)
    seen = database["system.profile"].find_one(
        {"ns": f"{DATABASE}.users", "op": "query"}, sort=[("ts", -1)]
    )
    title = f"page, {name}: collection scans"
    if seen is None:
        return Figure(name=title, value=None, unit="", note="the profiler saw no query")
    plan = str(seen.get("planSummary", "?"))
    note = f"{plan}, {seen.get('keysExamined')} keys, {seen.get('docsExamined')} documents"
    return Figure(name=title, value=float("COLLSCAN" in plan), unit="", limit=0, note=note)
