"""Files sent to a server part by part, as the contract says."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import httpx

PART = {"Content-Type": "application/offset+octet-stream"}
MB = 1024**2


def begin(client: httpx.Client, name: str, size: int, **more: Any) -> httpx.Response:
    """The answer to an announcement."""
    return client.post("/api/files/upload", json={"file_name": name, "size": size, **more})


def begun(client: httpx.Client, name: str, size: int, **more: Any) -> str:
    """The id of a new upload."""
    answer = begin(client, name, size, **more)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["upload"]["id"])


def send(client: httpx.Client, upload_id: str, offset: int, part: bytes) -> httpx.Response:
    """The answer to one part."""
    headers = {**PART, "Upload-Offset": str(offset)}
    return client.patch(f"/api/files/upload/{upload_id}", content=part, headers=headers)


def finish(client: httpx.Client, upload_id: str, content: bytes) -> httpx.Response:
    """The answer to the end of an upload of ``content``."""
    body = {"file_hash": sha256(content).hexdigest()}
    return client.post(f"/api/files/upload/{upload_id}/finish", json=body)


def upload(client: httpx.Client, name: str, content: bytes, **more: Any) -> httpx.Response:
    """The last answer of a whole upload, or the first that refuses it."""
    upload_id = begun(client, name, len(content), **more)
    for offset in range(0, len(content), 4 * MB):
        taken = send(client, upload_id, offset, content[offset : offset + 4 * MB])
        if taken.status_code != 200:
            return taken
    return finish(client, upload_id, content)


def uploaded(client: httpx.Client, name: str, content: bytes, **more: Any) -> dict[str, Any]:
    """The file that a whole upload has become."""
    answer = upload(client, name, content, **more)
    assert answer.status_code == 201, answer.text
    file: dict[str, Any] = answer.json()["file"]
    return file


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    """Field and code of each problem of an answer."""
    return [(p["field"], p["code"]) for p in answer.json()["problems"]]
