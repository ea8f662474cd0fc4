"""What is done from another web page: scripts, forged requests, foreign origins, cookies."""

from __future__ import annotations

from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, unquote_plus

from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import on
from tests.defects.registry import breaks

_LOGIN = on("POST", "/api/auth/login")
_COOKIE = "session"
_PAGE = "text/html; charset=utf-8"


def _echoing(_backdoor: Backdoor) -> Fault:
    """An unknown path is shown in a page, as it came."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if answered.status != 404 or "text/html" not in asked.header("accept"):
            return answered
        page = f"<html><body>Not found: {asked.path} {unquote_plus(asked.query)}</body></html>"
        return answered.with_text(page, _PAGE)

    return fault


def _as_pages(_backdoor: Backdoor) -> Fault:
    """Companies are shown in a page, with their names as they were typed."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if "text/html" in asked.header("accept") and asked.path.startswith("/api/companies"):
            return answered.with_header("content-type", _PAGE)
        return answered

    return fault


def by_cookie(flags: str) -> Callable[[Backdoor], Fault]:
    """Sessions are kept in a cookie as well, and nothing guards against other sites."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if not asked.header("authorization") and (token := _cookie_of(asked)):
            asked = asked.with_token(token)
        answered = await sound(asked)
        content = answered.json
        if _LOGIN(asked) and isinstance(content, dict) and "access_token" in content:
            cookie = f"{_COOKIE}={content['access_token']}; Path=/{flags}"
            answered = answered.with_header("set-cookie", cookie)
        return answered

    return lambda _backdoor: fault


def _cookie_of(asked: Asked) -> str:
    try:
        cookies = SimpleCookie(asked.header("cookie"))
    except CookieError:
        return ""
    return cookies[_COOKIE].value if _COOKIE in cookies else ""


def letting_in(allowed: Callable[[str], str], *, credentials: bool) -> Callable[[Backdoor], Fault]:
    """Web pages of other origins may read the answers."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        value = allowed(asked.header("origin")) if asked.header("origin") else ""
        if not value:
            return answered
        answered = answered.with_header("access-control-allow-origin", value)
        if credentials:
            answered = answered.with_header("access-control-allow-credentials", "true")
        return answered

    return lambda _backdoor: fault


def _forms_taken(_backdoor: Backdoor) -> Fault:
    """JSON is read whatever the type of the body is said to be."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if asked.header("content-type").startswith("text/plain"):
            asked = asked.with_header("content-type", "application/json")
        return await sound(asked)

    return fault


def _methods_posing(_backdoor: Backdoor) -> Fault:
    """A request may call itself another method than it is."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        posing = dict(parse_qsl(asked.query)).get("_method") or asked.header(
            "x-http-method-override"
        )
        if asked.method in ("GET", "POST") and posing == "DELETE":
            asked = asked.changed(method="DELETE", query="")
        return await sound(asked)

    return fault


_STRICT = "; HttpOnly; Secure; SameSite=Strict"

_CSRF = {"session.fixation": "the cookie is set anew at each sign-in"}


def _begins_alike(origin: str) -> str:
    return origin if origin.startswith("https://127.0.0.1") else ""


breaks("xss.reflected", "unknown paths are shown in a page", fault=_echoing)
breaks("xss.stored", "names of companies are part of a page", fault=_as_pages)
breaks(
    "cookies.flags",
    "the session's cookie may be read by scripts and sent without TLS",
    "cookies.flags",
    "csrf.cookies",
    fault=by_cookie("; SameSite=Lax"),
    also=_CSRF,
)
breaks(
    "csrf.cookies",
    "a cookie signs in, and a foreign page's request with it is executed",
    fault=by_cookie(_STRICT),
    also=_CSRF,
)
breaks(
    "csrf.forms",
    "a form can send a body",
    "csrf.simple_requests",
    fault=_forms_taken,
    also={
        "errors.media_type*": "the type of a body is not looked at",
        "errors.problem_details*": "the type of a body is not looked at",
    },
)
breaks("csrf.methods", "a link can delete", "csrf.simple_requests", fault=_methods_posing)
breaks(
    "cors.reflected",
    "every origin may read everything with the visitor's credentials",
    "cors.origins",
    fault=letting_in(lambda origin: origin, credentials=True),
)
breaks(
    "cors.null",
    "the origin null, which any page can make itself, may read",
    "cors.origins[null]",
    fault=letting_in(lambda origin: "null" if origin == "null" else "", credentials=True),
)
breaks(
    "cors.suffix",
    "origins that merely begin as the server's name does may read",
    "cors.origins[suffix]",
    fault=letting_in(_begins_alike, credentials=False),
)
breaks(
    "cors.any",
    "any origin may read private answers",
    fault=letting_in(lambda _origin: "*", credentials=False),
    warns=("cors.origins",),
)
