"""Bulk imports: verdicts, applying, the list of batches, undo."""

from __future__ import annotations

from starlette.responses import Response

from desktop_app.backend.answers import ImportList, ImportResult
from desktop_app.backend.import_requests import read_import
from desktop_app.backend.importing import apply_rows, batch_view, judge_only
from desktop_app.backend.lists import ListSpec, equals, flag, listed, one_of
from desktop_app.backend.parts import Platform
from desktop_app.backend.problem_details import broken_rule, not_found
from desktop_app.backend.request_shapes import IMPORT, list_parameters
from desktop_app.backend.resources import COMPANIES, PROJECTS, USERS, Resource
from desktop_app.backend.routing import Call, Handler, Route, answer
from desktop_app.backend.store import Document
from desktop_app.backend.undoing import undo
from desktop_app.core.imports import ImportBatch, UndoResult

IMPORT_LIST = ListSpec(
    collection="import_batches",
    sorts={
        "created_at": "idx_import_batches_created",
        "file_name": None,
        "resource": None,
        "undone_at": None,
    },
    filters={
        "resource": one_of("resource", frozenset({"users", "companies", "projects"})),
        "file_name": equals("file_name"),
        "is_undone": flag(lambda yes, _: {"undone_at": {"$ne": None} if yes else None}),
    },
    search=("file_name",),
)
_DRY_RUN = {"true": True, "false": False}
_DRY_RUN_PARAMETER = {
    "name": "dry_run",
    "in": "query",
    "schema": {"type": "boolean", "default": False},
}


def _importer(resource: Resource) -> Handler:
    async def import_rows(call: Call) -> Response:
        dry_run = _dry_run(call)
        request = read_import(await call.body())
        if dry_run:
            judgement = await judge_only(call, resource, request)
            told = {"results": judgement.results, "batch": None, "rooms": judgement.rooms}
            return answer(told)
        results, batch = await apply_rows(call, resource, request)
        view = batch_view(batch) if batch else None
        return answer({"results": results, "batch": view, "rooms": {}})

    return import_rows


def _dry_run(call: Call) -> bool:
    asked = call.request.query_params
    for key in asked:
        if key != "dry_run":
            raise broken_rule(key[:100], "unknown_field")
    text = asked.get("dry_run", "false")
    if text not in _DRY_RUN:
        raise broken_rule("dry_run", "type")
    return _DRY_RUN[text]


async def list_imports(call: Call) -> Response:
    """A page of applied imports."""

    async def views(_: Platform, batches: list[Document]) -> list[ImportBatch]:
        return [batch_view(batch) for batch in batches]

    return await listed(call, IMPORT_LIST, {}, "imports", views)


async def read_import_batch(call: Call) -> Response:
    """One applied import."""
    batch = await call.platform.store.import_batches.find_one({"_id": call.id})
    if batch is None:
        raise not_found()
    return answer(batch_view(batch))


async def undo_import(call: Call) -> Response:
    """Takes an import back, as far as nothing has been built on it."""
    await call.no_body()
    return answer(await undo(call))


def _import_route(resource: Resource) -> Route:
    return Route(
        f"{resource.name}.import",
        _importer(resource),
        ImportResult,
        request=IMPORT,
        parameters=(_DRY_RUN_PARAMETER,),
    )


ROUTES = (
    _import_route(USERS),
    _import_route(COMPANIES),
    _import_route(PROJECTS),
    Route(
        "imports.list",
        list_imports,
        ImportList,
        parameters=list_parameters(IMPORT_LIST.sorts, IMPORT_LIST.filters),
    ),
    Route("imports.read", read_import_batch, ImportBatch),
    Route("imports.undo", undo_import, UndoResult),
)
