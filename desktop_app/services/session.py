"""A person's session on one platform: signing in, staying signed in, and coming back."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto

from desktop_app.api.auth import Tokens
from desktop_app.api.client import ApiClient
from desktop_app.api.guard import WriteGuard
from desktop_app.api.transport import Transport
from desktop_app.config.profiles import Environment, Profile
from desktop_app.config.secrets import Secrets
from desktop_app.core.errors import (
    ConsoleError,
    ServerFault,
    SessionExpired,
    SignInRefused,
    TooManyRequests,
    Unreachable,
)
from desktop_app.core.users import Role, User

_log = logging.getLogger(__name__)

_RENEW_BEFORE_S = 60.0
"""A token is renewed this long before its end, or in the last third of a shorter life."""


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who is signed in where, and what their requests go through."""

    user: User
    profile: Profile
    api: ApiClient
    guard: WriteGuard


class _State(Enum):
    SIGNED_OUT = auto()
    ACTIVE = auto()
    RENEWING = auto()
    EXPIRED = auto()
    GIVEN_UP = auto()


class SessionKeeper:
    """Holds the tokens of one session and renews them; the transport's ``Credentials``.

    The access token lives in memory only; the refresh token too, unless the person asked to stay
    signed in: then it is in the keyring. Methods that talk to the server block: call them from a
    worker. ``on_expired`` is called from whatever thread finds that the session cannot be
    renewed; requests then wait until ``resume`` or ``give_up``.
    """

    def __init__(
        self,
        profile: Profile,
        secrets: Secrets,
        *,
        api_url: str | None = None,
        on_expired: Callable[[], object] = lambda: None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """``api_url`` is where the local workspace listens; otherwise the profile knows."""
        address = api_url or profile.api_url
        if not address:
            raise ValueError("neither the profile nor the caller names an address")
        self.profile = profile
        self.on_expired = on_expired
        self.guard = WriteGuard(
            profile.name, protected=profile.environment is Environment.PRODUCTION
        )
        self._address = address
        self._secrets = secrets
        self._monotonic = monotonic
        self._turn = threading.Condition()
        self._state = _State.SIGNED_OUT
        self._tokens: Tokens | None = None
        self._renew_at = 0.0
        self._stay = False
        self._api: ApiClient | None = None
        self.journal_lock: bytes | None = None
        """Locks what an evaluator types on a computer without a keyring; made of the password."""

    def sign_in(self, login_id: str, password: str, *, stay_signed_in: bool = False) -> SignedIn:
        """Sign in; ``user.must_change_password`` may be set in what comes back.

        Raises ``SignInRefused``, ``TooManyRequests``, ``Unreachable``, ``ServerFault``.
        """
        tokens = self._client().auth.login(login_id, password)
        self._stay = stay_signed_in
        self._make_lock(tokens.user, password)
        return self._accept(tokens)

    def restore(self, login_id: str) -> SignedIn:
        """Sign in with what an earlier run kept; raises ``SessionExpired`` when that is no use."""
        kept = self._secrets.get(self.profile.id, _kept_name(login_id))
        if kept is None:
            raise SessionExpired()
        try:
            tokens = self._client().auth.refresh(kept)
        except (SessionExpired, SignInRefused):
            self._secrets.forget(self.profile.id, _kept_name(login_id))
            raise SessionExpired() from None
        self._stay = True
        return self._accept(tokens)

    def resume(self, password: str) -> None:
        """The same person signs in again; requests that wait go on. Raises as ``sign_in``."""
        user = self._user()
        self._accept(self._client().auth.login(user.login_id, password))

    def give_up(self) -> None:
        """Let waiting requests, and new ones, fail with ``SessionExpired``; ``resume`` ends it."""
        with self._turn:
            self._state = _State.GIVEN_UP
            self._turn.notify_all()

    def change_password(self, current: str, new: str) -> User:
        """Change one's own password; other sessions end. Raises ``Rejected``."""
        user = self._accept(self._client().auth.password(current, new)).user
        self._make_lock(user, new)
        return user

    def _make_lock(self, user: User, password: str) -> None:
        if user.role is Role.EVALUATOR and not self._secrets.available:
            # Imported here: few need it, and none before the first window is on screen.
            from desktop_app.services.scoring.journal_opening import owner_of
            from desktop_app.services.scoring.password_key import key_of_password

            owner = owner_of(self.profile, user.id)
            self.journal_lock = key_of_password(password, owner)

    def keep_alive(self) -> bool:
        """Renew the access token if it ends soon; False when the server could not be asked.

        Never waits for a person: a session that cannot be renewed is told by ``on_expired``.
        """
        with self._turn:
            if self._state is not _State.ACTIVE or self._monotonic() < self._renew_at:
                return True
            self._state = _State.RENEWING
        try:
            self._renew_now()
        except (Unreachable, ServerFault, TooManyRequests, SessionExpired) as error:
            _log.info("The session was not renewed: %s", error)
            return False
        return True

    def sign_out(self) -> None:
        """Revoke the session on the server if it can be reached, and forget it here."""
        self.keep_alive()
        # From here on a refused token is not renewed, so the farewell cannot wait.
        self.give_up()
        client, tokens = self._api, self._tokens
        if client is not None and tokens is not None:
            self._stay = False
            try:
                client.auth.logout()
            except ConsoleError as error:
                _log.info("The server was not told of the sign-out: %s", error)
            self._secrets.forget(self.profile.id, _kept_name(tokens.user.login_id))
        self.close()

    def close(self) -> None:
        """End all requests and connections; what the keyring holds stays for ``restore``."""
        self.give_up()
        self.journal_lock = None
        with self._turn:
            self._tokens = None
        if self._api is not None:
            self._api.close()

    def access_token(self) -> str | None:
        """The token in use; None when there is none that the server would take."""
        with self._turn:
            usable = self._state in (_State.ACTIVE, _State.RENEWING, _State.GIVEN_UP)
            return self._tokens.access_token if usable and self._tokens else None

    def renew(self, rejected_token: str | None) -> None:
        """Have another token than the one refused; one thread asks, the others wait for it.

        Blocks while a person has to sign in again; raises ``SessionExpired`` once they give up.
        """
        while True:
            with self._turn:
                self._turn.wait_for(self._decided)
                if self._state in (_State.GIVEN_UP, _State.SIGNED_OUT):
                    raise SessionExpired()
                if self._tokens and self._tokens.access_token != rejected_token:
                    return
                self._state = _State.RENEWING
            self._renew_now()

    def _decided(self) -> bool:
        return self._state not in (_State.RENEWING, _State.EXPIRED)

    def _renew_now(self) -> None:
        """Exchange the refresh token; the caller has set the state to renewing."""
        tokens = self._tokens
        assert tokens is not None
        try:
            renewed = self._client().auth.refresh(tokens.refresh_token)
        except (SessionExpired, SignInRefused):
            self._expire()
            return
        except BaseException:
            with self._turn:
                if self._state is _State.RENEWING:
                    self._state = _State.ACTIVE
                self._turn.notify_all()
            raise
        self._accept(renewed, renewing=True)

    def _expire(self) -> None:
        with self._turn:
            if self._state is not _State.RENEWING:
                return
            self._state = _State.EXPIRED
        _log.info("The session of profile %s has ended", self.profile.id)
        self.on_expired()

    def _accept(self, tokens: Tokens, *, renewing: bool = False) -> SignedIn:
        with self._turn:
            late = renewing and self._state is not _State.RENEWING
            if not late:
                self._tokens = tokens
                margin_s = min(_RENEW_BEFORE_S, tokens.expires_in / 3)
                self._renew_at = self._monotonic() + tokens.expires_in - margin_s
                self._state = _State.ACTIVE
                self._turn.notify_all()
        if self._stay:
            # Also when given up meanwhile: the token kept so far has just been used up.
            name = _kept_name(tokens.user.login_id)
            self._secrets.set(self.profile.id, name, tokens.refresh_token)
        if late:
            raise SessionExpired()
        return SignedIn(
            user=tokens.user, profile=self.profile, api=self._client(), guard=self.guard
        )

    def _user(self) -> User:
        if self._tokens is None:
            raise SessionExpired()
        return self._tokens.user

    def _client(self) -> ApiClient:
        with self._turn:
            if self._api is None:
                transport = Transport(
                    self._address, self.profile, guard=self.guard, credentials=self
                )
                self._api = ApiClient(transport)
            return self._api


def _kept_name(login_id: str) -> str:
    return f"refresh-token:{login_id}"
