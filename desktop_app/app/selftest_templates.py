"""Templates in a selftest: samples with revisions, and the scenes that show them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

from PySide6.QtWidgets import QApplication, QLineEdit

from desktop_app.api.client import ApiClient
from desktop_app.app.selftest_play import Play
from desktop_app.core.paging import PageQuery
from desktop_app.core.tasks import TaskContext
from desktop_app.core.templates import Criterion, Template
from desktop_app.services.template_files import write_templates
from desktop_app.ui.tabs.templates import TemplatesTab
from desktop_app.ui.templates.import_dialog import TemplateImportDialog
from desktop_app.ui.templates.revisions_dialog import RevisionsDialog
from desktop_app.ui.templates.template_dialog import TemplateDialog

REVISED = "사업 수행 능력 평가 (예시)"
_CRITERIA: tuple[tuple[str, float, float, str, str], ...] = (
    (
        "기술 역량",
        30,
        10,
        "제안한 기술의 수준과 적용 가능성",
        "9~10: 적용 사례가 3건 이상\n6~8: 사례가 있으나 규모가 작음\n0~5: 계획만 있음",
    ),
    (
        "사업 이해도",
        20,
        10,
        "과업의 목적과 범위에 대한 이해",
        "제안서 2장과 발표 내용을 함께 본다.",
    ),
    ("수행 계획", 25, 10, "", "일정, 인력, 위험 관리가 구체적인지 본다."),
    ("품질 관리", 15, 5, "", ""),
    ("사후 지원", 10, 5, "", "하자 보수 기간과 교육 계획"),
)
_OTHERS = (
    ("발표 평가 (예시)", "발표", (("전달력", 40), ("질의응답", 40), ("자료 구성", 20))),
    ("서면 평가 (예시)", "서면", (("충실성", 33.4), ("타당성", 33.3), ("독창성", 33.3))),
)


def create_sample_templates(api: ApiClient) -> None:
    """A template in its third revision, and some more; raises an error of the core."""
    companies = api.companies.page(PageQuery(page_size=25, sort="created_at")).items
    first = [
        {
            "id": f"c{n}",
            "name": name,
            "weight": weight,
            "max_score": highest,
            "step": 0.5,
            "description": description or None,
            "guide": guide or None,
        }
        for n, (name, weight, highest, description, guide) in enumerate(_CRITERIA)
    ]
    template = api.templates.create({"name": REVISED, "category": "정기 평가", "criteria": first})
    for number, change in enumerate((_reweighed, _rearranged), start=1):
        project = {"name": f"템플릿을 쓰는 사업 {number} (예시)", "template_id": template}
        api.projects.create({**project, "company_id": companies[0].id})
        now = api.templates.get(template)
        criteria = [asdict(criterion) for criterion in now.criteria]
        api.templates.change(template, {"criteria": change(criteria)}, version=now.version)
    project = {"name": "템플릿을 쓰는 사업 3 (예시)", "template_id": template}
    api.projects.create({**project, "company_id": companies[1].id})
    for number, (name, category, weights) in enumerate(_OTHERS):
        criteria = [
            {"id": f"c{n}", "name": criterion, "weight": weight}
            for n, (criterion, weight) in enumerate(weights)
        ]
        values = {"name": name, "category": category, "company_id": companies[number].id}
        api.templates.create({**values, "criteria": criteria})


def _reweighed(criteria: list[dict[str, Any]]) -> list[dict[str, Any]]:
    criteria[0]["weight"], criteria[2]["weight"] = 35, 20
    criteria[3]["guide"] = "품질 지표와 점검 주기를 제시했는지 본다."
    return criteria


def _rearranged(criteria: list[dict[str, Any]]) -> list[dict[str, Any]]:
    last = {"id": "c9", "name": "보안 대책", "weight": 10, "max_score": 5, "step": 0.5}
    criteria[0]["name"] = "기술 역량과 실적"
    return [criteria[2], criteria[0], criteria[1], criteria[3], last]


def _tab(play: Play) -> TemplatesTab:
    tab = play.records("templates")
    assert isinstance(tab, TemplatesTab)
    return tab


def _row(tab: TemplatesTab, name: str) -> Template:
    return next(template for template in tab.table.model.items if template.name == name)


def _run(play: Play, action: str) -> Callable[[], object]:
    tab = _tab(play)
    tab.table.select_id(_row(tab, REVISED).id)
    return lambda: tab.actions_of_rows.run(action)


def _retype(dialog: TemplateDialog, at: int, key: str, text: str) -> None:
    dialog.form.criteria.view.go(at, key)
    line = QApplication.focusWidget()
    if isinstance(line, QLineEdit):
        line.setText(text)


def _selected(play: Play) -> None:
    tab = _tab(play)
    tab.table.select_id(_row(tab, REVISED).id)
    play.look("templates-selected")


def _new(play: Play) -> None:
    dialog = play.look("template-new", _tab(play).add)
    assert isinstance(dialog, TemplateDialog)
    play.look("template-new-problems", dialog.save)


def _edit(play: Play) -> None:
    tab = _tab(play)
    dialog = play.look("template-edit", lambda: tab.edit(_row(tab, REVISED)))
    assert isinstance(dialog, TemplateDialog)
    _retype(dialog, 1, "weight", "30.5")
    _retype(dialog, 2, "max_score", "열")
    _retype(dialog, 0, "name", "수행 계획과 일정")
    play.look("template-edit-problems", dialog.save)
    play.look("template-edit-preview", dialog.preview)


def _conflict(play: Play) -> None:
    tab = _tab(play)
    template = _row(tab, "발표 평가 (예시)")
    dialog = play.look("template-before-conflict", lambda: tab.edit(template))
    assert isinstance(dialog, TemplateDialog)
    criteria = [asdict(criterion) for criterion in template.criteria]
    criteria[0]["weight"], criteria[1]["weight"] = 50, 30
    change = {"criteria": criteria, "category": "발표 심사"}
    play.elsewhere(lambda: play.api.templates.change(template.id, change, version=template.version))
    _retype(dialog, 0, "weight", "45")
    _retype(dialog, 1, "weight", "35")
    dialog.form.criteria.draft.move(2, 0)
    play.look("template-conflict", dialog.save)


def _preview(play: Play) -> None:
    play.look("template-preview", _run(play, "preview"))


def _revisions(play: Play) -> None:
    dialog = play.look("template-revisions", _run(play, "revisions"))
    assert isinstance(dialog, RevisionsDialog)
    play.look("template-revisions-any-two", lambda: dialog.compare_with(1))
    dialog.choose(1)
    play.look("template-revisions-restore", dialog.restore)


def _import(play: Play) -> None:
    path = _sample_file(play.folder)
    dialog = play.look("template-import", _tab(play).start_import)
    assert isinstance(dialog, TemplateImportDialog)
    play.look("template-import-file", lambda: dialog.open_file(path))
    dialog.table.selectRow(1)
    play.look("template-import-problems")


def _sample_file(folder: Path) -> Path:
    """A workbook with a good template and one that has to be corrected."""
    path = folder / "평가표 (예시).xlsx"
    made = [
        Template(
            id=str(n),
            name=name,
            category="서면",
            criteria=tuple(
                Criterion(id=f"c{at}", name=criterion, weight=weight)
                for at, (criterion, weight) in enumerate(weights)
            ),
        )
        for n, (name, weights) in enumerate(
            (
                ("서면 심사 (예시)", (("충실성", 60), ("타당성", 40))),
                ("현장 심사 (예시)", (("시설", 60), ("", 30))),
            )
        )
    ]
    write_templates(path, made, TaskContext())
    return path


TEMPLATE_SCENES: tuple[Callable[[Play], object], ...] = (
    _selected,
    _new,
    _edit,
    _conflict,
    _preview,
    _revisions,
    _import,
)
