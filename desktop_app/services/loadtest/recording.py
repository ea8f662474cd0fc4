"""Scenarios out of what was recorded: a browser's HAR file, the requests of a validation run.

What is recorded holds secrets and values of one moment. Tokens become ``${token}``, the sign-in
becomes the scenario's ``setup`` with the login pool's names, cookies and the browser's own headers
are left out, and so is what is no request to the platform.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.core.load.scenario import Expect, Flow, Scenario, Step
from desktop_app.core.redaction import MARK, is_secret_key, redact
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.verdicts import CheckState

LARGEST = 256 * 1024 * 1024
MOST_STEPS = 500
_KEPT_HEADERS = frozenset({"accept", "accept-language", "content-type", "if-none-match", "prefer"})
_STATIC = (
    ".css",
    ".js",
    ".map",
    ".png",
    ".jpg",
    ".jpeg",
    ".gif",
    ".svg",
    ".ico",
    ".woff",
    ".woff2",
)
_NOT_MODIFIED = 304
_READS = frozenset({"GET", "HEAD"})
_TOKEN = "Bearer ${token}"  # noqa: S105 - a blank to be filled in


@dataclass(frozen=True, slots=True, kw_only=True)
class Recording:
    """What became of a recording. ``left_out`` counts requests by the reason (a message id)."""

    scenario: Scenario
    host: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)


OTHER_HOST = N_("to another server")
STATIC = N_("pictures, styles and scripts")
FAILED = N_("without an answer in order")
PREFLIGHT = N_("the browser's questions whether it may ask")
TWICE = N_("sent before")
TOO_MANY = N_("beyond the first 500")
UNREADABLE = N_("not readable")
WRITES = N_("writing: they would need data of their own")


def from_har(path: Path) -> Recording:
    """The scenario of a HAR 1.2 file: the requests to the server that is asked most, in order.

    Raises ``LocalFailure``.
    """
    try:
        if path.stat().st_size > LARGEST:
            raise ValueError("too large")
        entries = json.loads(path.read_text(encoding="utf-8-sig"))["log"]["entries"]
        if not isinstance(entries, list):
            raise ValueError("no entries")
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as error:
        raise LocalFailure(
            what=N_("“{file}” is no HAR file: {reason}."),
            advice=N_("Record the requests with the browser's developer tools and save them."),
            file=path.name,
            reason=str(error) or type(error).__name__,
        ) from error
    left: Counter[str] = Counter()
    read = [one for entry in entries if (one := _Recorded.of_har(entry, left)) is not None]
    hosts = Counter(
        one.host for one in read if one.host and not one.path.partition("?")[0].endswith(_STATIC)
    )
    host = hosts.most_common(1)[0][0] if hosts else ""
    kept = []
    for one in read:
        if not one.host or one.host != host:
            left[OTHER_HOST] += 1
        elif one.method == "OPTIONS":
            left[PREFLIGHT] += 1
        elif one.path.partition("?")[0].endswith(_STATIC):
            left[STATIC] += 1
        elif not 200 <= one.status < 400:
            left[FAILED] += 1
        else:
            kept.append(one)
    return _recording(path.stem, kept, left, host)


def from_report(report: ValidationReport) -> Recording:
    """The reads of a validation run that were answered in order, each once."""
    left: Counter[str] = Counter()
    kept: list[_Recorded] = []
    seen: set[tuple[str, str]] = set()
    for finding in report.findings():
        if finding.state is not CheckState.PASS:
            continue
        for exchange in finding.exchanges:
            parts = urlsplit(exchange.url)
            path = parts.path + (f"?{parts.query}" if parts.query else "")
            if exchange.method not in _READS:
                left[WRITES] += 1
            elif not 200 <= exchange.status < 300:
                left[FAILED] += 1
            elif (exchange.method, path) in seen:
                left[TWICE] += 1
            else:
                seen.add((exchange.method, path))
                names = {name.lower() for name, _value in exchange.request_headers}
                kept.append(
                    _Recorded(
                        method=exchange.method,
                        host=parts.netloc,
                        path=path,
                        status=exchange.status,
                        signed="authorization" in names,
                    )
                )
    name = f"validation {report.run_id}"
    return _recording(name, kept, left, urlsplit(report.target.url).netloc, sign_in=SIGN_IN)


SIGN_IN = Step(
    name="sign in",
    method="POST",
    path="/api/auth/login",
    json={"login_id": "${login_id}", "password": "${password}"},
    expect=Expect(status=(200,), keys=("access_token",)),
    save={"token": "access_token"},
)
"""How users of contract v1 sign in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Recorded:
    """One request as it was recorded. ``host`` "": to no server (a picture within the page)."""

    method: str
    host: str
    path: str
    status: int
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    answer: str = ""
    signed: bool = False

    @classmethod
    def of_har(cls, entry: Any, left: Counter[str]) -> _Recorded | None:
        try:
            request, response = entry["request"], entry["response"]
            parts = urlsplit(str(request["url"]))
            pairs = [(str(h["name"]), str(h["value"])) for h in request.get("headers", ())]
            content = response.get("content") or {}
            return cls(
                method=str(request["method"]).upper(),
                host=parts.netloc if parts.scheme in ("http", "https") else "",
                path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
                status=int(response["status"]),
                headers=tuple((k, v) for k, v in pairs if k.lower() in _KEPT_HEADERS),
                body=str((request.get("postData") or {}).get("text") or ""),
                answer=str(content.get("text") or "") if not content.get("encoding") else "",
                signed=any(name.lower() == "authorization" for name, _value in pairs),
            )
        except (KeyError, TypeError, ValueError, AttributeError):
            left[UNREADABLE] += 1
            return None

    @property
    def signs_in(self) -> bool:
        """Whether this is the sign-in: a password goes out and a token comes back."""
        sent, got = _json(self.body), _json(self.answer)
        return (
            isinstance(sent, dict)
            and "password" in sent
            and isinstance(got, dict)
            and "access_token" in got
        )


def _recording(
    name: str,
    kept: Iterable[_Recorded],
    left: Counter[str],
    host: str,
    sign_in: Step | None = None,
) -> Recording:
    setup: Step | None = None
    steps: list[Step] = []
    names: Counter[str] = Counter()
    for one in kept:
        if one.signs_in:
            setup = _sign_in(one)
            continue
        if len(steps) >= MOST_STEPS:
            left[TOO_MANY] += 1
            continue
        label = f"{one.method} {one.path.partition('?')[0]}"
        names[label] += 1
        steps.append(_step(one, f"{label} ({names[label]})" if names[label] > 1 else label))
    if any(_TOKEN in step.headers.values() for step in steps):
        setup = setup or sign_in or SIGN_IN
    return Recording(
        scenario=Scenario(
            name=name,
            setup=(setup,) if setup is not None else (),
            flows=(Flow(name="recorded", steps=tuple(steps)),) if steps else (),
            renew_s=720 if setup is not None else 0,
        ),
        host=host,
        left_out=dict(left),
    )


def _step(one: _Recorded, name: str) -> Step:
    headers = {key: value for key, value in one.headers if key.lower() != "content-type"}
    if one.signed:
        headers["Authorization"] = _TOKEN
    body = _json(one.body)
    plain = one.body if one.body and body is None else None
    if plain is not None:
        headers |= {key: value for key, value in one.headers if key.lower() == "content-type"}
    return Step(
        name=name,
        method=one.method,
        path=_literal(redact(one.path)),
        headers=headers,
        json=_literal_json(body),
        body=_literal(redact(plain)) if plain is not None else None,
        # What the browser had kept may be new by now.
        expect=Expect(status=(200, 304) if one.status == _NOT_MODIFIED else (one.status,)),
    )


def _sign_in(one: _Recorded) -> Step:
    """The sign-in as it was recorded, its name and password those of the login pool."""
    sent = _json(one.body)
    assert isinstance(sent, dict)
    blanks = {"password": "${password}"}
    for key in ("login_id", "username", "email"):
        if key in sent:
            blanks[key] = "${login_id}"
            break
    return Step(
        name="sign in",
        method=one.method,
        path=_literal(one.path),
        json={**_literal_json(sent), **blanks},
        expect=Expect(status=(one.status,), keys=("access_token",)),
        save={"token": "access_token"},
    )


def _literal(text: str) -> str:
    """A recorded text in which ``${`` means itself."""
    return text.replace("${", "$${")


def _literal_json(value: Any) -> Any:
    if isinstance(value, str):
        return _literal(value)
    if isinstance(value, Mapping):
        return {
            _literal(key): MARK if is_secret_key(key) else _literal_json(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_literal_json(inner) for inner in value]
    return value


def _json(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
