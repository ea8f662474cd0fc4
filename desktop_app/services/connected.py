"""One connection in one person's name: where it is now, what is at stake there, its lock."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from desktop_app.api.guard import WriteGuard
from desktop_app.config.profiles import Environment, Profile
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.services.validation.targets import at_stake


class NoAddress(LocalFailure):
    """The local workspace is not ready: there is nothing to be asked yet."""

    what = N_("The local workspace is not ready.")
    advice = N_("Try again in a moment.")


class Connected:
    """What a desk that works against one API knows of it."""

    def __init__(
        self,
        *,
        profile: Profile,
        guard: WriteGuard,
        by: str,
        address: Callable[[], str | None],
        others: Iterable[Profile] = (),
    ) -> None:
        """``address`` tells where the API is (None while the local workspace does not run).

        ``by`` is who works there; ``others`` are the other connections that are known.
        """
        self.profile = profile
        self.by = by
        self._guard = guard
        self._address = address
        self._others = tuple(others)

    @property
    def url(self) -> str:
        """The API's address; raises ``NoAddress``."""
        url = self._address()
        if not url:
            raise NoAddress()
        return url.rstrip("/")

    @property
    def place(self) -> str:
        """What its runs are kept under: the address, but for the local workspace.

        That one has another address after each start. Raises ``NoAddress``.
        """
        return self.profile.id if self.profile.is_local else self.url

    @property
    def environment(self) -> Environment:
        """What is at stake: the connection's own word, or another connection's to the same place.

        Raises ``NoAddress``.
        """
        return at_stake(self.profile, self.url, self._others)

    @property
    def guard(self) -> WriteGuard:
        """The lock that has to be open for what production is guarded against."""
        if self.environment is Environment.PRODUCTION and not self._guard.protected:
            self._guard = WriteGuard(self.profile.name, protected=True)
        return self._guard
