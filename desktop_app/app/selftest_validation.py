"""What a selftest looks at of validation: the wizard's pages, dialogs and states."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.app.selftest_play import Play
from desktop_app.app.selftest_stage import NotReached
from desktop_app.core.tasks import TaskContext
from desktop_app.core.users import Role
from desktop_app.ui.tabs.validation import ValidationTab

if TYPE_CHECKING:
    from desktop_app.services.validation.desk import Desk
    from desktop_app.ui.validation.screen import ValidationScreen

_NOWHERE = "http://127.0.0.1:1"
_FEW = frozenset(
    {"health_001", "health_002", "auth_002", "users_002", "error_001", "sample.teapot"}
)
_OWN = """
schema = 1
id = "sample"
version = "1.0"
title = {en = "Our own (sample)", ko = "자체 점검 (예시)"}
purpose = {en = "What we look at", ko = "우리가 보는 것"}
optional = true
[categories]
health = {en = "Health", ko = "상태"}
[[checks]]
id = "sample.teapot"
category = "health"
severity = "high"
title = {en = "The health page is a teapot", ko = "상태 페이지가 찻주전자로 응답함"}
why = {en = "A sample of a check that cannot pass.", ko = "통과할 수 없는 검사의 예시입니다."}
fix = {en = "Answer 418.", ko = "418로 응답하십시오."}
reference = "RFC 2324 §2.3.2"
[[checks.steps]]
method = "GET"
path = "/health"
expect = {status = [418], keys = ["tea.kind"]}
"""


def _screen(play: Play) -> ValidationScreen:
    tab = play.tab("validation")
    if not isinstance(tab, ValidationTab) or tab.shown is None:
        raise NotReached("no tab of validation")
    return tab.shown


def before_a_run(play: Play) -> None:
    """The pages before anything was run, with what can be wrong on them."""
    from desktop_app.core.validation.suites import Risk
    from desktop_app.ui.validation.screen import FINDINGS, RUN, SIGN_IN, SUITES, TARGET

    screen = _screen(play)
    _write_own(screen)
    screen.show_step(TARGET)
    play.look("validation-answered", screen.target.evidence_button.click)
    play.close()
    looked = play.elsewhere(lambda: _nowhere(screen).look(TaskContext()))
    play.look("validation-unreachable", lambda: screen.show_looked(looked))
    screen.refresh()
    screen.show_step(SIGN_IN)
    play.look("validation-sign-ins")
    admin = screen.sign_ins.people[Role.ADMIN]
    manager = screen.sign_ins.people[Role.MANAGER]
    manager.how.setCurrentIndex(0)
    play.type(manager.login, "manager1")
    play.type(manager.password.edit, "wrong")
    play.type(admin.password.edit, _password(play))
    play.look("validation-proven", screen.sign_ins.prove_button.click)
    play.look("validation-sign-ins-waiting", lambda: _waiting(screen))
    screen.sign_ins.show_waiting("")
    screen.acts.load()
    play.look("validation-exchange", manager.evidence.click)
    play.close()
    manager.how.setCurrentIndex(1)
    screen.show_step(SUITES)
    (screen.desk.suites_folder / "깨진 파일.toml").write_text("schema = ", encoding="utf-8")
    play.look("validation-suites", screen.suites.reload_action.trigger)
    (screen.desk.suites_folder / "깨진 파일.toml").unlink()
    screen.suites.reload_action.trigger()
    play.settle("the suites")
    screen.suites.consent.levels[Risk.ATTACKS].setChecked(True)
    play.look("validation-attacks", screen.suites.tree.expandAll)
    screen.show_step(RUN)
    play.look("validation-nothing-run")
    screen.show_step(FINDINGS)
    play.look("validation-no-findings")


def _waiting(screen: ValidationScreen) -> None:
    """The sign-ins while they are limited, and both ways in which a secret may be kept."""
    from desktop_app.services.validation import words
    from desktop_app.services.validation.platform_secrets import Known, Source

    screen.sign_ins.show_waiting(words.waiting(43))
    screen.sign_ins.secrets.show_sources(
        {Known.SIGNING_KEY: Source.KEYRING, Known.MONGO_URI: Source.MEMORY}
    )


def production(play: Play) -> None:
    """What a production system asks for before anything is written to it."""
    from desktop_app.api.guard import WriteGuard
    from desktop_app.ui.validation.screen import SUITES

    screen = _screen(play)
    screen.show_step(SUITES)
    consent = screen.suites.consent
    name = "운영 시스템 (예시)"
    consent.show_target(name, WriteGuard(name, protected=True), production=True)
    consent.typed.setText("운영")
    play.look("validation-production")
    consent.typed.clear()
    consent.show_target(name, WriteGuard(name), production=False)


def runs(play: Play) -> None:
    """A run to its end, its findings and what is done about them, a second one, the comparison."""
    from desktop_app.core.validation.report import LeftBehind
    from desktop_app.ui.validation.accept_dialog import AcceptDialog
    from desktop_app.ui.validation.findings_page import PAGE
    from desktop_app.ui.validation.left_dialog import LeftDialog
    from desktop_app.ui.validation.screen import COMPARE, TARGET

    screen = _screen(play)
    screen.suites.choose(_FEW)
    screen.begin()
    play.look("validation-findings")
    page = screen.findings
    page.detail.tabs.setCurrentIndex(1)
    play.look("validation-requests")
    page.detail.tabs.setCurrentIndex(0)
    play.look("validation-run-again", page.detail.again_button.click)
    page.filter.grouping.setCurrentIndex(2)
    play.look("validation-grouped", page.filter.only)
    page.filter.grouping.setCurrentIndex(0)
    page.filter.only()
    play.look("validation-more-findings", lambda: setattr(page, "most", 3))
    page.most = PAGE
    page.choose("sample.teapot[GET /health]")
    dialog = play.look("validation-accept", page.detail.known_button.click)
    assert isinstance(dialog, AcceptDialog)
    play.look("validation-accept-problems", dialog.order)
    dialog.reason.setPlainText("다음 배포에서 고칩니다.")
    play.look("validation-known", dialog.order)
    page.detail.known_button.click()
    screen.suites.choose(_FEW - {"sample.teapot"})
    screen.begin()
    play.settle("the second run")
    screen.show_step(COMPARE)
    play.look("validation-compared")
    screen.show_step(TARGET)
    play.look("validation-runs")
    left = LeftBehind(kind="users", id="6b06b5936c6e9c54", name="evalconsole-예시-1", reason="403")
    play.look("validation-left-behind", LeftDialog((left,), play.console.parts.theme, screen).open)
    play.close()
    for suffix in ("html", "pdf", "json", "xml", "md"):
        path = play.folder / f"검증 (예시).{suffix}"
        screen.exporting.write(path)
        play.settle(f"the export to .{suffix}")
        if not path.is_file():
            raise NotReached(f"no file {path.name} was written")


def stopped(play: Play) -> None:
    """A run while it goes on, and stopped halfway."""
    from desktop_app.ui.validation.opened import opened

    screen = _screen(play)
    shelf = screen.desk.shelf()
    functional = shelf.suite("functional")
    if functional is None:
        raise NotReached("no suite of functions")
    screen.suites.choose(frozenset(check.id for check in functional.checks))
    screen.begin()
    task = play.console.parts.runner.running[0]
    play.stage.wait(lambda: screen.run.done >= 10, "ten checks")
    play.stage.look("validation-running", play.window, task.started_at)
    screen.run.stop_button.click()
    play.stage.look("validation-stopping", play.window, task.started_at)
    play.look("validation-stopped")
    report = play.elsewhere(lambda: _nowhere(screen).look(TaskContext()))
    shown = play.elsewhere(lambda: opened(screen.desk, report))
    play.look("validation-nothing-measured", lambda: screen.show_opened(shown))


def _write_own(screen: ValidationScreen) -> None:
    folder = screen.desk.suites_folder
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "sample.toml").write_text(_OWN, encoding="utf-8")


def _nowhere(screen: ValidationScreen) -> Desk:
    """The same connection where nothing listens."""
    from desktop_app.services.validation.desk import Desk

    desk = screen.desk
    return Desk(
        profile=desk.profile,
        guard=desk.guard,
        by=desk.by,
        folder=desk.suites_folder.parent,
        address=lambda: _NOWHERE,
    )


def _password(play: Play) -> str:
    last = play.console.parts.workspace.last
    if last is None or last.info is None:
        raise NotReached("the workspace is not ready")
    return Path(last.info.admin_password_file).read_text(encoding="utf-8").strip()


VALIDATION_SCENES = (before_a_run, production, runs, stopped)
"""As administrator; every scene is closed before the next one."""
