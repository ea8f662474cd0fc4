"""When a server that refused for now wants to be asked again (RFC 9110 §10.2.3), and doing so."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from desktop_app.engines.validation.client import Answer, Client, NoAnswer, Request

_LONGEST_WAIT_S = 61.0
"""In all of a run: limits are counted by the minute."""
_ROUNDED_S = 0.3
"""Whole seconds were rounded, and clocks differ."""


class Patience:
    """How a run goes on after a sign-in was refused for its rate (429), within bounds.

    The narrow limits are those of guessing, which an earlier run may have used up.
    """

    def __init__(self, client: Client) -> None:
        self._client = client
        self._moved = False
        self._may_wait_s = min(_LONGEST_WAIT_S, client.limits.seconds / 2)

    def let_again(self, answer: Answer) -> bool:
        """Do what has a sign-in taken that was answered so; whether there was such a thing.

        That is to come from another address of this computer, once, where it has one for the
        target; else to wait as long as the answer says. Raises ``Cancelled``.
        """
        if answer.status != 429:
            return False
        if not self._moved:
            self._moved = True
            if self._client.move():
                return True
        told = retry_after_s(answer.header("retry-after"), datetime.now(UTC))
        if told is None or told > self._may_wait_s:
            return False
        self._may_wait_s -= max(told, 1.0)  # an answer that says 0 for ever is not asked for ever
        self._client.wait(told + _ROUNDED_S)
        return True


AWAY_S = 8.0
"""How long a server may be away for: whoever watches over it starts it again in a few seconds."""
_KNOCK_S = 0.4


def comes_back(client: Client, door: str, away_s: float) -> bool:
    """Whether a server that has gone away answers again within ``away_s`` seconds."""
    ends = time.monotonic() + away_s
    while (left := ends - time.monotonic()) > 0:
        client.pause(min(_KNOCK_S, left))
        try:
            client.send(Request(method="GET", path=door), answer_s=max(_KNOCK_S, left), fresh=True)
        except NoAnswer:
            continue
        return True
    return False


def retry_after_s(value: str, now: datetime) -> float | None:
    """A Retry-After in seconds from ``now``: told in seconds or as a date; None for neither."""
    text = value.strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    try:
        at = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())
