"""Answers that come late, now and then not at all, or late only when many ask at once."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable

from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Dropped, Fault, Sound
from tests.defects.matching import About

Deed = Callable[[Asked, Sound], Awaitable[Answered]]


def each(count: int, about: About, deed: Deed) -> Callable[[Backdoor], Fault]:
    """``deed`` in place of the sound answer for one in ``count`` requests, in turn."""

    def make(_backdoor: Backdoor) -> Fault:
        numbers = itertools.count(1)

        async def fault(asked: Asked, sound: Sound) -> Answered:
            if about(asked) and next(numbers) % count == 0:
                return await deed(asked, sound)
            return await sound(asked)

        return fault

    return make


def late(seconds: float) -> Deed:
    """The sound answer, so much later."""

    async def deed(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        await asyncio.sleep(seconds)
        return answered

    return deed


async def broken(asked: Asked, sound: Sound) -> Answered:
    """500 in place of the sound answer."""
    return (await sound(asked)).with_status(500)


async def dropped(_asked: Asked, _sound: Sound) -> Answered:
    """No answer: the connection is cut."""
    raise Dropped


def crowded(most: int, about: About, seconds: float) -> Callable[[Backdoor], Fault]:
    """As quick as ever, unless more than ``most`` are being answered: then ``seconds`` later."""

    def make(_backdoor: Backdoor) -> Fault:
        inside = 0

        async def fault(asked: Asked, sound: Sound) -> Answered:
            nonlocal inside
            if not about(asked):
                return await sound(asked)
            inside += 1
            try:
                if inside > most:
                    await asyncio.sleep(seconds)
                return await sound(asked)
            finally:
                inside -= 1

        return fault

    return make
