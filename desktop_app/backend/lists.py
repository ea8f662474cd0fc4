"""Pages of lists: sorted and filtered by the database, through an index wherever one serves.

A list without filters walks the index of its sort key from the nearer end, so the last page costs
what the first does. A filtered list is counted first: few matches are sorted in memory, many are
walked in the order of the index. Equal keys come in the same order either way: an index walk gives
them as they were inserted, a sort in memory by their ids, which rise.
"""

from __future__ import annotations

import re
import time
import unicodedata
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from desktop_app.backend.parts import Platform
from desktop_app.backend.problem_details import broken_rules
from desktop_app.backend.routing import Call
from desktop_app.backend.store import Document, Documents
from desktop_app.core.problems import Problem, Scalar
from desktop_app.db.collections import DESCENDING
from desktop_app.db.schema import ALL_COLLECTIONS

_DESCENDING_INDEXES = frozenset(
    index.name
    for collection in ALL_COLLECTIONS
    for index in collection.indexes
    if index.keys[0][1] == DESCENDING
)

Condition = dict[str, Any]
FilterReader = Callable[[str, datetime], Condition | None]
"""The condition that a filter's text stands for; None when the text is no value of the field."""

LARGEST_PAGE = 200
FARTHEST_PAGE = 10_000_000
LONGEST_QUESTION = 200
SORTED_IN_MEMORY = 20_000
COUNTED_EXACTLY = 20_000
_WORTH_KEEPING_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class ListSpec:
    """What a list can be asked: sort keys, each with the index that gives that order (or none).

    ``search`` are the fields that ``q`` looks into; without any, ``q`` is the route's matter.
    ``implied`` adds conditions that change nothing but let an index serve. ``field_of`` says which
    field of the database stands for a sort key, where that is another one. ``fields`` are what is
    read of each document (a projection); all but ``hidden`` by default.
    """

    collection: str
    sorts: Mapping[str, str | None]
    filters: Mapping[str, FilterReader]
    search: tuple[str, ...] = ()
    default_sort: str = "-created_at"
    hidden: tuple[str, ...] = ()
    implied: Callable[[Condition], Condition] = lambda condition: condition
    field_of: Mapping[str, str] = field(default_factory=dict)
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """A list's question, understood."""

    page: int
    page_size: int
    key: str
    descending: bool
    condition: Condition = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found:
    """One page of documents out of ``total``."""

    documents: list[Document]
    total: int
    page: int
    page_size: int

    def wrapped(self, name: str, views: list[Any]) -> dict[str, Any]:
        """The page as the contract wraps it."""
        return {name: views, "total": self.total, "page": self.page, "page_size": self.page_size}


def understand(request: Request, spec: ListSpec, now: datetime) -> Question:
    """The question of a request; raises 422 for anything that the list cannot be asked."""
    problems: list[Problem] = []
    asked: dict[str, str] = {}
    for key, value in request.query_params.multi_items():
        if key in asked or (key not in _OWN and key not in spec.filters):
            problems.append(Problem(field=key[:100], code="unknown_field"))
        elif len(value) > LONGEST_QUESTION:
            params: dict[str, Scalar] = {"maximum": LONGEST_QUESTION}
            problems.append(Problem(field=key, code="too_long", params=params))
        elif unprintable(value):
            problems.append(Problem(field=key, code="control_characters"))
        asked[key] = value
    page = _number(asked.get("page", "1"), FARTHEST_PAGE)
    page_size = _number(asked.get("page_size", "50"), LARGEST_PAGE)
    sort = asked.get("sort", spec.default_sort)
    if page is None:
        problems.append(Problem(field="page", code="type"))
    if page_size is None:
        problems.append(Problem(field="page_size", code="type"))
    if sort.removeprefix("-") not in spec.sorts:
        problems.append(Problem(field="sort", code="choice"))
    conditions = []
    for key in spec.filters.keys() & asked.keys():
        condition = spec.filters[key](asked[key], now)
        if condition is None:
            problems.append(Problem(field=key, code="type"))
        else:
            conditions.append(condition)
    if problems or page is None or page_size is None:
        raise broken_rules(problems)
    text = unicodedata.normalize("NFC", asked.get("q", "")).strip()
    if text and spec.search:
        conditions.append(contains(text, spec.search))
    condition = all_of(conditions)
    return Question(page, page_size, sort.removeprefix("-"), sort.startswith("-"), condition)


async def fetch(platform: Platform, spec: ListSpec, question: Question, reach: Condition) -> Found:
    """The page that was asked for, within ``reach``."""
    condition = spec.implied(all_of([reach, question.condition]))
    collection = platform.store[spec.collection]
    total = await _total(platform, spec, collection, condition)
    start = (question.page - 1) * question.page_size
    count = max(0, min(question.page_size, total - start))
    documents: list[Document] = []
    if count:
        index = spec.sorts[question.key]
        walked = index is not None and (not condition or total > SORTED_IN_MEMORY)
        backwards = start > total // 2
        skip = total - start - count if backwards else start
        direction = -1 if question.descending != backwards else 1
        sorted_by = spec.field_of.get(question.key, question.key)
        order = [(sorted_by, direction)]
        if not walked and sorted_by != "_id":
            order.append(("_id", -direction if index in _DESCENDING_INDEXES else direction))
        cursor = collection.find(condition, spec.fields or dict.fromkeys(spec.hidden, 0) or None)
        cursor = cursor.sort(order).skip(skip).limit(count)
        cursor = cursor.max_time_ms(platform.config.mongo_timeouts.operation_ms)
        if walked and index:
            cursor = cursor.hint(index)
        documents = await cursor.to_list()
        if backwards:
            documents.reverse()
    return Found(documents, total, question.page, question.page_size)


async def _total(
    platform: Platform, spec: ListSpec, collection: Documents, condition: Condition
) -> int:
    key = (spec.collection, repr(condition))
    kept = platform.totals.get(key)
    if kept is not None:
        return kept
    limit_ms = platform.config.mongo_timeouts.operation_ms

    async def count() -> int:
        if condition:
            return await collection.count_documents(condition, maxTimeMS=limit_ms)
        # The estimate is free, but may be off after a crash: a list that can be counted is.
        estimate = await collection.estimated_document_count(maxTimeMS=limit_ms)
        if estimate > COUNTED_EXACTLY:
            return estimate
        return await collection.count_documents({}, hint="_id_", maxTimeMS=limit_ms)

    started, generation = time.perf_counter(), platform.totals.generation
    total = await count()
    if time.perf_counter() - started > _WORTH_KEEPING_S:
        platform.totals.put(key, total, generation=generation)
    return total


async def listed(
    call: Call,
    spec: ListSpec,
    reach: Condition,
    name: str,
    views: Callable[[Platform, list[Document]], Awaitable[list[Any]]],
) -> Response:
    """The answer to a list's question, wrapped under ``name``; kept for a moment as it is sent."""
    platform, request = call.platform, call.request

    async def load() -> bytes:
        question = understand(request, spec, platform.clock())
        found = await fetch(platform, spec, question, reach)
        return msgspec.json.encode(found.wrapped(name, await views(platform, found.documents)))

    key = (spec.collection, repr(reach), request.scope["query_string"])
    return Response(await platform.pages.fetch(key, load), media_type="application/json")


def all_of(conditions: list[Condition]) -> Condition:
    """Every condition together; empty ones say nothing."""
    said = [condition for condition in conditions if condition]
    if len(said) <= 1:
        return said[0] if said else {}
    return {"$and": said}


def contains(text: str, fields: tuple[str, ...]) -> Condition:
    """Any of ``fields`` contains ``text``, as letters and not as a pattern; case does not count."""
    pattern: Condition = {"$regex": re.escape(text)}
    if text.lower() != text.upper():
        pattern["$options"] = "i"
    return {"$or": [{name: pattern} for name in fields]}


def equals(name: str) -> FilterReader:
    """A filter by a text; an empty one means "none"."""
    return lambda text, _now: {name: unicodedata.normalize("NFC", text) or None}


def one_of(name: str, choices: frozenset[str]) -> FilterReader:
    """A filter by one of a few values."""
    return lambda text, _now: {name: text} if text in choices else None


def flag(
    condition: Callable[[bool, datetime], Condition],
) -> FilterReader:
    """A filter by true or false."""
    words = {"true": True, "false": False}
    return lambda text, now: condition(words[text], now) if text in words else None


_OWN = frozenset({"page", "page_size", "q", "sort"})


def _number(text: str, most: int) -> int | None:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    return number if 1 <= number <= most else None


def unprintable(text: str) -> bool:
    """Whether a text holds control characters or half of a surrogate pair."""
    return any(unicodedata.category(c) in ("Cc", "Cs") for c in text)
