"""A suite: checks declared as data (``resources/suites/*.toml``), done by probes of the engine.

A check either lists its ``steps`` (requests and what is expected of the answers) or names a
``probe`` of the engine with ``params``. Texts are in both languages in the file itself, so that
people can add suites of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from desktop_app.core.language import language

SCHEMA = 1
"""The version of the suites' format that this program reads."""


class Severity(StrEnum):
    """How bad a failed check is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"


class Risk(StrEnum):
    """What a check does to the target: what the operator consents to."""

    READS = "reads"
    """Signs in and reads."""
    WRITES = "writes"
    """Creates marked test data and removes it."""
    ATTACKS = "attacks"
    """Sends what an attacker would: refused on production without a sign-off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """One text in both languages."""

    en: str
    ko: str

    def text(self) -> str:
        """The text in the language in use."""
        return self.ko if language() == "ko" else self.en


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """What an answer must be like. What is not said is not looked at.

    ``keys`` must be in the JSON object that came, not null (``a.b`` and ``a.0`` go inside);
    ``json`` are values at such places, which may hold ``{name}``; ``headers`` are regular
    expressions searched in the value, whatever the case; ``without`` are
    headers that must not come; ``absent`` are regular expressions that the body must not match.
    ``schema`` holds the answer against /openapi.json; ``problem`` wants RFC 9457 problem details.
    """

    status: tuple[int, ...] = ()
    keys: tuple[str, ...] = ()
    json: Mapping[str, Any] = field(default_factory=dict)
    content_type: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    schema: bool = False
    problem: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request. ``by`` is who asks: a role (whom the operator gave for it, else one of the test
    company), ``own:ROLE`` (of the test company), ``other:ROLE`` (of the other test company),
    ``nobody``, or ``token:NAME`` saved before.

    ``path``, ``query``, ``headers``, ``json`` and ``body`` may hold ``{name}``: what an earlier
    step saved, what the test bed provides (see engines/validation/bed.py), or something new, the
    same in all steps of the check: ``unique``, ``secret`` (both also ``_2``, ``_3``),
    ``business_number`` (``_2``), ``now``, ``in_a_week``. A text that is one name alone becomes its
    value, a number too. ``save`` maps names to places in the JSON answer. What an answer says was
    created is removed at the end. A ``setup`` step is not what is tested: where it fails the check
    is inconclusive. ``body`` is sent as it is (UTF-8), ``body_base64`` as its bytes.
    """

    method: str
    path: str
    by: str = "nobody"
    query: Mapping[str, str | int | bool] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    body: str | None = None
    body_base64: str | None = None
    expect: Expected = Expected()
    save: Mapping[str, str] = field(default_factory=dict)
    setup: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One check. ``id`` is unique in all suites (``auth_003``, ``jwt.none``).

    ``reference`` names the source of the demand ("OWASP ASVS 5.0 V9.1.1; API2:2023", "SYSTEM.md
    §3"). ``needs`` are other things that must be given: ``signing_key``, ``mongo_uri``, ``tls``.
    ``costs`` is about how many requests it sends.
    """

    id: str
    category: str
    severity: Severity
    title: Words
    why: Words
    fix: Words
    reference: str = ""
    risk: Risk = Risk.READS
    steps: tuple[Step, ...] = ()
    probe: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    costs: int = 1
    last: bool = False
    """Runs after all others: it uses up what others need (a rate limit)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suite:
    """A file of checks. ``categories`` name the groups they are in."""

    schema: int
    id: str
    version: str
    title: Words
    purpose: Words
    categories: Mapping[str, Words]
    checks: tuple[Check, ...]
    optional: bool = False
    """Not chosen by default: it takes long (fuzz)."""

    def check(self, check_id: str) -> Check | None:
        """The check with that id, or None."""
        return next((check for check in self.checks if check.id == check_id), None)
