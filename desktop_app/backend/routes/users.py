"""Users: list, create, change, deactivate, delete, reset the password, unlock."""

from __future__ import annotations

from dataclasses import replace

from starlette.responses import Response

from desktop_app.backend import editing
from desktop_app.backend.answers import CreatedUser, OneUser, ResetPassword, Usage, UserList
from desktop_app.backend.idempotency import repetition
from desktop_app.backend.json_bodies import flat_values
from desktop_app.backend.lists import ListSpec, equals, flag, listed, one_of
from desktop_app.backend.passwords import derived_password, one_time_password
from desktop_app.backend.problem_details import broken_rules
from desktop_app.backend.request_shapes import (
    IDEMPOTENCY_PARAMETER,
    PASSWORD,
    VERSION_PARAMETER,
    list_parameters,
    shape_of,
)
from desktop_app.backend.resources import USERS
from desktop_app.backend.routing import Call, Route, answer, etag
from desktop_app.backend.store import Document
from desktop_app.backend.views import user_views
from desktop_app.core.fields import check_value
from desktop_app.core.problems import Problem
from desktop_app.core.users import USER_FIELDS, Role, check_password

_ROLES = frozenset(role.value for role in Role)


def _by_company(condition: dict[str, object]) -> dict[str, object]:
    """Name every role beside a company, so that idx_users_role_company serves."""
    text = repr(condition)
    if "'company_id'" not in text or "'role'" in text:
        return condition
    return {"$and": [condition, {"role": {"$in": sorted(_ROLES)}}]}


USER_LIST = ListSpec(
    collection="users",
    sorts={
        "created_at": "idx_users_created_at",
        "login_id": "idx_users_login_id",
        "email": "idx_users_email",
        "role": "idx_users_role_company",
        "name": None,
        "company_id": None,
        "is_active": None,
        "must_change_password": None,
        "login_attempts": None,
        "locked_until": None,
        "last_login": None,
        "updated_at": None,
        "profile.phone": None,
        "profile.department": None,
        "profile.position": None,
    },
    filters={
        "id": equals("_id"),
        "login_id": equals("login_id"),
        "name": equals("name"),
        "email": equals("email"),
        "role": one_of("role", _ROLES),
        "company_id": equals("company_id"),
        "profile.phone": equals("profile.phone"),
        "profile.department": equals("profile.department"),
        "profile.position": equals("profile.position"),
        "is_active": flag(lambda yes, _: {"is_active": yes}),
        "must_change_password": flag(lambda yes, _: {"must_change_password": yes}),
        "has_password": flag(lambda yes, _: {"password_hash": {"$ne": None} if yes else None}),
        "is_locked": flag(
            lambda yes, now: {"locked_until": {"$gt": now} if yes else {"$not": {"$gt": now}}}
        ),
    },
    search=("name", "login_id", "email"),
    hidden=("session_epoch",),
    implied=_by_company,
)


async def list_users(call: Call) -> Response:
    """A page of users within reach."""
    return await listed(call, USER_LIST, editing.reach(call, USERS), "users", user_views)


async def read_user(call: Call) -> Response:
    """One user."""
    return await _one(call, await editing.find(call, USERS))


async def create_user(call: Call) -> Response:
    """A new user; without a password in the body, a one-time password is made and shown."""
    platform, body = call.platform, await call.body()
    given = flat_values(body, (*USERS.keys, "password"))
    values = USERS.with_defaults(given)
    chosen = given.get("password")
    _check_new_user(call, values, chosen)
    repeated = repetition(call, body)
    password = chosen or _issued(call, repeated.id if repeated else None)
    if chosen:
        encoded = await platform.passwords.hash(password)
    else:
        [encoded] = await platform.passwords.hash_one_time([password])
    extra = {"password_hash": encoded, "must_change_password": not chosen}
    user = await editing.create(call, USERS, values, extra, repeated)
    content = {
        "user_id": user["_id"],
        "message": "The user was created.",
        "user": await USERS.view(platform, user),
        "initial_password": None if chosen else password,
    }
    return answer(content, 201, {"Location": f"/api/users/{user['_id']}", **etag(user)})


async def change_user(call: Call) -> Response:
    """A user after a merge patch (RFC 7396)."""
    patch = USERS.normalised(flat_values(await call.body(), USERS.keys))
    return await _one(call, await editing.change(call, USERS, patch))


async def delete_user(call: Call) -> Response:
    """Removes a user that nothing refers to."""
    await editing.delete(call, USERS)
    return Response(status_code=204)


async def user_usage(call: Call) -> Response:
    """What refers to a user."""
    user = await editing.find(call, USERS)
    return answer({"usage": await editing.usage(call, USERS, user["_id"])})


async def activate_user(call: Call) -> Response:
    """Lets a user sign in again."""
    return await _one(call, await editing.set_active(call, USERS, active=True))


async def deactivate_user(call: Call) -> Response:
    """Ends a user's sessions, and lets them sign in no more."""
    return await _one(call, await editing.set_active(call, USERS, active=False))


async def unlock_user(call: Call) -> Response:
    """Forgets a user's wrong passwords."""
    values = {"login_attempts": 0, "locked_until": None}
    note = {"login_attempts": 0}
    user = await editing.overwrite(call, USERS, values, note, ends_sessions=False)
    return await _one(call, user)


async def reset_password(call: Call) -> Response:
    """A one-time password in place of the user's own; every session of the user ends."""
    password = one_time_password()
    [encoded] = await call.platform.passwords.hash_one_time([password])
    values = {
        "password_hash": encoded,
        "must_change_password": True,
        "login_attempts": 0,
        "locked_until": None,
    }
    user = await editing.overwrite(call, USERS, values, {}, ends_sessions=True)
    return answer({"password": password, "user": await USERS.view(call.platform, user)})


def _check_new_user(call: Call, values: dict[str, object], chosen: object) -> None:
    problems: tuple[Problem, ...] = USERS.check(values)
    if problem := check_value(PASSWORD, chosen):
        problems += (problem,)
    elif chosen:
        login_id = str(values["login_id"] or "")
        found = check_password(str(chosen), login_id, call.platform.common_passwords)
        problems += tuple(replace(problem, field="password") for problem in found)
    if problems:
        raise broken_rules(problems)


def _issued(call: Call, occasion: str | None) -> str:
    """A one-time password; the same one when a creation is repeated."""
    if occasion is None:
        return one_time_password()
    return derived_password(call.platform.config.secret_key, occasion)


async def _one(call: Call, user: Document) -> Response:
    return answer({"user": await USERS.view(call.platform, user)}, headers=etag(user))


_VERSIONED = (VERSION_PARAMETER,)

ROUTES = (
    Route(
        "users.list",
        list_users,
        UserList,
        parameters=list_parameters(USER_LIST.sorts, USER_LIST.filters),
    ),
    Route(
        "users.create",
        create_user,
        CreatedUser,
        201,
        request=shape_of((*USER_FIELDS, PASSWORD)),
        parameters=(IDEMPOTENCY_PARAMETER,),
    ),
    Route("users.read", read_user, OneUser),
    Route(
        "users.change",
        change_user,
        OneUser,
        request=shape_of(USER_FIELDS, partial=True),
        parameters=_VERSIONED,
    ),
    Route("users.delete", delete_user, None, 204, parameters=_VERSIONED),
    Route("users.usage", user_usage, Usage),
    Route("users.activate", activate_user, OneUser, parameters=_VERSIONED),
    Route("users.deactivate", deactivate_user, OneUser, parameters=_VERSIONED),
    Route("users.reset_password", reset_password, ResetPassword, parameters=_VERSIONED),
    Route("users.unlock", unlock_user, OneUser, parameters=_VERSIONED),
)
