"""Evaluation sheets over the API: drafts, handing in, and what follows (/api/evaluations)."""

from __future__ import annotations

import uuid
from urllib.parse import quote

import msgspec

from desktop_app.api.answer import Answer
from desktop_app.api.resource import if_match, read_page
from desktop_app.api.transport import Transport
from desktop_app.core.evaluations import Draft, Evaluation, PeerSheet, Sheet
from desktop_app.core.paging import Page, PageQuery

_PATH = "/api/evaluations"
_EVALUATIONS = msgspec.json.Decoder(list[Evaluation])
_SHEET = msgspec.json.Decoder(Sheet)
_PEERS = msgspec.json.Decoder(tuple[PeerSheet, ...])


class Evaluations:
    """``/api/evaluations``. Versions are those of ``Sheet.evaluation``."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    def page(self, query: PageQuery) -> Page[Evaluation]:
        """One page of the sheets within reach, without their scores."""
        return read_page(self._transport, _PATH, "evaluations", _EVALUATIONS, query)

    def sheet(self, id: str) -> Sheet:  # noqa: A002 - what everyone calls it
        """One whole sheet; raises ``NotFound``."""
        return _sheet(self._transport.call("GET", _at(id)))

    def save_draft(self, id: str, draft: Draft, *, version: int) -> Sheet:  # noqa: A002
        """Keep what is entered so far; raises ``Conflict``, ``Rejected`` (``scores.<id>``).

        Production systems take one's own scores while they are locked, here and in ``submit``.
        """
        answer = self._transport.call(
            "PUT", _at(id, "draft"), body=draft, headers=if_match(version), own_work=True
        )
        return _sheet(answer)

    def submit(
        self,
        id: str,  # noqa: A002
        draft: Draft,
        *,
        version: int,
        idempotency_key: str | None = None,
    ) -> Sheet:
        """Hand a sheet in and get its receipt; raises ``Conflict``, ``Rejected``.

        The same key again hands in once: give the key of one confirmation.
        """
        key = {"Idempotency-Key": idempotency_key or uuid.uuid4().hex}
        answer = self._transport.call(
            "POST",
            _at(id, "submit"),
            body=draft,
            headers={**if_match(version), **key},
            repeatable=True,
            own_work=True,
        )
        return _sheet(answer)

    def peers(self, id: str) -> tuple[PeerSheet, ...]:  # noqa: A002
        """Others' finished sheets of the same company; ``Forbidden`` until one's own is."""
        return self._transport.call("GET", _at(id, "peers")).part("peers", _PEERS)

    def confirm(self, id: str, *, version: int) -> Sheet:  # noqa: A002
        """Accept a submitted sheet."""
        return _sheet(self._transport.call("POST", _at(id, "confirm"), headers=if_match(version)))

    def reopen(self, id: str, reason: str, *, version: int) -> Sheet:  # noqa: A002
        """Give a submitted sheet back to its evaluator."""
        return _sheet(
            self._transport.call(
                "POST", _at(id, "reopen"), body={"reason": reason}, headers=if_match(version)
            )
        )

    def reassign(
        self,
        id: str,  # noqa: A002
        evaluator_id: str,
        reason: str,
        *,
        version: int,
    ) -> Sheet:
        """Give a sheet that is not submitted to another evaluator, who begins it anew."""
        body = {"evaluator_id": evaluator_id, "reason": reason}
        return _sheet(
            self._transport.call("POST", _at(id, "reassign"), body=body, headers=if_match(version))
        )

    def delete(self, id: str, *, version: int) -> None:  # noqa: A002
        """Take an assignment back whose sheet was not begun; raises ``Rejected`` otherwise."""
        self._transport.call("DELETE", _at(id), headers=if_match(version))


def _sheet(answer: Answer) -> Sheet:
    return answer.part("sheet", _SHEET)


def _at(*parts: str) -> str:
    # An id is data: it must not become a path of its own.
    return "/".join((_PATH, *(quote(part, safe="") for part in parts)))
