"""Signing in and out, renewing tokens, changing one's own password."""

from __future__ import annotations

from starlette.responses import Response

from desktop_app.backend.answers import Message, Tokens
from desktop_app.backend.json_bodies import checked
from desktop_app.backend.problem_details import ApiProblem, broken_rule, broken_rules
from desktop_app.backend.request_shapes import CHANGE_PASSWORD, REFRESH, SIGN_IN, shape_of
from desktop_app.backend.routing import Call, Route, answer
from desktop_app.backend.sign_in import sign_in
from desktop_app.backend.store import Document
from desktop_app.backend.views import user_views
from desktop_app.backend.writes import Transaction
from desktop_app.core.users import User, check_password


async def login(call: Call) -> Response:
    """Tokens for a sign-in name and its password."""
    body = checked(await call.body(), SIGN_IN)
    login_id = body["login_id"].strip()
    call.platform.limiter.sign_in(call.client, login_id)
    try:
        user, tokens = await sign_in(call.platform, login_id, body["password"], call.request_id)
    except ApiProblem:
        call.platform.limiter.sign_in_failed(call.client)
        raise
    return await _signed_in(call, user, tokens)


async def refresh(call: Call) -> Response:
    """Fresh tokens for a refresh token, which is spent by this."""
    body = checked(await call.body(), REFRESH)
    user, tokens = await call.platform.sessions.renew(body["refresh_token"])
    return await _signed_in(call, user, tokens)


async def logout(call: Call) -> Response:
    """Ends the session: its tokens are refused from now on."""
    await call.no_body()

    async def work(tx: Transaction) -> None:
        tx.record("auth.logout", "sessions", call.me.id, call.me.login_id, {})

    await call.platform.sessions.end(call.me.session_id)
    await call.platform.writer.run(call.actor, work)
    return answer({"message": "Signed out."})


async def me(call: Call) -> Response:
    """Who is signed in."""
    return answer((await user_views(call.platform, [call.me.user]))[0])


async def password(call: Call) -> Response:
    """A new password for oneself; every other session ends, this one gets fresh tokens."""
    platform, caller = call.platform, call.me
    body = checked(await call.body(), CHANGE_PASSWORD)
    current, new = body["current_password"], body["new_password"]
    platform.limiter.sign_in(call.client, caller.login_id)
    old_hash = caller.user.get("password_hash")
    if not await platform.passwords.verify(old_hash, current):
        platform.limiter.sign_in_failed(call.client)
        raise broken_rule("current_password", "password_wrong")
    if new == current:
        raise broken_rule("new_password", "password_same")
    if problems := check_password(new, caller.login_id, platform.common_passwords):
        raise broken_rules(problems)
    new_hash = await platform.passwords.hash(new)

    async def work(tx: Transaction) -> Document:
        user = await platform.store.users.find_one_and_update(
            {"_id": caller.id, "password_hash": old_hash},
            {
                "$set": {
                    "password_hash": new_hash,
                    "must_change_password": False,
                    "updated_at": tx.at,
                },
                "$inc": {"session_epoch": 1, "version": 1},
            },
            return_document=True,
            session=tx.session,
        )
        if user is None:
            raise broken_rule("current_password", "password_wrong")
        tx.record("auth.password", "users", caller.id, caller.login_id, {})
        return user

    user = await platform.writer.run(call.actor, work)
    return await _signed_in(call, user, await platform.sessions.start(user))


async def _signed_in(call: Call, user: Document, tokens: dict[str, object]) -> Response:
    return answer({**tokens, "user": (await user_views(call.platform, [user]))[0]})


ROUTES = (
    Route("auth.login", login, Tokens, request=shape_of(SIGN_IN)),
    Route("auth.refresh", refresh, Tokens, request=shape_of(REFRESH)),
    Route("auth.logout", logout, Message),
    Route("auth.me", me, User),
    Route("auth.password", password, Tokens, request=shape_of(CHANGE_PASSWORD)),
)
