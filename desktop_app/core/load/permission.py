"""Whom a run may put under load: this computer, or what an operator said is theirs."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from urllib.parse import urlsplit

from desktop_app.core.language import N_
from desktop_app.core.validation.findings import Said, say

CEILING_RATE = 50_000.0
"""Requests per second that no run goes beyond."""
CEILING_USERS = 20_000
CEILING_PRODUCTION_RATE = 200.0
CEILING_PRODUCTION_USERS = 200
CEILING_SECONDS = 48 * 3600.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """What the operator allows. Loopback needs none of it.

    ``host`` is what was typed to confirm the target (``host`` or ``host:port``, as in its address);
    ``production`` says that it is a production system, ``unlocked`` that its lock is open.
    """

    host: str = ""
    production: bool = False
    unlocked: bool = False
    rate: float = CEILING_RATE
    users: int = CEILING_USERS

    @property
    def highest_rate(self) -> float:
        """Requests per second that this run may plan or reach: twice as many at most while it
        catches up on what a stalled target has kept waiting.
        """
        return min(self.rate, CEILING_PRODUCTION_RATE if self.production else CEILING_RATE)

    @property
    def most_users(self) -> int:
        """Users at a time that this run may have."""
        return min(self.users, CEILING_PRODUCTION_USERS if self.production else CEILING_USERS)

    def refusal(self, url: str, *, rate: float, users: int, seconds: float) -> Said | None:
        """Why a run against ``url`` is refused; None where it may go on.

        ``rate`` is the highest that is planned (0 in a closed model, which is held to
        ``highest_rate`` as it runs).
        """
        if self.production and not self.unlocked:
            return say(N_("The production system is locked."))
        host = host_of(url)
        if not is_loopback(host) and not names_host(self.host, url):
            return say(
                N_("{host} is another computer: confirm that it is yours by typing its name."),
                host=host or url,
            )
        if rate > self.highest_rate:
            return say(
                N_("At most {limit} requests per second are allowed here."),
                limit=f"{self.highest_rate:g}",
            )
        if users > self.most_users:
            return say(N_("At most {limit} users are allowed here."), limit=self.most_users)
        if seconds > CEILING_SECONDS:
            return say(N_("A run takes at most {hours} hours."), hours=int(CEILING_SECONDS / 3600))
        return None


def host_of(url: str) -> str:
    """The host of an address, without its port."""
    return urlsplit(url).hostname or ""


def names_host(typed: str, url: str) -> bool:
    """Whether what was typed is the host of an address, with its port or without."""
    names = (host_of(url).casefold(), urlsplit(url).netloc.rpartition("@")[2].casefold())
    return bool(typed.strip()) and typed.strip().casefold() in names


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this computer; names are not looked up."""
    if host.casefold() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
