"""The process in which schemathesis makes up requests and judges the answers.

It has no network and no secrets: each request goes to the parent by standard output, a JSON line,
and its answer comes by standard input. When that ends, or its time is over, so does this process.
"""

from __future__ import annotations

import base64
import faulthandler
import io
import json
import sys
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, cast

NUMBER = "X-Evalconsole-Number"
"""Header of the answers that this process sees: which request it answers."""
UNSENT = 0
"""The number of what the parent did not send: nothing is to be made of its answer."""
LARGEST = 32 * 1024 * 1024
"""No line is longer."""
CHECKS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "negative_data_rejection",
)
"""What is asked of every answer, by schemathesis's names."""
_GRACE_S = 20.0
_BASE = "http://target.invalid"


def run() -> int:
    """Do one order from standard input. Returns the exit code.

    The folder it runs in is its own: hypothesis keeps files there, and schemathesis looks for its
    settings.
    """
    line = Line(sys.stdin.buffer, sys.stdout.buffer)
    sys.stdout = sys.stderr  # what libraries print is no message
    order = line.hear()
    if order is None:
        return 0
    # The parent ends a process that takes too long or too much; this is for one without a parent.
    with Path("stacks").open("w", encoding="utf-8") as stacks:
        faulthandler.dump_traceback_later(order["seconds"] + _GRACE_S, exit=True, file=stacks)
        try:
            _fuzz(order, line)
        except ParentGone:
            return 0
        finally:
            faulthandler.cancel_dump_traceback_later()
    return 0


class ParentGone(BaseException):
    """Nobody answers any more: no handler of errors may go on."""


class Line:
    """JSON objects, one a line."""

    def __init__(self, heard: IO[bytes], told: IO[bytes]) -> None:
        self._heard = heard
        self._told = told

    def hear(self) -> dict[str, Any] | None:
        """The next object; None when there is no more."""
        line = self._heard.readline(LARGEST)
        return json.loads(line) if line.endswith(b"\n") else None

    def tell(self, **message: Any) -> None:
        """Send one; raises ``ParentGone``."""
        try:
            self._told.write(json.dumps(message).encode() + b"\n")
            self._told.flush()
        except OSError as error:
            raise ParentGone from error


def _fuzz(order: Mapping[str, Any], line: Line) -> None:
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema

    _send_by(line)
    config = SchemathesisConfig.from_dict(_settings(order))
    schema = schemathesis.openapi.from_dict(dict(order["described"]), config=config)
    for event in from_schema(schema).execute():
        if isinstance(event, events.ScenarioFinished):
            line.tell(kind="scenario", **_scenario(event.recorder))
        elif isinstance(event, events.NonFatalError):
            about = event.label if event.related_to_operation else ""
            line.tell(kind="problem", operation=about, reason=str(event.info.title)[:300])
        elif isinstance(event, events.FatalError):
            line.tell(kind="problem", operation="", reason=repr(event.exception)[:300])
        elif isinstance(event, events.EngineFinished):
            line.tell(kind="done", reason=event.stop_reason.value)


def _settings(order: Mapping[str, Any]) -> dict[str, Any]:
    """As schemathesis's settings file would say it."""
    return {
        "seed": int(order["seed"]),
        "base-url": _BASE,
        "workers": 1,
        "max-redirects": 0,
        "max-time": max(1, int(order["seconds"])),
        "continue-on-failure": True,
        "checks": {
            "enabled": False,
            **{name: {"enabled": True} for name in CHECKS},
        },
        "phases": {
            "examples": {"enabled": False},
            "stateful": {"enabled": False},
            "coverage": {"unexpected-methods": [], "extra-data-sources": {"responses": False}},
            "fuzzing": {"extra-data-sources": {"responses": False}},
        },
        "generation": {
            "max-examples": int(order["examples"]),
            "database": "none",
            "with-security-parameters": False,
        },
        "cache": {"enabled": False},
    }


def _send_by(line: Line) -> None:
    """Have the parent send what ``requests`` is asked to: it is the one door to the network."""
    import requests
    import urllib3
    from requests.adapters import HTTPAdapter

    def send(
        self: HTTPAdapter, request: requests.PreparedRequest, **_options: Any
    ) -> requests.Response:
        body = request.body or b""
        content = body.encode() if isinstance(body, str) else bytes(cast(bytes, body))
        line.tell(
            kind="send",
            method=request.method,
            path=str(request.path_url),
            headers=[[str(k), _text(v)] for k, v in request.headers.items()],
            body=base64.b64encode(content).decode(),
        )
        answer = line.hear()
        if answer is None:
            raise ParentGone
        if answer.get("enough"):
            raise KeyboardInterrupt  # what was asked so far is judged, and then it ends
        if answer.get("unsendable"):
            raise requests.exceptions.InvalidHeader(answer["unsendable"], request=request)
        if answer.get("failure"):
            raise requests.ConnectionError(answer["failure"], request=request)
        raw = urllib3.HTTPResponse(
            body=io.BytesIO(base64.b64decode(answer["body"])),
            headers=urllib3.HTTPHeaderDict([*answer["headers"], (NUMBER, str(answer["number"]))]),
            status=answer["status"],
            reason=answer["reason"],
            preload_content=False,
            decode_content=False,
        )
        response = self.build_response(request, raw)
        response.elapsed = timedelta(milliseconds=answer["ms"])
        return response

    HTTPAdapter.send = send  # type: ignore[method-assign, assignment]


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _scenario(recorder: Any) -> dict[str, Any]:
    """What was checked of one operation's answers, and which failed."""
    tested: dict[str, int] = {}
    failed: list[dict[str, Any]] = []
    for case_id, checks in recorder.checks.items():
        interaction = recorder.interactions.get(case_id)
        response = interaction.response if interaction else None
        if response is None:
            continue
        numbers = [v for k, v in response.headers.items() if k.lower() == NUMBER.lower()]
        number = int(numbers[0][0]) if numbers else UNSENT
        if number == UNSENT:
            continue
        for check in checks:
            tested[check.name] = tested.get(check.name, 0) + 1
            if check.failure_info is not None:
                failure = check.failure_info.failure
                failed.append(
                    {
                        "check": check.name,
                        "number": number,
                        "title": str(failure.title)[:300],
                        "message": str(failure.message)[:1000],
                    }
                )
    return {"operation": recorder.label, "tested": tested, "failed": failed}
