"""Which requests a defect is about, and faults made from a change of the answer."""

from __future__ import annotations

import re
from collections.abc import Callable

from desktop_app.core.permissions import OPERATIONS, Operation
from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound

About = Callable[[Asked], bool]
Change = Callable[[Answered], Answered]


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)))


def on(method: str, path: str) -> About:
    """Requests of one operation; ``path`` may have places: ``{id}``."""
    pattern = _pattern(path)
    return lambda asked: asked.method == method and pattern.fullmatch(asked.path) is not None


_KNOWN = tuple((operation, _pattern(operation.path)) for operation in OPERATIONS.values())


def operation_of(asked: Asked) -> Operation | None:
    """The operation of contract v1 that is asked for; a fixed path goes before one with places."""
    found = [
        operation
        for operation, pattern in _KNOWN
        if operation.method == asked.method and pattern.fullmatch(asked.path)
    ]
    return min(found, key=lambda operation: operation.path.count("{"), default=None)


def anything(_asked: Asked) -> bool:
    """All requests."""
    return True


def unknown(asked: Asked) -> bool:
    """Requests for paths that the contract does not have, by any method."""
    return not any(pattern.fullmatch(asked.path) for _operation, pattern in _KNOWN)


def answering(
    about: About, change: Change, *, where: Callable[[Answered], bool] = lambda _answered: True
) -> Callable[[Backdoor], Fault]:
    """A fault that changes the sound answer to requests ``about`` something, ``where`` it fits."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        return change(answered) if about(asked) and where(answered) else answered

    return lambda _backdoor: fault


def status(wanted: int) -> Change:
    """Another status, the rest as it was."""
    return lambda answered: answered.with_status(wanted)


def without_key(key: str) -> Change:
    """The JSON object without one of its members (``a.b`` goes inside)."""

    def change(answered: Answered) -> Answered:
        content = answered.json
        *way, last = key.split(".")
        inner = content
        for step in way:
            inner = inner.get(step) if isinstance(inner, dict) else None
        if not isinstance(inner, dict) or last not in inner:
            return answered
        del inner[last]
        return answered.with_json(content)

    return change


def plain_error(answered: Answered) -> Answered:
    """An error in words of its own instead of problem details (RFC 9457)."""
    plain = answered.with_json({"error": "something went wrong"})
    return plain.with_header("content-type", "application/json")
