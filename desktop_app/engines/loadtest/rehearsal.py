"""The dry run: one user does ``setup`` and every flow once, with everything written down."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

from desktop_app.core.errors import LocalFailure
from desktop_app.core.load.checking import check_plan
from desktop_app.core.load.counts import Failure
from desktop_app.core.load.obstacles import Obstacle
from desktop_app.core.load.plan import Order
from desktop_app.core.load.rehearsal import Rehearsed
from desktop_app.core.redaction import MARK, is_secret_key, redact
from desktop_app.core.tasks import TaskContext
from desktop_app.core.validation.findings import Exchange, Header, Said
from desktop_app.engines.loadtest.compiled import OUTCOMES, PreparedStep, compiled
from desktop_app.engines.loadtest.http1 import Asker, ReadBuffer, ReadingConnection
from desktop_app.engines.loadtest.reaching import Reached, reach
from desktop_app.engines.loadtest.recording import Recorder
from desktop_app.engines.loadtest.refusing import permission_of, senseless
from desktop_app.engines.loadtest.surroundings import Surroundings
from desktop_app.engines.loadtest.trust import context_of
from desktop_app.engines.loadtest.user import User
from desktop_app.engines.loadtest.values import Tables, Values

_KEPT_TEXT = 4096
_LARGEST = 4 * 1024 * 1024


class _WritingConnection(ReadingConnection):
    """Keeps what is sent, and what comes, as it came."""

    __slots__ = ("came", "sent")

    def __init__(self, buffer: ReadBuffer, asker: Asker, largest: int) -> None:
        super().__init__(buffer, asker, largest)
        self.sent = self.came = b""

    def forget(self) -> None:
        """Another request begins."""
        self.sent = self.came = b""
        self.chunks.clear()

    def send(self, request: bytes, *, is_head: bool = False) -> None:
        self.sent, self.came = request, b""
        super().send(request, is_head=is_head)

    def buffer_updated(self, nbytes: int) -> None:
        if self.waiting and len(self.came) < _LARGEST:
            self.came += bytes(self._view[:nbytes])
        super().buffer_updated(nbytes)


class _WritingUser(User):
    """Keeps what it was to send, and the connection it used, also once that is broken."""

    __slots__ = ("used", "wanted")

    def ask(self, step: PreparedStep) -> None:
        """Send this step's request now."""
        self.used: _WritingConnection | None = None
        self.wanted = b""
        if isinstance(self.connection, _WritingConnection):
            self.connection.forget()
        super().ask(step)

    def broke(self, kind: Failure, said: Said, *, silent: bool) -> None:
        """The answer will not come."""
        self.keep_used()
        super().broke(kind, said, silent=silent)

    def give_up(self) -> None:
        """Wait no longer for the answer."""
        self.keep_used()
        super().give_up()

    def keep_used(self) -> None:
        """Keep the connection that there is."""
        if isinstance(self.connection, _WritingConnection):
            self.used = self.connection

    def _connect_to_send(self, request: bytes) -> None:
        self.wanted = request
        super()._connect_to_send(request)


class Unrehearsed(LocalFailure):
    """Nothing can be tried: why not."""

    def __init__(self, said: Said, advice: Said | None = None) -> None:
        super().__init__()
        self._said, self._advice = said, advice

    def text(self) -> str:
        """What failed, in the language in use."""
        return self._said.text()

    def advice_text(self) -> str:
        """What to do about it, in the language in use; may be empty."""
        return self._advice.text() if self._advice is not None else ""


def rehearse(order: Order, context: TaskContext) -> Iterator[Rehearsed]:
    """Do ``setup`` and one round of every flow, one request after another, with their evidence.

    A failed step ends its flow, one of ``setup`` the whole. Raises ``Unrehearsed`` where the plan
    is refused or the target does not take connections, ``Cancelled`` when it is to stop.
    """
    plan = order.plan
    if problems := check_plan(plan):
        raise Unrehearsed(senseless(problems[0]))
    permission = permission_of(order)
    refused = permission.refusal(plan.target.url, rate=0, users=1, seconds=0)
    if refused is not None:
        raise Unrehearsed(refused)
    reached = reach(plan)
    if isinstance(reached, Obstacle):
        raise Unrehearsed(reached.said, reached.advice)
    loop = asyncio.new_event_loop()
    rehearsal = _Rehearsal(order, loop, reached)
    try:
        for steps in (rehearsal.scenario.setup, *rehearsal.scenario.flows):
            if steps is rehearsal.scenario.setup:
                rehearsal.user.begin_setup()
            else:
                rehearsal.user.values.begin_round()
            for step in steps:
                context.check()
                done = loop.run_until_complete(rehearsal.tried(step))
                yield done
                if done.failure is not None:
                    break
            else:
                continue
            if steps is rehearsal.scenario.setup:
                return
    finally:
        rehearsal.user.close()
        loop.run_until_complete(asyncio.sleep(0))
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()


class _Rehearsal:
    def __init__(self, order: Order, loop: asyncio.AbstractEventLoop, reached: Reached) -> None:
        plan = self._plan = order.plan
        self.scenario = compiled(plan)
        draw = random.Random(plan.seed or None)  # noqa: S311 - not for secrets
        count = len(self.scenario.steps)
        self._loop = loop
        around = Surroundings(
            loop=loop,
            recorder=Recorder(1.0),
            draw=draw,
            address=reached.address,
            port=reached.port,
            server_name=urlsplit(plan.target.url).hostname or "",
            tls=context_of(plan.target),
            connect_s=plan.timeouts.connect_s,
            largest_body=min(plan.largest_body, _LARGEST),
            renew_s=0.0,
            resend=plan.resend,
            troubled=lambda _user, _kind, _status: None,
            connection=_WritingConnection,
            bytes_in=[0] * count,
            bytes_out=[0] * count,
            resent=[0] * count,
        )
        account = order.accounts[0] if order.accounts else None
        values = Values(1, account, Tables(plan.scenario.data, 0, 1, draw), draw)
        self.user = _WritingUser(0, self.scenario, around, values, self)
        self._end: asyncio.Future[int] = loop.create_future()

    def freed(self, user: User, outcome: int) -> None:  # noqa: ARG002 - there is one user
        """The request has ended."""
        self.user.keep_used()
        if not self._end.done():
            self._end.set_result(outcome)

    async def tried(self, step: PreparedStep) -> Rehearsed:
        """One step done."""
        self._end = self._loop.create_future()
        response_s = self._plan.timeouts.response_s
        at = time.time()
        began = time.perf_counter()
        self.user.ask(step)
        try:
            async with asyncio.timeout(response_s):
                outcome = await asyncio.shield(self._end)
        except TimeoutError:
            if not self._end.done():  # it may have come in that very moment
                self.user.give_up()
            outcome = self._end.result()
        total_ms = (time.perf_counter() - began) * 1000
        kind = OUTCOMES[outcome]
        obstacle = self.user.obstacle(kind, response_s) if kind is not None else None
        saved = self.user.values.saved
        return Rehearsed(
            flow=step.flow,
            step=step.step.name,
            exchange=self._exchange(step, at, total_ms, obstacle),
            failure=kind,
            obstacle=obstacle,
            saved=tuple(
                (name, MARK if is_secret_key(name) else redact(str(saved[name]))[:200])
                for name in step.step.save
                if name in saved
            ),
        )

    def _exchange(
        self, step: PreparedStep, at: float, total_ms: float, obstacle: Obstacle | None
    ) -> Exchange:
        """What was sent, or was to be, and what came of it."""
        connection = self.user.used
        sent = connection.sent if connection is not None else b""
        came = connection.came if connection is not None else b""
        first, headers, body = _taken_apart(sent or self.user.wanted)
        status_line, came_headers, _raw = _taken_apart(_last_answer(came))
        words = status_line.split(" ", 2)
        status = int(words[1]) if len(words) > 1 and words[1].isdecimal() else 0
        whole = connection.body if connection is not None and status else came
        text = whole.decode("utf-8", "replace")
        path = first.split(" ")[1] if first.count(" ") >= 2 else step.step.path
        return Exchange(
            method=step.step.method.upper(),
            url=redact(urljoin(self._plan.target.url, path)),
            request_headers=headers,
            request_body=redact(body.decode("utf-8", "replace"))[:_KEPT_TEXT],
            sent_bytes=len(body) if sent else 0,
            status=status,
            reason=words[2] if len(words) > 2 else "",
            http_version=words[0],
            response_headers=came_headers,
            response_body=redact(text)[:_KEPT_TEXT],
            received_bytes=len(text.encode()),
            clipped=len(text) > _KEPT_TEXT,
            total_ms=total_ms,
            failure=obstacle.said.text() if obstacle and not self.user.status else "",
            at=at,
        )


def _last_answer(data: bytes) -> bytes:
    """What came without the interim answers before it."""
    while data[9:10] == b"1" and b"\r\n\r\n" in data:
        data = data.partition(b"\r\n\r\n")[2]
    return data


def _taken_apart(message: bytes) -> tuple[str, tuple[Header, ...], bytes]:
    """First line, headers (secrets as ***) and the rest of a message."""
    head, _, body = message.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = []
    for line in lines:
        name, _, value = line.partition(":")
        value = value.strip()
        headers.append((name, MARK if is_secret_key(name) else redact(value)))
    return first, tuple(headers), body
