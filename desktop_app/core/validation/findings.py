"""What a check saw: verdicts with their evidence, redacted before they come here."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.core.language import _
from desktop_app.core.redaction import MARK
from desktop_app.core.validation.reasons import reason_text
from desktop_app.core.validation.suites import Risk, Severity
from desktop_app.core.verdicts import CheckState

Header = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """A sentence: a message id (marked with ``N_`` where it is written) and what fills it.

    What fills it may be a sentence itself.
    """

    message: str
    params: Mapping[str, Any] = field(default_factory=dict)

    def text(self) -> str:
        """The sentence in the language in use, reasons of systems and libraries in it, too."""
        return _(self.message).format(**{k: _shown(k, one) for k, one in self.params.items()})


_REASONS = frozenset({"reason", "status"})
"""Parameters that may hold why no answer came. A number in their place stays one."""


def _shown(name: str, param: Any) -> Any:
    """What a param is written as; a sentence that was read from a file is a mapping."""
    if isinstance(param, Mapping) and param.keys() == {"message", "params"}:
        param = Said(message=param["message"], params=param["params"])
    if isinstance(param, Said):
        return param.text()
    if name == "status" and param == 0:
        return _("nothing")
    return reason_text(param) if name in _REASONS and isinstance(param, str) else param


def say(message: str, **params: Any) -> Said:
    """``say(N_("The answer was {status}."), status=500)``."""
    return Said(message=message, params=params)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One request and what came back, redacted, bodies clipped.

    Times are in milliseconds from when the request was begun; None where it did not come so far.
    ``status`` is 0 without an answer, and ``failure`` says why ("connection refused", "timed out
    after 10 s"). ``by`` is who asked. ``sent_bytes`` and ``received_bytes`` count bodies whole.
    """

    method: str
    url: str
    by: str = "nobody"
    request_headers: tuple[Header, ...] = ()
    request_body: str = ""
    sent_bytes: int = 0
    status: int = 0
    reason: str = ""
    http_version: str = ""
    response_headers: tuple[Header, ...] = ()
    response_body: str = ""
    received_bytes: int = 0
    clipped: bool = False
    connect_ms: float | None = None
    first_byte_ms: float | None = None
    total_ms: float = 0.0
    server_ms: float | None = None
    failure: str = ""
    at: float = 0.0
    """When it was begun: seconds since the epoch."""

    def as_curl(self) -> str:
        """A line for a POSIX shell that sends the same, where one sets the variables in it.

        A token that was taken out is ``$ADMIN_TOKEN``, by who asked; a cookie ``$ADMIN_COOKIE``.
        Other secrets stay ``***``.
        """
        parts = ["curl", "-i", "-X", shlex.quote(self.method)]
        if "/." in self.url:
            parts.append("--path-as-is")  # curl would walk such steps itself
        if any(letter in self.url for letter in "[]{}"):
            parts.append("--globoff")  # … and take these for several addresses
        for name, value in self.request_headers:
            if name.lower() not in ("host", "content-length", "connection", "accept-encoding"):
                parts += ["-H", self._header_word(name, value)]
        if self.request_body:
            # Not --data-binary: of a body that begins with @ it would send that file.
            parts += ["--data-raw", shlex.quote(self.request_body)]
        return " ".join([*parts, shlex.quote(self.url)])

    def _header_word(self, name: str, value: str) -> str:
        if (secret := _SECRET_HEADERS.get(name.lower())) is None or value != MARK:
            return shlex.quote(f"{name}: {value}")
        scheme, kind = secret
        who = re.sub(r"[^A-Z0-9]+", "_", self.by.upper()).strip("_")
        return f'"{name}: {scheme}${who}_{kind}"'


_SECRET_HEADERS = {"authorization": ("Bearer ", "TOKEN"), "cookie": ("", "COOKIE")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one check says of one subject (an endpoint, a header, the whole target: "").

    ``seen`` are sentences of what was observed; ``exchanges`` the evidence (at most a few);
    ``facts`` figures by name (``p99_ms``). ``fix`` comes from the check unless said better.
    """

    check: str
    subject: str = ""
    state: CheckState
    seen: tuple[Said, ...] = ()
    facts: Mapping[str, float | int | str] = field(default_factory=dict)
    exchanges: tuple[Exchange, ...] = ()

    @property
    def key(self) -> str:
        """What the same finding is called in another run."""
        return f"{self.check}[{self.subject}]" if self.subject else self.check


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckResult:
    """One check done, or why it was not. ``state`` is the worst of its findings."""

    check: str
    suite: str
    category: str
    severity: Severity
    risk: Risk
    state: CheckState
    findings: tuple[Finding, ...] = ()
    reason: Said | None = None
    """Why it was not run."""
    requests: int = 0
    seconds: float = 0.0
