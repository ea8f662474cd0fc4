"""What a selftest looks at of migrations: an old database beside the workspace's, brought up."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from desktop_app.app.selftest_play import Play
from desktop_app.app.selftest_stage import NotReached
from desktop_app.ui.tabs.migrations import MigrationsTab

if TYPE_CHECKING:
    from desktop_app.ui.migrations.screen import MigrationsScreen

_OLD = "online_evaluation_old"


def _screen(play: Play) -> MigrationsScreen:
    tab = play.tab("migrations")
    if not isinstance(tab, MigrationsTab) or tab.shown is None:
        raise NotReached("no tab of migrations")
    return tab.shown


def platform(play: Play) -> None:
    """The workspace's own database, and choosing another."""
    screen = _screen(play)
    play.look("migrations-everything", lambda: screen.plan.only_pending.setChecked(False))
    screen.plan.only_pending.setChecked(True)
    dialog = play.look("migrations-choose", screen.choose)
    dialog.other.setChecked(True)  # type: ignore[attr-defined]
    dialog.uri.setText("db.example.org")  # type: ignore[attr-defined]
    play.look("migrations-choose-problems", dialog.try_it)  # type: ignore[attr-defined]
    play.close()
    screen.deeds.verify()
    play.look("migrations-verified")
    screen.pages.setCurrentWidget(screen.history)
    play.look("migrations-history-empty")


def old_database(play: Play) -> None:
    """A database of an earlier time: blocked, then planned, backed up, applied, rolled back."""
    from desktop_app.ui.migrations.apply_dialog import ApplyDialog

    screen = _screen(play)
    play.elsewhere(lambda: _make_old(play, twins=True))
    screen.pages.setCurrentWidget(screen.plan)
    screen.use(replace(screen.choice, database=_OLD))
    play.look("migrations-blocked")
    play.elsewhere(lambda: _make_old(play, twins=False))
    screen.refresh()
    play.look("migrations-pending")
    dialog = play.look("migrations-apply", screen.apply_button.click)
    assert isinstance(dialog, ApplyDialog)
    folder = play.folder / "백업 (예시)"
    dialog.new_folder.line.setText(str(folder))
    play.look("migrations-applied", dialog.order)
    screen.pages.setCurrentWidget(screen.plan)
    play.look("migrations-up-to-date")
    screen.deeds.verify()
    play.look("migrations-verified-old")
    screen.pages.setCurrentWidget(screen.history)
    play.look("migrations-history")
    play.look("migrations-rollback", screen.rollback_action.trigger)
    play.close()
    play.look("migrations-backup", screen.backup_button.click)
    play.close()
    dialog = play.look("migrations-restore", screen.restore_action.trigger)
    dialog.folder.line.setText(str(folder))  # type: ignore[attr-defined]
    play.settle("the backup")
    play.look("migrations-restore-checked", dialog.check)  # type: ignore[attr-defined]
    play.close()
    for suffix in ("html", "pdf", "json"):
        path = play.folder / f"이력 (예시).{suffix}"
        screen.exporting.write(path)
        play.settle(f"the export to .{suffix}")
        if not path.is_file():
            raise NotReached(f"no file {path.name} was written")
    screen.use(replace(screen.choice, database="online_evaluation"))
    play.settle("the workspace's database")


def _make_old(play: Play, *, twins: bool) -> None:
    """Documents without what this version added; with two of the same name, or without."""
    from desktop_app.services.migrations.connection import open_database

    uri = play.console.parts.workspace.mongo_uri
    if uri is None:
        raise NotReached("the workspace has no database")
    with open_database(uri, _OLD) as target:
        users = target.database["users"]
        users.delete_many({})
        users.insert_many(
            [
                {
                    "_id": f"예시-{number:02}",
                    "login_id": f"sample{0 if twins and number == 1 else number:02}",
                    "name": "김예시",
                    "email": f"old{number}@example.com",
                    "role": "evaluator",
                    "company_id": "c1",
                    "created_at": "2024-03-01T09:00:00+09:00",
                    "password": "clear",
                }
                for number in range(20)
            ]
        )
        users.create_index("email")
        companies = target.database["companies"]
        companies.delete_many({})
        companies.insert_many([{"_id": "c1", "name": "(주)옛날 회사"}, {"_id": "c2", "name": ""}])


MIGRATION_SCENES = (platform, old_database)
"""As administrator; every scene is closed before the next one."""
