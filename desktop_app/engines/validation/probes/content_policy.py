"""Content-Security-Policy, read as browsers do, and how strong it is for an API (CSP Level 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Said, say
from desktop_app.engines.validation.client import Answer

_HEADER = "content-security-policy"
_FETCHED = "default-src"
_ANYWHERE = frozenset({"*", "http:", "https:", "data:", "blob:", "filesystem:"})


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is said of one answer: ``state`` is "pass", "warn" or "fail"."""

    state: str = "pass"
    said: Said | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The directives of one answer; where one is said twice, the first counts."""

    directives: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def of(cls, answer: Answer) -> Policy:
        """The policy of an answer; of several headers the first, which is a bit too strict."""
        found: dict[str, tuple[str, ...]] = {}
        for header in answer.all_headers(_HEADER)[:1]:
            for part in header.partition(",")[0].split(";"):
                words = part.split()
                if words:
                    found.setdefault(words[0].lower(), tuple(w.lower() for w in words[1:]))
        return cls(found)

    def values(self, name: str, *, inherits: bool = True) -> tuple[str, ...] | None:
        """What a directive allows; None where nothing is said. Fetches inherit default-src."""
        own = self.directives.get(name)
        return self.directives.get(_FETCHED) if own is None and inherits else own


def judged(answer: Answer) -> Verdict:
    """How strong the policy is: ASVS 5.0.0 V3.4.3 asks for object-src and base-uri 'none'.

    An API needs nothing: default-src 'none' is what is expected; 'self' is weaker than it could be.
    """
    policy = Policy.of(answer)
    if not policy.directives:
        return Verdict("fail", say(N_("{header} is missing."), header="Content-Security-Policy"))
    scripts = policy.values("script-src")
    if scripts is None:
        return Verdict("fail", say(N_("The policy says nothing of scripts.")))
    if open_to := _open(scripts):
        return Verdict("fail", say(N_("The policy lets scripts run: {value}"), value=open_to))
    objects = policy.values("object-src")
    if objects is None or _open(objects):
        return Verdict("fail", say(N_("The policy lets plug-ins run: object-src is not 'none'.")))
    base = policy.values("base-uri", inherits=False)
    if base is None or set(base) - {"'none'", "'self'"}:
        return Verdict("warn", say(N_("The policy leaves base-uri open.")))
    if policy.values("frame-ancestors", inherits=False) is None:
        return Verdict("warn", say(N_("The policy leaves frame-ancestors open.")))
    if policy.directives.get(_FETCHED) != ("'none'",):
        return Verdict("warn", say(N_("An API needs nothing: default-src 'none' would do.")))
    return Verdict()


def _open(values: tuple[str, ...]) -> str:
    """Why these sources let a foreign script run; "" where they do not."""
    guarded = any(
        value.startswith(("'nonce-", "'sha256-", "'sha384-", "'sha512-")) for value in values
    )
    for value in values:
        if value in _ANYWHERE or value.startswith("*."):
            return value
        if value == "'unsafe-eval'" or (value == "'unsafe-inline'" and not guarded):
            return value
    return ""
