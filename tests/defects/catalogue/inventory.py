"""Pages, routes and methods that nobody documented, and documented ones that are not there."""

from __future__ import annotations

from collections.abc import Callable

from tests.defects.backdoor import Backdoor
from tests.defects.catalogue.reach import open_to_all
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import answering, on
from tests.defects.registry import breaks

_PAGE = "text/html; charset=utf-8"
_TEXT = "text/plain; charset=utf-8"


def serving(path: str, text: str, content_type: str = _PAGE) -> Callable[[Backdoor], Fault]:
    """A page that nobody meant to publish."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if asked.path != path or asked.method != "GET":
            return answered
        return answered.with_status(200).with_text(text, content_type)

    return lambda _backdoor: fault


def _tracing(_backdoor: Backdoor) -> Fault:
    """TRACE sends the request back, its credentials too."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if asked.method != "TRACE":
            return answered
        lines = [f"TRACE {asked.path} HTTP/1.1".encode()]
        lines += [name + b": " + value for name, value in asked.headers]
        text = b"\r\n".join(lines).decode("latin-1")
        return answered.with_status(200).with_text(text, "message/http").without_header("allow")

    return fault


def _old_version(backdoor: Backdoor) -> Fault:
    """An older version of the interface answers on, without asking for a token."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if asked.path == "/api/v0/users":
            asked = asked.changed(path="/api/users").with_token(await backdoor.administrator())
        return await sound(asked)

    return fault


def _done(answered: Answered) -> Answered:
    return answered.with_status(200).without_header("allow").with_json({"message": "Done."})


breaks(
    "inventory.methods",
    "a method that is not documented is answered",
    "inventory.methods",
    "errors.methods[PATCH /api/companies]",
    fault=answering(on("PATCH", "/api/companies"), _done),
)
breaks(
    "inventory.debug",
    "a page for makers is open to strangers",
    "inventory.debug[debug]",
    fault=serving("/debug", "<h1>Debugger</h1>"),
)
breaks(
    "inventory.files",
    "a file with settings is open to strangers",
    "inventory.debug[files]",
    fault=serving("/.env", "SECRET_KEY=hunter2hunter2\n", _TEXT),
)
breaks(
    "inventory.monitoring",
    "metrics are open to strangers",
    "inventory.debug[monitoring]",
    fault=open_to_all({"metrics.read"}),
    also={"token.*[GET /metrics]": "no token is asked for"},
)
breaks(
    "inventory.documentation",
    "the pages for trying the interface are open to strangers",
    fault=serving("/docs", "<title>Swagger UI</title>"),
    warns=("inventory.debug[documentation]",),
)
breaks(
    "inventory.listing",
    "a folder is listed",
    "inventory.debug[directory listing]",
    fault=serving("/uploads/", "<title>Index of /uploads</title>"),
)
breaks("inventory.trace", "TRACE sends the request back", fault=_tracing)
breaks("inventory.versions", "an older version answers on", fault=_old_version)
