"""What is stored: passwords, secrets, indexes, the trail of changes, and what is left of deletions.

The database is read, never written; what is to be seen in it is done by the API.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import Finding, say
from desktop_app.db.collections import Index
from desktop_app.db.definitions import present_index, wanted_index
from desktop_app.db.schema import COLLECTIONS
from desktop_app.engines.validation import bed_data
from desktop_app.engines.validation.context import Blocked, CheckContext
from desktop_app.engines.validation.documents import Behind, behind, texts_in
from desktop_app.engines.validation.made import if_match, version_of
from desktop_app.engines.validation.password_hashes import (
    ARGON2_KIB,
    ARGON2_WORK_KIB,
    Protection,
    protection_of,
)
from desktop_app.engines.validation.registry import probe

_MOST_USERS = 20_000
_SHORTEST_SECRET = 8
_CORE = frozenset(collection.name for collection in COLLECTIONS)
_PLAIN_NAMES = frozenset({"password", "passwd", "pwd", "plain_password", "initial_password"})
_SHOWN = 5


@probe("stored.passwords")
def passwords(work: CheckContext) -> Iterator[Finding]:
    """Passwords are kept as hashes made for them, at a cost (ASVS V11.4.2)."""
    with behind(work) as found:
        kept = found.database["users"].find(
            {"password_hash": {"$ne": None}}, {"password_hash": 1, "must_change_password": 1}
        )
        protected = [
            (_protection(work, user.get("password_hash")), user.get("must_change_password") is True)
            for user in kept.limit(_MOST_USERS).max_time_ms(found.wait_ms)
        ]
    if not protected:
        raise Blocked(say(N_("No user has a password there.")))
    count = len(protected)
    schemes = Counter(one.scheme for one, _once in protected)
    named = ", ".join(f"{name} ({n})" for name, n in schemes.most_common(_SHOWN))
    weak = sum(not one.strong for one, _once in protected)
    if work.wants(subject := "scheme"):
        said = say(N_("{count} stored passwords: {schemes}."), count=count, schemes=named)
        make = work.failed if weak else work.passed
        yield make(said, subject=subject, passwords=count, weak=weak)
    # A password made by the server, of 100 random bits and to be changed at once, is not guessed.
    cheap = sum(one.strong and not one.costly and not once for one, once in protected)
    if work.wants(subject := "cost"):
        if cheap:
            said = say(
                N_("{n} of {count} are hashed at less than the least cost asked of their scheme."),
                n=cheap,
                count=count,
            )
            yield work.warned(said, subject=subject, cheap=cheap)
        else:
            said = say(N_("Each is hashed at a cost that makes guessing slow."))
            yield work.passed(said, subject=subject)


def _protection(work: CheckContext, encoded: object) -> Protection:
    return protection_of(
        encoded if isinstance(encoded, str) else "",
        memory_kib=int(work.params.get("memory_kib", ARGON2_KIB)),
        work_kib=int(work.params.get("work_kib", ARGON2_WORK_KIB)),
    )


@probe("stored.secrets")
def secrets(work: CheckContext) -> Iterator[Finding]:
    """No document holds a password or a token as it is (ASVS V13.3.1, V14.2.1)."""
    person = work.bed.insider(Role.EVALUATOR)
    known = frozenset(
        one
        for one in (*work.bed.secrets(), person.password, person.token, person.refresh_token)
        if len(one) >= _SHORTEST_SECRET
    )
    places: Counter[str] = Counter()
    looked = 0
    with behind(work) as found:
        names = found.collections()
        for name in names:
            for document in found.newest(name):
                looked += 1
                places.update({f"{name}.{place}" for place in _plain(document, known)})
    if places:
        for place, count in places.most_common(_SHOWN):
            yield work.failed(
                say(N_("{n} documents hold a password or a token as it is."), n=count),
                subject=place[:100],
                documents=count,
            )
        return
    yield work.passed(
        say(
            N_("{count} newest documents of {n} collections hold none of {known} known secrets."),
            count=looked,
            n=len(names),
            known=len(known),
        ),
        documents=looked,
    )


def _plain(document: dict[str, object], known: frozenset[str]) -> Iterator[str]:
    """The places in a document where a secret stands."""
    for place, text in texts_in(document):
        name = place.rpartition(".")[2].casefold()
        named = name in _PLAIN_NAMES and text and not protection_of(text).strong
        if named or any(secret in text for secret in known):
            yield place


@probe("stored.indexes")
def indexes(work: CheckContext) -> Iterator[Finding]:
    """The six collections have their 22 indexes, unique where they must be (SYSTEM.md §2)."""
    wrong = 0
    wanted = [(c.name, index) for c in COLLECTIONS for index in c.indexes]
    with behind(work) as found:
        for collection in COLLECTIONS:
            present = {
                str(one["name"]): one for one in found.database[collection.name].list_indexes()
            }
            shapes = [present_index(one) for one in present.values()]
            for index in collection.indexes:
                if (bad := _index(work, collection.name, index, shapes)) is not None:
                    wrong += 1
                    yield bad
    if not wrong:
        yield work.passed(say(N_("All {n} indexes are there as declared."), n=len(wanted)))


def _index(
    work: CheckContext, collection: str, index: Index, shapes: list[dict[str, object]]
) -> Finding | None:
    wanted = wanted_index(index)
    if wanted in shapes or not work.wants(index.name):
        return None
    if any(one["key"] == wanted["key"] for one in shapes):
        said = say(
            N_("{collection} has the keys indexed, but with other options."), collection=collection
        )
        return work.failed(said, subject=index.name)
    keys = ", ".join(name for name, _way in index.keys)
    said = say(N_("{collection} has no index of {keys}."), collection=collection, keys=keys)
    make = work.failed if index.unique else work.warned
    return make(said, subject=index.name)


@probe("stored.audit")
def audit(work: CheckContext) -> Iterator[Finding]:
    """Each change leaves a trace that says who made it (ASVS V16.2.1, V16.3.3)."""
    bed, admin = work.bed, work.bed.actor(Role.ADMIN)
    name = bed.unique()
    company = bed.create("companies", bed_data.company_body(name), name=name)
    path = f"/api/companies/{company}"
    version = version_of(work.send("GET", path, by=admin))
    changed = work.send(
        "PATCH", path, by=admin, headers=if_match(version), json_body={"address": name}
    )
    gone = work.send("DELETE", path, by=admin, headers=if_match(version_of(changed)))
    if changed.status != 200 or gone.status not in (200, 204):
        raise Blocked(
            say(
                N_("A company could not be changed and deleted: {changed}, {deleted}."),
                changed=changed.status,
                deleted=gone.status,
            )
        )
    bed.forget("companies", company)
    with behind(work) as found:
        traces = _traces(found, company, {admin.user_id, admin.login_id})
    where, count = max(traces.items(), key=lambda one: one[1], default=("", 0))
    if count >= 3:
        said = say(
            N_("A creation, a change and a deletion left {n} entries in {collection}."),
            n=count,
            collection=where,
        )
        yield work.passed(said, traces=count)
    else:
        said = say(N_("Of a creation, a change and a deletion {n} are recorded."), n=count)
        yield work.failed(said, traces=count)


def _traces(found: Behind, target: str, actors: set[str]) -> Counter[str]:
    """How many documents of each other collection name the target and who changed it."""
    traces: Counter[str] = Counter()
    for name in found.collections():
        if name in _CORE:
            continue
        for document in found.newest(name):
            texts = [text for _place, text in texts_in(document)]
            named = any(actor in text for actor in actors for text in texts)
            traces[name] += named and any(target in text for text in texts)
    return traces


@probe("stored.deleted")
def deleted(work: CheckContext) -> Iterator[Finding]:
    """Who is deleted leaves no password behind (ASVS V14.2.7; Personal Information Protection Act
    §21)."""
    bed, admin = work.bed, work.bed.actor(Role.ADMIN)
    person = bed.new_user(Role.EVALUATOR)
    with behind(work) as found:
        before = found.one("users", person.user_id)
        kept = str((before or {}).get("password_hash") or "")
        if len(kept) < _SHORTEST_SECRET:
            raise Blocked(say(N_("The new user is not in the database, or has no password there.")))
        path = f"/api/users/{person.user_id}"
        version = version_of(work.send("GET", path, by=admin))
        gone = work.send("DELETE", path, by=admin, headers=if_match(version))
        if gone.status not in (200, 204):
            raise Blocked(say(N_("A user could not be deleted: {status}."), status=gone.status))
        places = sorted(
            {
                f"{name}.{place}"
                for name in found.collections()
                for document in found.newest(name)
                for place, text in texts_in(document)
                if kept in text
            }
        )
        still = found.one("users", person.user_id)
    if places or still is not None:
        where = ", ".join(places[:_SHOWN]) or "users"
        yield work.failed(say(N_("What was deleted is still there: {where}."), where=where))
    else:
        bed.forget("users", person.user_id)
        yield work.passed(say(N_("Of a deleted user neither document nor password is left.")))
