"""Before their own sheet is in, nothing that an evaluator can ask depends on others' sheets.

The same requests are sent in worlds that differ only in what a colleague has entered. Every answer
must be the same to the letter, but for the time and the number of the request.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from desktop_app.backend.routes.evaluations import EVALUATION_LIST
from desktop_app.core.permissions import OPERATIONS
from desktop_app.core.users import Role
from tests.backend.conftest import SignIn
from tests.backend.hall import FULL, OWN, Hall, at, body

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
MOMENT = re.compile(r'"\d{4}-\d\d-\d\dT[^"]*"')
VOLATILE = re.compile(r'"(server_time|request_id)":"[^"]*"')

Request = tuple[str, str, dict[str, str], Any]
Seen = dict[str, tuple[int, str]]

COLLEAGUES: dict[str, dict[str, Any]] = {
    "has not begun": {"status": "assigned", "scores": [], "total_score": None},
    "is writing": {
        "status": "in_progress",
        "scores": body({"accuracy": 3})["scores"],
        "total_score": 1.2,
        "version": 9,
    },
    "gave little": {
        "status": "submitted",
        "scores": body(dict.fromkeys(FULL, 1), "형편없음")["scores"],
        "comment": "형편없음",
        "total_score": 1.0,
        "submitted_at": LONG_AGO + timedelta(days=1),
        "receipt": "a" * 64,
    },
    "gave much": {
        "status": "confirmed",
        "scores": body(dict.fromkeys(FULL, 99), "훌륭함")["scores"],
        "comment": "훌륭함",
        "total_score": 99.0,
        "submitted_at": LONG_AGO + timedelta(days=2),
        "confirmed_at": LONG_AGO + timedelta(days=3),
        "receipt": "b" * 64,
        "updated_at": LONG_AGO + timedelta(days=3),
    },
}


def requests(own: str, others: str) -> Iterator[Request]:
    """Everything that an evaluator can think of asking.

    What no evaluator may do is refused by the role, before anything is read (test_access): of
    that, the emptiest request and a whole one to the colleague's sheet are enough.
    """
    for operation in OPERATIONS.values():
        if operation.id.startswith(("auth.", "health.", "openapi.")):
            continue
        may = Role.EVALUATOR in operation.allowed
        for target in (own, others, OWN, "alpha", "user-eva2", "none") if may else (others,):
            path = operation.path.replace("{id}", target)
            for sent in (None, body({"accuracy": 5}), {"reason": "x"})[: 3 if may else 2]:
                if operation.method == "GET" and sent is not None:
                    continue
                if operation.id == "evaluations.draft" and target == own and sent:
                    continue  # it would change one's own sheet
                yield operation.method, path, {}, sent
            if "{id}" not in operation.path:
                break
    asked: list[dict[str, str]] = [{"sort": key} for key in EVALUATION_LIST.sorts]
    asked += [{"sort": f"-{key}"} for key in EVALUATION_LIST.sorts]
    asked += [{"sort": "scores.score"}, {"scores.score": "99"}, {"total_score": "99"}]
    asked += [{"q": text} for text in ("eva", "알파", "훌륭함", "99", "김", "user-eva2")]
    asked += [{"status": status} for status in ("assigned", "in_progress", "submitted")]
    asked += [{"is_finished": flag} for flag in ("true", "false")]
    asked += [{"is_late": flag} for flag in ("true", "false")]
    asked += [{"evaluator_id": "user-eva2"}, {"company_id": "alpha"}, {"project_id": OWN}]
    asked += [{"page": "2", "page_size": "1"}, {"evaluator_id[$ne]": "x"}]
    for params in asked:
        yield "GET", "/api/evaluations", params, None
    for path in ("results", "matrix", "candidates", "conflicts", "assignments"):
        yield "GET", f"/api/projects/{OWN}/{path}", {"sheets": "true"}, None


def see(client: httpx.Client, own: str, others: str) -> Seen:
    """Every answer, by its request."""
    seen: Seen = {}
    for method, path, params, sent in requests(own, others):
        answer = client.request(method, path, params=params, json=sent, headers=at(1))
        key = f"{method} {path} {params} {json.dumps(sent, ensure_ascii=False)}"
        seen[key] = (answer.status_code, VOLATILE.sub("", answer.text))
    return seen


@pytest.mark.parametrize("own_status", ["assigned", "in_progress"])
def test_no_answer_depends_on_what_a_colleague_entered(
    evaluator: httpx.Client, hall: Hall, own_status: str
) -> None:
    fixed: dict[str, Any] = {"created_at": LONG_AGO, "updated_at": LONG_AGO}
    own = hall.sheet("evaluator1", status=own_status, **fixed)
    others = hall.sheet("eva2", **fixed)
    sheets = hall.server.documents["evaluations"]
    worlds = {}
    for name, world in COLLEAGUES.items():
        sheets.update_one({"_id": others}, {"$set": world})
        worlds[name] = see(evaluator, own, others)
    reference = worlds.pop("has not begun")
    assert reference[f"GET /api/evaluations/{own} {{}} null"][0] == 200
    assert reference[f"GET /api/evaluations/{own}/peers {{}} null"][0] == 403
    for name, seen in worlds.items():
        for request, answer in seen.items():
            assert answer == reference[request], f"{request} tells when a colleague {name}"


def test_evaluator_reaches_only_the_own_sheets(evaluator: httpx.Client, hall: Hall) -> None:
    own, others = hall.sheet("evaluator1"), hall.finished("eva2")
    assert evaluator.get(f"/api/evaluations/{own}").status_code == 200
    for path in ("", "/peers"):
        assert evaluator.get(f"/api/evaluations/{others}{path}").status_code == 404
    found = evaluator.get("/api/evaluations").json()
    assert ([sheet["id"] for sheet in found["evaluations"]], found["total"]) == ([own], 1)
    found = evaluator.get("/api/evaluations", params={"evaluator_id": "user-eva2"}).json()
    assert (found["evaluations"], found["total"]) == ([], 0)


def test_peers_show_only_once_the_own_sheet_is_in(
    evaluator: httpx.Client, admin: httpx.Client, hall: Hall
) -> None:
    own = hall.sheet("evaluator1")
    path = f"/api/evaluations/{own}"
    hall.finished("eva2")
    hall.sheet("eva3", status="in_progress", scores=body({"accuracy": 1})["scores"])
    hall.finished("eva3", "beta")
    hall.finished("eva2", "alpha", "project-other")
    refused = evaluator.get(f"{path}/peers")
    assert refused.status_code == 403
    assert refused.json()["problems"][0]["code"] == "own_not_submitted"
    evaluator.post(f"{path}/submit", json=body(FULL), headers=at(1)).raise_for_status()
    [peer] = evaluator.get(f"{path}/peers").json()["peers"]
    assert set(peer) == {"label", "total_score", "scores"}
    assert (peer["label"], peer["total_score"]) == ("1", 83.0)
    admin.post(f"{path}/reopen", json={"reason": "오기"}, headers=at(2)).raise_for_status()
    assert evaluator.get(f"{path}/peers").status_code == 403


def test_order_of_peers_tells_neither_who_they_are_nor_when_they_finished(
    evaluator: httpx.Client, hall: Hall
) -> None:
    documents = hall.server.documents["evaluations"]
    panel = [f"eva{number}" for number in range(10, 18)]
    orders = []
    for company in ("alpha", "beta"):
        own = hall.finished("evaluator1", company)
        ids = [hall.finished(name, company) for name in panel]
        for number, id_ in enumerate(ids):
            documents.update_one({"_id": id_}, {"$set": {"total_score": float(number)}})
        seen = set()
        for order in (1, -1):
            for number, id_ in enumerate(ids):
                moment = LONG_AGO + timedelta(hours=order * number)
                documents.update_one({"_id": id_}, {"$set": {"submitted_at": moment}})
            peers = evaluator.get(f"/api/evaluations/{own}/peers").json()["peers"]
            assert [peer["label"] for peer in peers] == [str(n) for n in range(1, 9)]
            seen.add(tuple(peer["total_score"] for peer in peers))
        assert len(seen) == 1, "the order is that of submission"
        orders.append(seen.pop())
    assert orders[0] != orders[1], "sheets can be matched across companies"
    assert sorted(orders[0]) != list(orders[0])


def test_who_takes_a_sheet_over_learns_nothing_of_what_was_on_it(
    evaluator: httpx.Client, admin: httpx.Client, sign_in: SignIn, hall: Hall
) -> None:
    sheet = hall.sheet("evaluator1")
    path = f"/api/evaluations/{sheet}"
    evaluator.post(f"{path}/submit", json=body(FULL, "비밀 의견"), headers=at(1)).raise_for_status()
    reopening = {"reason": "비밀: 정확도 80은 너무 높음"}
    admin.post(f"{path}/reopen", json=reopening, headers=at(2)).raise_for_status()
    change = {"evaluator_id": "user-eva3", "reason": "비밀 사유"}
    admin.post(f"{path}/reassign", json=change, headers=at(3)).raise_for_status()
    successor = sign_in("eva3")
    for asked in (path, "/api/evaluations"):
        text = successor.get(asked).text
        assert "비밀" not in text
        assert "83" not in MOMENT.sub("", text)
    assert successor.get(f"{path}/peers").status_code == 403


def test_evaluator_who_became_staff_scores_no_more(
    admin: httpx.Client, sign_in: SignIn, hall: Hall
) -> None:
    sheet = hall.sheet("eva2", status="in_progress")
    admin.patch("/api/users/user-eva2", json={"role": "admin"}, headers=at(1)).raise_for_status()
    promoted = sign_in("eva2")
    path = f"/api/evaluations/{sheet}"
    assert promoted.get(path).status_code == 200
    assert promoted.put(f"{path}/draft", json=body(FULL), headers=at(1)).status_code == 404
    assert promoted.post(f"{path}/submit", json=body(FULL), headers=at(1)).status_code == 404


def test_only_staff_see_scores_of_the_projects_in_reach(sign_in: SignIn, hall: Hall) -> None:
    own, other = hall.finished("eva2"), hall.finished("eva2", project="project-other")
    for login_id in ("manager1", "secretary1"):
        client = sign_in(login_id)
        assert client.get(f"/api/evaluations/{own}").json()["sheet"]["scores"]
        assert client.get(f"/api/evaluations/{other}").status_code == 404
        listed = client.get("/api/evaluations").json()
        assert ([sheet["id"] for sheet in listed["evaluations"]], listed["total"]) == ([own], 1)
        assert "scores" not in listed["evaluations"][0]


def test_every_operation_of_sheets_is_asked_in_the_worlds() -> None:
    asked = {(method, path) for method, path, _, _ in requests("own", "others")}
    for operation in OPERATIONS.values():
        if operation.id.startswith("evaluations.") and Role.EVALUATOR in operation.allowed:
            assert (operation.method, operation.path.replace("{id}", "others")) in asked
