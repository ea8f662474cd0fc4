"""What a selftest looks at of load runs: the pages, dialogs and states."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QApplication

from desktop_app.app.selftest_play import Play
from desktop_app.app.selftest_stage import NotReached
from desktop_app.ui.dialogs.confirm import ConfirmDialog
from desktop_app.ui.tabs.load import LoadTab

if TYPE_CHECKING:
    from desktop_app.ui.loadtest.screen import LoadScreen

_WRONG = 'schema = 1\nname = "예시"\n\n[[flows]]\nnam = "목록"\n'
_SOON_S = 3.0


def screen_of(play: Play) -> LoadScreen:
    """The tab of load runs, in front."""
    tab = play.tab("load")
    if not isinstance(tab, LoadTab) or tab.shown is None:
        raise NotReached("no tab of load runs")
    return tab.shown


def plan(play: Play) -> None:
    """The plan as it is found, its dialogs, and what can be wrong with it."""
    from desktop_app.ui.loadtest.scenario_editor import ScenarioEditor
    from desktop_app.ui.loadtest.screen import HISTORY, LIVE, PLAN, RESULT

    screen = screen_of(play)
    for step, name in ((LIVE, "live"), (RESULT, "result"), (HISTORY, "history")):
        screen.show_step(step)
        play.look(f"load-nothing-{name}")
    screen.show_step(PLAN)
    play.look("load-plan")
    page = screen.plan
    play.look("load-stages", lambda: page.choose_preset("spike"))
    page.choose_preset("smoke")
    page.thresholds.show_texts(("p95 < 300 apples", "errors < 0.1 %"))
    play.look("load-threshold-problem")
    page.thresholds.show_texts(("errors <= 0 %", "p95 < 300 ms"))
    page.accounts.many.setChecked(True)
    missing = play.folder / "계정 (예시).csv"
    missing.write_text("login_id\n", encoding="utf-8")
    play.look("load-accounts-problem", lambda: page.accounts.read(missing))
    page.accounts.problem.hide()
    page.accounts.own.setChecked(True)
    editor = play.look("load-editor", page.scenario.edit_button.click)
    assert isinstance(editor, ScenarioEditor)
    editor.text.setPlainText(_WRONG)
    play.stage.wait(lambda: not editor.waiting, "the text to be read")
    play.look("load-editor-problem")
    play.close()
    play.type(page.accounts.password.edit, _password(play))
    play.look("load-dry-run", screen.rehearse_button.click)


def guarded(play: Play) -> None:
    """What another computer and a production system ask for."""
    from desktop_app.api.guard import WriteGuard
    from desktop_app.ui.loadtest.screen import PLAN

    screen = screen_of(play)
    screen.show_step(PLAN)
    name, url = "운영 시스템 (예시)", "https://eval.example.org"
    screen.plan.target.show_target(name, url, "production")
    panel = screen.plan.permission
    panel.show_target(url, WriteGuard(name, protected=True), production=True)
    panel.typed.setText("eval.example")
    play.look("load-production")
    panel.typed.clear()
    screen.refresh()
    play.settle("the plan")


def runs(play: Play) -> None:
    """A run live and stopped, one to its end, the comparison, the history, the reports."""
    from desktop_app.ui.loadtest.result_page import CHARTS, COMPARISON, FAILURES, STEPS, SUMMARY
    from desktop_app.ui.loadtest.screen import HISTORY

    screen = screen_of(play)
    with play.stage.any_verdict():
        _run_and_stop(play, screen)
        _run_twice(play, screen)
    for tab, name in (
        (SUMMARY, "result"),
        (CHARTS, "charts"),
        (STEPS, "steps"),
        (FAILURES, "failures"),
        (COMPARISON, "comparison"),
    ):
        screen.result.tabs.setCurrentIndex(tab)
        play.look(f"load-{name}")
    screen.show_step(HISTORY)
    play.look("load-history")
    play.look("load-delete", screen.history.remove_button.click)
    play.close()
    for suffix in ("html", "pdf", "json", "csv", "md"):
        path = play.folder / f"부하 (예시).{suffix}"
        screen.exporting.write(path)
        play.settle(f"the export to .{suffix}")
        if not path.is_file():
            raise NotReached(f"no file {path.name} was written")


def _run_and_stop(play: Play, screen: LoadScreen) -> None:
    from desktop_app.core.load.models import constant, open_model
    from desktop_app.ui.loadtest.screen import PLAN

    screen.show_step(PLAN)
    page = screen.plan
    if not page.accounts.accounts:
        play.type(page.accounts.password.edit, _password(play))
    page.load.show_model(open_model(constant(60, 600), 6))
    page.thresholds.show_texts(
        ("errors <= 0 %", "p95 < 300 ms", "p99 < 5 s", "service p99 < 9 s", "max < 9 s")
    )
    page.show_scenario()
    screen.start_button.click()
    task = play.console.parts.runner.running[0]
    play.stage.look("load-preparing", play.window, task.started_at)
    play.stage.wait(lambda: screen.live.board.timeline.length >= _SOON_S, "the first seconds")
    screen.live.mark.setText("새 인덱스")
    screen.live.mark_button.click()
    play.stage.wait(lambda: "새 인덱스" in screen.live.log.toPlainText(), "the mark")
    play.stage.look("load-running", play.window, task.started_at)
    play.window.close()
    play.stage.look("load-closing-asked", _question(play), task.started_at)
    _question(play).reject()
    screen.live.stop_button.click()
    play.stage.look("load-stopping", play.window, task.started_at)
    play.look("load-stopped")


def _run_twice(play: Play, screen: LoadScreen) -> None:
    from desktop_app.core.load.models import constant, open_model

    page = screen.plan
    page.load.show_model(open_model(constant(60, 2), 6))
    page.show_scenario()
    screen.begin()
    play.settle("the run")
    before = screen.result.opened
    screen.begin()
    play.settle("the second run")
    if before is None or screen.result.opened is None:
        raise NotReached("two runs")
    # Asked for: of itself no run is compared with one that this computer was too slow for.
    after = screen.result.opened.result.run_id
    screen.history.compare_asked.emit(before.result.run_id, after)
    play.settle("the comparison")


def _question(play: Play) -> ConfirmDialog:
    play.stage.wait(lambda: _asked() is not None, "the question whether to stop the run")
    found = _asked()
    assert found is not None
    return found


def _asked() -> ConfirmDialog | None:
    front = QApplication.activeModalWidget()
    return front if isinstance(front, ConfirmDialog) else None


def _password(play: Play) -> str:
    last = play.console.parts.workspace.last
    if last is None or last.info is None:
        raise NotReached("the workspace is not ready")
    return Path(last.info.admin_password_file).read_text(encoding="utf-8").strip()


LOAD_SCENES = (plan, guarded, runs)
"""As administrator; every scene is closed before the next one."""
