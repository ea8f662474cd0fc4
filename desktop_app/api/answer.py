"""One answer of the server, decoded into the core's models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from desktop_app.core.errors import ServerFault
from desktop_app.core.language import N_

T = TypeVar("T")

_PARTS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_DURATION = re.compile(r"(?:^|,)\s*app\s*(?:;[^,]*?)?;\s*dur=([0-9.]+)")
_TITLE = re.compile(rb"<title[^>]*>\s*(.{0,120}?)\s*</title", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, headers (lower-case names) and the whole body of one answer."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    request_id: str

    @property
    def server_ms(self) -> float | None:
        """The server's own time from ``Server-Timing``, in milliseconds."""
        found = _DURATION.search(self.headers.get("server-timing", ""))
        try:
            return float(found[1]) if found else None
        except ValueError:
            return None

    def decode(self, decoder: msgspec.json.Decoder[T]) -> T:
        """The body as a model; ``ServerFault`` saying what came when it is something else."""
        return self._decoded(self.body, decoder)

    def parts(self, *keys: str) -> dict[str, msgspec.Raw]:
        """The members of the body's object, undecoded; ``ServerFault`` when one is missing."""
        parts = self._decoded(self.body, _PARTS)
        for key in keys:
            if key not in parts:
                raise self.fault(N_("“{key}” is missing"), key=key)
        return parts

    def part(self, key: str, decoder: msgspec.json.Decoder[T]) -> T:
        """One member of the body's object as a model."""
        return self._decoded(self.parts(key)[key], decoder)

    def decode_part(self, raw: msgspec.Raw, decoder: msgspec.json.Decoder[T]) -> T:
        """A member that ``parts`` gave, as a model."""
        return self._decoded(raw, decoder)

    def _decoded(self, body: bytes | msgspec.Raw, decoder: msgspec.json.Decoder[T]) -> T:
        try:
            return decoder.decode(body)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            if self.is_json:
                raise self.fault("{reason}", reason=str(error)) from error
            raise self.fault(self.seen()) from error

    @property
    def is_json(self) -> bool:
        """Whether the server calls the body JSON."""
        return "json" in self.headers.get("content-type", "").lower()

    def fault(self, seen: str, **params: object) -> ServerFault:
        """The error for an answer outside the contract; ``seen`` says what came instead."""
        return ServerFault(
            what=N_("The server answered outside the contract (status {status}): {seen}."),
            advice=N_(
                "Check that the address is that of the platform's API."
                " Request number: {request_id}."
            ),
            status=self.status,
            seen=_Seen(seen, params),
            request_id=self.request_id,
        )

    def seen(self) -> str:
        """What the body is, in a few words: for an answer that is no JSON."""
        kind = self.headers.get("content-type", "").split(";")[0].strip() or "?"
        found = _TITLE.search(self.body[:20_000])
        if found:
            return f"{kind}: {found[1].decode('utf-8', errors='replace')}"
        start = self.body[:120].decode("utf-8", errors="replace").strip()
        return f"{kind}: {start}" if start else f"{kind}, 0 B"


class _Seen:
    """A message id with its params, put into words when shown."""

    def __init__(self, message: str, params: Mapping[str, object]) -> None:
        self._message = message
        self._params = params

    def __format__(self, _spec: str) -> str:
        return str(self)

    def __str__(self) -> str:
        from desktop_app.core.language import _

        # A text that the server sent may hold braces of its own.
        return _(self._message).format(**self._params) if self._params else self._message
