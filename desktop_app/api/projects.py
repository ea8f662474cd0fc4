"""Projects over the API: what is evaluated and by whom (contract v1, /api/projects)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

import msgspec

from desktop_app.api.resource import Resource, if_match
from desktop_app.api.transport import Transport
from desktop_app.core.evaluations import Candidates, Conflict, Evaluation, Matrix, Pair
from desktop_app.core.projects import Project
from desktop_app.core.results import Results

_MATRIX = msgspec.json.Decoder(Matrix)
_SHEETS = msgspec.json.Decoder(tuple[Evaluation, ...])
_CANDIDATES = msgspec.json.Decoder(Candidates)
_CONFLICT = msgspec.json.Decoder(Conflict)
_INTEGER = msgspec.json.Decoder(int)
_RESULTS = msgspec.json.Decoder(Results)


class Projects(Resource[Project]):
    """``/api/projects``."""

    def __init__(self, transport: Transport) -> None:
        super().__init__(transport, "projects", "project", Project)

    def archive(self, id: str, *, version: int) -> Project:  # noqa: A002
        """Put it away: its sheets stay, and are changed no more."""
        return self._one(self._do(id, "archive", version))

    def restore(self, id: str, *, version: int) -> Project:  # noqa: A002
        """Take it out of the archive: closed, or in preparation while it has no sheets."""
        return self._one(self._do(id, "restore", version))

    def revise(self, id: str, *, version: int) -> Project:  # noqa: A002
        """Bind the newest revision of its template; raises ``Rejected`` once a sheet is begun."""
        return self._one(self._do(id, "revise", version))

    def matrix(self, id: str) -> Matrix:  # noqa: A002
        """Who evaluates what: companies × evaluators with the sheets there are."""
        return self._transport.call("GET", self._at(id, "matrix")).decode(_MATRIX)

    def set_participants(
        self,
        id: str,  # noqa: A002
        candidate_ids: Sequence[str],
        panel_ids: Sequence[str],
        *,
        version: int,
    ) -> Project:
        """Whom it evaluates and who does so; raises ``Rejected`` naming each bad entry."""
        body = {"candidate_ids": list(candidate_ids), "panel_ids": list(panel_ids)}
        answer = self._transport.call(
            "PUT", self._at(id, "participants"), body=body, headers=if_match(version)
        )
        return self._one(answer)

    def assign(
        self,
        id: str,  # noqa: A002
        pairs: Sequence[Pair],
        *,
        idempotency_key: str | None = None,
    ) -> tuple[Evaluation, ...]:
        """A new sheet for each pair, all or none; raises ``Rejected`` naming ``pairs.3``.

        The same key again assigns nothing more and answers the same.
        """
        answer = self._transport.call(
            "POST",
            self._at(id, "assignments"),
            body={"pairs": list(pairs)},
            headers={"Idempotency-Key": idempotency_key or uuid.uuid4().hex},
            repeatable=True,
        )
        return answer.part("sheets", _SHEETS)

    def remind(self, id: str, evaluation_ids: Sequence[str]) -> int:  # noqa: A002
        """Mark sheets that are not handed in, so that their evaluators see it; how many."""
        body = {"evaluation_ids": list(evaluation_ids)}
        answer = self._transport.call("POST", self._at(id, "reminders"), body=body)
        return answer.part("reminded", _INTEGER)

    def candidates(self, id: str) -> Candidates:  # noqa: A002
        """The companies evaluated, and the conflicts of interest that the caller declared."""
        return self._transport.call("GET", self._at(id, "candidates")).decode(_CANDIDATES)

    def declare(
        self,
        id: str,  # noqa: A002
        company_id: str,
        reason: str,
        evaluator_id: str | None = None,
    ) -> Conflict:
        """Declare a conflict of interest: one's own, or (for staff) that of an evaluator.

        Production systems take one's own while they are locked, here and in ``withdraw``.
        """
        body = {"company_id": company_id, "reason": reason, "evaluator_id": evaluator_id}
        sent = {key: value for key, value in body.items() if value is not None}
        own = evaluator_id is None
        path = self._at(id, "conflicts")
        return self._transport.call("POST", path, body=sent, own_work=own).part(
            "conflict", _CONFLICT
        )

    def withdraw(
        self,
        id: str,  # noqa: A002
        company_id: str,
        evaluator_id: str | None = None,
    ) -> None:
        """Take a declared conflict of interest back; raises ``NotFound``."""
        asked = {"company_id": company_id}
        if evaluator_id is not None:
            asked["evaluator_id"] = evaluator_id
        own = evaluator_id is None
        self._transport.call("DELETE", self._at(id, "conflicts"), params=asked, own_work=own)

    def results(self, id: str, *, sheets: bool = False) -> Results:  # noqa: A002
        """Its results by its own rules; with ``sheets``, what they are made from too."""
        asked = {"sheets": "true"} if sheets else {}
        answer = self._transport.call("GET", self._at(id, "results"), params=asked)
        return answer.part("results", _RESULTS)
