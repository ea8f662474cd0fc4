"""What is fuzzed: the operations of /openapi.json that can be tried without harm.

Reading is tried by any path. Writing is tried only where the run creates something, or changes
what it made itself: there the path is spelled out. Nothing is deleted, deactivated, signed in or
out, imported or handed in.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from desktop_app.core.users import Role
from desktop_app.core.validation.suites import Risk
from desktop_app.engines.validation import bed_data
from desktop_app.engines.validation.bed import MARK, BedProblem, TestBed
from desktop_app.engines.validation.contract import Contract

CREATING = ("/api/users", "/api/companies", "/api/templates", "/api/projects", "/api/files/upload")


def _somebody(bed: TestBed) -> str:
    return bed.new_user(Role.EVALUATOR).user_id


def _named(name: str) -> Callable[[TestBed], str]:
    return lambda bed: bed.value(name)


CHANGING: Mapping[tuple[str, str], Callable[[TestBed], str]] = {
    ("patch", "/api/users/{id}"): _somebody,
    ("patch", "/api/companies/{id}"): _named("candidate_company_id"),
    ("patch", "/api/templates/{id}"): _named("template_id"),
    ("patch", "/api/projects/{id}"): _named("project_id"),
    ("put", "/api/projects/{id}/participants"): _named("project_id"),
    ("post", "/api/projects/{id}/assignments"): _named("project_id"),
    ("patch", "/api/files/{id}"): _named("file_id"),
    ("get", "/api/templates/{id}"): _named("template_id"),
    ("get", "/api/projects/{id}/results"): _named("project_id"),
    ("get", "/api/files/{id}/content"): _named("file_id"),
}
"""Operations on one document, and of which of the run's own."""


@dataclass(slots=True, kw_only=True)
class FuzzPlan:
    """``described`` is what the fuzzer is given; ``endpoints`` maps its labels to endpoints.

    ``writes`` are the only requests, by method and path, that may write.
    """

    described: dict[str, Any] = field(default_factory=dict)
    endpoints: dict[str, str] = field(default_factory=dict)
    writes: set[tuple[str, str]] = field(default_factory=set)

    def may(self, method: str, path: str) -> bool:
        """Whether such a request may be sent."""
        return method in ("GET", "HEAD") or (method, path.partition("?")[0]) in self.writes


def plan(contract: Contract, bed: TestBed, wants: Callable[[str], bool]) -> FuzzPlan:
    """The plan for the endpoints that ``wants`` names ("GET /api/users")."""
    made = FuzzPlan()
    described = contract.described or {}
    made.described = {key: value for key, value in described.items() if key != "paths"}
    paths: dict[str, dict[str, Any]] = {}
    made.described["paths"] = paths
    made.described.pop("servers", None)
    for method, path, operation in _operations(described):
        endpoint = f"{method.upper()} {path}"
        if not wants(endpoint):
            continue
        for address in _addresses(bed, method, path):
            own = _own(operation, bed, spelled_out=address != path, writes=method != "get")
            paths.setdefault(address, {})[method] = own
            made.endpoints[f"{method.upper()} {address}"] = endpoint
            if method != "get":
                made.writes.add((method.upper(), address))
    return made


def _operations(described: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    paths = described.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method, operation in item.items() if isinstance(item, dict) else ():
            if method in ("get", "post", "put", "patch") and isinstance(operation, dict):
                yield method, path, operation


def _addresses(bed: TestBed, method: str, path: str) -> Iterator[str]:
    """Under which paths an operation is tried: as described, and with the run's own ids."""
    writing = Risk.WRITES in bed.consent.risks
    if method == "get" or (writing and method == "post" and path in CREATING):
        yield path
    maker = CHANGING.get((method, re.sub(r"\{[^{}]*\}", "{id}", path)))
    if maker is None:
        return
    try:
        made = maker(bed)
    except BedProblem:
        return  # writing was not allowed, or does not work: other checks say so
    yield re.sub(r"\{[^{}]*\}", made, path)


def _own(
    operation: Mapping[str, Any], bed: TestBed, *, spelled_out: bool, writes: bool
) -> dict[str, Any]:
    """An operation as the fuzzer sees it; the version that a change needs is added when sent."""
    own: dict[str, Any] = copy.deepcopy(dict(operation))
    own.pop("operationId", None)  # one operation may come under two paths
    own["parameters"] = [
        one
        for one in own.get("parameters", ())
        if isinstance(one, dict)
        and not (spelled_out and one.get("in") == "path")
        and str(one.get("name")).lower() != "if-match"
    ]
    if writes:
        _make_ours(own, bed)
    return own


def _make_ours(operation: Mapping[str, Any], bed: TestBed) -> None:
    """Have what is written carry the mark of test data, and refer to the run's own alone.

    What the fuzzer breaks of this on purpose may still be in order by the target's description:
    who judges an answer holds the request against that.
    """
    mark = re.escape(f"{MARK}-{bed.run_id}-")
    marked = {"type": "string", "maxLength": 60, "pattern": f"^{mark}[a-z0-9]{{1,20}}$"}
    numbers = [bed_data.business_number() for _ in range(3)]
    ours: dict[str, Callable[[], dict[str, Any]]] = {
        "name": lambda: marked,
        "login_id": lambda: marked,
        "file_name": lambda: {**marked, "pattern": f"^{mark}[a-z0-9]{{1,20}}\\.txt$"},
        "email": lambda: {**marked, "pattern": f"^{mark}[a-z0-9]{{1,20}}@example\\.com$"},
        "business_number": lambda: {"type": "string", "enum": numbers},
        "company_id": lambda: {"type": "string", "enum": [bed.value("company_id")]},
        "template_id": lambda: {"type": "string", "enum": [bed.value("template_id")]},
    }
    for media in operation.get("requestBody", {}).get("content", {}).values():
        schema = media.get("schema") if isinstance(media, dict) else None
        properties = schema.get("properties") if isinstance(schema, dict) else None
        if isinstance(properties, dict):
            for name in sorted(ours.keys() & properties.keys()):
                properties[name] = ours[name]()
