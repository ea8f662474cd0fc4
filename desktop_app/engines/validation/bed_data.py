"""What the test bed provides by name: companies, people, templates, projects, sheets, files."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from desktop_app.core.business_number import check_digit, formatted
from desktop_app.core.language import N_
from desktop_app.core.users import Role
from desktop_app.core.validation.findings import say
from desktop_app.engines.validation.client import Answer
from desktop_app.engines.validation.made import Ask, Made, if_match, version_of

if TYPE_CHECKING:
    from desktop_app.engines.validation.bed import Actor, TestBed

CRITERIA = (
    {"id": "quality", "name": "Quality", "weight": 60, "max_score": 100},
    {"id": "speed", "name": "Speed", "weight": 40, "max_score": 50},
)
"""Of the template that the bed makes."""

OTHER = "other_"
"""How names begin of what belongs to the other company."""

_OF_PEOPLE = re.compile(rf"({OTHER})?({'|'.join(Role)})_(id|login_id|password)")


def business_number() -> str:
    """A business number with a sound checksum that nobody is likely to have."""
    nine = f"{secrets.randbelow(10**9):09}"
    return formatted(f"{nine}{check_digit(nine)}")


def names() -> frozenset[str]:
    """Every name that ``make`` knows."""
    people = (
        f"{other}{role.value}_{what}"
        for other in ("", OTHER)
        for role in Role
        for what in ("id", "login_id", "password")
    )
    return frozenset((*_MAKERS, *(f"{OTHER}{name}" for name in _PAIRED), *people))


def make(bed: TestBed, name: str) -> str:
    """What ``name`` stands for, made now; raises ``BedProblem``, ``KeyError`` for no such name."""
    if person := _OF_PEOPLE.fullmatch(name):
        return _of_person(bed, bool(person[1]), Role(person[2]), person[3])
    if name.startswith(OTHER) and name.removeprefix(OTHER) in _PAIRED:
        return _MAKERS[name.removeprefix(OTHER)](bed, OTHER)
    return _MAKERS[name](bed, "")


def _of_person(bed: TestBed, other: bool, role: Role, what: str) -> str:
    if not other and what != "id" and (given := bed.credential(role)):
        return {"login_id": given.login_id, "password": given.password}[what]
    actor: Actor = bed.stranger(role) if other else bed.actor(role)
    return {"id": actor.user_id, "login_id": actor.login_id, "password": actor.password}[what]


def company_body(name: str) -> dict[str, Any]:
    """What creates a company, marked in two fields."""
    return {
        "name": name,
        "business_number": business_number(),
        "contact_email": f"{name}@example.com",
    }


def user_body(
    login_id: str, company_id: str | None, *, role: Role = Role.EVALUATOR, password: str = ""
) -> dict[str, Any]:
    """What creates a user; without a password the server makes one."""
    body: dict[str, Any] = {
        "login_id": login_id,
        "name": login_id,
        "email": f"{login_id}@example.com",
        "role": role.value,
        "company_id": company_id,
    }
    return {**body, "password": password} if password else body


def _company(bed: TestBed, _other: str) -> str:
    name = bed.unique()
    return bed.create("companies", company_body(name), name=name)


def _template(bed: TestBed, other: str) -> str:
    name = bed.unique()
    body = {
        "name": name,
        "company_id": bed.value(f"{other}company_id"),
        "category": name,
        "criteria": list(CRITERIA),
    }
    return bed.create("templates", body, name=name)


def _project(bed: TestBed, other: str) -> str:
    name = bed.unique()
    body = {
        "name": name,
        "company_id": bed.value(f"{other}company_id"),
        "template_id": bed.value(f"{other}template_id"),
        **_going_on(),
    }
    return bed.create("projects", body, name=name)


def _going_on() -> dict[str, Any]:
    """What makes a project one whose sheets can be assigned, written on and removed."""
    deadline = datetime.now(UTC) + timedelta(days=7)
    return {"status": "active", "deadline": deadline.isoformat(timespec="seconds")}


def _evaluation(bed: TestBed, other: str) -> str:
    """A sheet of the bed's own evaluator, about a company that is neither of the two."""
    role = Role.EVALUATOR
    evaluator = bed.stranger(role) if other else bed.insider(role)
    project = bed.value(f"{other}project_id")
    company = bed.value("candidate_company_id")
    _set_panel(bed.ask, project, company, [evaluator.user_id])
    pairs = [{"company_id": company, "evaluator_id": evaluator.user_id}]
    answer = bed.ask("POST", f"/api/projects/{project}/assignments", {"pairs": pairs}, {})
    found = answer.json
    sheets = found.get("sheets") if isinstance(found, dict) else None
    sheet = sheets[0] if isinstance(sheets, list) and sheets else None
    if answer.status != 201 or not isinstance(sheet, dict) or not sheet.get("id"):
        raise _not_made(bed, "POST /api/projects/{id}/assignments", answer)
    bed.remember("evaluations", str(sheet["id"]), f"{evaluator.login_id}")
    return str(sheet["id"])


def _set_panel(ask: Ask, project: str, company: str, evaluators: list[str]) -> Answer:
    version = version_of(ask("GET", f"/api/projects/{project}", None, {}))
    return ask(
        "PUT",
        f"/api/projects/{project}/participants",
        {"candidate_ids": [company], "panel_ids": evaluators},
        if_match(version),
    )


def free_sheet(bed: TestBed, made: Made, ask: Ask) -> None:
    """Give a sheet on which somebody wrote to somebody new: it is deletable as one not begun.

    That, and its removal, is possible only while its project goes on.
    """
    sheet = _inner(ask("GET", made.path, None, {}).json, "sheet", "evaluation")
    evaluator, project = str(sheet.get("evaluator_id")), str(sheet.get("project_id"))
    _reopen(ask, f"/api/projects/{project}")
    login_id = bed.unique()
    answer = ask("POST", "/api/users", user_body(login_id, bed.value("company_id")), {})
    spare = str(_inner(answer.json).get("user_id") or "")
    if not spare:
        return
    bed.remember("users", spare, login_id)
    # Who else has a sheet in the project cannot leave its panel.
    panel = _inner(ask("GET", f"/api/projects/{project}", None, {}).json, "project")
    others = [one for one in panel.get("panel_ids") or () if one != evaluator]
    _set_panel(ask, project, str(sheet.get("company_id")), [evaluator, *others, spare])
    version = version_of(ask("GET", made.path, None, {}))
    given = {"evaluator_id": spare, "reason": "clean-up"}
    ask("POST", f"{made.path}/reassign", given, if_match(version))


def _reopen(ask: Ask, path: str) -> None:
    found = ask("GET", path, None, {})
    if _inner(found.json, "project").get("status") == "archived":
        ask("POST", f"{path}/restore", None, if_match(version_of(found)))
        found = ask("GET", path, None, {})
    if _inner(found.json, "project").get("status") != "active":
        body = {**_going_on(), "start_date": None}
        ask("PATCH", path, body, if_match(version_of(found)))


def _inner(found: Any, *keys: str) -> dict[str, Any]:
    for key in keys:
        found = found.get(key) if isinstance(found, dict) else None
    return found if isinstance(found, dict) else {}


def _upload(bed: TestBed, other: str) -> str:
    """An upload that was begun, and of which nothing has come yet."""
    name = bed.unique()
    body = {"file_name": f"{name}.txt", "size": 10, "company_id": bed.value(f"{other}company_id")}
    answer = bed.ask("POST", "/api/files/upload", body, {})
    upload = str(_inner(answer.json, "upload").get("id") or "")
    if not upload:
        raise _not_made(bed, "POST /api/files/upload", answer)
    bed.remember("uploads", upload, name)
    return upload


def _not_made(bed: TestBed, path: str, answer: Answer) -> Exception:
    return bed.problem(
        say(
            N_("Test data could not be created: {path} answered {status}."),
            path=path,
            status=answer.status,
        )
    )


def _file(bed: TestBed, other: str) -> str:
    return _kept_file(bed, {"company_id": bed.value(f"{other}company_id")})


def _project_file(bed: TestBed, other: str) -> str:
    """A file of a whole project: who has a sheet in it reads it."""
    return _kept_file(bed, {"project_id": bed.value(f"{other}project_id")})


def _kept_file(bed: TestBed, about: Mapping[str, str]) -> str:
    name = bed.unique()
    content = f"{name}\n{secrets.token_hex(16)}\n".encode()
    digest = hashlib.sha256(content).hexdigest()
    told = {
        "file_name": f"{name}.txt",
        "size": len(content),
        **about,
    }
    begun = bed.ask("POST", "/api/files/upload", told, {})
    upload = str(_inner(begun.json, "upload").get("id") or "")
    if upload:
        bed.remember("uploads", upload, name)
        bed.ask_raw(
            "PATCH",
            f"/api/files/upload/{upload}",
            content,
            {"Content-Type": "application/offset+octet-stream", "Upload-Offset": "0"},
        )
        done = bed.ask("POST", f"/api/files/upload/{upload}/finish", {"file_hash": digest}, {})
        if made := str(_inner(done.json).get("file_id") or ""):
            bed.forget("uploads", upload)
            bed.remember("files", made, name)
            return made
    raise _not_made(bed, "POST /api/files/upload", begun)


_MAKERS: Mapping[str, Callable[[TestBed, str], str]] = {
    "company_id": _company,
    "candidate_company_id": _company,
    "template_id": _template,
    "project_id": _project,
    "evaluation_id": _evaluation,
    "file_id": _file,
    "project_file_id": _project_file,
    "upload_id": _upload,
}
_PAIRED = frozenset(_MAKERS) - {"candidate_company_id"}
