"""A project with companies and evaluators, made over the API; and the tab that shows it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from pytestqt.qtbot import QtBot

from desktop_app.core.business_number import check_digit, formatted
from desktop_app.core.evaluations import Draft, Evaluation, Pair, Score
from desktop_app.core.projects import Project
from desktop_app.services.session import SignedIn
from desktop_app.ui.assignment.cells import Cell
from desktop_app.ui.tab import TabTools
from desktop_app.ui.tabs.evaluations import EvaluationsTab
from tests.fixtures.server import RunningServer, sample_user
from tests.ui.records.stage import SignIn

PASSWORD = "test123!"
FULL = {"accuracy": 80, "performance": 90, "robustness": 70, "interpretability": 100}


@dataclass
class Floor:
    """Companies c0, c1, …; evaluators e0, e1, … (e0 belongs to c0); an active project of them."""

    server: RunningServer
    admin: SignedIn
    sign_in: SignIn
    companies: list[str]
    evaluators: list[str]
    project_id: str

    @property
    def project(self) -> Project:
        """The project as it is now."""
        return self.admin.api.projects.get(self.project_id)

    def assign(self, *places: tuple[int, int]) -> tuple[Evaluation, ...]:
        """A sheet for each (company, evaluator) by number."""
        pairs = [Pair(self.companies[c], self.evaluators[e]) for c, e in places]
        return self.admin.api.projects.assign(self.project_id, pairs)

    def sheets(self) -> list[Evaluation]:
        """All sheets by company and evaluator."""
        found = self.admin.api.projects.matrix(self.project_id).sheets
        return sorted(found, key=lambda s: self.place(s))

    def place(self, sheet: Evaluation) -> tuple[int, int]:
        """Company and evaluator of a sheet by number."""
        return self.companies.index(sheet.company_id), self.evaluators.index(sheet.evaluator_id)

    def places(self) -> list[tuple[int, int]]:
        """Which cells have a sheet."""
        return [self.place(sheet) for sheet in self.sheets()]

    def write(self, sheet: Evaluation, scores: Mapping[str, float], *, submit: bool) -> None:
        """Have the evaluator of ``sheet`` enter these scores."""
        number = self.evaluators.index(sheet.evaluator_id)
        api = self.sign_in(f"evaluator{number}", PASSWORD).api.evaluations
        draft = Draft(scores=tuple(Score(criterion_id=k, score=v) for k, v in scores.items()))
        saved = api.save_draft(sheet.id, draft, version=sheet.version)
        if submit:
            api.submit(sheet.id, draft, version=saved.evaluation.version)

    def overdue(self) -> None:
        """The deadline has just passed."""
        past = datetime.now(UTC) - timedelta(minutes=5)
        self.server.documents["projects"].update_one(
            {"_id": self.project_id}, {"$set": {"deadline": past}}
        )


def build(
    server: RunningServer, admin: SignedIn, sign_in: SignIn, companies: int, evaluators: int
) -> Floor:
    """A floor of this size; companies and evaluators are put there past the API, being many."""
    now = datetime.now(UTC)
    company_ids = [f"c{n:03}" for n in range(companies)]
    server.documents["companies"].insert_many([_company(n, now) for n in range(companies)])
    known = server.documents["users"].find_one({"_id": "user-evaluator1"}) or {}
    people = []
    for n in range(evaluators):
        person = sample_user(n, company_ids[0] if n == 0 else "company-test", now)
        own = {"_id": f"e{n:03}", "login_id": f"evaluator{n}", "email": f"e{n}@example.com"}
        people.append({**person, **own, "name": f"평가위원 {n}"})
    for person in people:
        person["password_hash"] = known["password_hash"]
    server.documents["users"].delete_one({"_id": "user-evaluator1"})
    server.documents["users"].insert_many(people)
    values = {
        "name": "평가 사업",
        "company_id": "company-test",
        "template_id": "template-ai-model",
        "status": "active",
        "deadline": (now + timedelta(days=7)).isoformat(timespec="seconds"),
    }
    created = admin.api.projects.add(values)
    evaluator_ids = [str(person["_id"]) for person in people]
    admin.api.projects.set_participants(
        created.id, company_ids, evaluator_ids, version=created.item.version
    )
    return Floor(server, admin, sign_in, company_ids, evaluator_ids, created.id)


def _company(number: int, at: datetime) -> dict[str, Any]:
    nine = f"9{number:08}"
    return {
        "_id": f"c{number:03}",
        "name": f"후보 기업 {number:03}",
        "business_number": formatted(f"{nine}{check_digit(nine)}"),
        "is_active": True,
        "settings": {"max_users": 100, "max_projects": 50, "storage_limit_gb": 10},
        "version": 1,
        "created_at": at,
        "updated_at": at,
    }


def evaluations_tab(
    qtbot: QtBot, who: SignedIn, tools: TabTools, project_id: str = ""
) -> EvaluationsTab:
    """The tab, shown; with ``project_id`` loaded."""
    tab = EvaluationsTab(api=who.api, role=who.user.role, tools=tools)
    qtbot.addWidget(tab)
    tab.resize(1240, 720)
    tab.show()
    if project_id:
        tab.show_filtered({"project_id": project_id})
    tab.activated()
    loaded(qtbot, tab, tools)
    return tab


def loaded(qtbot: QtBot, tab: EvaluationsTab, tools: TabTools) -> None:
    """Wait until everything that was asked for is shown."""
    qtbot.waitUntil(lambda: not tab.busy and tools.runner.idle, timeout=20_000)


def go_to(tab: EvaluationsTab, company: int, evaluator: int) -> None:
    """Put the cursor on a cell."""
    view = tab.assignment.view
    view.setFocus()
    view.setCurrentIndex(tab.assignment.model.index(company, evaluator))


def cell(tab: EvaluationsTab, company: int, evaluator: int) -> Cell:
    """What the matrix shows in a cell."""
    return tab.assignment.model.cell(company, evaluator)


def enabled(tab: EvaluationsTab) -> set[str]:
    """What can be done with the cells selected."""
    actions = tab.assignment.actions_of_cells
    actions.refresh()
    return {id_ for id_, action in actions.actions.items() if action.isEnabled()}


def names(entries: Iterable[Any]) -> Sequence[str]:
    """The names of entries."""
    return [entry.name for entry in entries]
