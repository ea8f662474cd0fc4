"""Evidence: bounded, and without a secret, whole or in part."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from desktop_app.core.redaction import spellings
from desktop_app.core.validation.cleaning import Cleaner
from desktop_app.engines.validation.client import Answer, Request
from desktop_app.engines.validation.recording import exchange_of

SECRET = "Ev-0123456789abcdefghij"


def answered(body: str, *headers: tuple[str, str]) -> Answer:
    """An answer to a request that sent the secret in every place."""
    request = Request(
        method="POST",
        path=f"/api/x?token={SECRET}&q={SECRET}",
        headers=(("Authorization", f"Bearer {SECRET}"), ("X-Odd", SECRET)),
        content=f'{{"password": "{SECRET}", "name": "{SECRET}"}}'.encode(),
    )
    return Answer(
        request=request,
        url=f"http://127.0.0.1{request.path}",
        status=200,
        headers=headers,
        body=body.encode(),
    )


@pytest.mark.parametrize("before", range(8192 - len(SECRET) - 1, 8192 + 2))
def test_a_secret_is_never_shown_wherever_the_text_is_cut(before: int) -> None:
    many = f"{SECRET} " * 300  # what takes them out shortens the text
    body = many + "x" * (before - len(many)) + SECRET + "y" * 100

    shown = exchange_of(answered(body, ("X-Echo", SECRET)), 4096, frozenset({SECRET}))

    assert SECRET[:8] not in str(shown)
    assert shown.clipped


def test_headers_are_kept_up_to_a_bound() -> None:
    found = exchange_of(answered("", *((f"X-{n}", "v" * 4000) for n in range(100))), 4096)

    assert sum(len(name) + len(value) for name, value in found.response_headers) < 20_000


@pytest.mark.parametrize("secret", ['암호"\\1/+ &', "p@ss/word+1%"])
def test_a_secret_is_never_shown_however_it_is_spelled(secret: str) -> None:
    bed_secrets = spellings(secret)
    forms = (json.dumps(secret), json.dumps(secret, ensure_ascii=False), quote(secret, safe=""))

    shown = exchange_of(answered(" ".join(forms)), 4096, bed_secrets)

    assert shown.response_body.replace('"', "") == "*** *** ***"
    assert Cleaner([secret]).text(" ".join(forms)).replace('"', "") == "*** *** ***"


def test_a_header_of_many_spaces_is_soon_read() -> None:
    """Looked at whole, it would take the rest of the day."""
    found = exchange_of(answered("", ("Server-Timing", f"a,{' ' * 300_000}b")), 4096)

    assert found.server_ms is None
