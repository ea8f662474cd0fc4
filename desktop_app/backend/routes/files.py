"""Files: list, read, upload in parts, download, rename, delete."""

from __future__ import annotations

import re
from typing import Any

import msgspec
from starlette.responses import Response

from desktop_app.backend.answers import (
    CreatedFile,
    FileList,
    OneFile,
    OneUpload,
)
from desktop_app.backend.files import downloads, keeping, places, uploads
from desktop_app.backend.files.targets import target_of
from desktop_app.backend.json_bodies import checked, flat_values, read_body
from desktop_app.backend.lists import all_of, understand
from desktop_app.backend.problem_details import ApiProblem, broken_rule
from desktop_app.backend.request_shapes import VERSION_PARAMETER, list_parameters, shape_of
from desktop_app.backend.routing import Call, Route, answer
from desktop_app.backend.store import Document
from desktop_app.core.file_names import clean_name, is_runnable
from desktop_app.core.files import FILE_FIELDS, FINISH_FIELDS, PART_SIZE, UPLOAD_FIELDS

_OFFSET = re.compile(r"[0-9]{1,15}")
PART_TYPE = "application/offset+octet-stream"


async def list_files(call: Call) -> Response:
    """A page of files within reach."""
    platform, within = call.platform, await places.reach(call)

    async def load() -> bytes:
        question = understand(call.request, places.FILE_LIST, platform.clock())
        field = places.FILE_LIST.field_of.get(question.key, question.key)
        direction = -1 if question.descending else 1
        stages: list[Document] = [
            *places.pipeline_of(all_of([within, question.condition])),
            {
                "$facet": {
                    "page": [
                        {"$sort": {field: direction, "places.id": direction}},
                        {"$skip": (question.page - 1) * question.page_size},
                        {"$limit": question.page_size},
                    ],
                    "count": [{"$count": "total"}],
                }
            },
        ]
        limit_ms = platform.config.mongo_timeouts.operation_ms
        cursor = await platform.store["files"].aggregate(stages, maxTimeMS=limit_ms)
        [found] = await cursor.to_list()
        content = {
            "files": await places.file_views(call, found["page"]),
            "total": found["count"][0]["total"] if found["count"] else 0,
            "page": question.page,
            "page_size": question.page_size,
        }
        return msgspec.json.encode(content)

    key = ("files", repr(within), call.request.scope["query_string"])
    return Response(await platform.pages.fetch(key, load), media_type="application/json")


async def read_file(call: Call) -> Response:
    """One file."""
    return await _one(call, await places.find(call))


async def change_file(call: Call) -> Response:
    """A file after a merge patch (RFC 7396): its name is what can change."""
    body = flat_values(await call.body(), [field.key for field in FILE_FIELDS])
    if "file_name" not in body:
        file = await places.find(call)
        _ = call.version
        return await _one(call, file)
    name = _name_of(checked(_cleaned(body), FILE_FIELDS))
    return await _one(call, await keeping.rename(call, name))


async def delete_file(call: Call) -> Response:
    """Removes the file, and its content when nobody else has it."""
    await keeping.delete(call)
    return Response(status_code=204)


async def begin_upload(call: Call) -> Response:
    """A new upload, of which nothing has arrived yet."""
    values = checked(_cleaned(await call.body()), UPLOAD_FIELDS)
    announced = uploads.Announced(
        file_name=_name_of(values),
        size=values["size"],
        file_hash=values.get("file_hash"),
        target=await target_of(
            call, values.get("company_id") or None, values.get("project_id") or None
        ),
    )
    upload = await uploads.begin(call, announced)
    where = {"Location": f"/api/files/upload/{upload['_id']}"}
    return answer({"upload": uploads.view(upload)}, 201, where)


async def read_upload(call: Call) -> Response:
    """How far an upload is."""
    return answer({"upload": uploads.view(await uploads.find(call))})


async def take_part(call: Call) -> Response:
    """One part of an upload, at the offset that its header tells."""
    config = call.platform.config
    kind = call.request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != PART_TYPE:
        raise ApiProblem(415, "not-a-part", f"Parts are sent as {PART_TYPE}.")
    offset = call.request.headers.get("upload-offset", "")
    if not _OFFSET.fullmatch(offset):
        raise ApiProblem(422, "broken-rules", "Upload-Offset holds no offset.")
    async with call.platform.uploads.room:
        part = await read_body(call.request, PART_SIZE, config.part_s)
        upload = await uploads.take(call, int(offset), part)
    return answer({"upload": uploads.view(upload)})


async def finish_upload(call: Call) -> Response:
    """The file that an upload has become, once its hash is what was sent."""
    values = checked(await call.body(), FINISH_FIELDS)
    kept = await keeping.finish(call, values["file_hash"])
    file = await places.by_id(call.platform.store, kept.place_id)
    [view] = await places.file_views(call, [file])
    content = {
        "file_id": kept.place_id,
        "message": "The file was there already." if kept.duplicate else "The file was uploaded.",
        "duplicate": kept.duplicate,
        "file": view,
    }
    headers = {"Location": f"/api/files/{kept.place_id}", **_etag(file)}
    return answer(content, 201, headers)


async def cancel_upload(call: Call) -> Response:
    """Removes an upload and what has arrived of it."""
    async with call.platform.uploads.turn(call.id):
        upload = await uploads.find(call)
        await uploads.give_up(call, upload)
    return Response(status_code=204)


async def _one(call: Call, file: Document) -> Response:
    [view] = await places.file_views(call, [file])
    return answer({"file": view}, headers=_etag(file))


def _etag(file: Document) -> dict[str, str]:
    return {"ETag": f'"{places.version_of(file)}"'}


def _cleaned(body: dict[str, Any]) -> dict[str, Any]:
    """``body`` with its file's name made harmless, before any rule looks at it."""
    name = body.get("file_name")
    return {**body, "file_name": clean_name(name)} if isinstance(name, str) else body


def _name_of(values: dict[str, Any]) -> str:
    name: str = values["file_name"]
    if is_runnable(name):
        raise broken_rule("file_name", "runnable_name")
    return name


_VERSIONED = (VERSION_PARAMETER,)
_OFFSET_PARAMETER: dict[str, Any] = {
    "name": "Upload-Offset",
    "in": "header",
    "required": True,
    "schema": {"type": "integer", "minimum": 0},
    "description": "How many bytes of the file come before this part.",
}
_RANGE_PARAMETER: dict[str, Any] = {
    "name": "Range",
    "in": "header",
    "schema": {"type": "string"},
    "description": "One range of bytes (RFC 9110).",
}

ROUTES = (
    Route(
        "files.list",
        list_files,
        FileList,
        parameters=list_parameters(places.FILE_LIST.sorts, places.FILE_LIST.filters),
    ),
    # Before "/api/files/{id}", which would take their paths.
    Route("files.upload", begin_upload, OneUpload, 201, request=shape_of(UPLOAD_FIELDS)),
    Route("files.upload_state", read_upload, OneUpload),
    Route("files.upload_part", take_part, OneUpload, parameters=(_OFFSET_PARAMETER,)),
    Route("files.upload_finish", finish_upload, CreatedFile, 201, request=shape_of(FINISH_FIELDS)),
    Route("files.upload_cancel", cancel_upload, None, 204),
    Route("files.read", read_file, OneFile),
    Route("files.download", downloads.download, bytes, parameters=(_RANGE_PARAMETER,)),
    Route(
        "files.change",
        change_file,
        OneFile,
        request=shape_of(FILE_FIELDS, partial=True),
        parameters=_VERSIONED,
    ),
    Route("files.delete", delete_file, None, 204, parameters=_VERSIONED),
)
