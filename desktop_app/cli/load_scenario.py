"""The scenario that a command names: shipped, a file, a recording; what is wrong with a plan."""

from __future__ import annotations

from pathlib import Path

import msgspec

from desktop_app.cli.results import no_report
from desktop_app.cli.usage import WrongUsage
from desktop_app.core.language import _
from desktop_app.core.load.scenario import Scenario
from desktop_app.core.problems import Problem
from desktop_app.core.validation.report import ValidationReport
from desktop_app.services.loadtest.desk import LoadOrder
from desktop_app.services.loadtest.own_scenarios import left_out_text
from desktop_app.services.loadtest.recording import Recording, from_har, from_report
from desktop_app.services.loadtest.scenario_check import told
from desktop_app.services.loadtest.scenario_files import read_scenario, shipped
from desktop_app.services.validation.runs import read_run


def scenario_of(name: str) -> tuple[Scenario, str]:
    """The scenario of that name or file, and what was left out of a recording ("": nothing).

    Raises ``WrongUsage``, ``LocalFailure``.
    """
    for shipped_path in shipped():
        if shipped_path.stem == name:
            return read_scenario(shipped_path), ""
    path = Path(name)
    ending = path.suffix.lower()
    if ending == ".har":
        return _of(from_har(path), path)
    if ending == ".json":
        return _of(from_report(_validated(path)), path)
    return read_scenario(path), ""


def _of(recording: Recording, path: Path) -> tuple[Scenario, str]:
    if not recording.scenario.flows:
        reason = _("“{file}” holds no request that could be sent again.").format(file=path.name)
        raise WrongUsage(reason=reason)
    left = recording.left_out
    return recording.scenario, left_out_text(left.items()) if left else ""


def _validated(path: Path) -> ValidationReport:
    try:
        return read_run(path)
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise WrongUsage(reason=no_report(path, error)) from error


_OPTIONS = (
    ("generators", "--generators"),
    ("model.users", "--users"),
    ("model.think_s", "--think"),
    ("model.stages", "--rate, --users, --duration"),
    ("target.", "--api"),
)
"""Which arguments a field of the plan comes from, by how it begins."""


def plan_problem(problem: Problem, order: LoadOrder) -> str:
    """What is wrong with a plan, said of the arguments that it was made of."""
    field = problem.field
    if field.startswith("thresholds."):
        step = order.thresholds[int(field.partition(".")[2])].step
        return _("The scenario has no step “{step}”.").format(step=step)
    if field.startswith("scenario."):
        return _("The scenario is not in order: {problem}").format(problem=told(problem))
    option = next((name for begin, name in _OPTIONS if field.startswith(begin)), field)
    return f"{option}: {problem.text()}"
