"""Arguments that name an API, sign in to it and open its lock: the same for each command."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from desktop_app.api.guard import LONGEST_MINUTES, WriteGuard
from desktop_app.cli.secret_file import secret_from
from desktop_app.cli.usage import WrongUsage
from desktop_app.config.profiles import Environment, Profile, address_problem
from desktop_app.core.errors import ConsoleError
from desktop_app.core.language import _
from desktop_app.services.validation.targets import environment_of


def declare_api(group: Any, *, login: str) -> None:
    """Where the API is, and who signs in; ``login`` says what as."""
    group.add_argument("--api", metavar="URL", help="https://host.example")
    group.add_argument("--login", metavar="ID", help=login)
    group.add_argument("--password-file", type=Path, metavar="FILE", help=_("holds the password"))


def declare_stake(group: Any) -> None:
    """What is at stake there, and whom to trust."""
    group.add_argument(
        "--environment",
        choices=[one.value for one in Environment],
        metavar="local|staging|production",
        help=_("what is at stake; by default local on this computer, else production"),
    )
    group.add_argument(
        "--ca-file", metavar="FILE", help=_("certificates (PEM) to trust instead of the system's")
    )
    group.add_argument(
        "--no-verify-tls", action="store_true", help=_("trust any certificate; not in production")
    )


def profile_of(arguments: argparse.Namespace, *, proxy: str = "system") -> Profile:
    """The connection that the arguments name, its address without a last slash.

    Raises ``WrongUsage``.
    """
    url: str = (arguments.api or "").rstrip("/")
    if not url:
        raise WrongUsage(reason=_("Name the API: --api URL."))
    if address_problem(url, ("http", "https")):
        raise WrongUsage(reason=_("“{url}” is no address of an API.").format(url=url))
    environment = Environment(arguments.environment or environment_of(url))
    if arguments.no_verify_tls and environment is Environment.PRODUCTION:
        raise WrongUsage(reason=_("The certificate of a production system is always verified."))
    return Profile(
        id="command",
        name=urlsplit(url).netloc.rpartition("@")[2],
        environment=environment,
        api_url=url,
        verify_tls=not arguments.no_verify_tls,
        ca_file=arguments.ca_file,
        proxy=proxy,
    )


def sign_in_of(arguments: argparse.Namespace) -> tuple[str, str] | None:
    """Name and password, where they are given; raises ``WrongUsage``, ``LocalFailure``."""
    if bool(arguments.login) != bool(arguments.password_file):
        raise WrongUsage(reason=_("--login and --password-file belong together."))
    if not arguments.login:
        return None
    return arguments.login, secret_from(arguments.password_file)


def guard_of(profile: Profile) -> WriteGuard:
    """The lock of that connection: closed on production."""
    return WriteGuard(profile.name, protected=profile.environment is Environment.PRODUCTION)


def unlock(guard: WriteGuard, sign_off: str, refusal: ConsoleError) -> None:
    """Open the lock by the name that was given; raises ``refusal`` where it is another one.

    The sign-off is what opens it here: there is no button.
    """
    if sign_off != guard.name:
        raise refusal
    guard.unlock(sign_off, LONGEST_MINUTES)
