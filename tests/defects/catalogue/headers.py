"""Headers that are missing or weak, and what answers give away in them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from desktop_app.backend.edge import SECURITY_HEADERS
from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import Change
from tests.defects.registry import Defect, register

_POLICY = "content-security-policy"
_SNIFFING = "x-content-type-options"
_FRAMES = "x-frame-options"
_OWN = "default-src 'self'; object-src 'none'"
_SOUND_POLICY = SECURITY_HEADERS[_POLICY]


def everywhere(change: Change) -> Callable[[Backdoor], Fault]:
    """A change of every answer."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        return change(await sound(asked))

    return lambda _backdoor: fault


def without(*names: str) -> Change:
    """Without these headers."""

    def change(answered: Answered) -> Answered:
        for name in names:
            answered = answered.without_header(name)
        return answered

    return change


def with_headers(**headers: str) -> Change:
    """With these headers in place of the sound ones: ``x_frame_options="…"``."""

    def change(answered: Answered) -> Answered:
        for name, value in headers.items():
            answered = answered.with_header(name.replace("_", "-"), value)
        return answered

    return change


def on_errors(change: Change) -> Change:
    """The change on answers that are errors alone."""
    return lambda answered: change(answered) if answered.status >= 400 else answered


def _fails(name: str, does: str, change: Change, also: Mapping[str, str] | None = None) -> Defect:
    check = name.rpartition(".")[0]
    return Defect(
        name=name,
        does=does,
        fails=frozenset({check}),
        fault=everywhere(change),
        also=also or {},
    )


def _warns(name: str, does: str, change: Change, also: Mapping[str, str] | None = None) -> Defect:
    check = name.rpartition(".")[0]
    return Defect(
        name=name,
        does=does,
        warns=frozenset({check}),
        fault=everywhere(change),
        also=also or {},
    )


def _policy(value: str) -> Change:
    return lambda answered: answered.with_header(_POLICY, value)


def _unframed(answered: Answered) -> Answered:
    policy = _SOUND_POLICY.replace("frame-ancestors 'none'; ", "")
    return answered.without_header(_FRAMES).with_header(_POLICY, policy)


def _telling_page(answered: Answered) -> Answered:
    content = answered.json
    if answered.status < 400 or not isinstance(content, dict):
        return answered
    return answered.with_json({**content, "detail": "Starlette/0.48.0 could not answer."})


register(
    _fails(
        "headers.csp.missing",
        "no Content-Security-Policy",
        without(_POLICY),
        {"headers.framing": "the policy forbade frames too"},
    ),
    _fails(
        "headers.csp.weak",
        "a Content-Security-Policy that lets everything run",
        _policy("default-src * 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'"),
    ),
    _fails(
        "headers.csp.good_answers_only",
        "a Content-Security-Policy on good answers alone, as many a proxy adds it",
        on_errors(without(_POLICY)),
        {"headers.framing": "the policy forbade frames too"},
    ),
    _warns(
        "headers.csp.wider",
        "a Content-Security-Policy that lets load from the server itself",
        _policy(_SOUND_POLICY.replace("default-src 'none'", _OWN)),
    ),
    _fails(
        "headers.framing.missing",
        "any page may show the answers in a frame",
        _unframed,
        {"headers.csp": "frame-ancestors is a part of the policy"},
    ),
    _warns(
        "headers.framing.policy_only",
        "X-Frame-Options is missing, which old browsers look at",
        without(_FRAMES),
    ),
    _fails(
        "headers.nosniff.missing",
        "no X-Content-Type-Options",
        without(_SNIFFING),
        {"upload.download*": "downloads come without it too"},
    ),
    _fails(
        "headers.nosniff.weak",
        "X-Content-Type-Options with a value that means nothing",
        with_headers(x_content_type_options="none"),
        {"upload.download*": "downloads come with it too"},
    ),
    _fails("headers.referrer.missing", "no Referrer-Policy", without("referrer-policy")),
    _fails(
        "headers.referrer.weak",
        "a Referrer-Policy that sends whole addresses everywhere",
        with_headers(referrer_policy="unsafe-url"),
    ),
    _warns(
        "headers.referrer.host",
        "a Referrer-Policy that tells every site the host",
        with_headers(referrer_policy="origin"),
    ),
    _fails("headers.cache.missing", "no Cache-Control", without("cache-control")),
    _fails(
        "headers.cache.weak",
        "private answers may stay in caches for an hour",
        with_headers(cache_control="private, max-age=3600"),
    ),
    _fails(
        "headers.version.server",
        "the software with its version in Server",
        with_headers(server="uvicorn/0.37.0"),
    ),
    _fails(
        "headers.version.page",
        "the software with its version in errors",
        _telling_page,
    ),
    _warns(
        "headers.version.name",
        "the software's name in X-Powered-By",
        with_headers(x_powered_by="FastAPI"),
    ),
    _warns(
        "headers.hsts.untimely",
        "Strict-Transport-Security without TLS",
        with_headers(strict_transport_security="max-age=31536000; includeSubDomains"),
    ),
)
