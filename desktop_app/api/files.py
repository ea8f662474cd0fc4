"""Files over the API (contract v1, /api/files): uploads in parts, downloads in pieces."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from desktop_app.api.resource import Resource
from desktop_app.api.streamed import StreamedAnswer
from desktop_app.api.transport import Transport
from desktop_app.core.errors import Conflict, ServerFault
from desktop_app.core.files import StoredFile, Upload, UploadedFile
from desktop_app.core.language import N_

_PART_TYPE = "application/offset+octet-stream"
_UPLOAD = msgspec.json.Decoder(Upload)
_FILE = msgspec.json.Decoder(StoredFile)
_FLAG = msgspec.json.Decoder(bool)


class Files(Resource[StoredFile]):
    """``/api/files``. A file is made by an upload, never by ``add``."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport, "files", "file", StoredFile)

    def start(
        self,
        file_name: str,
        size: int,
        *,
        company_id: str | None = None,
        project_id: str | None = None,
    ) -> Upload:
        """Announce a file of ``size`` bytes; raises ``Rejected`` where it would not be taken."""
        targets = {"company_id": company_id, "project_id": project_id}
        body = {"file_name": file_name, "size": size, **{k: v for k, v in targets.items() if v}}
        # An announcement that nobody follows expires: sending it twice does no harm.
        answer = self._transport.call("POST", self._at("upload"), body=body, repeatable=True)
        return answer.part("upload", _UPLOAD)

    def state(self, upload_id: str) -> Upload:
        """How far an upload is; raises ``NotFound`` when it has expired or is not one's own."""
        return self._transport.call("GET", self._at("upload", upload_id)).part("upload", _UPLOAD)

    def send_part(self, upload_id: str, offset: int, part: bytes | memoryview) -> Upload:
        """The upload after ``part``; where another part is due, the upload as it is.

        Raises ``Rejected`` when the content is of a type that is not taken.
        """
        try:
            answer = self._transport.call(
                "PATCH",
                self._at("upload", upload_id),
                content=memoryview(part),
                headers={"Content-Type": _PART_TYPE, "Upload-Offset": str(offset)},
                repeatable=True,
            )
        except Conflict as conflict:
            return _upload_of(conflict)
        return answer.part("upload", _UPLOAD)

    def finish(self, upload_id: str, file_hash: str) -> UploadedFile:
        """The file that an upload has become; raises ``Rejected`` when its hash is another."""
        answer = self._transport.call(
            "POST",
            self._at("upload", upload_id, "finish"),
            body={"file_hash": file_hash},
            repeatable=True,
        )
        parts = answer.parts("file", "duplicate")
        return UploadedFile(
            file=answer.decode_part(parts["file"], _FILE),
            duplicate=answer.decode_part(parts["duplicate"], _FLAG),
        )

    def cancel(self, upload_id: str) -> None:
        """Throw away what has arrived; raises ``NotFound`` when there is no such upload."""
        self._transport.call("DELETE", self._at("upload", upload_id), repeatable=True)

    @contextmanager
    def content(
        self, file: StoredFile, *, start: int = 0, end: int | None = None
    ) -> Iterator[StreamedAnswer]:
        """The bytes from ``start`` to ``end`` (not included; None: all), within the block.

        Every opening is told to the audit trail. Raises ``ServerFault`` for other bytes than
        those asked for.
        """
        headers = {}
        if start or end is not None:
            last = "" if end is None else str(end - 1)
            headers = {"Range": f"bytes={start}-{last}", "If-Range": f'"{file.file_hash}"'}
        with self._transport.stream(self._at(file.id, "content"), headers=headers) as answer:
            if start and answer.status != 206:
                raise ServerFault(
                    what=N_("The server sent other bytes of “{name}” than were asked for."),
                    advice="",
                    name=file.file_name,
                    status=answer.status,
                )
            yield answer


def _upload_of(conflict: Conflict) -> Upload:
    try:
        return msgspec.convert(conflict.current, Upload)
    except msgspec.ValidationError:
        raise conflict from None
