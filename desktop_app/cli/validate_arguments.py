"""The arguments of ``evalconsole validate``, and what they ask for."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from desktop_app.api.guard import WriteGuard
from desktop_app.cli.data_folder import data_folder
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
from desktop_app.cli.values import integer, positive, whole
from desktop_app.config.profiles import Profile, address_problem
from desktop_app.core.language import N_, _
from desktop_app.core.users import Role
from desktop_app.core.validation.baseline import Baseline
from desktop_app.core.validation.report import ValidationReport
from desktop_app.core.validation.suites import Risk
from desktop_app.engines.validation.target import Credential, Limits
from desktop_app.services.validation.baseline_file import read_baseline
from desktop_app.services.validation.desk import Desk, SignOffNeeded, ValidationOrder
from desktop_app.services.validation.runs import read_run
from desktop_app.services.validation.shelf import Shelf

SUFFIXES = (".html", ".pdf", ".md", ".xml", ".json")
FOLDER = "validation"
"""Below the data folder: what window and command line keep together."""

_ALLOWED = {
    "reads": frozenset({Risk.READS}),
    "writes": frozenset({Risk.READS, Risk.WRITES}),
    "attacks": frozenset(Risk),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the arguments ask for, checked as far as it can be without the server."""

    desk: Desk
    order: ValidationOrder
    baseline: Baseline
    before: ValidationReport | None
    compare_last: bool
    strict: bool
    quiet: bool
    json: str | None
    reports: tuple[Path, ...] = field(default=())


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    parser.epilog = _(
        "Not passed (exit code 1): a check failed that the baseline does not know, a critical "
        "check that was allowed has no result, a sign-in did not work, or a limit was reached. "
        "Nothing measured: exit code 3. Reports are written in every case."
    )
    target = parser.add_argument_group(_("target"))
    declare_api(target, login=_("an administrator's sign-in name"))
    target.add_argument(
        "--role-login",
        action="append",
        default=[],
        metavar="ROLE=ID:FILE",
        help=_("a sign-in for manager, secretary or evaluator; others are made for the run"),
    )
    target.add_argument(
        "--mongo-uri",
        metavar="URI",
        help=_("the database behind the API, which is looked into (read only)"),
    )
    target.add_argument(
        "--signing-key-file",
        type=Path,
        metavar="FILE",
        help=_("holds what the API signs tokens with: more of them can be tried then"),
    )
    declare_stake(target)
    target.add_argument(
        "--proxy", default="system", metavar="system|none|URL", help=_("how the API is reached")
    )
    what = parser.add_argument_group(_("what to check"))
    what.add_argument("--list", action="store_true", help=_("list suites and checks, run nothing"))
    what.add_argument("--suite", nargs="+", default=[], metavar="NAME", help=_("these suites"))
    what.add_argument("--check", nargs="+", default=[], metavar="ID", help=_("these checks alone"))
    what.add_argument(
        "--subject",
        action="append",
        default=[],
        metavar="S",
        help=_("with --check: this endpoint, header or role alone"),
    )
    what.add_argument("--suites-dir", type=Path, metavar="DIR", help=_("suites of your own"))
    what.add_argument(
        "--allow",
        choices=tuple(_ALLOWED),
        default="reads",
        metavar="reads|writes|attacks",
        help=_("what checks may do; each includes the ones before it"),
    )
    what.add_argument(
        "--sign-off",
        default="",
        metavar="NAME",
        help=_("for writes and attacks on production: the host's name"),
    )
    what.add_argument("--max-requests", type=whole, metavar="N", help=_("requests at most"))
    what.add_argument("--max-seconds", type=positive, metavar="S", help=_("seconds at most"))
    what.add_argument("--seed", type=integer, metavar="N", help=_("makes random checks repeatable"))
    weighing = parser.add_argument_group(_("what counts"))
    weighing.add_argument(
        "--baseline", type=Path, metavar="FILE", help=_("known findings, which do not count")
    )
    weighing.add_argument(
        "--strict", action="store_true", help=_("warnings and anything not measured count too")
    )
    declare_results(parser, SUFFIXES)


def asked_for(arguments: argparse.Namespace) -> Asked:
    """What the arguments ask for; raises ``WrongUsage`` and other ``ConsoleError``."""
    profile = _profile(arguments)
    guard = guard_of(profile)
    key: Path | None = arguments.signing_key_file
    desk = Desk(
        profile=profile,
        guard=guard,
        by=arguments.by or arguments.login or "",
        folder=data_folder() / FOLDER,
        address=lambda: profile.api_url,
        key=lambda: secret_from(key) if key is not None else None,
        mongo_uri=lambda: arguments.mongo_uri,
        suites_folder=arguments.suites_dir,
    )
    order = ValidationOrder(
        credentials=tuple(_credentials(arguments)),
        suites=tuple(arguments.suite),
        checks=frozenset(arguments.check),
        subjects=frozenset(arguments.subject),
        risks=_ALLOWED[arguments.allow],
        sign_off=arguments.sign_off,
        limits=_limits(arguments),
        seed=arguments.seed,
    )
    desk.target()  # what it needs of this computer is there
    _check_names(desk.shelf(), order)
    _unlock(desk, order, guard)
    return Asked(
        desk=desk,
        order=order,
        baseline=_baseline(arguments.baseline),
        before=earlier(arguments.compare, read_run),
        compare_last=arguments.compare == LAST,
        strict=arguments.strict,
        quiet=arguments.quiet,
        json=arguments.json,
        reports=tuple(arguments.report),
    )


def _profile(arguments: argparse.Namespace) -> Profile:
    proxy: str = arguments.proxy
    if proxy not in ("system", "none") and address_problem(proxy, ("http", "https")):
        raise WrongUsage(reason=_("“{url}” is no address of a proxy.").format(url=proxy))
    return profile_of(arguments, proxy=proxy)


def _credentials(arguments: argparse.Namespace) -> Iterable[Credential]:
    given: set[str] = set()
    if (sign_in := sign_in_of(arguments)) is not None:
        given.add(Role.ADMIN.value)
        login, password = sign_in
        yield Credential(role=Role.ADMIN, login_id=login, password=password)
    for text in arguments.role_login:
        role, _equals, rest = text.partition("=")
        login, _colon, file = rest.partition(":")  # a path on Windows has colons of its own
        if role not in [one.value for one in Role] or not login or not file:
            raise WrongUsage(
                reason=_("“{text}” is not of the form ROLE=ID:FILE.").format(text=text)
            )
        if role in given:
            raise WrongUsage(reason=_("There are two sign-ins for {role}.").format(role=role))
        given.add(role)
        yield Credential(role=Role(role), login_id=login, password=secret_from(Path(file)))


def _limits(arguments: argparse.Namespace) -> Limits:
    usual = Limits()
    return Limits(
        requests=arguments.max_requests or usual.requests,
        seconds=arguments.max_seconds or usual.seconds,
    )


def _check_names(shelf: Shelf, order: ValidationOrder) -> None:
    if order.subjects and not order.checks:
        raise WrongUsage(reason=_("--subject belongs to --check."))
    suites = [suite.id for suite in shelf.suites]
    for name in order.suites:
        if name not in suites:
            raise WrongUsage(reason=_unknown(_("There is no suite {name}."), name, suites))
    picked = shelf.picked(order.suites, order.checks)
    known = [check.id for suite in picked for check in suite.checks]
    for name in sorted(order.checks):
        if name not in known:
            raise WrongUsage(reason=_unknown(_("There is no check {name}."), name, known))


def _unknown(said: str, name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 3)
    meant = _("Did you mean {names}?").format(names=", ".join(near)) if near else ""
    return " ".join(part for part in (said.format(name=name), meant or _("See --list.")) if part)


def _unlock(desk: Desk, order: ValidationOrder, guard: WriteGuard) -> None:
    if guard.protected and desk.is_active(order):
        advice = N_("Give the host's name exactly: --sign-off {name}")
        unlock(guard, order.sign_off, SignOffNeeded(name=guard.name, advice=advice))


def _baseline(path: Path | None) -> Baseline:
    if path is None:
        return Baseline()
    if not path.is_file():
        raise WrongUsage(reason=_("There is no file “{file}”.").format(file=path))
    return read_baseline(path)
