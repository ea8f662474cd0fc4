"""Lists, changes, versions, repetition and rules that are not as the contract promises."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from urllib.parse import parse_qsl, urlencode

from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import About, answering, anything, operation_of, status
from tests.defects.registry import breaks

RESOURCES = ("users", "companies", "templates", "projects")
SINGULAR = {"users": "user", "companies": "company", "templates": "template", "projects": "project"}


def each(what: str, resources: Collection[str] = RESOURCES) -> frozenset[str]:
    """The checks of one kind, of every resource."""
    return frozenset(f"{what}.{resource}" for resource in resources)


def of(*operations: str) -> About:
    """Requests of these operations; ``*.list`` and the like for those of every resource."""
    named = set(operations)

    def about(asked: Asked) -> bool:
        operation = operation_of(asked)
        if operation is None:
            return False
        resource, _, deed = operation.id.partition(".")
        return operation.id in named or (f"*.{deed}" in named and resource in RESOURCES)

    return about


def asking(about: About, change: Callable[[Asked], Asked]) -> Callable[[Backdoor], Fault]:
    """A fault that changes requests ``about`` something on their way."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        return await sound(change(asked) if about(asked) else asked)

    return lambda _backdoor: fault


def overheard(unheard: Callable[[str], bool]) -> Callable[[Backdoor], Fault]:
    """Lists that overhear some parameters of their question."""

    def change(asked: Asked) -> Asked:
        pairs = parse_qsl(asked.query, keep_blank_values=True)
        return asked.changed(query=urlencode([pair for pair in pairs if not unheard(pair[0])]))

    def about(asked: Asked) -> bool:
        operation = operation_of(asked)
        return operation is not None and operation.id.endswith(".list")

    return asking(about, change)


_OWN = frozenset({"page", "page_size", "sort", "q"})


_VERSION = re.compile(r'"[0-9]{1,15}"')


def _stale_taken(_backdoor: Backdoor) -> Fault:
    """Whatever version is sent, the change is made."""
    writing = of("*.change", "*.delete")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if writing(asked) and _VERSION.fullmatch(asked.header("if-match")):
            reading = asked.changed(method="GET").without_header("content-type")
            current = (await sound(reading)).header("etag")
            asked = asked.with_header("if-match", current) if current else asked
        return await sound(asked)

    return fault


def _changes_forgotten(_backdoor: Backdoor) -> Fault:
    """A change of a name is confirmed as if it had been made."""
    changing = of("*.change")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if not changing(asked) or asked.header("content-type") != "application/json":
            return await sound(asked)
        sent = await asked.json()
        name = sent.get("name") if isinstance(sent, dict) and sent.keys() == {"name"} else None
        if not isinstance(name, str) or not name.isprintable() or len(name) > 100:
            return await sound(asked)
        found = await sound(asked.changed(method="GET").without_header("content-type"))
        content = found.json
        if found.header("etag") != asked.header("if-match") or not isinstance(content, dict):
            return await sound(asked)
        for document in content.values():
            if isinstance(document, dict):
                document.update(sent, version=document.get("version", 0) + 1)
        return found.with_json(content)

    return fault


def _never_deletes(_backdoor: Backdoor) -> Fault:
    """A deletion is confirmed as if it had been made."""
    deleting = of("*.delete")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if not deleting(asked):
            return await sound(asked)
        found = await sound(asked.changed(method="GET"))
        if found.status != 200:
            return found
        return Answered(204, found.without_header("content-type").headers)

    return fault


def _breaks_rules(_backdoor: Backdoor) -> Fault:
    """What breaks a rule is confirmed as if it had been created."""
    creating = of("*.create")

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if answered.status != 422 or not creating(asked):
            return answered
        kind = SINGULAR[asked.path.rpartition("/")[2]]
        made = {f"{kind}_id": "made-nevertheless", "message": "Created.", kind: {}}
        answered = answered.with_status(201).with_json(made)
        return answered.with_header("content-type", "application/json")

    return fault


def _is_422(answered: Answered) -> bool:
    return answered.status == 422


breaks(
    "versions.ignored",
    "a change with a stale version is made",
    *each("versions"),
    fault=_stale_taken,
)
breaks(
    "crud.change_lost",
    "a change is confirmed and not kept",
    *each("crud"),
    fault=_changes_forgotten,
    also={"versions.*": "what is not kept makes no version stale"},
)
breaks(
    "crud.delete_lost",
    "a deletion is confirmed and not made",
    *each("crud"),
    fault=_never_deletes,
    also={
        "versions.*": "the version that is sent is not looked at",
        "session.deleted": "who is deleted is still there",
    },
)
breaks(
    "idempotency.ignored",
    "a creation that is sent twice is tried twice",
    *each("idempotency"),
    fault=asking(of("*.create"), lambda asked: asked.without_header("idempotency-key")),
)
breaks(
    "rules.unchecked",
    "what breaks a rule is confirmed as created",
    *each("rules"),
    fault=_breaks_rules,
    also={
        "idempotency.*": "a key for another request is confirmed",
        "errors.*": "what breaks a rule is confirmed",
        "contract.endpoints*": "what breaks a rule is confirmed",
        "injection.nosql_fields*": "what breaks a rule is confirmed",
        "object.foreign*": "what breaks a rule is confirmed",
        "lockout.*_password": "what breaks a rule is confirmed",
        "mass.*": "what breaks a rule is confirmed",
    },
)
breaks(
    "rules.status",
    "what breaks a rule is answered 400 in place of 422",
    *each("rules", (*RESOURCES, "credentials")),
    fault=answering(anything, status(400), where=_is_422),
    also={
        "idempotency.*": "a key for another request is answered 400",
        "errors.*": "what breaks a rule is answered 400",
        "contract.*": "400 is not the status that is described",
    },
)
breaks(
    "paging.ignored",
    "lists overhear page and page_size",
    *each("paging"),
    fault=overheard(lambda name: name in ("page", "page_size")),
    also={
        "sort.*": "more than one page came",
        "errors.queries*": "pages that there are none of are overheard",
    },
)
breaks(
    "sort.ignored",
    "lists overhear the order that is asked for",
    *each("sort"),
    fault=overheard(lambda name: name == "sort"),
    also={
        "paging.*": "the pages are in another order",
        "search.*": "what is found is in another order",
        "errors.queries*": "orders that there are none of are overheard",
    },
)
breaks(
    "filter.ignored",
    "lists overhear filters",
    *each("filter", (*RESOURCES, "evaluations", "files")),
    fault=overheard(lambda name: name not in _OWN),
    also={
        "audit.trail": "the trail is asked for one document",
        "errors.*": "unknown parameters are overheard",
    },
)
breaks(
    "search.ignored",
    "lists overhear what is searched for",
    *each("search"),
    fault=overheard(lambda name: name == "q"),
    also={
        "paging.*": "the lists are narrowed by a search",
        "sort.*": "the lists are narrowed by a search",
        "errors.queries*": "what cannot be searched for is overheard",
    },
)
