"""What is sent as data and taken for code: operators, patterns, SQL, line ends, paths."""

from __future__ import annotations

import asyncio
import re
from contextlib import AbstractContextManager
from urllib.parse import parse_qsl, unquote, unquote_plus, urlencode, urlsplit

from desktop_app.backend.connections import GuardedProtocol
from desktop_app.backend.store import Document
from tests.defects.backdoor import Backdoor
from tests.defects.exchange import Answered, Asked, Fault, Sound
from tests.defects.matching import on
from tests.defects.patching import replaced
from tests.defects.registry import breaks

_LOGIN = on("POST", "/api/auth/login")
_REFRESH = on("POST", "/api/auth/refresh")
_CREATE = on("POST", "/api/companies")
_CHANGE = on("PATCH", "/api/companies/{id}")


def _is_operator(value: object) -> bool:
    return isinstance(value, dict) and any(str(key).startswith("$") for key in value)


async def _signed_in(backdoor: Backdoor, user: Document, asked: Asked, sound: Sound) -> Answered:
    tokens = await backdoor.platform.sessions.start(user)
    health = await sound(asked.changed(method="GET", path="/health"))
    known = {key: user.get(key) for key in ("login_id", "name", "role", "company_id")}
    return health.with_json({**tokens, "user": {"id": user["_id"], **known}})


def _operators_sign_in(backdoor: Backdoor) -> Fault:
    """The name is looked for as it comes, and a password that is an operator fits any."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        content = await asked.json() if _LOGIN(asked) else None
        if isinstance(content, dict) and _is_operator(content.get("password")):
            found = {"login_id": content.get("login_id")}
            user = await backdoor.platform.store.users.find_one(found)
            if user is not None:
                return await _signed_in(backdoor, user, asked, sound)
        return await sound(asked)

    return fault


def _operators_renew(backdoor: Backdoor) -> Fault:
    """A refresh token that is an operator finds some session."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        content = await asked.json() if _REFRESH(asked) else None
        if isinstance(content, dict) and _is_operator(content.get("refresh_token")):
            store = backdoor.platform.store
            whose = await store.sessions.distinct("user_id")
            # Sessions of who is deleted stay until they expire.
            user = await store.users.find_one({"_id": {"$in": whose}})
            assert user is not None
            return await _signed_in(backdoor, user, asked, sound)
        return await sound(asked)

    return fault


def _operators_change(_backdoor: Backdoor) -> Fault:
    """A body with ``$set`` is handed on to the database."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        content = await asked.json() if _CHANGE(asked) else None
        if isinstance(content, dict) and isinstance(content.get("$set"), dict):
            asked = asked.with_json(content["$set"])
        return await sound(asked)

    return fault


_WITH_OPERATOR = re.compile(r"(\w+)\[\$(eq|ne|gt|regex)\]")


def _operators_filter(backdoor: Backdoor) -> Fault:
    """``login_id[$regex]=…`` is read as MongoDB's own question."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        pairs = parse_qsl(asked.query, keep_blank_values=True)
        read = [(pair, _WITH_OPERATOR.fullmatch(pair[0])) for pair in pairs]
        if asked.path != "/api/users" or not any(match for _pair, match in read):
            return await sound(asked)
        plain = [pair for pair, match in read if not match]
        answered = await sound(asked.changed(query=urlencode(plain)))
        content = answered.json
        if answered.status != 200 or not isinstance(content, dict):
            return answered
        question = {
            match[1]: {f"${match[2]}": value}
            for (_name, value), match in read
            if match and match[1] != "q"
        }
        total = await backdoor.platform.store.users.count_documents(question)
        return answered.with_json({**content, "total": total})

    return fault


def _patterns_search(backdoor: Backdoor) -> Fault:
    """What is searched for is a pattern."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        content, query = answered.json, dict(parse_qsl(asked.query))
        if answered.status != 200 or asked.path != "/api/companies" or "q" not in query:
            return answered
        try:
            re.compile(query["q"])
        except re.error:
            return answered.with_status(500)
        condition = {"name": {"$regex": query["q"]}}
        total = await backdoor.platform.store.companies.count_documents(condition)
        return answered.with_json({**content, "total": total})

    return fault


def _quotes_break(_backdoor: Backdoor) -> Fault:
    """A quotation mark in a search ends up in a statement of SQL."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if asked.path != "/api/users" or "'" not in unquote_plus(asked.query):
            return answered
        said = "You have an error in your SQL syntax near ''' at line 1"
        return answered.with_status(400).with_json({"error": said})

    return fault


_PAUSE = re.compile(r"sleep\((\d+)\)")


def _code_runs(_backdoor: Backdoor) -> Fault:
    """JavaScript in a question is run by the database: ``sleep`` makes it wait."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        found = _PAUSE.search(unquote_plus(asked.query))
        if found is not None and "$where" in unquote_plus(asked.query):
            await asyncio.sleep(int(found[1]) / 1000)
        return await sound(asked)

    return fault


def _splits_headers(_backdoor: Backdoor) -> Fault:
    """What a path holds comes back in a header, line ends included."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        _before, end, injected = asked.path.partition("\r\n")
        if not end or ":" not in injected:
            return answered
        name, _, value = injected.partition(":")
        return answered.with_header(name.strip(), value.strip())

    return fault


def _two_lengths(_backdoor: Backdoor) -> AbstractContextManager[object]:
    """Of two lengths of a body the first counts, and what follows is the next request."""
    sound = GuardedProtocol.data_received
    twice = re.compile(rb"(Content-Length: 0\r\n)Content-Length: \d+\r\n")

    def data_received(self: GuardedProtocol, data: bytes) -> None:
        sound(self, twice.sub(rb"\1", data))

    return replaced(GuardedProtocol, "data_received", data_received)


_PASSWD = "root:x:0:0:root:/root:/bin/bash\ndaemon:x:1:1:daemon:/usr/sbin:/usr/sbin/nologin\n"


def _leaves_folder(_backdoor: Backdoor) -> Fault:
    """A path with steps upwards shows a file of the system."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        answered = await sound(asked)
        if not unquote(asked.path).endswith("../etc/passwd"):
            return answered
        return answered.with_status(200).with_text(_PASSWD, "text/plain; charset=utf-8")

    return fault


def _goes_around(backdoor: Backdoor) -> Fault:
    """Doubled slashes pass by the guard, and the route is found nevertheless."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        if asked.path.startswith("//"):
            token = await backdoor.administrator()
            asked = asked.changed(path=asked.path[1:]).with_token(token)
        return await sound(asked)

    return fault


def _fetches(_backdoor: Backdoor) -> Fault:
    """An address that a client names is fetched."""

    async def fault(asked: Asked, sound: Sound) -> Answered:
        named = urlsplit(dict(parse_qsl(asked.query)).get("url", ""))
        if named.hostname == "127.0.0.1" and named.port:
            _reader, writer = await asyncio.open_connection(named.hostname, named.port)
            writer.close()
        return await sound(asked)

    return fault


_TYPE = "a value of another type is taken"

breaks(
    "injection.nosql_sign_in",
    "operators in place of name and password sign somebody in",
    fault=_operators_sign_in,
    also={"errors.*": _TYPE, "fuzz.*": _TYPE},
)
breaks(
    "injection.nosql_refresh",
    "an operator in place of the refresh token gives somebody's session",
    "injection.nosql_fields[POST /api/auth/refresh]",
    fault=_operators_renew,
    also={"fuzz.*": _TYPE},
)
breaks(
    "injection.nosql_change",
    "$set in a change is obeyed",
    "injection.nosql_fields[PATCH /api/companies/{id}]",
    fault=_operators_change,
)
breaks(
    "injection.nosql_query",
    "operators in a query string are obeyed",
    "injection.nosql_query[GET /api/users]",
    fault=_operators_filter,
)
breaks("injection.regex", "a search is a pattern", fault=_patterns_search)
breaks(
    "injection.sql",
    "a quotation mark shows an error of SQL",
    "injection.sql[GET /api/users]",
    fault=_quotes_break,
)
breaks("injection.where", "code in a question is run", fault=_code_runs)
breaks("injection.header", "line ends split an answer", fault=_splits_headers)
breaks(
    "injection.framing",
    "of two lengths the first counts: requests are smuggled",
    patch=_two_lengths,
)
breaks(
    "injection.path",
    "steps upwards leave the folder",
    fault=_leaves_folder,
    also={"errors.unknown_ids*": "an id with steps upwards is answered"},
)
breaks(
    "injection.path_around", "doubled slashes pass the guard", "injection.path", fault=_goes_around
)
breaks("injection.ssrf", "addresses that are named are fetched", fault=_fetches)
