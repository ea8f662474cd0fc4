"""What somebody sends who means harm, or nothing sensible."""

from __future__ import annotations

import asyncio
import json
import time
from typing import Any

import httpx
import pytest

from desktop_app.backend.config import PasswordCost
from desktop_app.backend.passwords import Passwords, one_time_password

VERSION = {"If-Match": "1"}


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"name": {}}, "name", "type"),
        ({"nothing": {}}, "nothing", "unknown_field"),
        ({"settings": 5}, "settings", "type"),
        ({"settings": None}, "settings", "type"),
        ({"settings": {"max_users": {}}}, "settings.max_users", "type"),
        ({"settings": {"nothing": {}}}, "settings.nothing", "unknown_field"),
    ],
)
def test_objects_where_values_belong_are_refused(
    shared_admin: httpx.Client, body: dict[str, Any], field: str, code: str
) -> None:
    answer = shared_admin.patch("/api/companies/company-test", json=body, headers=VERSION)
    assert answer.status_code == 422, answer.text
    assert [(p["field"], p["code"]) for p in answer.json()["problems"]] == [(field, code)]


def test_many_unknown_names_do_not_make_a_long_answer(shared_admin: httpx.Client) -> None:
    body = json.dumps(dict.fromkeys(map(str, range(50_000)), 1))
    headers = {"Content-Type": "application/json"}
    answer = shared_admin.patch(
        "/api/companies/company-test", content=body, headers=headers | VERSION
    )
    assert answer.status_code == 422
    assert len(answer.content) < 20_000


def test_a_wrong_guess_at_a_one_time_password_takes_as_long_as_any_other() -> None:
    """Its hash is cheap: the time must not tell that such an account exists."""
    passwords = Passwords(PasswordCost(passes=4))

    async def took(encoded: str | None) -> float:
        times = []
        for _ in range(3):
            began = time.perf_counter()
            assert not await passwords.verify(encoded, "wrong")
            times.append(time.perf_counter() - began)
        return min(times)

    async def measure() -> list[float]:
        [cheap] = await passwords.hash_one_time([one_time_password()])
        return [await took(cheap), await took(None), await took(await passwords.hash("x"))]

    try:
        times = asyncio.run(measure())
    finally:
        passwords.close()
    assert min(times) > max(times) / 2
