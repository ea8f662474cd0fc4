"""What every administered resource can do over the API: one place for all of them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote

import msgspec

from desktop_app.api.answer import Answer
from desktop_app.api.transport import Transport
from desktop_app.core.documents import nest
from desktop_app.core.imports import ImportRow, Judgement, Room, RowResult
from desktop_app.core.paging import Page, PageQuery

T = TypeVar("T")

_TEXT = msgspec.json.Decoder(str)
_OPTIONAL_TEXT = msgspec.json.Decoder(str | None)
_INTEGER = msgspec.json.Decoder(int)
_COUNTS = msgspec.json.Decoder(dict[str, int])
_RESULTS = msgspec.json.Decoder(tuple[RowResult, ...])
_ROOMS = msgspec.json.Decoder(dict[str, Room])


@dataclass(frozen=True, slots=True, kw_only=True)
class Created(Generic[T]):
    """A new document. ``initial_password`` is told this once, for users made without one."""

    id: str
    item: T
    initial_password: str | None = None


def read_page(
    transport: Transport,
    path: str,
    name: str,
    items: msgspec.json.Decoder[list[T]],
    query: PageQuery,
) -> Page[T]:
    """One page of the list at ``path``, wrapped under ``name``."""
    answer = transport.call("GET", path, params=query.params())
    parts = answer.parts(name, "total", "page", "page_size")
    found = answer.decode_part(parts[name], items)
    return Page(
        items=tuple(found),
        total=answer.decode_part(parts["total"], _INTEGER),
        page=answer.decode_part(parts["page"], _INTEGER),
        page_size=answer.decode_part(parts["page_size"], _INTEGER),
        server_ms=answer.server_ms,
    )


class Resource(Generic[T]):
    """One resource. Values are flat, by dotted key; versions guard against overwriting others."""

    def __init__(self, transport: Transport, name: str, singular: str, model: type[T]) -> None:
        self.name = name
        self._singular = singular
        self._transport = transport
        self._path = f"/api/{name}"
        self._item: msgspec.json.Decoder[T] = msgspec.json.Decoder(model)
        self._items: msgspec.json.Decoder[list[T]] = msgspec.json.Decoder(
            list[model]  # type: ignore[valid-type]
        )

    def page(self, query: PageQuery) -> Page[T]:
        """One page of the list."""
        return read_page(self._transport, self._path, self.name, self._items, query)

    def get(self, id: str) -> T:  # noqa: A002 - what everyone calls it
        """One document; raises ``NotFound``."""
        return self._one(self._transport.call("GET", self._at(id)))

    def add(self, values: Mapping[str, Any], *, idempotency_key: str | None = None) -> Created[T]:
        """Create a document and tell all that the server answers; raises ``Rejected``.

        The same key again creates nothing and answers the same: give the key of a form, so that a
        second click or a cut connection cannot make two.
        """
        answer = self._transport.call(
            "POST",
            self._path,
            body=nest(values),
            headers={"Idempotency-Key": idempotency_key or uuid.uuid4().hex},
            repeatable=True,
        )
        parts = answer.parts(f"{self._singular}_id", self._singular)
        password = parts.get("initial_password", msgspec.Raw(b"null"))
        return Created(
            id=answer.decode_part(parts[f"{self._singular}_id"], _TEXT),
            item=answer.decode_part(parts[self._singular], self._item),
            initial_password=answer.decode_part(password, _OPTIONAL_TEXT),
        )

    def create(self, values: Mapping[str, Any], *, idempotency_key: str | None = None) -> str:
        """Create a document and return its id; ``add`` tells more."""
        return self.add(values, idempotency_key=idempotency_key).id

    def change(self, id: str, values: Mapping[str, Any], *, version: int) -> T:  # noqa: A002
        """Change what ``values`` carries; raises ``Conflict``, ``Rejected``, ``NotFound``."""
        answer = self._transport.call(
            "PATCH", self._at(id), body=nest(values), headers=if_match(version)
        )
        return self._one(answer)

    def delete(self, id: str, *, version: int) -> None:  # noqa: A002
        """Delete a document; raises ``InUse``, ``Conflict``, ``NotFound``."""
        self._transport.call("DELETE", self._at(id), headers=if_match(version))

    def usage(self, id: str) -> dict[str, int]:  # noqa: A002
        """How many documents refer to this one, by resource; those with none may be missing."""
        return self._transport.call("GET", self._at(id, "usage")).part("usage", _COUNTS)

    def activate(self, id: str, *, version: int) -> T:  # noqa: A002
        """Let it take part again."""
        return self._one(self._do(id, "activate", version))

    def deactivate(self, id: str, *, version: int) -> T:  # noqa: A002
        """Keep it but let it take part no more."""
        return self._one(self._do(id, "deactivate", version))

    def judge_rows(
        self,
        import_id: str,
        file_name: str,
        rows: Sequence[ImportRow],
        *,
        update_existing: bool,
        issue_passwords: bool = False,
    ) -> Judgement:
        """What would become of at most ``ROWS_PER_REQUEST`` rows; nothing is changed.

        Therefore it passes on a locked production system too.
        """
        answer = self._import(
            True,
            import_id=import_id,
            file_name=file_name,
            update_existing=update_existing,
            issue_passwords=issue_passwords,
            rows=rows,
        )
        parts = answer.parts("results")
        return Judgement(
            results=answer.decode_part(parts["results"], _RESULTS),
            rooms=answer.decode_part(parts.get("rooms", msgspec.Raw(b"{}")), _ROOMS),
        )

    def import_rows(
        self,
        import_id: str,
        file_name: str,
        rows: Sequence[ImportRow],
        *,
        dry_run: bool,
        update_existing: bool,
        issue_passwords: bool = False,
    ) -> tuple[RowResult, ...]:
        """The verdicts on at most ``ROWS_PER_REQUEST`` rows; applied unless ``dry_run``.

        Rows already applied under ``import_id`` are not applied again. ``judge_rows`` tells more
        of a dry run.
        """
        answer = self._import(
            dry_run,
            import_id=import_id,
            file_name=file_name,
            update_existing=update_existing,
            issue_passwords=issue_passwords,
            rows=rows,
        )
        return answer.part("results", _RESULTS)

    def _import(self, dry_run: bool, **body: object) -> Answer:
        return self._transport.call(
            "POST",
            f"{self._path}/import",
            params={"dry_run": "true" if dry_run else "false"},
            body=body,
            repeatable=True,
            # A dry run does by the contract; nothing else may be said of an import.
            changes_nothing=dry_run,
        )

    def _one(self, answer: Answer) -> T:
        return answer.part(self._singular, self._item)

    def _do(self, id: str, what: str, version: int) -> Answer:  # noqa: A002
        return self._transport.call("POST", self._at(id, what), headers=if_match(version))

    def _at(self, *parts: str) -> str:
        # An id is data: it must not become a path of its own.
        return "/".join((self._path, *(quote(part, safe="") for part in parts)))


def if_match(version: int) -> dict[str, str]:
    """The header that says which version a change starts from."""
    return {"If-Match": f'"{version}"'}
