"""What is wrong with a plan, by field: for the editor, the command line and the engine alike."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from math import inf
from typing import Any
from urllib.parse import urlsplit

from desktop_app.core.load.models import LoadModel, duration_s, highest
from desktop_app.core.load.plan import LoadPlan
from desktop_app.core.load.scenario import DataSet, Scenario, Step
from desktop_app.core.load.templates import (
    BUILT_IN,
    Template,
    body_template,
    header_template,
    json_template,
    path_template,
    random_range,
)
from desktop_app.core.problems import Problem, Scalar

MOST_STEPS = 500
MOST_GENERATORS = 64
_METHOD = re.compile(r"[A-Za-z]{1,20}")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")


class _Findings(list[Problem]):
    def say(self, field: str, code: str, **params: Scalar) -> None:
        self.append(Problem(field=field, code=code, params=dict(params)))


def check_plan(plan: LoadPlan) -> tuple[Problem, ...]:
    """What is wrong with a plan; fields are dotted (``scenario.flows.0.steps.1.path``)."""
    found = _Findings()
    try:
        parts = urlsplit(plan.target.url)
        fits = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        fits = False
    if not fits:
        found.say("target.url", "address_form")
    elif parts.password is not None:
        found.say("target.url", "address_password")
    if plan.target.environment == "production" and not plan.target.verify_tls:
        found.say("target.verify_tls", "tls_needed")
    _within(found, "generators", plan.generators, 1, MOST_GENERATORS)
    _within(found, "timeouts.connect_s", plan.timeouts.connect_s, 0.05, 300)
    _within(found, "timeouts.response_s", plan.timeouts.response_s, 0.05, 600)
    _within(found, "grace_s", plan.grace_s, 0, 600)
    found += check_model(plan.model)
    found += check_scenario(plan.scenario)
    names = {step.name for _flow, step in plan.scenario.steps()}
    for place, threshold in enumerate(plan.thresholds):
        if threshold.step and threshold.step not in names:
            found.say(f"thresholds.{place}", "reference_unknown")
    return tuple(found)


def check_model(model: LoadModel) -> tuple[Problem, ...]:
    """What is wrong with a load model."""
    found = _Findings()
    if not model.stages:
        found.say("model.stages", "required")
    for place, stage in enumerate(model.stages):
        _within(found, f"model.stages.{place}.seconds", stage.seconds, 0.1, 48 * 3600)
        for name, level in (("start", stage.start), ("end", stage.end)):
            _within(found, f"model.stages.{place}.{name}", level, 0, 1_000_000)
    if model.stages and duration_s(model.stages) and not highest(model.stages):
        found.say("model.stages", "not_positive")
    _within(found, "model.users", model.users, 1, 100_000)
    _within(found, "model.think_s", model.think_s, 0, 3600)
    return tuple(found)


def check_scenario(scenario: Scenario) -> tuple[Problem, ...]:
    """What is wrong with a scenario."""
    found = _Findings()
    if not scenario.flows:
        found.say("scenario.flows", "required")
    if len(scenario.steps()) > MOST_STEPS:
        found.say("scenario.flows", "too_many", maximum=MOST_STEPS)
    _within(found, "scenario.renew_s", scenario.renew_s, 0, 48 * 3600)
    known = BUILT_IN | {f"{t.name}.{c}" for t in scenario.data for c in t.columns}

    for place, table in enumerate(scenario.data):
        _check_table(found, f"scenario.data.{place}", table)
    names: set[str] = set()
    for place, step in enumerate(scenario.setup):
        _check_step(found, f"scenario.setup.{place}", step, known, names)
        known |= set(step.save)
    _check_headers(found, "scenario.headers", scenario.headers, known)
    for place, flow in enumerate(scenario.flows):
        field = f"scenario.flows.{place}"
        if not flow.steps:
            found.say(f"{field}.steps", "required")
        if not 0 < flow.weight < inf:
            found.say(f"{field}.weight", "not_positive")
        saved = set(known)
        for number, step in enumerate(flow.steps):
            _check_step(found, f"{field}.steps.{number}", step, saved, names)
            saved |= set(step.save)
    return tuple(found)


def _check_table(found: _Findings, field: str, table: DataSet) -> None:
    if not _NAME.fullmatch(table.name):
        found.say(f"{field}.name", "login_id_form" if table.name else "required")
    columns = len(table.columns)
    if not table.rows or not columns:
        found.say(f"{field}.rows", "required")
    odd = next((place for place, row in enumerate(table.rows) if len(row) != columns), None)
    if odd is not None:
        found.say(f"{field}.rows.{odd}", "row_width", columns=columns)


def _check_step(found: _Findings, field: str, step: Step, known: Set[str], names: set[str]) -> None:
    if not step.name.strip():
        found.say(f"{field}.name", "required")
    elif step.name in names:
        found.say(f"{field}.name", "duplicate")
    names.add(step.name)
    if not _METHOD.fullmatch(step.method):
        found.say(f"{field}.method", "type")
    if not step.path.startswith("/") or not step.path.isprintable() or " " in step.path:
        found.say(f"{field}.path", "type")
    else:
        _check_names(found, f"{field}.path", path_template(step.path), known)
    if step.json is not None and step.body is not None:
        found.say(f"{field}.body", "type")
    if step.json is not None:
        _check_json(found, f"{field}.json", step.json, known)
    if step.body is not None:
        _check_names(found, f"{field}.body", body_template(step.body), known)
    _check_headers(found, f"{field}.headers", step.headers, known)
    for status in step.expect.status:
        _within(found, f"{field}.expect.status", status, 100, 599)


def _check_json(found: _Findings, field: str, document: Any, known: Set[str]) -> None:
    try:
        template = json_template(document)
    except (TypeError, ValueError):
        found.say(field, "type")
        return
    _check_names(found, field, template, known)


def _check_headers(
    found: _Findings,
    field: str,
    headers: Mapping[str, str],
    known: Set[str],
) -> None:
    for name, text in headers.items():
        if not _HEADER.fullmatch(name) or not text.isprintable():
            found.say(f"{field}.{name}", "type")
        else:
            _check_names(found, f"{field}.{name}", header_template(text), known)


def _check_names(found: _Findings, field: str, template: Template, known: Set[str]) -> None:
    for name in sorted(template.names):
        if name not in known and random_range(name) is None:
            found.say(field, "name_unknown", name=name)


def _within(found: _Findings, field: str, value: float, least: float, most: float) -> None:
    if not value >= least:
        found.say(field, "too_small", minimum=least)
    elif not value <= most:
        found.say(field, "too_large", maximum=most)
