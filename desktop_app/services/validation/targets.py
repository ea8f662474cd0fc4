"""A connection as a target of validation: where it is, what is at stake, how it is reached."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

from desktop_app.api.tls import context_for
from desktop_app.api.transport import is_loopback
from desktop_app.config.profiles import Environment, Profile
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_
from desktop_app.engines.validation.target import Credential, Target
from desktop_app.workspace.places import Places

_STAKES = (Environment.LOCAL, Environment.STAGING, Environment.PRODUCTION)


def environment_of(url: str) -> Environment:
    """What is at stake at an address: this computer's is local.

    Any other is production until somebody says otherwise: a mistake then costs a sign-off.
    """
    return Environment.LOCAL if is_loopback(url) else Environment.PRODUCTION


def at_stake(profile: Profile, url: str, others: Iterable[Profile] = ()) -> Environment:
    """What is at stake at ``url``: what its connection says, or more if another one of it does."""
    place = _place(url)
    known = [one.environment for one in others if one.api_url and _place(one.api_url) == place]
    return max([profile.environment, *known], key=_STAKES.index)


def target_of(
    profile: Profile,
    url: str,
    *,
    environment: Environment,
    credentials: tuple[Credential, ...] = (),
    signing_key: str | None = None,
    mongo_uri: str | None = None,
) -> Target:
    """The target; raises ``LocalFailure`` where its CA file or its proxy cannot be used."""
    return Target(
        url=url.rstrip("/"),
        environment=environment.value,
        credentials=credentials,
        tls=context_for(profile) if url.lower().startswith("https://") else None,
        proxy=proxy_of(profile, url),
        signing_key=signing_key,
        mongo_uri=mongo_uri,
        name=profile.name,
    )


def proxy_of(profile: Profile, url: str) -> str | None:
    """The address of the proxy for ``url``: the profile's, or the system's; None for none.

    Raises ``LocalFailure`` for a kind that cannot be used.
    """
    parts = urlsplit(url)
    if is_loopback(url) or profile.proxy == "none":
        return None
    proxy: str | None = profile.proxy
    if profile.proxy == "system":
        if proxy_bypass(parts.hostname or ""):
            return None
        known = getproxies()
        proxy = known.get(parts.scheme) or known.get("all")
    if not proxy:
        return None
    proxy = proxy if "://" in proxy else f"http://{proxy}"
    if urlsplit(proxy).scheme not in ("http", "https"):
        raise LocalFailure(
            what=N_("The proxy cannot be used: {reason}."),
            advice=N_("Choose an HTTP proxy, or none, in the connection's settings."),
            reason=proxy.partition("://")[0],
        )
    return proxy


def workspace_key(data_folder: Path) -> str | None:
    """What the local workspace of that folder signs its tokens with; None where it is not there."""
    try:
        return Places(data_folder).token_key.read_text(encoding="utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None


def _place(url: str) -> tuple[str, int]:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return (parts.hostname or "").casefold(), port
