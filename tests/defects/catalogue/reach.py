"""Checks of rights that are missing: by role, by company, by field."""

from __future__ import annotations

from collections.abc import Callable, Collection

from desktop_app.core.users import Role
from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import operation_of

MakeFault = Callable[[Backdoor], Fault]


def open_to(operations: Collection[str], roles: Collection[Role]) -> MakeFault:
    """Operations that let in roles which may not use them, as if they were administrators."""

    def make(backdoor: Backdoor) -> Fault:
        async def fault(asked: Asked, sound: Sound) -> Answered:
            operation = operation_of(asked)
            if operation is not None and operation.id in operations and asked.token:
                user = await backdoor.user_of(asked.token)
                role = Role(user["role"]) if user else None
                if role in roles and role not in operation.allowed:
                    answered = await sound(asked)
                    if answered.status != 403:
                        return answered
                    return await sound(asked.with_token(await backdoor.administrator()))
            return await sound(asked)

        return fault

    return make


def open_to_all(operations: Collection[str], *, token: bool | None = None) -> MakeFault:
    """Operations that look at no token: at none at all, or only (``token``) where one (or none)
    was sent."""

    def make(backdoor: Backdoor) -> Fault:
        async def fault(asked: Asked, sound: Sound) -> Answered:
            operation = operation_of(asked)
            answered = await sound(asked)
            meant = token is None or token == bool(asked.header("authorization"))
            if answered.status == 401 and meant and operation and operation.id in operations:
                return await sound(asked.with_token(await backdoor.administrator()))
            return answered

        return fault

    return make


def reaching_over(
    operations: Collection[str], roles: Collection[Role] = frozenset(Role)
) -> MakeFault:
    """Operations that find what belongs to others: the company is not looked at."""

    def make(backdoor: Backdoor) -> Fault:
        async def fault(asked: Asked, sound: Sound) -> Answered:
            operation = operation_of(asked)
            if operation is None or operation.id not in operations:
                return await sound(asked)
            user = await backdoor.user_of(asked.token)
            if user is None or Role(user["role"]) not in roles:
                return await sound(asked)
            answered = await sound(asked)
            hidden = answered.status in (403, 404) or operation.id.endswith(".list")
            if not hidden and answered.status != 422:
                return answered
            return await sound(asked.with_token(await backdoor.administrator()))

        return fault

    return make
