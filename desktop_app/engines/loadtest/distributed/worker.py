"""A worker's process: joins a master, runs its share of one load run on Locust, ends.

To be imported in a process of its own, before anything else opens sockets: see ``locust_user``.
"""

from __future__ import annotations

import logging
import os
import platform
from typing import Any, cast

import gevent
import locust
import msgspec
from locust import runners
from locust.env import Environment

from desktop_app import __version__
from desktop_app.core.language import N_
from desktop_app.core.load.counts import Failure
from desktop_app.core.load.distribution import bracketed
from desktop_app.core.load.obstacles import Obstacle
from desktop_app.core.validation.findings import Said, say
from desktop_app.engines.loadtest.distributed import wire
from desktop_app.engines.loadtest.distributed.admission import objection
from desktop_app.engines.loadtest.distributed.green import GreenLoop
from desktop_app.engines.loadtest.distributed.green_generator import GreenGenerator
from desktop_app.engines.loadtest.distributed.locust_user import ScenarioUser
from desktop_app.engines.loadtest.distributed.sealing import (
    FROM_WORKER,
    TO_WORKER,
    NotSealed,
    Seal,
)
from desktop_app.engines.loadtest.messages import Farewell, Unprepared
from desktop_app.engines.loadtest.pacing import clock, sharpen

log = logging.getLogger(__name__)

_MASTER_SILENT_S = 5
"""Locust would go on for a minute without its master: nobody wants that load any more."""
_FLUSH_S = 0.3
DONE, STRANGE, LEFT, NO_MASTER = "done", "strange", "left", "no master"


class Worker:
    """Joins, and does what its master says, as far as the master's own permission goes."""

    def __init__(self, host: str, port: int, code: str) -> None:
        self._host, self._port, self._code = host, port, code
        self._generator: GreenGenerator | None = None
        self._end = LEFT

    def run(self) -> str:
        """How it ended: one of the words above. Blocks until then."""
        sharpen(cast(Any, GreenLoop()))  # until this process ends
        runners.MASTER_HEARTBEAT_TIMEOUT = _MASTER_SILENT_S
        runners.WORKER_LOG_REPORT_INTERVAL = -1  # nobody reads them there
        self._environment = Environment(user_classes=[ScenarioUser])
        self._environment.generator = self
        try:
            self._runner = self._environment.create_worker_runner(bracketed(self._host), self._port)
        except ConnectionError:
            return NO_MASTER
        self._outgoing = Seal(self._code, FROM_WORKER, self._runner.client_id)
        self._incoming = Seal(self._code, TO_WORKER, self._runner.client_id)
        self._runner.register_message(wire.SEALED, self._hear)
        self._runner.register_message(wire.STRANGE, self._not_wanted)
        self._tell(wire.Hello(version=__version__, computer=platform.node(), pid=os.getpid()))
        try:
            self._runner.greenlet.join()
        except KeyboardInterrupt:
            self._quit()
            raise
        return self._end

    def serve(self) -> None:
        """Be one user; called in each Locust user's greenlet."""
        if self._generator is not None:
            self._generator.serve()

    def _tell(self, message: wire.FromWorker) -> None:
        sealed = self._outgoing.seal(wire.encoded(message))
        self._runner.send_message(wire.SEALED, {"sealed": sealed})
        if isinstance(message, Farewell):
            self._end = DONE

    def _not_wanted(self, **_kept: Any) -> None:
        self._end = STRANGE
        self._quit()

    def _quit(self) -> None:
        self._environment.events.quitting.fire(environment=self._environment)  # tells the master
        self._runner.user_greenlets.kill(block=False)
        self._runner.greenlet.kill(block=False)

    def _hear(self, msg: Any, **_kept: Any) -> None:
        try:
            message = wire.to_worker(self._incoming.opened(msg.data["sealed"]))
        except (NotSealed, msgspec.MsgspecError, KeyError, TypeError) as error:
            log.warning("a message that is not the master's was ignored: %s", type(error).__name__)
            return
        if isinstance(message, wire.AskTime):
            self._tell(wire.Time(asked_at=message.asked_at, at=clock()))
        elif isinstance(message, wire.Task):
            if self._generator is None:
                self._take(message)
        elif self._generator is not None:
            self._generator.hear(message)

    def _take(self, task: wire.Task) -> None:
        refused = objection(task, self._host)
        if refused is not None:
            self._tell(Unprepared(kind=Failure.GENERATOR, step="", obstacle=_refusing(refused)))
            return
        name = f"Locust {locust.__version__} (gevent)"
        try:
            self._generator = GreenGenerator(task.assignment, name, self._tell)
        except OSError as error:  # the certificates to trust are a file of the master's computer
            self._tell(Unprepared(kind=Failure.TLS, step="", obstacle=_untrusting(error)))
            return
        self._runner.greenlet.spawn(self._do, self._generator)

    def _do(self, generator: GreenGenerator) -> None:
        try:
            generator.go()
        finally:
            gevent.sleep(_FLUSH_S)  # until the last words are sent
            self._quit()


def _refusing(refused: Said) -> Obstacle:
    return Obstacle(
        said=say(N_("A worker refuses to take part: {reason}"), reason=refused),
        advice=say(N_("Start it anew for the target that is meant.")),
    )


def _untrusting(error: OSError) -> Obstacle:
    reason = error.strerror or str(error)
    return Obstacle(
        said=say(N_("A worker cannot use the certificates to trust: {reason}."), reason=reason),
        advice=say(N_("Put the file at the same place on every worker's computer.")),
    )


def run(host: str, port: int, code: str) -> str:
    """Take part in one run; how it ended."""
    return Worker(host, port, code).run()
