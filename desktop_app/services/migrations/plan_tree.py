"""A plan as a tree to read: what stands in the way, then everything by kind, with differences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from desktop_app.core.language import NN_, _, ngettext
from desktop_app.db.migrations.events import Blocker, Difference, Offender
from desktop_app.db.migrations.plan_data import IndexAction, IndexPlan, Plan, StepPlan
from desktop_app.db.migrations.steps import Kind, Standing
from desktop_app.services.migrations import words
from desktop_app.services.migrations.reports import plain

BLOCKED, NOTE, VIOLATES = "blocked", "note", "violates"
"""Tones of entries beside the standings of steps."""

_LONGEST = 160
_LISTED_AT_MOST = 100
_COUNT = NN_("{n} entry", "{n} entries")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One line of the tree. Texts are translated; ``tone`` is a ``Standing`` or one of those above.

    ``key`` names it through reloads; ``offender`` is the document that it is about, ``pending``
    whether applying does something about it or what is below it, ``open`` whether to show that.
    """

    key: str
    title: str
    tone: str = ""
    state: str = ""
    does: str = ""
    seconds: float | None = None
    offender: Offender | None = None
    pending: bool = False
    open: bool = False
    children: tuple[Node, ...] = ()


def plan_nodes(plan: Plan, *, pending_only: bool = False) -> tuple[Node, ...]:
    """The tree of a plan, in the language in use; ``pending_only`` leaves out what is in place."""
    groups = [
        _blockers(plan),
        _group("data", _("Documents to convert"), _steps(plan, Kind.DATA)),
        _group("collections", _("Collections and validators"), _steps(plan, Kind.COLLECTION)),
        _group("indexes", _("Indexes"), _steps(plan, Kind.INDEXES)),
        _group("seeds", _("Initial data"), _steps(plan, Kind.SEEDS)),
        _notes(plan),
    ]
    found = [group for group in groups if group is not None]
    return tuple(_narrowed(found)) if pending_only else tuple(found)


def _narrowed(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        children = tuple(_narrowed(node.children))
        if node.pending or children or node.tone in (BLOCKED, NOTE, VIOLATES):
            yield replace(node, children=children)


def _group(key: str, title: str, children: Sequence[Node]) -> Node | None:
    if not children:
        return None
    waiting = [child for child in children if child.pending]
    drifted = any(child.tone == Standing.DRIFTED for child in waiting)
    tone = Standing.IN_PLACE
    if waiting:
        tone = Standing.DRIFTED if drifted else Standing.PENDING
    state = _(words.STANDINGS[tone])
    if waiting:
        state = _("{n} of {total} pending").format(n=len(waiting), total=len(children))
    return Node(
        key=key,
        title=title,
        tone=tone,
        state=state,
        seconds=sum(child.seconds or 0.0 for child in waiting) if waiting else None,
        pending=bool(waiting),
        open=bool(waiting),
        children=tuple(children),
    )


def _steps(plan: Plan, kind: Kind) -> list[Node]:
    return [_step(step) for step in plan.steps if step.kind is kind]


def _step(step: StepPlan) -> Node:
    children: list[Node] = []
    if step.kind is Kind.SEEDS:
        children += [
            Node(key=f"{step.id}/{seed.id}", title=f"{seed.collection}: {seed.name}", pending=True)
            for seed in step.seeds
        ]
    children += _differences(step.id, step.differences)
    children += [_index(step.id, index) for index in step.indexes]
    if step.violations is not None and step.violations.count:
        children.append(_violations(step))
    return Node(
        key=step.id,
        title=words.step_title(step.id) if step.kind is not Kind.INDEXES else step.collection,
        tone=step.standing,
        state=_(words.STANDINGS[step.standing]),
        does=words.what_a_step_does(step) if step.pending else "",
        seconds=step.estimate_s if step.pending else None,
        pending=step.pending,
        open=step.kind is Kind.INDEXES and step.pending,
        children=tuple(children),
    )


def _violations(step: StepPlan) -> Node:
    assert step.violations is not None
    found = words.documents(step.violations.count, exact=step.violations.exact)
    return Node(
        key=f"{step.id}/violations",
        title=_("Documents that violate the validator"),
        tone=VIOLATES,
        state=found,
        does=_("They stay as they are; changing one then needs it to be mended."),
        pending=True,
        children=tuple(_offenders(f"{step.id}/violations", step.violations.offenders)),
    )


def _index(step: str, index: IndexPlan) -> Node:
    does = _(words.INDEX_ACTIONS[index.action])
    if index.replaces and index.replaces != (index.name,):
        does = _("Replaces {names}").format(names=", ".join(index.replaces))
    if index.redundant_to:
        does = _("Stays, though {name} serves the same queries").format(name=index.redundant_to)
    keys = ", ".join(f"{name} {_direction(kind)}" for name, kind in index.keys)
    tone: str = index.standing
    state = _(words.STANDINGS[index.standing])
    if index.action is IndexAction.LEAVE:
        tone = NOTE
        state = _("Redundant") if index.redundant_to else _("Extra")
    elif index.action is IndexAction.REPLACE:
        state = _("Different")
    elif index.action is IndexAction.CREATE:
        missing = index.standing is not Standing.DRIFTED
        state = _("Not there yet") if missing else _("Dropped by hand")
    unique = _("unique") if index.unique else ""
    details = " · ".join(part for part in (keys, unique) if part)
    key = f"{step}/{index.name}"
    return Node(
        key=key,
        title=f"{index.name} ({details})" if details else index.name,
        tone=tone,
        state=state,
        does=does if index.action is not IndexAction.NONE else "",
        pending=index.action in (IndexAction.CREATE, IndexAction.REPLACE),
        children=tuple(_differences(key, index.differences)),
    )


def _direction(kind: Any) -> str:
    return {1: "↑", -1: "↓"}.get(kind, str(kind)) if isinstance(kind, int) else str(kind)


def _differences(key: str, found: Iterable[Difference]) -> list[Node]:
    return [
        Node(
            key=f"{key}/{one.path}",
            title=one.path,
            does=_("{found} → {declared}").format(
                found=short(one.present), declared=short(one.wanted)
            ),
            pending=True,
        )
        for one in found
    ]


def _offenders(key: str, found: Iterable[Offender]) -> Iterator[Node]:
    for place, one in enumerate(found):
        if place == _LISTED_AT_MOST:
            return
        yield Node(
            key=f"{key}/{one.collection}/{one.id}",
            title=f"{one.collection} / {one.id}",
            does=words.detail_text(one.detail),
            offender=one,
            pending=True,
        )


def _blockers(plan: Plan) -> Node | None:
    if not plan.blockers:
        return None
    return Node(
        key="blockers",
        title=_("In the way"),
        tone=BLOCKED,
        state=ngettext(*_COUNT, len(plan.blockers)).format(n=len(plan.blockers)),
        pending=True,
        open=True,
        children=tuple(_blocker(place, one) for place, one in enumerate(plan.blockers)),
    )


def _blocker(place: int, blocker: Blocker) -> Node:
    key = f"blockers/{place}:{blocker.obstacle}:{blocker.collection}:{blocker.index}"
    listed = [*_offenders(key, blocker.offenders), *_differences(key, blocker.differences)]
    return Node(
        key=key,
        title=words.obstacle_text(blocker),
        tone=BLOCKED,
        state=ngettext("{n} value", "{n} values", blocker.count).format(n=f"{blocker.count:,}")
        if blocker.count
        else "",
        does=words.advice_text(blocker),
        pending=True,
        open=True,
        children=tuple(listed),
    )


def _notes(plan: Plan) -> Node | None:
    notes = [
        Node(key=f"notes/collection:{name}", title=name, tone=NOTE, does=_("Not of the platform"))
        for name in plan.other_collections
    ]
    notes += [
        Node(key=f"notes/step:{name}", title=name, tone=NOTE, does=_("Applied by another version"))
        for name in plan.unknown_steps
    ]
    notes += [
        Node(
            key=f"notes/uncounted:{name}",
            title=name,
            tone=NOTE,
            does=_("Not counted within the time"),
        )
        for name in plan.uncounted
    ]
    if not notes:
        return None
    return Node(
        key="notes",
        title=_("Good to know"),
        tone=NOTE,
        state=ngettext(*_COUNT, len(notes)).format(n=len(notes)),
        children=tuple(notes),
    )


def short(value: Any) -> str:
    """A value of a definition in one line."""
    if value is None:
        return "–"
    text = str(plain(value))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
