import logging
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from desktop_app.config.folders import user_folders
from desktop_app.config.logs import start_logging, stop_logging
from desktop_app.config.resources import resource


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    root = logging.getLogger()
    level = root.level
    start_logging(tmp_path / "logs", "console")
    yield tmp_path / "logs" / "console.log"
    stop_logging()
    root.setLevel(level)


def test_one_variable_moves_every_folder(home: Path) -> None:
    folders = user_folders()
    for folder in (folders.config, folders.data, folders.logs, folders.cache):
        assert folder.is_dir()
        assert folder.parent == home


def test_without_it_the_platforms_custom_holds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("EVALCONSOLE_HOME")
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    for name in ("LOCALAPPDATA", "APPDATA", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / name))
    folders = user_folders()
    assert folders.config.is_dir()
    assert "evalconsole" in str(folders.data)


def test_the_log_is_utf8_and_holds_no_secrets_even_in_tracebacks(log_file: Path) -> None:
    logger = logging.getLogger("desktop_app.test")
    logger.info("한글 %s", {"password": "hunter2-hunter2"})
    try:
        raise ValueError("mongodb://admin:hunter2-hunter2@h/")
    except ValueError:
        logger.info("failed", exc_info=True)
    text = log_file.read_text(encoding="utf-8")
    assert "한글" in text
    assert "Traceback" in text
    assert "hunter2" not in text


def test_starting_again_moves_the_log(log_file: Path, tmp_path: Path) -> None:
    start_logging(tmp_path / "other", "console")
    logging.getLogger("desktop_app.test").info("moved")
    assert "moved" not in log_file.read_text(encoding="utf-8")
    assert "moved" in (tmp_path / "other" / "console.log").read_text(encoding="utf-8")


def test_resources_are_found() -> None:
    assert resource("locale").is_dir()


def test_heavy_libraries_wait_when_config_is_imported() -> None:
    program = (
        "import sys, json, threading, queue, logging.handlers, gettext, urllib.parse\n"
        "import desktop_app.config.settings, desktop_app.config.profiles\n"
        "import desktop_app.config.secrets, desktop_app.config.folders\n"
        "import desktop_app.config.logs, desktop_app.config.catalogues\n"
        "heavy = {'httpx', 'keyring', 'msgspec', 'platformdirs', 'ssl'} & set(sys.modules)\n"
        "print(sorted(heavy))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True
    )
    assert done.stdout.strip() == "[]"
