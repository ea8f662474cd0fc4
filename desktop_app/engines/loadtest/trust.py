"""Whom a load run trusts: as every connection of the console does."""

from __future__ import annotations

import ssl

from desktop_app.api.tls import context_for
from desktop_app.config.profiles import Profile
from desktop_app.core.load.plan import LoadTarget


def context_of(target: LoadTarget) -> ssl.SSLContext | None:
    """The TLS settings for a target; None for one that is not spoken to by TLS."""
    if not target.url.lower().startswith("https://"):
        return None
    context = context_for(
        Profile(id="load", name="", verify_tls=target.verify_tls, ca_file=target.ca_file)
    )
    context.set_alpn_protocols(["http/1.1"])
    return context
