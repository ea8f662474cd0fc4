"""Where the console keeps its files: one folder per purpose, by the platform's custom."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

APPLICATION = "evalconsole"
HOME_VARIABLE = "EVALCONSOLE_HOME"
"""Names one folder that holds everything, for tests, portable copies and trial runs."""


@dataclass(frozen=True, slots=True)
class Folders:
    """The folders of one user; they exist once ``user_folders`` has given them."""

    config: Path
    data: Path
    logs: Path
    cache: Path


def user_folders() -> Folders:
    """The folders of the person who runs the program, made where they are missing.

    Raises ``OSError`` where one cannot be made.
    """
    if home := os.environ.get(HOME_VARIABLE):
        folders = _below(Path(home))
    else:
        import platformdirs

        dirs = platformdirs.PlatformDirs(APPLICATION, appauthor=False)
        folders = Folders(
            config=Path(dirs.user_config_dir),
            # Not roaming: a database must not travel through a Windows domain's profile.
            data=Path(dirs.user_data_dir),
            logs=Path(dirs.user_log_dir),
            cache=Path(dirs.user_cache_dir),
        )
    for folder in (folders.config, folders.data, folders.logs, folders.cache):
        folder.mkdir(parents=True, exist_ok=True)
    return folders


def _below(home: Path) -> Folders:
    home = home.absolute()
    return Folders(
        config=home / "config", data=home / "data", logs=home / "logs", cache=home / "cache"
    )
