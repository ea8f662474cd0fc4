"""Downloads: streamed in chunks, in ranges, and told to the audit trail once per opening."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import Response, StreamingResponse

from desktop_app.backend.files import gridfs, places
from desktop_app.backend.files.ranges import Span, span_of
from desktop_app.backend.problem_details import ApiProblem
from desktop_app.backend.routing import Call
from desktop_app.backend.store import Document
from desktop_app.backend.writes import Transaction
from desktop_app.core.file_types import served_type


async def download(call: Call) -> Response:
    """The content, or the range of it that is asked for; raises 404 or 416."""
    file = await places.find(call)
    store = call.platform.store
    if not await gridfs.exists(store, file["_id"], file["size"]):
        raise ApiProblem(404, "content-missing", "The content of this file is not kept here.")
    tag = f'"{file["file_hash"]}"'
    if_range = call.request.headers.get("if-range")
    asked = call.request.headers.get("range") if if_range in (None, tag) else None
    span = span_of(asked, file["size"])
    await _tell(call, file, span)
    headers = {
        "Content-Disposition": _disposition(file["places"]["file_name"]),
        "ETag": tag,
        **span.headers,
    }
    return StreamingResponse(
        gridfs.read(store, file["_id"], span.start, span.end),
        200 if span.whole else 206,
        headers,
        media_type=served_type(file.get("file_type") or ""),
    )


async def _tell(call: Call, file: Document, span: Span) -> None:
    """Audit an opening; what goes on from where a told one was cut is no other.

    Whoever asks for the rest alone, without having begun, has opened the file all the same.
    """
    opened, place = call.platform.opened, file["places"]
    key = (call.me.session_id, place["id"])
    if span.start > 0 and opened.get(key):
        return

    async def work(tx: Transaction) -> None:
        tx.record(call.operation.id, "files", place["id"], place["file_name"], {})

    await call.platform.writer.run(call.actor, work)
    opened.put(key, True)


def _disposition(name: str) -> str:
    """An attachment with a name in any alphabet (RFC 6266, RFC 8187)."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"
