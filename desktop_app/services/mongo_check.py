"""Whether a MongoDB can be reached, lets one in, and is what the platform needs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from desktop_app.config.profiles import Profile
from desktop_app.core.language import _

_AUTHENTICATION_FAILED, _UNAUTHORIZED = 18, 13


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one step of the connection doctor; texts in the language in use."""

    state: str
    detail: str
    advice: str = ""


def check_mongodb(profile: Profile, password: str | None) -> Outcome:
    """Reach, sign in, and ask whether it is a replica set."""
    if not profile.mongo_uri:
        return Outcome("skipped", _("This connection names no database."))
    from pymongo import MongoClient
    from pymongo.errors import (
        ConfigurationError,
        ConnectionFailure,
        InvalidURI,
        OperationFailure,
        PyMongoError,
    )

    timeout_ms = int(profile.connect_timeout_s * 1000)
    try:
        with MongoClient[dict[str, object]](
            profile.mongo_uri,
            serverSelectionTimeoutMS=timeout_ms,
            connectTimeoutMS=timeout_ms,
            socketTimeoutMS=max(timeout_ms, 5000),
            **_login(profile.mongo_uri, password),
        ) as client:
            hello = client.admin.command("hello")
            client.admin.command("listDatabases", nameOnly=True, authorizedDatabases=True)
            version = client.server_info()["version"]
    except OperationFailure as error:
        return _refused(error.code)
    except (InvalidURI, ConfigurationError) as error:
        return Outcome(
            "failed",
            _("The database's address cannot be used: {reason}.").format(reason=error),
            _("Write it as in mongodb://host.example:27017/?replicaSet=rs0."),
        )
    except ConnectionFailure as error:
        reason = str(error).split(", Timeout:")[0].split(" (configured timeouts:")[0]
        return Outcome(
            "failed",
            _("The database does not answer: {reason}.").format(reason=reason),
            _("Check its address and port, whether it runs, and the firewall on the way."),
        )
    except PyMongoError as error:
        return Outcome("failed", _("The database failed: {reason}.").format(reason=error))
    detail = _("MongoDB {version} lets you in.").format(version=version)
    if not hello.get("setName") and hello.get("msg") != "isdbgrid":
        return Outcome(
            "warning",
            f"{detail} " + _("It is no replica set: transactions do not work."),
            _("Ask whoever runs it to start it as a replica set, of one member if need be."),
        )
    return Outcome("ok", detail)


def _refused(code: int | None) -> Outcome:
    if code == _AUTHENTICATION_FAILED:
        return Outcome(
            "failed",
            _("The database refuses the name or the password."),
            _("Check both, and the authSource in the address."),
        )
    if code == _UNAUTHORIZED:
        return Outcome(
            "failed",
            _("The database lets nobody in without a name and a password."),
            _("Write the name into the address; the password is asked for."),
        )
    return Outcome("failed", _("The database refused the request (code {code}).").format(code=code))


def _login(uri: str, password: str | None) -> dict[str, Any]:
    name = urlsplit(uri).username
    if not name or password is None:
        return {}
    return {"username": unquote(name), "password": password}
