"""The arguments of ``evalconsole validate``, and what they ask for."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from desktop_app.api.guard import LONGEST_MINUTES, WriteGuard
from desktop_app.cli.secret_file import secret_from
from desktop_app.cli.usage import WrongUsage
from desktop_app.config.folders import user_folders
from desktop_app.config.profiles import Environment, Profile, address_problem
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
from desktop_app.services.validation.targets import environment_of

LAST = "last"
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
    target.add_argument("--api", metavar="URL", help="https://host.example")
    target.add_argument("--login", metavar="ID", help=_("an administrator's sign-in name"))
    target.add_argument("--password-file", type=Path, metavar="FILE", help=_("holds the password"))
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
        help=_("the database behind the API: no answer may hold its password"),
    )
    target.add_argument(
        "--signing-key-file",
        type=Path,
        metavar="FILE",
        help=_("holds what the API signs tokens with: more of them can be tried then"),
    )
    target.add_argument(
        "--environment",
        choices=[one.value for one in Environment],
        metavar="local|staging|production",
        help=_("what is at stake; by default local on this computer, else production"),
    )
    target.add_argument(
        "--ca-file", metavar="FILE", help=_("certificates (PEM) to trust instead of the system's")
    )
    target.add_argument(
        "--no-verify-tls", action="store_true", help=_("trust any certificate; not in production")
    )
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
    what.add_argument("--max-requests", type=_count, metavar="N", help=_("requests at most"))
    what.add_argument("--max-seconds", type=_seconds, metavar="S", help=_("seconds at most"))
    what.add_argument("--seed", type=int, metavar="N", help=_("makes random checks repeatable"))
    result = parser.add_argument_group(_("result"))
    result.add_argument(
        "--baseline", type=Path, metavar="FILE", help=_("known findings, which do not count")
    )
    result.add_argument(
        "--compare", metavar="FILE|last", help=_("compare with that JSON report, or the last run")
    )
    result.add_argument(
        "--strict", action="store_true", help=_("warnings and anything not measured count too")
    )
    result.add_argument("--by", default="", metavar="NAME", help=_("who acts, for the history"))
    result.add_argument(
        "--json", metavar="FILE", help=_("write the result as JSON there; - for standard output")
    )
    result.add_argument(
        "--report",
        type=_report_path,
        action="append",
        default=[],
        metavar="FILE",
        help=_("write a report: .html, .pdf, .md, .xml (JUnit) or .json; may be repeated"),
    )
    result.add_argument(
        "--language", choices=("ko", "en"), metavar="ko|en", help=_("the report's language")
    )


def asked_for(arguments: argparse.Namespace) -> Asked:
    """What the arguments ask for; raises ``WrongUsage`` and other ``ConsoleError``."""
    url, profile = _profile(arguments)
    guard = WriteGuard(profile.name, protected=profile.environment is Environment.PRODUCTION)
    key: Path | None = arguments.signing_key_file
    desk = Desk(
        profile=profile,
        guard=guard,
        by=arguments.by or arguments.login or "",
        folder=user_folders().data / FOLDER,
        address=lambda: url,
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
        before=_before(arguments.compare),
        compare_last=arguments.compare == LAST,
        strict=arguments.strict,
        json=arguments.json,
        reports=tuple(arguments.report),
    )


def _profile(arguments: argparse.Namespace) -> tuple[str, Profile]:
    url: str = arguments.api or ""
    if not url:
        raise WrongUsage(reason=_("Name the API: --api URL."))
    if address_problem(url, ("http", "https")):
        raise WrongUsage(reason=_("“{url}” is no address of an API.").format(url=url))
    if arguments.proxy not in ("system", "none") and address_problem(
        arguments.proxy, ("http", "https")
    ):
        raise WrongUsage(reason=_("“{url}” is no address of a proxy.").format(url=arguments.proxy))
    environment = Environment(arguments.environment or environment_of(url))
    if arguments.no_verify_tls and environment is Environment.PRODUCTION:
        raise WrongUsage(reason=_("The certificate of a production system is always verified."))
    profile = Profile(
        id="command",
        name=urlsplit(url).netloc.rpartition("@")[2],
        environment=environment,
        api_url=url,
        mongo_uri=None,
        verify_tls=not arguments.no_verify_tls,
        ca_file=arguments.ca_file,
        proxy=arguments.proxy,
    )
    return url, profile


def _credentials(arguments: argparse.Namespace) -> Iterable[Credential]:
    if bool(arguments.login) != bool(arguments.password_file):
        raise WrongUsage(reason=_("--login and --password-file belong together."))
    given: set[str] = set()
    if arguments.login:
        given.add(Role.ADMIN.value)
        password = secret_from(arguments.password_file)
        yield Credential(role=Role.ADMIN, login_id=arguments.login, password=password)
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
    """The sign-off is what opens the lock here: there is no button."""
    if not guard.protected or not desk.is_active(order):
        return
    if order.sign_off != guard.name:
        raise SignOffNeeded(
            name=guard.name, advice=N_("Give the host's name exactly: --sign-off {name}")
        )
    guard.unlock(order.sign_off, LONGEST_MINUTES)


def _baseline(path: Path | None) -> Baseline:
    if path is None:
        return Baseline()
    if not path.is_file():
        raise WrongUsage(reason=_("There is no file “{file}”.").format(file=path))
    return read_baseline(path)


def _before(compare: str | None) -> ValidationReport | None:
    if compare is None or compare == LAST:
        return None
    try:
        return read_run(Path(compare))
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        reason = _("“{file}” is no report of a run: {reason}.").format(
            file=compare, reason=getattr(error, "strerror", None) or error
        )
        raise WrongUsage(reason=reason) from error


def _report_path(text: str) -> Path:
    path = Path(text)
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(text)
    return path


def _count(text: str) -> int:
    number = int(text)
    if number < 1:
        raise ValueError(text)
    return number


def _seconds(text: str) -> float:
    number = float(text)
    if not 0 < number < 1e6:
        raise ValueError(text)
    return number
