"""A report without secrets: the last gate before it is kept, shown or handed on.

Evidence is redacted where it is recorded; this goes over every text that a server or a probe may
have put a secret into, with the values that this run knows. Message ids stay as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from desktop_app.core.redaction import MARK, is_secret_key, redact, spellings
from desktop_app.core.validation.findings import CheckResult, Exchange, Finding, Header, Said
from desktop_app.core.validation.report import LeftBehind, SignInProven, ValidationReport

_SHORTEST = 4
"""A shorter value would take words out everywhere, and tells little."""
_LONGEST = 2_000
"""So many characters of what a server said are told in a sentence: it is read, and drawn."""
_SHORT = 200
"""Such texts are remembered: the same names and values of headers come again and again."""


class Cleaner:
    """Takes secrets out of texts: by their form, and ``secrets`` by their value."""

    def __init__(self, secrets: Collection[str] = ()) -> None:
        known = {form for one in secrets if len(one) >= _SHORTEST for form in spellings(one)}
        self._secrets = sorted(known, key=len, reverse=True)
        self._seen: dict[str, str] = {}

    def text(self, text: str) -> str:
        """``text`` without secrets."""
        if len(text) > _SHORT:
            return self._cleaned(text)
        known = self._seen.get(text)
        if known is None:
            known = self._seen[text] = self._cleaned(text)
        return known

    def _cleaned(self, text: str) -> str:
        for secret in self._secrets:
            text = text.replace(secret, MARK)
        # Half a surrogate pair, which JSON can hold, is no text that a file could.
        return redact(text).encode("utf-8", "backslashreplace").decode("utf-8")

    def report(self, report: ValidationReport) -> ValidationReport:
        """The whole report without secrets."""
        return replace(
            report,
            stop_said=self._said(report.stop_said),
            results=tuple(map(self.result, report.results)),
            left_behind=tuple(map(self._left_behind, report.left_behind)),
            evidence=tuple(map(self.exchange, report.evidence)),
            sign_ins=tuple(map(self.sign_in, report.sign_ins)),
            target=replace(
                report.target,
                url=self.text(report.target.url),
                server=self.text(report.target.server),
                tls=self.text(report.target.tls),
            ),
        )

    def result(self, result: CheckResult) -> CheckResult:
        """One check without secrets."""
        return replace(
            result,
            findings=tuple(map(self._finding, result.findings)),
            reason=self._said(result.reason),
        )

    def sign_in(self, proven: SignInProven) -> SignInProven:
        """One sign-in without secrets."""
        exchange = self.exchange(proven.exchange) if proven.exchange else None
        return replace(proven, said=self._said(proven.said), exchange=exchange)

    def exchange(self, exchange: Exchange) -> Exchange:
        """One exchange without secrets."""
        return replace(
            exchange,
            url=self.text(exchange.url),
            request_headers=self._headers(exchange.request_headers),
            request_body=self.text(exchange.request_body),
            reason=self.text(exchange.reason),
            response_headers=self._headers(exchange.response_headers),
            response_body=self.text(exchange.response_body),
            failure=self.text(exchange.failure),
        )

    def _finding(self, finding: Finding) -> Finding:
        return replace(
            finding,
            subject=self.text(finding.subject),
            seen=tuple(replace(said, params=self._mapping(said.params)) for said in finding.seen),
            facts=self._mapping(finding.facts),
            exchanges=tuple(map(self.exchange, finding.exchanges)),
        )

    def _said(self, said: Said | None) -> Said | None:
        return replace(said, params=self._mapping(said.params)) if said is not None else None

    def _left_behind(self, left: LeftBehind) -> LeftBehind:
        return replace(left, reason=self.text(left.reason))

    def _headers(self, headers: tuple[Header, ...]) -> tuple[Header, ...]:
        return tuple(
            (self.text(name), MARK if is_secret_key(name) and value else self.text(value))
            for name, value in headers
        )

    def _mapping(self, values: Mapping[str, Any]) -> dict[str, Any]:
        return {key: self._value(value) for key, value in values.items()}

    def _value(self, value: Any) -> Any:
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, Mapping):
            return {self.text(str(key)): self._value(one) for key, one in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self._value(one) for one in value]
        text = self.text(str(value)[: 10 * _LONGEST])
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
