"""Making a fresh mongod usable: its replica set of one member and its two users.

Every step may be met half done (a start can be cut short anywhere) and is repeated harmlessly.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, OperationFailure

from desktop_app.workspace.ports import HOST
from desktop_app.workspace.secret_files import Secret

NAME = "local"
ADMIN = "evalconsole_admin"
API = "evalconsole_api"
SCHEMA_ROLE = "evalconsole_schema"

_ALREADY_INITIATED, _UNAUTHORIZED, _AUTHENTICATION_FAILED, _USER_EXISTS = 23, 13, 18, 51003
_REMOVED = 10  # state of a member that its own configuration does not name: the port moved

_Client = MongoClient[dict[str, Any]]
Wait = Callable[[float], None]
"""Waits that many seconds; raises when the start is to be given up."""


def prepare(
    port: int, *, key: str, admin: Secret, api: Secret, database: str, feature: str, wait: Wait
) -> None:
    """Bring the mongod that listens on ``port`` to a writable primary with its users.

    ``key`` is the content of its key file, ``feature`` the feature compatibility version of the
    program ("6.0"). Raises ``pymongo.errors.PyMongoError``.
    """
    with closing(_connect(port)) as anyone:
        _join(anyone, port, key)
        _until_primary(anyone, wait)
        if admin.made_now:
            _ensure_admin(anyone, port, admin, key)
    with closing(_as_admin(port, admin, key)) as client:
        _ensure_api_user(client, api, database)
        _raise_feature(client, feature)


def shut_down(port: int, admin_password: str) -> None:
    """Ask mongod to end in order; returns when it has taken the order (it ends within 1 s)."""
    with closing(_connect(port, ADMIN, admin_password, timeout_s=3)) as client:
        try:
            client.admin.command("shutdown", force=True, timeoutSecs=0)
        except AutoReconnect:
            return  # it hangs up as it ends


def _connect(
    port: int, name: str | None = None, password: str | None = None, timeout_s: float = 15
) -> _Client:
    """A client of this one server, whatever its state in the replica set."""
    options: dict[str, Any] = {}
    if name is not None:
        options = {"username": name, "password": password, "authMechanism": "SCRAM-SHA-256"}
        options["authSource"] = "local" if name == "__system" else "admin"
    return MongoClient(
        HOST,
        port,
        directConnection=True,
        serverSelectionTimeoutMS=int(timeout_s * 1000),
        socketTimeoutMS=int(timeout_s * 1000),
        **options,
    )


def _as_admin(port: int, admin: Secret, key: str) -> _Client:
    """A client signed in as administrator; a password that does not fit is set anew."""
    client = _connect(port, ADMIN, admin.value)
    try:
        client.admin.command("ping")
    except OperationFailure as error:
        if error.code != _AUTHENTICATION_FAILED:
            client.close()
            raise
        client.close()
        with closing(_connect(port)) as anyone:
            _ensure_admin(anyone, port, admin, key)
        client = _connect(port, ADMIN, admin.value)
    return client


def _join(anyone: _Client, port: int, key: str) -> None:
    """Initiate the replica set, or follow the port if it moved since the last start."""
    if "setName" in anyone.admin.command("hello"):
        return
    config = {"_id": NAME, "members": [{"_id": 0, "host": f"{HOST}:{port}"}]}
    try:
        anyone.admin.command("replSetInitiate", config)
        return
    except OperationFailure as error:
        if error.code not in {_ALREADY_INITIATED, _UNAUTHORIZED}:
            raise
    # The key is the right of the replica set's own members: it holds whatever users there are.
    with closing(_connect(port, "__system", key)) as member:
        try:
            status = member.admin.command("replSetGetStatus")
        except OperationFailure as error:
            status = {"myState": _REMOVED} if error.code == 93 else {}  # InvalidReplicaSetConfig
        if status.get("myState") == _REMOVED:
            current = member.admin.command("replSetGetConfig")["config"]
            current["members"][0]["host"] = f"{HOST}:{port}"
            current["version"] += 1
            member.admin.command("replSetReconfig", current, force=True)


def _until_primary(anyone: _Client, wait: Wait) -> None:
    while not anyone.admin.command("hello").get("isWritablePrimary"):
        wait(0.005)


def _ensure_admin(anyone: _Client, port: int, admin: Secret, key: str) -> None:
    """Create the administrator through the localhost exception, or give it this password."""
    try:
        anyone.admin.command("createUser", ADMIN, pwd=admin.value, roles=["root"])
        return
    except OperationFailure as error:
        if error.code not in {_UNAUTHORIZED, _USER_EXISTS}:
            raise
    with closing(_connect(port, "__system", key)) as member:
        try:
            member.admin.command("createUser", ADMIN, pwd=admin.value, roles=["root"])
        except OperationFailure as error:
            if error.code != _USER_EXISTS:
                raise
            member.admin.command("updateUser", ADMIN, pwd=admin.value, roles=["root"])


def _ensure_api_user(client: _Client, api: Secret, database: str) -> None:
    """The user that the API server signs in as: its one database and no more.

    Beyond reading and writing it may change the validators of its collections (``collMod``), which
    ``readWrite`` leaves out and a newer schema needs.
    """
    roles = [{"role": "readWrite", "db": database}, {"role": SCHEMA_ROLE, "db": database}]
    known = client.admin.command("usersInfo", API)["users"]
    if known and not api.made_now and _same_roles(known[0]["roles"], roles):
        return
    if not client[database].command("rolesInfo", SCHEMA_ROLE)["roles"]:
        everywhere = {"resource": {"db": database, "collection": ""}, "actions": ["collMod"]}
        client[database].command("createRole", SCHEMA_ROLE, privileges=[everywhere], roles=[])
    order = "updateUser" if known else "createUser"
    client.admin.command(order, API, pwd=api.value, roles=roles)


def _same_roles(some: list[dict[str, str]], others: list[dict[str, str]]) -> bool:
    return {(r["role"], r["db"]) for r in some} == {(r["role"], r["db"]) for r in others}


def _raise_feature(client: _Client, feature: str) -> None:
    """Let data of an older MongoDB follow the program, so that the next one can follow, too."""
    now = client.admin.command("getParameter", featureCompatibilityVersion=1)
    version = now["featureCompatibilityVersion"]["version"]
    if float(version) < float(feature):
        order: dict[str, Any] = {"setFeatureCompatibilityVersion": feature}
        if float(feature) >= 7.0:
            order["confirm"] = True
        client.admin.command(order)
