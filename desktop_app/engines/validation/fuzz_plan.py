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


OWN: Mapping[str, Callable[[TestBed], str]] = {
    "users": _somebody,
    "companies": _named("candidate_company_id"),
    "templates": _named("template_id"),
    "projects": _named("project_id"),
    "evaluations": _named("evaluation_id"),
    "files": _named("file_id"),
}
"""The run's own document of each kind."""
CHANGING = frozenset(
    (
        ("patch", "/api/users/{id}"),
        ("patch", "/api/companies/{id}"),
        ("patch", "/api/templates/{id}"),
        ("patch", "/api/projects/{id}"),
        ("put", "/api/projects/{id}/participants"),
        ("post", "/api/projects/{id}/assignments"),
        ("patch", "/api/files/{id}"),
    )
)
"""What is tried on them beside reading."""
MARKED = ("name", "login_id", "file_name")
"""What names are written as; those of the run's own carry its mark."""
_MOST = 400
_PLACE = re.compile(r"\{[^{}]*\}")
_OF_ONE = re.compile(r"/api/(\w+)/\{[^{}]*\}(?:/[^{}]*)?")


@dataclass(slots=True, kw_only=True)
class FuzzPlan:
    """``described`` is what the fuzzer is given; ``endpoints`` maps its labels to endpoints.

    ``writes`` are the only requests, by method and path, that may write. ``left_out`` counts
    operations beyond those that are tried: a target describes as many as it likes.
    """

    described: dict[str, Any] = field(default_factory=dict)
    endpoints: dict[str, str] = field(default_factory=dict)
    writes: set[tuple[str, str]] = field(default_factory=set)
    left_out: int = 0

    def may(self, method: str, path: str) -> bool:
        """Whether such a request may be sent."""
        return method in ("GET", "HEAD") or (method, path.partition("?")[0]) in self.writes


def plan(contract: Contract, bed: TestBed, wants: Callable[[str], bool]) -> FuzzPlan:
    """The plan for the endpoints that ``wants`` names ("GET /api/users")."""
    made = FuzzPlan()
    described = _of_itself(contract.described or {})
    made.described = {k: v for k, v in described.items() if k not in ("paths", "servers")}
    paths: dict[str, dict[str, Any]] = {}
    made.described["paths"] = paths
    ids: dict[str, str] = {}
    for method, path, operation in _operations(described):
        endpoint = f"{method.upper()} {path}"
        if not wants(endpoint):
            continue
        if len(paths) >= _MOST:
            made.left_out += 1
            continue
        for address in _addresses(bed, method, path, ids):
            own = _own(operation, bed, spelled_out=address != path, writes=method != "get")
            paths.setdefault(address, {})[method] = own
            made.endpoints[f"{method.upper()} {address}"] = endpoint
            if method != "get":
                made.writes.add((method.upper(), address))
    return made


def _of_itself(described: Any) -> Any:
    """A description without what it refers to elsewhere.

    The fuzzer would open files of this computer and addresses that a target names.
    """
    if isinstance(described, dict):
        return {
            key: _of_itself(value)
            for key, value in described.items()
            if key != "externalValue"
            and not (key == "$ref" and isinstance(value, str) and not value.startswith("#"))
        }
    if isinstance(described, list):
        return [_of_itself(value) for value in described]
    return described


def _operations(described: Mapping[str, Any]) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    paths = described.get("paths")
    for path, item in paths.items() if isinstance(paths, dict) else ():
        for method, operation in item.items() if isinstance(item, dict) else ():
            if method in ("get", "post", "put", "patch") and isinstance(operation, dict):
                yield method, path, operation


def _addresses(bed: TestBed, method: str, path: str, ids: dict[str, str]) -> Iterator[str]:
    """Under which paths an operation is tried: as described, and with the run's own ids."""
    writing = Risk.WRITES in bed.consent.risks
    if method == "get" or (writing and method == "post" and path in CREATING):
        yield path
    one = _OF_ONE.fullmatch(path)
    if not writing or one is None or one[1] not in OWN:
        return
    if method == "get" or (method, _PLACE.sub("{id}", path)) in CHANGING:
        if one[1] not in ids:
            try:
                ids[one[1]] = OWN[one[1]](bed)
            except BedProblem:  # it cannot be made here: other checks say so
                ids[one[1]] = ""
        if ids[one[1]]:
            yield _PLACE.sub(ids[one[1]], path)


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
