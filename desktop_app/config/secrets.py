"""Passwords and tokens: in the operating system's keyring, else only in memory."""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

SERVICE = "evalconsole"

_log = logging.getLogger(__name__)
R = TypeVar("R")


class Backend(Protocol):
    """What is used of a keyring."""

    def get_password(self, service: str, username: str) -> str | None:
        """The password kept, or None."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep a password."""

    def delete_password(self, service: str, username: str) -> None:
        """Remove a password that is kept."""


def system_keyring() -> Backend | None:
    """The operating system's keyring; None where there is none that keeps anything safe."""
    import keyring
    from keyring.backends import fail, null

    backend: Any = keyring.get_keyring()
    unusable = isinstance(backend, fail.Keyring | null.Keyring) or backend.priority <= 0
    return None if unusable else backend


class Secrets:
    """Secrets by profile and name.

    A keyring may ask the person, hang, or raise. Each call to it runs apart and is given
    ``timeout_s``; after a failure the rest of this run keeps secrets in memory only. Calls may
    take that long the first time: make them from a worker, not from the GUI thread.
    """

    def __init__(
        self,
        service: str = SERVICE,
        *,
        open_keyring: Callable[[], Backend | None] = system_keyring,
        timeout_s: float = 5.0,
    ) -> None:
        self._service = service
        self._open_keyring = open_keyring
        self._timeout_s = timeout_s
        self._lock = threading.RLock()
        self._memory: dict[tuple[str, str], str] = {}
        self._unkept: set[tuple[str, str]] = set()
        self._backend: Backend | None = None
        self._opened = False

    @property
    def available(self) -> bool:
        """Whether the operating system's keyring works."""
        return self._keyring() is not None

    @property
    def kept(self) -> bool:
        """Whether everything set so far outlives the program."""
        with self._lock:
            return self.available and not self._unkept

    def get(self, profile_id: str, name: str) -> str | None:
        """The secret, or None."""
        with self._lock:
            if (profile_id, name) in self._memory:
                return self._memory[profile_id, name]
            backend = self._keyring()
            if backend is None:
                return None
            user = _user(profile_id, name)
            secret = self._ask(lambda: backend.get_password(self._service, user))
            if secret is not None:
                self._memory[profile_id, name] = secret
            return secret

    def set(self, profile_id: str, name: str, secret: str) -> None:
        """Keep a secret; ``kept`` then tells whether the keyring has it or only memory."""
        with self._lock:
            self._memory[profile_id, name] = secret
            self._unkept.add((profile_id, name))
            backend = self._keyring()
            if backend is None:
                return
            user = _user(profile_id, name)

            def store() -> bool:
                backend.set_password(self._service, user, secret)
                return True

            if self._ask(store):
                self._unkept.discard((profile_id, name))

    def forget(self, profile_id: str, name: str) -> None:
        """Remove a secret everywhere; one that is not there is no error."""
        with self._lock:
            self._memory.pop((profile_id, name), None)
            self._unkept.discard((profile_id, name))
            backend = self._keyring()
            if backend is None:
                return
            user = _user(profile_id, name)

            def remove() -> None:
                # Deleting what is not there raises with some keyrings.
                if backend.get_password(self._service, user) is not None:
                    backend.delete_password(self._service, user)

            self._ask(remove)

    def _keyring(self) -> Backend | None:
        with self._lock:
            if not self._opened:
                self._opened = True
                self._backend = self._ask(self._open_keyring)
            return self._backend

    def _ask(self, question: Callable[[], R]) -> R | None:
        """The keyring's answer; None, and no keyring from then on, when it fails or hangs."""
        answers: queue.SimpleQueue[tuple[R | None, Exception | None]] = queue.SimpleQueue()

        def run() -> None:
            try:
                answers.put((question(), None))
            except Exception as error:  # noqa: BLE001 - keyrings raise whatever their system does
                answers.put((None, error))

        # A keyring that hangs cannot be stopped, and an executor's thread would hold up the exit.
        threading.Thread(  # noqa: TID251
            target=run, name="keyring", daemon=True
        ).start()
        try:
            answer, error = answers.get(timeout=self._timeout_s)
        except queue.Empty:
            answer, error = None, TimeoutError(f"no answer in {self._timeout_s} s")
        if error is not None:
            _log.warning("The keyring is not used: %s: %s", type(error).__name__, error)
            self._backend = None
        return answer


def _user(profile_id: str, name: str) -> str:
    return f"{profile_id}/{name}"
