"""The ledger of what a run made: how each document is removed, in which order, and what is left."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from desktop_app.core.validation.report import LeftBehind
from desktop_app.engines.validation.asking import LOGIN
from desktop_app.engines.validation.client import Answer, NoAnswer

log = logging.getLogger(__name__)

SINGULAR = {
    "users": "user",
    "companies": "company",
    "projects": "project",
    "templates": "template",
    "evaluations": "evaluation",
    "files": "file",
    "uploads": "upload",
}
"""Kinds of documents; their ids come as ``user_id`` and so on."""

REMOVED_FIRST = (
    "uploads",
    "files",
    "evaluations",
    "projects",
    "templates",
    "users",
    "companies",
)
"""What refers to others goes before them."""

_NAMELESS = frozenset({"uploads"})
"""What shows nothing that could be marked; only who began an upload can end it."""

_AROUND = ("projects", "companies")
"""What a sheet belongs to, which has no name of its own that could be marked."""

_SILENCES = 3
"""After so many requests in a row without an answer the rest is left: each may take long."""

Ask = Callable[[str, str, Any, Mapping[str, str]], Answer]
"""``ask(method, path, body, headers)`` as the administrator; raises ``NoAnswer``."""


SESSION = "session"
"""What a sign-in makes; its token stands for an id."""


def created_by(answer: Answer) -> Iterator[tuple[str, str]]:
    """Kind and id of each thing that this answer says was created."""
    request, found = answer.request, answer.json
    if request.method != "POST" or answer.status not in (200, 201):
        return
    if not isinstance(found, dict) or found.get("duplicate") is True:
        return  # what was there already is somebody's
    path = request.path.partition("?")[0]
    if path == LOGIN and isinstance(token := found.get("access_token"), str):
        yield SESSION, token
    for kind, singular in SINGULAR.items():
        made = found.get(f"{singular}_id")
        if path.startswith(f"/api/{kind}") and isinstance(made, str) and made:
            yield kind, made
    sheets = found.get("sheets")
    if path.endswith("/assignments") and isinstance(sheets, list):
        for sheet in sheets:
            if isinstance(sheet, dict) and isinstance(sheet.get("id"), str):
                yield "evaluations", sheet["id"]
    upload = found.get("upload")
    if path == "/api/files/upload" and isinstance(upload, dict) and upload.get("id"):
        yield "uploads", str(upload["id"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """One document that the run made."""

    kind: str
    id: str
    name: str
    path: str


@dataclass(slots=True)
class Ledger:
    """What is there because of the run; ``mark`` is in the name of all of it."""

    mark: str
    _made: dict[tuple[str, str], Made] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._made)

    def remember(self, kind: str, id: str, name: str) -> None:  # noqa: A002
        """This is to be removed; saying it again changes nothing."""
        path = "files/upload" if kind == "uploads" else kind
        made = Made(kind=kind, id=id, name=name, path=f"/api/{path}/{quote(id, safe='')}")
        self._made.setdefault((kind, id), made)

    def forget(self, kind: str, id: str) -> None:  # noqa: A002
        """It is gone."""
        self._made.pop((kind, id), None)

    def remove(
        self, ask: Ask, sheet_remover: Callable[[Made, Ask], object], left: list[LeftBehind]
    ) -> Iterator[int]:
        """Remove all, giving before each removal how many are left; ``left`` gets what stays.

        What another document still held is tried a second time. ``sheet_remover`` makes a sheet
        on which somebody wrote one that can be deleted.
        """
        silences = 0
        for last_try in (False, True):
            for made in sorted(self._made.values(), key=_order):
                yield len(self._made)
                if silences >= _SILENCES:
                    reason = "the server does not answer any more"
                else:
                    reason, answered = self._removed(made, ask, sheet_remover)
                    silences = 0 if answered else silences + 1
                if not reason:
                    self.forget(made.kind, made.id)
                elif last_try:
                    left.append(
                        LeftBehind(kind=made.kind, id=made.id, name=made.name, reason=reason)
                    )
                    self.forget(made.kind, made.id)

    def _is_ours(self, found: Answer) -> bool:
        """Whether a document is test data: it says so, or names something that this run made."""
        text = found.text
        around = (made.id for made in self._made.values() if made.kind in _AROUND)
        return self.mark in text or any(f'"{id}"' in text for id in around)  # noqa: A001

    def _removed(
        self, made: Made, ask: Ask, sheet_remover: Callable[[Made, Ask], object]
    ) -> tuple[str, bool]:
        """ "" once it is gone, else why it is not; and whether the server answered."""
        try:
            found = ask("GET", made.path, None, {})
            if found.status == 404:
                return "", True
            if found.status != 200:
                return f"whose it is cannot be seen: GET answered {found.status}", True
            if made.kind not in _NAMELESS and not self._is_ours(found):
                return "it does not carry the mark of test data", True
            gone = ask("DELETE", made.path, None, if_match(version_of(found)))
            if gone.status in (409, 422) and made.kind == "evaluations":
                sheet_remover(made, ask)
                version = version_of(ask("GET", made.path, None, {}))
                gone = ask("DELETE", made.path, None, if_match(version))
        except NoAnswer as none:
            return none.reason, False
        except Exception as error:
            # Whatever a server answers, the rest is removed, and this is told of.
            log.exception("%s could not be removed", made.path)
            return f"removing it failed: {type(error).__name__}", True
        if gone.status == 404:
            return "", True
        if gone.status in (200, 204):
            still = status_of(ask, made.path)
            return ("" if still in (404, 0) else f"there after DELETE: GET answered {still}"), True
        return f"DELETE answered {gone.status}", True


def _order(made: Made) -> int:
    return REMOVED_FIRST.index(made.kind) if made.kind in REMOVED_FIRST else -1


def status_of(ask: Ask, path: str) -> int:
    """The status that a path has now; 0 without an answer."""
    try:
        return ask("GET", path, None, {}).status
    except NoAnswer:
        return 0


def version_of(answer: Answer) -> int:
    """The version of the document in an answer that wraps it; 1 where none is told."""
    found = answer.json
    while isinstance(found, dict):
        version = found.get("version")
        if isinstance(version, int):
            return version
        found = next((value for value in found.values() if isinstance(value, dict)), None)
    return 1


def if_match(version: int) -> dict[str, str]:
    """The header that says which version is meant."""
    return {"If-Match": f'"{version}"'}
