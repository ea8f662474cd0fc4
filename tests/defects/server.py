"""The defect server: the sound API server with a switch for one defect at a time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field

from fastapi import FastAPI
from starlette.types import ASGIApp

from tests.defects.backdoor import Backdoor, Tls
from tests.defects.middleware import Faulty
from tests.defects.registry import Defect
from tests.fixtures.server import RunningServer
from tests.services.certificates import Authority


@dataclass
class DefectServer(RunningServer):
    """Sound until a defect is switched on; it goes on running while defects come and go."""

    defect: Defect | None = None
    authority: Authority | None = None
    """Who vouches for it, where it speaks TLS."""
    _layer: Faulty | None = None
    _patches: ExitStack = field(default_factory=ExitStack)

    @property
    def url(self) -> str:
        """Where it listens."""
        return super().url.replace("http:", "https:") if self.authority else super().url

    @property
    def tls(self) -> Tls | None:
        """How it speaks TLS, where it does."""
        if self.authority is None or self._server is None:
            return None
        context = self._server.config.ssl
        assert context is not None
        return Tls(context, self.authority)

    def outermost(self, app: FastAPI) -> ASGIApp:
        """The application inside the layer in which defects are at work."""
        self._layer = Faulty(app)
        return self._layer

    def switch(self, defect: Defect | None) -> None:
        """Turn a defect on in place of the one that was; None for the sound server."""
        assert self._layer is not None
        self._layer.fault = None
        self._patches.close()
        self.defect = defect
        if defect is None:
            return
        backdoor = Backdoor(self.platform, self.tls)
        if defect.patch is not None:
            self._patches.enter_context(defect.patch(backdoor))
        if defect.fault is not None:
            self._layer.fault = defect.fault(backdoor)

    @contextmanager
    def broken_by(self, defect: Defect) -> Iterator[None]:
        """With this defect, and nothing used up yet, while the block runs."""
        self.calm()
        self.switch(defect)
        try:
            yield
        finally:
            self.switch(None)

    def calm(self) -> None:
        """Forget what earlier requests used up: rates, wrong passwords, locks."""
        self.platform.limiter._strategy.storage.reset()
        unlocked = {"login_attempts": 0, "locked_until": None}
        self.documents["users"].update_many({}, {"$set": unlocked})
        self.documents["sign_in_attempts"].delete_many({})
        for cache in self.platform.sessions.caches:
            cache.clear()
