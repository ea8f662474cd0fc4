"""Policies of browsers and cookies, judged by their values."""

from __future__ import annotations

import pytest

from desktop_app.core.verdicts import CheckState
from desktop_app.engines.validation.client import Answer, Request
from desktop_app.engines.validation.probes.content_policy import judged
from desktop_app.engines.validation.probes.cookies import Cookie, problems_of
from desktop_app.engines.validation.probes.scripting import executed_as

MARKER = "<script>zz</script>"


def answered(body: str = "", **headers: str) -> Answer:
    pairs = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    request = Request(method="GET", path="/")
    return Answer(request=request, url="", status=200, headers=pairs, body=body.encode())


@pytest.mark.parametrize(
    ("policy", "state"),
    [
        ("default-src 'none'; base-uri 'none'; frame-ancestors 'none'", "pass"),
        ("DEFAULT-SRC 'NONE'; Base-URI 'none'; frame-ancestors 'self';", "pass"),
        ("default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'", "warn"),
        ("default-src 'none'; frame-ancestors 'none'", "warn"),
        ("default-src 'none'; base-uri 'none'", "warn"),
        ("default-src 'none'; base-uri *; frame-ancestors 'none'", "warn"),
        ("", "fail"),
        ("frame-ancestors 'none'; base-uri 'none'", "fail"),
        ("default-src *; base-uri 'none'; frame-ancestors 'none'", "fail"),
        ("default-src 'none'; script-src 'unsafe-inline'; base-uri 'none'", "fail"),
        ("default-src 'none'; script-src 'self' 'unsafe-eval'; base-uri 'none'", "fail"),
        ("default-src 'none'; script-src data:; base-uri 'none'", "fail"),
        ("default-src 'none'; script-src *.example.com; base-uri 'none'", "fail"),
        ("default-src 'self'; object-src *; base-uri 'none'", "fail"),
        # The first of two counts for browsers, so the second mends nothing.
        ("default-src *; default-src 'none'; base-uri 'none'; frame-ancestors 'none'", "fail"),
        # A nonce makes browsers forget 'unsafe-inline', which is there for old ones.
        ("default-src 'none'; script-src 'nonce-a' 'unsafe-inline'; base-uri 'none'", "warn"),
    ],
)
def test_how_strong_a_policy_is(policy: str, state: str) -> None:
    headers = {"content_security_policy": policy} if policy else {}

    assert judged(answered(**headers)).state == state


def test_a_policy_that_only_reports_is_none() -> None:
    policy = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"

    assert judged(answered(content_security_policy_report_only=policy)).state == "fail"


@pytest.mark.parametrize(
    ("cookie", "secret", "state"),
    [
        ("__Host-s=1; Secure; HttpOnly; SameSite=Strict; Path=/", True, None),
        ("__Host-s=1; secure; httponly; samesite=lax", True, None),
        ("theme=dark; Secure; SameSite=Lax", False, CheckState.WARN),  # by its name
        ("__Host-s=1; HttpOnly; SameSite=Lax", True, CheckState.FAIL),
        ("__Host-s=1; Secure; SameSite=Lax", True, CheckState.FAIL),
        ("__Host-t=1; Secure; SameSite=Lax", False, None),
        ("__Host-s=1; Secure; HttpOnly", True, CheckState.FAIL),
        ("__Host-s=1; Secure; HttpOnly; SameSite=None", True, CheckState.FAIL),
        ("__Secure-s=1; Secure; HttpOnly; SameSite=Lax; Domain=x.kr", True, CheckState.WARN),
        (f"__Host-s={'x' * 4096}; Secure; HttpOnly; SameSite=Lax", True, CheckState.WARN),
    ],
)
def test_what_is_wrong_with_a_cookie(cookie: str, secret: bool, state: CheckState | None) -> None:
    found = [state for state, _ in problems_of(Cookie.read(cookie), secret=secret, by_tls=True)]

    assert found == ([] if state is None else [state])


@pytest.mark.parametrize(
    ("kind", "nosniff", "runs"),
    [
        ("application/json", False, False),
        ("application/problem+json", True, False),
        ("text/html; charset=utf-8", True, True),
        ("image/svg+xml", True, True),
        ("text/plain", True, False),
        ("text/plain", False, True),
        ("", False, True),
    ],
)
def test_what_a_browser_would_run(kind: str, nosniff: bool, runs: bool) -> None:
    headers = {"content_type": kind} if kind else {}
    if nosniff:
        headers["x_content_type_options"] = "nosniff"

    assert bool(executed_as(answered(f"found {MARKER}", **headers), MARKER)) is runs


def test_what_is_escaped_or_kept_does_not_run() -> None:
    escaped = answered("found &lt;script&gt;zz&lt;/script&gt;", content_type="text/html")
    kept = answered(MARKER, content_type="text/html", content_disposition='attachment; name="x"')

    assert executed_as(escaped, MARKER) is None
    assert executed_as(kept, MARKER) is None
