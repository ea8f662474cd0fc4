"""A virtual user: one connection, one request at a time, step after step."""

from __future__ import annotations

import asyncio
from bisect import bisect
from typing import Protocol

from desktop_app.core.language import N_
from desktop_app.core.load.counts import Failure
from desktop_app.core.load.obstacles import Obstacle, request_obstacle
from desktop_app.core.validation.findings import Said, say
from desktop_app.engines.loadtest.compiled import (
    OUTCOME_OF,
    WIDTH,
    Compiled,
    PreparedStep,
)
from desktop_app.engines.loadtest.connecting import not_connected
from desktop_app.engines.loadtest.http1 import Connection, ReadingConnection
from desktop_app.engines.loadtest.judging import (
    CONTENT,
    STATUS,
    judged_body,
    judged_status,
)
from desktop_app.engines.loadtest.pacing import clock
from desktop_app.engines.loadtest.surroundings import Surroundings
from desktop_app.engines.loadtest.values import Values

_UNAUTHORIZED = 401


class Told(Protocol):
    """Who hears that a user has ended a request."""

    def freed(self, user: User, outcome: int) -> None:
        """``user`` can be sent anew; ``outcome`` is a place in ``compiled.OUTCOMES``."""


class User:
    """Sends when it is told ``go``, and tells ``told`` when that request has ended."""

    __slots__ = (
        "_appends",
        "_around",
        "_begun",
        "_connecting",
        "_lasting",
        "_place",
        "_resent",
        "_scenario",
        "_steps",
        "busy",
        "connection",
        "due",
        "met",
        "number",
        "prepared_at",
        "said",
        "sent_at",
        "status",
        "step",
        "told",
        "trouble",
        "values",
    )

    def __init__(
        self, number: int, scenario: Compiled, around: Surroundings, values: Values, told: Told
    ) -> None:
        self.number = number
        self.values = values
        self.told = told
        self.busy = False
        self.due = self.sent_at = 0.0
        self.prepared_at = 0.0
        """From when on the age of ``setup`` counts; 0: it is to be done anew."""
        self.connection: Connection | None = None
        self.step: PreparedStep = scenario.steps[0]
        self.trouble = ""
        """What the server said of the last request that it refused."""
        self.said: Said | None = None
        """What else was wrong with the last request that failed."""
        self.met: Obstacle | None = None
        """Why the last request that failed found no connection."""
        self.status = 0
        """Of the answer to the last request that failed; 0: there was none."""
        self._scenario = scenario
        self._around = around
        self._lasting: dict[int, bytes] = {}
        self._steps: tuple[PreparedStep, ...] = ()
        self._place = 0
        self._connecting: asyncio.Task[None] | None = None
        self._resent = False
        recorder = around.recorder
        self._appends = (
            recorder.ended_due.append,
            recorder.ended_sent.append,
            recorder.ended_at.append,
            recorder.ended_code.append,
        )
        self._begun = (recorder.sent_at.append, recorder.sent_step.append)

    # -- sending ---------------------------------------------------------------------------------

    def go(self, due: float) -> None:
        """Send the next request, which was meant for ``due``."""
        place = self._place
        if place == len(self._steps):
            self._choose()
            place = 0
        step = self._steps[place]
        self._place = place + 1
        self.due = due
        self.ask(step)

    def ask(self, step: PreparedStep) -> None:
        """Send this step's request now."""
        self.step = step
        self.busy = True
        append_at, append_step = self._begun
        self.sent_at = now = clock()
        append_at(now)
        append_step(step.number)
        try:
            request = step.fixed or self._request(step)
        except KeyError as error:
            # Later: whoever hears of it may send the next one at once.
            said = say(N_("There is no value for “{name}”."), name=str(error.args[0]))
            self._around.loop.call_soon(self._fail, Failure.CONTENT, said)
            return
        self._around.bytes_out[step.number] += len(request)
        connection = self.connection
        if connection is not None and connection.usable:
            connection.send(request, is_head=step.is_head)
        else:
            self._connect_to_send(request)

    def _request(self, step: PreparedStep) -> bytes:
        if not step.lasting:
            return step.rendered(self.values)
        request = self._lasting.get(step.number)
        if request is None:
            request = self._lasting[step.number] = step.rendered(self.values)
        return request

    def _choose(self) -> None:
        """Begin setup anew where it is due, else a flow."""
        scenario = self._scenario
        renew_s = self._around.renew_s
        if scenario.setup and (
            not self.prepared_at or (renew_s and clock() - self.prepared_at > renew_s)
        ):
            self._steps = scenario.setup
            self.begin_setup()
        elif len(scenario.flows) == 1:
            self._steps = scenario.flows[0]
            self.values.begin_round()
        else:
            drawn = bisect(scenario.bounds, self._around.draw.random())
            self._steps = scenario.flows[min(drawn, len(scenario.flows) - 1)]
            self.values.begin_round()
        self._place = 0

    def begin_setup(self) -> None:
        """``setup`` begins: what was made of an earlier, even of a failed one, is used no more."""
        self._lasting.clear()
        self.values.draw_rows()

    def renewed(self) -> None:
        """``setup`` is done. It will be done again up to a quarter before it is too old: users who
        became ready together must not all sign in again together.
        """
        around = self._around
        early_s = around.renew_s * around.draw.random() / 4 if around.renew_s else 0.0
        self.prepared_at = clock() - early_s
        self._lasting.clear()

    def obstacle(self, kind: Failure, response_s: float) -> Obstacle:
        """Why the last request failed, which counts as ``kind``, and what to do about it."""
        if self.met is not None and self.said is self.met.said:
            return self.met
        return request_obstacle(
            kind,
            step=self.step.step.name,
            status=self.status,
            seconds=response_s,
            login=self.values.login if self.step.signs_in else "",
            reason=self.said,
        )

    # -- what the connection tells ---------------------------------------------------------------

    def answered(self, status: int) -> None:
        """The answer is whole."""
        step = self.step
        if step.simple and status < 300:
            self._end(0, self.connection.received if self.connection else 0)
            return
        outcome = judged_status(step, status)
        if outcome == STATUS:
            self.trouble = self.connection.excerpt() if self.connection else ""
            self.said, self.status = None, status
            if status == _UNAUTHORIZED:
                self.prepared_at = 0.0
            self._around.troubled(self, Failure.STATUS, status)
        elif step.reads:
            assert isinstance(self.connection, ReadingConnection)
            wrong = judged_body(step, self.connection.body, self.values.saved, self._around.draw)
            if wrong is not None:
                outcome, self.trouble = CONTENT, ""
                self.said, self.status = wrong, status
                self._around.troubled(self, Failure.CONTENT, status)
        self._end(outcome, self.connection.received if self.connection else 0)

    def broke(self, kind: Failure, said: Said, *, silent: bool) -> None:
        """The answer will not come."""
        connection, self.connection = self.connection, None
        if (
            silent
            and connection is not None
            and connection.answers
            and self.step.idempotent
            and not self._resent
            and self._around.resend
        ):
            self._resent = True
            self._around.count_resent(self.step)
            self._connect_to_send(self._request_again())
            return
        self._fail(kind, said, connection.received if connection else 0)

    def give_up(self) -> None:
        """Wait no longer for the answer."""
        received = self.connection.received if self.connection else 0
        self.close()
        self._fail(Failure.TIMEOUT, None, received)

    def _request_again(self) -> bytes:
        return self.step.fixed or self._request(self.step)

    def _fail(self, kind: Failure, said: Said | None, received: int = 0) -> None:
        self.trouble, self.said, self.status = "", said, 0
        self._around.troubled(self, kind, 0)
        self._end(OUTCOME_OF[kind], received)

    def _end(self, outcome: int, received: int) -> None:
        due, sent, at, code = self._appends
        due(self.due)
        sent(self.sent_at)
        at(clock())
        step = self.step
        code(step.number * WIDTH + outcome)
        self.busy = False
        self._resent = False
        self._around.bytes_in[step.number] += received
        if outcome > 1:
            self._place = len(self._steps)
        elif step.flow == "" and self._place == len(self._steps):
            self.renewed()
        self.told.freed(self, outcome)

    # -- connecting ------------------------------------------------------------------------------

    def _connect_to_send(self, request: bytes) -> None:
        self._connecting = self._around.loop.create_task(self._connect_and_send(request))

    async def _connect_and_send(self, request: bytes) -> None:
        problem = await self.connect()
        self._connecting = None
        if not self.busy:  # given up meanwhile
            return
        if problem is not None:
            self._fail_to_connect(*problem)
        elif self.connection is not None and self.connection.usable:
            self.connection.send(request, is_head=self.step.is_head)
        else:
            self._fail(Failure.CUT, say(N_("It ended as soon as it stood.")))

    def _fail_to_connect(self, kind: Failure, obstacle: Obstacle) -> None:
        self.met = obstacle
        self._fail(kind, obstacle.said)

    def _not_connected(self, error: OSError) -> tuple[Failure, Obstacle]:
        around = self._around
        return not_connected(
            error, host=around.server_name, port=around.port, seconds=around.connect_s
        )

    async def connect(self) -> tuple[Failure, Obstacle] | None:
        """Connect (anew); what went wrong, if anything did."""
        around = self._around
        self._drop_connection()
        kind = around.connection
        try:
            async with asyncio.timeout(around.connect_s):
                _transport, connection = await around.loop.create_connection(
                    lambda: kind(around.buffer, self, around.largest_body),
                    around.address,
                    around.port,
                    ssl=around.tls,
                    server_hostname=around.server_name if around.tls else None,
                )
        except OSError as error:  # a time-out and what is wrong with TLS, too
            return self._not_connected(error)
        self.connection = connection
        return None

    def _drop_connection(self) -> None:
        if self.connection is not None:
            self.connection.abandon()
            self.connection = None

    def close(self) -> None:
        """Let go of the connection, whatever is under way."""
        if self._connecting is not None:
            self._connecting.cancel()
            self._connecting = None
        self._drop_connection()
