"""Answers held against the schemas of the target's own /openapi.json."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.contract import Contract
from desktop_app.engines.validation.schema_cost import cost

_MOST = 5
"""Problems told of one answer."""
_DEAREST = 500_000
"""How many times schemas may be held against values: some seconds, which nothing can interrupt."""


class NoSchema(Exception):
    """/openapi.json says nothing (usable) of this answer: why."""


def schema_problems(contract: Contract, answer: Answer) -> list[str]:
    """What of the answer's body is not as /openapi.json says; raises ``NoSchema``."""
    request = answer.request
    path = contract.described_path(request.method, request.path)
    operation = contract.described_operation(request.method, path) if path else None
    if operation is None:
        raise NoSchema(f"/openapi.json does not describe {request.method} {request.path}")
    content = _content(operation, answer.status)
    if content is None:
        raise NoSchema(f"/openapi.json does not describe the answer {answer.status}")
    if not content:
        return ["a body came although none is described"] if answer.body else []
    kind = answer.content_type
    ranges = (kind, f"{kind.partition('/')[0]}/*", "*/*")
    media = next((content[name] for name in ranges if name in content), None)
    if not isinstance(media, Mapping):
        return [f"{kind or 'no content type'} is not described"]
    if not kind.endswith(("/json", "+json")):
        return []
    schema = media.get("schema")
    if not isinstance(schema, Mapping):
        raise NoSchema("its content has no schema")
    if answer.json is None:
        return ["the body is no JSON"]
    return problems_by(contract, schema, answer.json)


def _content(operation: Mapping[str, Any], status: int) -> Mapping[str, Any] | None:
    responses = operation.get("responses")
    if not isinstance(responses, Mapping):
        return None
    for key in (str(status), f"{status // 100}XX", "default"):
        found = responses.get(key)
        if isinstance(found, Mapping):
            content = found.get("content", {})
            return content if isinstance(content, Mapping) else None
    return None


def problems_by(contract: Contract, schema: Mapping[str, Any], body: Any) -> list[str]:
    """What of ``body`` is not as a schema of /openapi.json says; raises ``NoSchema``."""
    described = contract.described or {}
    whole = {**schema, "components": described.get("components", {})}
    if cost(whole, body) > _DEAREST:
        raise NoSchema("holding anything against its schema would take too long")
    try:
        validator = _validator(_Held(whole))
        problems = []
        for error in validator.iter_errors(body):
            place = "".join(
                f"[{p}]" if isinstance(p, int) else f".{p}" for p in error.instance_path
            )
            problems.append(f"{place.lstrip('.') or 'the whole'}: {error.message}"[:300])
            if len(problems) == _MOST:
                break
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError) as error:
        raise NoSchema(f"its schema cannot be used: {str(error).splitlines()[0][:200]}") from error
    return problems


class _Held:
    """A schema as a key: two with the same text are one."""

    def __init__(self, schema: dict[str, Any]) -> None:
        self.schema = schema
        self._text = repr(schema)

    def __hash__(self) -> int:
        return hash(self._text)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and other._text == self._text


@lru_cache(maxsize=8)
def _validator(held: _Held) -> jsonschema_rs.Draft202012Validator:
    """OpenAPI 3.1 schemas are JSON Schema 2020-12.

    A hostile server's schema fetches nothing, and its patterns take linear time.
    """
    return jsonschema_rs.Draft202012Validator(
        held.schema, retriever=_refuse, pattern_options=jsonschema_rs.RegexOptions()
    )


def _refuse(address: str) -> Any:
    raise ValueError(f"{address} is elsewhere")
