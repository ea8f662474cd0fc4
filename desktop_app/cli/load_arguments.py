"""The arguments of ``evalconsole load``, and what they ask for."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from desktop_app.cli.data_folder import data_folder
from desktop_app.cli.load_scenario import plan_problem, scenario_of
from desktop_app.cli.results import LAST, declare_results, earlier
from desktop_app.cli.secret_file import secret_from
from desktop_app.cli.target_arguments import (
    declare_api,
    declare_stake,
    guard_of,
    profile_of,
    sign_in_of,
    unlock,
)
from desktop_app.cli.usage import WrongUsage
from desktop_app.cli.values import from_zero, integer, positive, report_path, whole
from desktop_app.core.language import _
from desktop_app.core.load.checking import check_plan
from desktop_app.core.load.distribution import (
    LEAST_CODE,
    PORT,
    Distribution,
    new_code,
    parse_address,
    plain_code,
)
from desktop_app.core.load.models import (
    LoadModel,
    Spacing,
    Stage,
    closed_model,
    constant,
    duration_s,
    open_model,
)
from desktop_app.core.load.permission import is_loopback
from desktop_app.core.load.presets import PRESETS, preset
from desktop_app.core.load.result import LoadResult
from desktop_app.core.load.scenario import Account
from desktop_app.core.load.thresholds import Threshold, ThresholdProblem, parse
from desktop_app.engines.loadtest.distributed.extra import missing
from desktop_app.services.loadtest.accounts import accounts_of, needs_accounts
from desktop_app.services.loadtest.desk import LoadDesk, LoadOrder
from desktop_app.services.loadtest.runs import read_run
from desktop_app.services.loadtest.scenario_files import STANDARD, write_scenario

SUFFIXES = (".html", ".pdf", ".md", ".json", ".csv", ".hlog")
FOLDER = "load"
"""Below the data folder: what window and command line keep together."""

_USERS_PER_RATE = 5
"""Requests per second that one user is reckoned to carry, where only the rate is given."""
_LEAST_USERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the arguments ask for, checked as far as it can be without the server."""

    desk: LoadDesk
    order: LoadOrder
    before: LoadResult | None
    compare_last: bool
    rehearse: bool
    quiet: bool
    json: str | None
    reports: tuple[Path, ...] = field(default=())
    remark: str = ""
    """What was left out of a recording."""
    new_code: bool = False
    """The workers' join code was made here: nobody knows it unless it is shown."""


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _(
        "Not passed (exit code 1): a threshold does not hold. Invalid, nothing measured, or a "
        "threshold that could not be judged: exit code 3. Reports are written in every case. "
        "Thresholds: “p95 < 300 ms for 10 s or abort”, "
        "“errors < 0.1 %%”, “rate >= 1000/s”, “p99[list users] < 1 s”."
    )
    target = parser.add_argument_group(_("target"))
    declare_api(target, login=_("signs all users in"))
    target.add_argument(
        "--accounts",
        type=Path,
        metavar="FILE",
        help=_("a csv with the columns login_id and password: users take them in turn"),
    )
    target.add_argument("--mongo-uri", metavar="URI", help=_("the database behind the API"))
    declare_stake(target)
    target.add_argument(
        "--host", default="", metavar="NAME", help=_("confirms that this other computer is yours")
    )
    target.add_argument(
        "--sign-off", default="", metavar="NAME", help=_("for production: the host's name")
    )
    load = parser.add_argument_group(_("load"))
    load.add_argument(
        "--scenario",
        metavar="FILE|NAME",
        help=_(
            "what users do, {name} by default; also a browser's recording (.har), or a report of "
            "validate (.json)"
        ).format(name=STANDARD),
    )
    load.add_argument(
        "--save-scenario",
        type=report_path((".toml",)),
        metavar="FILE",
        help=_("write the scenario there, to be edited and used again"),
    )
    load.add_argument(
        "--preset",
        choices=[one.id for one in PRESETS],
        metavar="|".join(one.id for one in PRESETS),
        help=_("load and thresholds to start with"),
    )
    load.add_argument("--rate", type=positive, metavar="N", help=_("requests per second"))
    load.add_argument(
        "--users",
        type=whole,
        metavar="N",
        help=_("users; without --rate or --preset they set the pace"),
    )
    load.add_argument("--think", type=from_zero, default=0.0, metavar="S", help=_("thinking time"))
    load.add_argument("--duration", type=positive, metavar="S", help=_("seconds"))
    load.add_argument("--ramp", type=from_zero, default=0.0, metavar="S", help=_("rise from 0"))
    load.add_argument(
        "--poisson", action="store_true", help=_("arrivals at random instead of evenly spaced")
    )
    load.add_argument(
        "--generators", type=whole, default=1, metavar="N", help=_("processes that send")
    )
    load.add_argument(
        "--workers",
        type=whole,
        metavar="N",
        help=_("have so many computers send that join by evalconsole load-worker, over Locust"),
    )
    load.add_argument(
        "--bind",
        metavar="ADDRESS:PORT",
        help=_("where workers join; by default {address}").format(address=f"127.0.0.1:{PORT}"),
    )
    load.add_argument(
        "--code-file",
        type=Path,
        metavar="FILE",
        help=_("holds the join code of the workers; else one is made and shown"),
    )
    load.add_argument(
        "--seed", type=integer, default=0, metavar="N", help=_("makes chance repeatable")
    )
    load.add_argument(
        "--threshold", action="append", default=[], metavar="T", help=_("may be repeated")
    )
    load.add_argument(
        "--rehearse", action="store_true", help=_("one round by one user, nothing more")
    )
    declare_results(parser, SUFFIXES)


def asked_for(arguments: argparse.Namespace) -> Asked:
    """What the arguments ask for; raises ``WrongUsage`` and other ``ConsoleError``."""
    profile = profile_of(arguments)
    url, guard = profile.api_url or "", guard_of(profile)
    if guard.protected:
        reason = _("A run on production needs --sign-off {name}.").format(name=profile.name)
        unlock(guard, arguments.sign_off, WrongUsage(reason=reason))
    if not is_loopback(urlsplit(url).hostname or "") and not arguments.host:
        raise WrongUsage(reason=_("Another computer needs --host with its name."))
    desk = LoadDesk(
        profile=profile,
        guard=guard,
        by=arguments.by or arguments.login or "",
        folder=data_folder() / FOLDER,
        address=lambda: url,
        mongo_uri=lambda: arguments.mongo_uri,
    )
    distribution = _distribution(arguments)
    scenario, remark = scenario_of(arguments.scenario or STANDARD)
    if arguments.save_scenario is not None:
        write_scenario(scenario, arguments.save_scenario)
    accounts = _accounts(arguments)
    if not accounts and needs_accounts(scenario):
        raise WrongUsage(reason=_("This scenario signs in: give --login or --accounts."))
    order = LoadOrder(
        scenario=scenario,
        model=_model(arguments),
        thresholds=_thresholds(arguments),
        generators=arguments.generators,
        accounts=accounts,
        host=arguments.host,
        preset=arguments.preset or "",
        seed=arguments.seed,
        distribution=distribution,
    )
    if problems := check_plan(desk.order(order).plan):
        raise WrongUsage(reason=plan_problem(problems[0], order))
    return Asked(
        desk=desk,
        order=order,
        before=earlier(arguments.compare, read_run),
        compare_last=arguments.compare == LAST,
        rehearse=arguments.rehearse,
        json=arguments.json,
        reports=tuple(arguments.report),
        quiet=arguments.quiet,
        remark=remark,
        new_code=distribution is not None and arguments.code_file is None,
    )


def _distribution(arguments: argparse.Namespace) -> Distribution | None:
    if arguments.workers is None:
        if arguments.bind or arguments.code_file:
            raise WrongUsage(reason=_("--bind and --code-file need --workers."))
        return None
    lacking = missing()
    if lacking is not None:
        raise WrongUsage(reason=str(lacking))
    try:
        address, port = parse_address(arguments.bind or f"127.0.0.1:{PORT}")
    except ValueError as error:
        reason = _("“{text}” is no address: HOST or HOST:PORT.").format(text=arguments.bind)
        raise WrongUsage(reason=reason) from error
    code = secret_from(arguments.code_file) if arguments.code_file is not None else new_code()
    if len(plain_code(code)) < LEAST_CODE:
        raise WrongUsage(
            reason=_("A join code has at least {n} letters and digits.").format(n=LEAST_CODE)
        )
    return Distribution(workers=arguments.workers, address=address, port=port, code=code)


def _model(arguments: argparse.Namespace) -> LoadModel:
    chosen = preset(arguments.preset) if arguments.preset else None
    rate, users, duration = arguments.rate, arguments.users, arguments.duration
    if chosen is None and rate is None and users is None:
        if arguments.rehearse:
            return preset("smoke").model  # one round is the same under any load
        raise WrongUsage(reason=_("Say how much: --preset, --rate or --users."))
    _refuse_idle(arguments)
    if chosen is not None:
        return _scaled(_lasting(chosen.model, duration), rate, users)
    seconds = duration or 60.0
    level = float(rate if rate is not None else users)
    stages = constant(level, seconds)
    if arguments.ramp:
        stages = (Stage(seconds=arguments.ramp, start=0, end=level), *stages)
    if rate is None:
        return closed_model(stages, think_s=arguments.think)
    spacing = Spacing.POISSON if arguments.poisson else Spacing.EVEN
    carried = users or max(_LEAST_USERS, round(rate / _USERS_PER_RATE))
    return open_model(stages, carried, spacing)


def _refuse_idle(arguments: argparse.Namespace) -> None:
    """Raise ``WrongUsage`` for what would be of no effect."""
    shaped = not arguments.preset and (arguments.rate is not None or arguments.users is not None)
    for option, given, fits, partner in (
        ("--ramp", arguments.ramp, shaped, _("--rate or --users")),
        ("--poisson", arguments.poisson, shaped and arguments.rate is not None, "--rate"),
        ("--think", arguments.think, shaped and arguments.rate is None, _("--users alone")),
    ):
        if given and not fits:
            raise WrongUsage(
                reason=_("{option} goes with {partner}.").format(option=option, partner=partner)
            )


def _lasting(model: LoadModel, seconds: float | None) -> LoadModel:
    """A preset's load over another time, its form kept."""
    if seconds is None:
        return model
    factor = seconds / duration_s(model.stages)
    stages = tuple(replace(stage, seconds=stage.seconds * factor) for stage in model.stages)
    return replace(model, stages=stages)


def _scaled(model: LoadModel, rate: float | None, users: int | None) -> LoadModel:
    """A preset's load at another highest rate or for other users, its form kept."""
    factor = rate / model.highest_rate if rate is not None else 1.0
    stages = tuple(
        replace(stage, start=stage.start * factor, end=stage.end * factor) for stage in model.stages
    )
    return replace(model, stages=stages, users=users or max(1, round(model.users * factor)))


def _thresholds(arguments: argparse.Namespace) -> tuple[Threshold, ...]:
    texts = list(preset(arguments.preset).thresholds) if arguments.preset else []
    found = []
    for text in [*texts, *arguments.threshold]:
        try:
            found.append(parse(text))
        except ThresholdProblem as problem:
            said = _("“{part}” is not understood. Write it as in: {example}")
            reason = said.format(part=problem.part, example="p99 < 500 ms for 10 s")
            raise WrongUsage(reason=reason) from problem
    return tuple(found)


def _accounts(arguments: argparse.Namespace) -> tuple[Account, ...]:
    sign_in = sign_in_of(arguments)
    if sign_in is not None and arguments.accounts is not None:
        raise WrongUsage(reason=_("Give --login or --accounts, not both."))
    if sign_in is not None:
        login, password = sign_in
        return (Account(login_id=login, password=password),)
    return accounts_of(arguments.accounts) if arguments.accounts is not None else ()
