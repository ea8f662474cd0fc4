"""TLS towards a server: whom to trust, and why a certificate was not."""

from __future__ import annotations

import ssl
from enum import StrEnum

from desktop_app.config.profiles import Environment, Profile
from desktop_app.core.errors import LocalFailure
from desktop_app.core.language import N_


class Defect(StrEnum):
    """Why a TLS connection did not come about or cannot be trusted."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    WRONG_HOST = "wrong_host"
    SELF_SIGNED = "self_signed"
    UNTRUSTED = "untrusted"
    REVOKED = "revoked"
    NO_TLS = "no_tls"
    VERSION = "version"
    OTHER = "other"


DEFECT_TEXTS: dict[Defect, str] = {
    Defect.EXPIRED: N_("it has expired"),
    Defect.NOT_YET_VALID: N_("it is not valid yet"),
    Defect.WRONG_HOST: N_("it is for another name"),
    Defect.SELF_SIGNED: N_("it is self-signed"),
    Defect.UNTRUSTED: N_("nobody whom this computer trusts has issued it"),
    Defect.REVOKED: N_("it has been revoked"),
    Defect.NO_TLS: N_("the server does not speak TLS on this port"),
    Defect.VERSION: N_("the server offers only outdated versions of TLS"),
    Defect.OTHER: N_("the handshake failed"),
}

DEFECT_ADVICE: dict[Defect, str] = {
    Defect.EXPIRED: N_("Ask whoever runs the server to renew it; check this computer's clock."),
    Defect.NOT_YET_VALID: N_("Check this computer's clock."),
    Defect.WRONG_HOST: N_("Use the name that the certificate is for, or have it reissued."),
    Defect.SELF_SIGNED: N_(
        "Have a certificate issued by an authority, or name the server's own as CA file."
    ),
    Defect.UNTRUSTED: N_(
        "Install your organisation's authority in the system, or name its CA file."
    ),
    Defect.REVOKED: N_("Do not connect; ask whoever runs the server."),
    Defect.NO_TLS: N_("Check the port, or whether the address should begin with http:."),
    Defect.VERSION: N_("The server has to offer TLS 1.2 or newer."),
    Defect.OTHER: N_("Ask whoever runs the server to look at its TLS settings."),
}

HANDSHAKE_DEFECTS = frozenset({Defect.NO_TLS, Defect.VERSION, Defect.OTHER})
"""Nothing of these is wrong with a certificate."""

_BY_VERIFY_CODE = {
    9: Defect.NOT_YET_VALID,
    10: Defect.EXPIRED,
    18: Defect.SELF_SIGNED,
    19: Defect.UNTRUSTED,
    20: Defect.UNTRUSTED,
    21: Defect.UNTRUSTED,
    23: Defect.REVOKED,
    62: Defect.WRONG_HOST,
    64: Defect.WRONG_HOST,
}
"""OpenSSL's X509_V_ERR_* (x509_vfy.h)."""

_BY_WORDS = (
    # Windows and macOS say why in words of their own.
    ("hostname mismatch", Defect.WRONG_HOST),
    ("cn_no_match", Defect.WRONG_HOST),
    ("cn name does not match", Defect.WRONG_HOST),
    ("certificate name was incorrect", Defect.WRONG_HOST),
    ("expired", Defect.EXPIRED),
    ("validity period", Defect.EXPIRED),
    ("not yet valid", Defect.NOT_YET_VALID),
    ("revoked", Defect.REVOKED),
    ("self-signed certificate in certificate chain", Defect.UNTRUSTED),
    ("self-signed", Defect.SELF_SIGNED),
    ("self signed", Defect.SELF_SIGNED),
    ("not trusted", Defect.UNTRUSTED),
    ("local issuer", Defect.UNTRUSTED),
    ("wrong_version_number", Defect.NO_TLS),
    ("wrong version number", Defect.NO_TLS),
    ("record layer failure", Defect.NO_TLS),
    ("http_request", Defect.NO_TLS),
    ("protocol_version", Defect.VERSION),
    ("unsupported_protocol", Defect.VERSION),
    ("unsupported protocol", Defect.VERSION),
)


def context_for(profile: Profile) -> ssl.SSLContext:
    """Who is trusted: the profile's CA file, else the system's store; TLS 1.2 at least.

    An unverified context only where the profile asks for it outside production. Raises
    ``LocalFailure`` when the CA file cannot be used.
    """
    if profile.ca_file:
        context = _context_from(profile.ca_file)
    elif profile.verify_tls or profile.environment is Environment.PRODUCTION:
        import truststore

        context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    else:
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _context_from(ca_file: str) -> ssl.SSLContext:
    try:
        return ssl.create_default_context(cafile=ca_file)
    except (OSError, ssl.SSLError) as error:
        raise LocalFailure(
            what=N_("The certificate file “{file}” cannot be used: {reason}."),
            advice=N_("Choose a file with certificates in PEM form in the connection's settings."),
            file=ca_file,
            reason=error.strerror or str(error),
        ) from error


def defect_of(error: ssl.SSLError) -> Defect:
    """What is wrong, as far as the error tells."""
    if isinstance(error, ssl.SSLCertVerificationError):
        known = _BY_VERIFY_CODE.get(getattr(error, "verify_code", 0))
        if known:
            return known
    words = f"{error} {error.reason or ''}".lower()
    return next((defect for word, defect in _BY_WORDS if word in words), Defect.OTHER)
