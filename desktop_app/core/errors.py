"""What can fail, as exceptions that tell a person what failed, on what, and what to do.

::

    ConsoleError
    ├── Unreachable            no answer: name, port, proxy, timeout
    │   └── TlsFailed          an answer that cannot be trusted
    ├── SessionExpired         401: sign in again
    ├── SignInRefused          wrong name or password, locked account
    ├── Forbidden              403
    ├── NotFound               404
    ├── Conflict               409: carries the current document
    ├── InUse                  409: carries what uses it
    ├── Rejected               400, 413, 415, 422: carries problems per field
    ├── TooManyRequests        429: carries the seconds to wait
    ├── ServerFault            5xx, or an answer outside the contract
    ├── ProductionLocked       a write on a production profile that is not unlocked
    ├── Cancelled              the person stopped it
    └── LocalFailure           files, folders, processes of this computer
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_app.core.language import N_, _
from desktop_app.core.problems import Problem


class ConsoleError(Exception):
    """Something failed that a person should hear of.

    ``what`` says what failed and ``advice`` what to do; both are message ids with named
    places that ``params`` fill.
    """

    what: str = N_("Something failed.")
    advice: str = ""

    def __init__(
        self, *, what: str | None = None, advice: str | None = None, **params: object
    ) -> None:
        self.what = what or self.what
        self.advice = self.advice if advice is None else advice
        self.params = params
        super().__init__(self.what)

    def text(self) -> str:
        """What failed, in the language in use."""
        return _(self.what).format(**self.params)

    def advice_text(self) -> str:
        """What to do about it, in the language in use; may be empty."""
        return _(self.advice).format(**self.params)

    def __str__(self) -> str:
        return " ".join(part for part in (self.text(), self.advice_text()) if part)


class Unreachable(ConsoleError):
    """The server gave no answer. Params: ``address``, ``reason``."""

    what = N_("{address} does not answer: {reason}.")
    advice = N_("Check the connection, or run the connection doctor.")


class TlsFailed(Unreachable):
    """The server's certificate or TLS version cannot be trusted. Params as ``Unreachable``."""

    what = N_("The certificate of {address} cannot be trusted: {reason}.")
    advice = N_("Ask whoever runs the server; do not enter a password there until it is mended.")


class SessionExpired(ConsoleError):
    """The session has ended: the token expired or was revoked."""

    what = N_("Your session has ended.")
    advice = N_("Sign in again; what is on screen is kept.")


class SignInRefused(ConsoleError):
    """The server refused name and password, or the account is locked or deactivated."""

    what = N_("The sign-in name or the password is wrong.")
    advice = N_("Mind capital letters and the keyboard's language.")


class Forbidden(ConsoleError):
    """The role of the person signed in may not do this."""

    what = N_("Your role may not do this.")
    advice = N_("Ask an administrator.")


class NotFound(ConsoleError):
    """The document is not there (any more)."""

    what = N_("This entry does not exist any more.")
    advice = N_("Reload the list.")


class Conflict(ConsoleError):
    """Someone else changed the document first. ``current`` is the server's document."""

    what = N_("Someone else changed this entry in the meantime.")
    advice = N_("Compare both versions and decide field by field.")

    def __init__(self, current: Mapping[str, Any]) -> None:
        super().__init__()
        self.current = dict(current)


class InUse(ConsoleError):
    """The document cannot be deleted: others refer to it. ``usage`` counts them by resource."""

    what = N_("This entry is in use.")
    advice = N_("Deactivate it instead, or remove what uses it first.")

    def __init__(self, usage: Mapping[str, int]) -> None:
        super().__init__()
        self.usage = dict(usage)


class Rejected(ConsoleError):
    """The server refused the content. ``problems`` says which fields and why."""

    what = N_("The server refused the content.")
    advice = N_("Correct the fields marked.")

    def __init__(self, problems: tuple[Problem, ...], **kw: Any) -> None:
        super().__init__(**kw)
        self.problems = problems


class TooManyRequests(ConsoleError):
    """The server asks to wait. ``retry_after_s`` in seconds."""

    what = N_("Too many requests.")
    advice = N_("Try again in {seconds} seconds.")

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(seconds=max(1, round(retry_after_s)))
        self.retry_after_s = retry_after_s


class ServerFault(ConsoleError):
    """The server failed or answered outside the contract. Params: ``status``, ``request_id``."""

    what = N_("The server failed (status {status}).")
    advice = N_("Nothing was changed unless the list shows it. Request number: {request_id}.")


class ProductionLocked(ConsoleError):
    """A write on a production profile that is not unlocked. Params: ``profile``."""

    what = N_("“{profile}” is a production system and is locked against changes.")
    advice = N_("Unlock it for a limited time with the button beside its name.")


class Cancelled(ConsoleError):
    """The person stopped the work."""

    what = N_("Stopped.")


class LocalFailure(ConsoleError):
    """A file, folder or process of this computer failed. Give ``what`` and ``advice``."""
