"""A scenario: what each virtual user does, as data (a TOML file, an editor, a recording).

A user does ``setup`` once (signs in), then one flow after another, drawn by weight. Paths,
headers and bodies may hold ``${name}``; see ``core.load.templates`` for the names there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

SCHEMA = 1
"""The version of the scenarios' format that this program reads."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """What an answer must be like; an answer that is not counts as failed.

    ``status``: those allowed (empty: any below 400). ``json`` are values at places of the JSON
    answer (``user.role``), ``keys`` places that must be there. A body is parsed only where
    ``json``, ``keys`` or the step's ``save`` ask for it.
    """

    status: tuple[int, ...] = ()
    json: Mapping[str, Any] = field(default_factory=dict)
    keys: tuple[str, ...] = ()

    @property
    def reads_json(self) -> bool:
        """Whether the body must be parsed."""
        return bool(self.json or self.keys)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One request. ``name`` is what its figures are kept under; unique in the scenario.

    At most one of ``json`` (sent as JSON) and ``body`` (sent as UTF-8). ``save`` maps names to
    places in the JSON answer: ``access_token``, ``users.0.id``; ``users.*.id`` draws one by chance.
    """

    name: str
    method: str = "GET"
    path: str = "/"
    headers: Mapping[str, str] = field(default_factory=dict)
    json: Any = None
    body: str | None = None
    expect: Expect = Expect()
    save: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """Steps that a user does one after another. A failed step ends the flow: what comes after it
    may need what it did not bring. Flows are drawn in proportion to ``weight`` (> 0).
    """

    name: str
    steps: tuple[Step, ...]
    weight: float = 1.0


class RowOrder(StrEnum):
    """How rows of a data set are handed out, one for each round of a flow and each ``setup``."""

    IN_TURN = "in_turn"
    """One after another, from the start again at the end; no two users get the same at once."""
    BY_CHANCE = "by_chance"


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """A table of values: ``${name.column}``. Written in the scenario, or read from a csv file."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    order: RowOrder = RowOrder.IN_TURN


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """What the users do. ``headers`` go with every request of the flows.

    ``renew_s`` (0: never) has each user do ``setup`` again when it is that old, or by chance up to
    a quarter before, lest all sign in at once: a token that ends in 15 minutes must be new before.
    Its requests take their place in the arrivals.
    """

    name: str
    flows: tuple[Flow, ...]
    setup: tuple[Step, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    data: tuple[DataSet, ...] = ()
    renew_s: float = 0.0
    description: str = ""
    schema: int = SCHEMA

    def steps(self) -> tuple[tuple[str, Step], ...]:
        """All steps with the name of their flow ("" for ``setup``), in order."""
        found = [("", step) for step in self.setup]
        found += [(flow.name, step) for flow in self.flows for step in flow.steps]
        return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A sign-in of the login pool: ``${login_id}`` and ``${password}``. Never in a scenario."""

    login_id: str
    password: str = field(repr=False)
