"""Uploads of any size, type and name, and downloads that a browser shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import answering, on
from tests.defects.registry import breaks

_BEGIN = on("POST", "/api/files/upload")
_PART = on("PATCH", "/api/files/upload/{id}")
_FINISH = on("POST", "/api/files/upload/{id}/finish")
_DOWNLOAD = on("GET", "/api/files/{id}/content")
_LARGEST = 1_000


def announcing(change: Callable[[dict[str, Any]], dict[str, Any]]) -> Callable[[Backdoor], Fault]:
    """Uploads that are announced otherwise than they were."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        content = await asked.json() if _BEGIN(asked) else None
        if isinstance(content, dict):
            asked = asked.with_json(change(content))
        return await sound(asked)

    return lambda _backdoor: fault


def _small(content: dict[str, Any]) -> dict[str, Any]:
    size = content.get("size")
    return {**content, "size": _LARGEST} if isinstance(size, int) and size > 2**41 else content


def _plain_name(content: dict[str, Any]) -> dict[str, Any]:
    name = content.get("file_name")
    if not isinstance(name, str) or name.rpartition(".")[2] in ("txt", "pdf", "png", "svg", "html"):
        return content
    return {**content, "file_name": f"{name}.txt"}


def _unbounded(_backdoor: Backdoor) -> Fault:
    """A part that is longer than what was announced is confirmed."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if _PART(asked) and 400 <= answered.status < 500 and len(await asked.body()) > _LARGEST:
            return answered.with_status(200).with_json({"upload": {}})
        return answered

    return fault


def _any_content(_backdoor: Backdoor) -> Fault:
    """Whatever the content is, it is taken."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if answered.status not in (404, 409, 415, 422):
            return answered
        if _PART(asked):
            return answered.with_status(200).with_json({"upload": {}})
        if _FINISH(asked):
            kept = {"file_type": "text/plain"}
            made = {"file_id": "made-nevertheless", "message": "Kept.", "file": kept}
            return answered.with_status(201).with_json(made)
        return answered

    return fault


def _typed_by_name(answered: Answered) -> Answered:
    content = answered.json
    file = content.get("file") if isinstance(content, dict) else None
    if not isinstance(file, dict) or not str(file.get("file_name")).endswith(".png"):
        return answered
    return answered.with_json({**content, "file": {**file, "file_type": "image/png"}})


def _named_as_sent(_backdoor: Backdoor) -> Fault:
    """A file keeps the name that was sent, whatever is in it."""
    names: dict[str, str] = {}

    async def fault(asked: Asked, sound: Sound) -> Answered:
        told = await asked.json() if _BEGIN(asked) else None
        answered = await sound(asked)
        content = answered.json
        if isinstance(told, dict) and answered.status == 201:
            names[content["upload"]["id"]] = told["file_name"]
        if _FINISH(asked) and answered.status == 201:
            name = names.get(asked.path.split("/")[-2], "")
            return answered.with_json({**content, "file": {**content["file"], "file_name": name}})
        return answered

    return fault


def _shown(answered: Answered) -> Answered:
    return answered.with_header("content-disposition", "inline")


def _sniffed(answered: Answered) -> Answered:
    return answered.without_header("x-content-type-options")


def _is_refusal(answered: Answered) -> bool:
    return answered.status == 413


breaks(
    "upload.announced",
    "a file of any size may be announced",
    "upload.size[announced]",
    fault=announcing(_small),
)
breaks(
    "upload.part",
    "a part of any size is read before it is refused",
    "upload.size[part]",
    fault=answering(_PART, lambda answered: answered.with_status(422), where=_is_refusal),
)
breaks(
    "upload.longer",
    "more comes than was announced, and is taken",
    "upload.size[longer]",
    fault=_unbounded,
)
breaks(
    "upload.names_of_programs",
    "programs are taken by their names",
    "upload.types[program's name]",
    "upload.types[double ending]",
    fault=announcing(_plain_name),
)
breaks(
    "upload.contents_of_programs",
    "programs are taken under other names",
    "upload.types[program's content]",
    "upload.types[script's content]",
    fault=_any_content,
    also={
        "upload.size[longer]": "any content is taken",
        "upload.types[disguise]": "any content is taken",
        "errors.*": "any content is taken",
        "crud.files": "a wrong hash is taken",
    },
)
breaks(
    "upload.disguise",
    "a file is what its name says",
    "upload.types[disguise]",
    fault=answering(_FINISH, _typed_by_name),
)
breaks("upload.names", "a file keeps the name that was sent", fault=_named_as_sent)
breaks(
    "upload.download",
    "a browser shows what somebody uploaded",
    fault=answering(_DOWNLOAD, _shown),
    also={"crud.files": "it is sent to be shown", "contract.*": "it is sent to be shown"},
)
breaks(
    "upload.download_sniffed",
    "a browser guesses what somebody uploaded",
    "upload.download",
    fault=answering(_DOWNLOAD, _sniffed),
)
