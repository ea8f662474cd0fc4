"""Everybody does everything at once: whatever happens, the sheets stay whole."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC
from typing import Any

import httpx

from desktop_app.backend.sheets import criteria_of, score_views
from desktop_app.core.evaluations import FINISHED, Score, missing, receipt_hash
from desktop_app.core.scoring import weighted_total
from tests.backend.conftest import SignIn
from tests.backend.hall import CRITERIA, OWN, Hall, at, body

STEPS = 60
PANEL = ("evaluator1", "eva2", "eva3")
COMPANIES = ("alpha", "beta", "gamma")
PROJECT = f"/api/projects/{OWN}"


class Person:
    """Somebody who does one thing after the other, by chance, with what they saw last."""

    def __init__(self, client: httpx.Client, seed: int) -> None:
        self.statuses: Counter[tuple[str, int]] = Counter()
        self._client = client
        self._chance = random.Random(seed)

    def act(self, what: tuple[str, ...]) -> None:
        """``STEPS`` things out of ``what``."""
        for _ in range(STEPS):
            name = self._chance.choice(what)
            seen = self._client.get("/api/evaluations", params={"project_id": OWN}).json()
            sheet = self._chance.choice(seen["evaluations"] or [{"id": "none", "version": 1}])
            version = sheet["version"] - (self._chance.random() < 0.1)
            answer = getattr(self, name)(f"/api/evaluations/{sheet['id']}", at(max(1, version)))
            self.statuses[name, answer.status_code] += 1

    def _scores(self, *, complete: bool) -> dict[str, Any]:
        chosen = CRITERIA if complete else self._chance.sample(CRITERIA, 2)
        return body({key: self._chance.randint(0, 100) for key in chosen})

    def draft(self, path: str, headers: dict[str, str]) -> httpx.Response:
        content = self._scores(complete=self._chance.random() < 0.5)
        return self._client.put(f"{path}/draft", json=content, headers=headers)

    def submit(self, path: str, headers: dict[str, str]) -> httpx.Response:
        content = self._scores(complete=True)
        return self._client.post(f"{path}/submit", json=content, headers=headers)

    def declare(self, _path: str, _headers: dict[str, str]) -> httpx.Response:
        content = {"company_id": self._chance.choice(COMPANIES), "reason": "주주"}
        return self._client.post(f"{PROJECT}/conflicts", json=content)

    def withdraw(self, _path: str, _headers: dict[str, str]) -> httpx.Response:
        asked = {"company_id": self._chance.choice(COMPANIES)}
        return self._client.delete(f"{PROJECT}/conflicts", params=asked)

    def assign(self, _path: str, _headers: dict[str, str]) -> httpx.Response:
        company, evaluator = self._chance.choice(COMPANIES), self._chance.choice(PANEL)
        pair = {"company_id": company, "evaluator_id": f"user-{evaluator}"}
        return self._client.post(f"{PROJECT}/assignments", json={"pairs": [pair]})

    def take_part(self, _path: str, _headers: dict[str, str]) -> httpx.Response:
        version = self._client.get(f"{PROJECT}/matrix").json()["version"]
        content = {
            "candidate_ids": self._chance.sample(COMPANIES, 2),
            "panel_ids": [f"user-{name}" for name in self._chance.sample(PANEL, 2)],
        }
        return self._client.put(f"{PROJECT}/participants", json=content, headers=at(version))

    def reassign(self, path: str, headers: dict[str, str]) -> httpx.Response:
        content = {"evaluator_id": f"user-{self._chance.choice(PANEL)}", "reason": "출장"}
        return self._client.post(f"{path}/reassign", json=content, headers=headers)

    def confirm(self, path: str, headers: dict[str, str]) -> httpx.Response:
        return self._client.post(f"{path}/confirm", headers=headers)

    def reopen(self, path: str, headers: dict[str, str]) -> httpx.Response:
        return self._client.post(f"{path}/reopen", json={"reason": "오기"}, headers=headers)

    def delete(self, path: str, headers: dict[str, str]) -> httpx.Response:
        return self._client.delete(path, headers=headers)


EVALUATOR = ("draft",) * 5 + ("submit",) * 2 + ("declare", "withdraw")
STAFF = ("assign",) * 4 + ("take_part", "reassign", "confirm", "reopen", "delete")


def test_sheets_stay_whole_whatever_happens_at_once(
    sign_in: SignIn, admin: httpx.Client, hall: Hall
) -> None:
    hall.change_project(candidate_ids=list(COMPANIES))
    evaluators = [Person(sign_in(name), seed) for seed, name in enumerate(PANEL)]
    staff = [Person(sign_in("admin"), 7), Person(sign_in("admin"), 8)]
    with ThreadPoolExecutor(len(evaluators) + len(staff)) as pool:
        done = [pool.submit(person.act, EVALUATOR) for person in evaluators]
        done += [pool.submit(person.act, STAFF) for person in staff]
        for future in done:
            future.result()
    statuses = sum((person.statuses for person in (*evaluators, *staff)), Counter())
    assert {status for _, status in statuses} <= {200, 201, 204, 404, 409, 422}, statuses
    for name in ("draft", "submit", "assign"):
        assert statuses[name, 200] + statuses[name, 201] > 0, f"{name} never succeeded"
    check_sheets(hall)
    submitted = [e for e in hall.trail("evaluations.submit") if "status" in e["changes"]]
    assert len(submitted) == statuses["submit", 200]
    assert len(hall.trail("projects.assign")) == statuses["assign", 201]
    assert admin.get("/api/audit/verify").json()["intact"] is True


def check_sheets(hall: Hall) -> None:
    """What holds for every sheet at any time."""
    [project] = hall.server.documents["projects"].find({"_id": OWN})
    [template] = hall.server.documents["templates"].find({"_id": "template-ai-model"})
    criteria = criteria_of(template)
    for sheet in hall.server.documents["evaluations"].find({"project_id": OWN}):
        assert sheet["evaluator_id"] in project["panel_ids"]
        assert sheet["company_id"] in project["candidate_ids"]
        scores = [Score(**view) for view in score_views(sheet)]
        given = {score.criterion_id: score.score for score in scores}
        total = float(weighted_total(criteria, given)) if given else None
        assert sheet["total_score"] == total
        if sheet["status"] not in FINISHED:
            assert sheet["receipt"] is None
            assert sheet["submitted_at"] is None
            continue
        assert missing(criteria, scores) == ()
        assert sheet["receipt"] == receipt_hash(
            evaluation_id=sheet["_id"],
            scores=scores,
            total_score=f"{sheet['total_score']:.2f}",
            submitted_at=sheet["submitted_at"].replace(tzinfo=UTC),
            **{
                key: sheet[key]
                for key in (
                    "project_id",
                    "company_id",
                    "evaluator_id",
                    "template_id",
                    "template_revision",
                    "comment",
                )
            },
        )
