"""A console that is killed while its evaluator types, with the server away."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from desktop_app.config.folders import user_folders
from desktop_app.config.profiles import Environment, Profile, Profiles
from desktop_app.config.settings import Settings
from desktop_app.services.scoring.journal import Journal
from desktop_app.services.scoring.journal_opening import journal_path, owner_of
from desktop_app.services.scoring.password_key import key_of_password, unlocked
from tests.backend.hall import PASSWORD, Hall
from tests.ui.scoring.typing_child import PACE_S, TEXT


@pytest.mark.long
@pytest.mark.timeout(240)
def test_a_console_killed_while_typing_loses_at_most_the_character_being_typed(
    hall: Hall, home: Path
) -> None:
    id_ = hall.sheet()
    folders = user_folders()
    profile = Profile(
        id="killed",
        name="Killed",
        environment=Environment.STAGING,
        api_url=hall.server.url,
        proxy="none",
    )
    Profiles(folders.config).save(profile)
    Settings(folders.config).set("last_profile", profile.id)
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.ui.scoring.typing_child", id_, PASSWORD],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert process.stdin is not None
    assert process.stdout is not None
    typed = 0
    try:
        for line in process.stdout:
            if line == "ready\n":
                hall.server.stop()
                process.stdin.write("go\n")
                process.stdin.flush()
            elif line.startswith("typed"):
                typed += 1
            if typed == 15:
                threading.Event().wait(random.random() * PACE_S)
                break
    finally:
        process.kill()
        rest, _ = process.communicate()
        hall.server.start()
    typed += rest.count("typed")
    assert typed >= 15
    path = journal_path(folders.data, profile, "user-evaluator1")
    path = path.with_name(f"{path.stem}-p.journal")
    lock = key_of_password(PASSWORD, owner_of(profile, "user-evaluator1"))
    journal = Journal(path, unlocked(path.with_suffix(".key"), lock))
    records, unreadable = journal.read()
    journal.close()
    assert unreadable == []
    kept = records[id_]["text:comment"]
    assert TEXT.startswith(kept)
    assert len(kept) >= typed - 1
