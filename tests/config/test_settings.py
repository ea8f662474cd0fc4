import json
from pathlib import Path
from typing import Any

import pytest

from desktop_app.config.settings import SETTINGS, Settings, UiState
from desktop_app.core.errors import LocalFailure


def test_defaults_hold_until_something_is_set(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    assert {key: settings.get(key) for key in SETTINGS} == {
        key: setting.default for key, setting in SETTINGS.items()
    }
    assert settings.notice is None
    assert not (tmp_path / "settings.json").exists()


def test_what_is_set_is_there_after_a_restart(tmp_path: Path) -> None:
    Settings(tmp_path).set("language", "ko")
    Settings(tmp_path).set("last_login_by_profile", {"local": "관리자"})
    again = Settings(tmp_path)
    assert again.get("language") == "ko"
    assert again.get("last_login_by_profile") == {"local": "관리자"}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("language", "fr"),
        ("page_size", 33),
        ("page_size", "50"),
        ("page_size", True),
        ("last_login_by_profile", {"local": 1}),
    ],
)
def test_a_value_outside_the_declaration_is_refused(tmp_path: Path, key: str, value: Any) -> None:
    with pytest.raises(ValueError, match=key):
        Settings(tmp_path).set(key, value)


def test_an_undeclared_key_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KeyError):
        Settings(tmp_path).get("colour")


def test_listeners_hear_of_changes_until_they_leave(tmp_path: Path) -> None:
    settings = Settings(tmp_path)
    heard: list[tuple[str, Any]] = []
    leave = settings.subscribe(lambda key, value: heard.append((key, value)))
    settings.set("theme", "dark")
    settings.set("theme", "dark")
    leave()
    leave()
    settings.set("theme", "light")
    assert heard == [("theme", "dark")]


@pytest.mark.parametrize("content", ["{", "[1]", "\udcff", "", '{"a": ' * 5000, "null "])
def test_a_damaged_file_is_kept_aside_and_told(tmp_path: Path, content: str) -> None:
    file = tmp_path / "settings.json"
    file.write_bytes(content.encode("utf-8", "surrogateescape"))
    settings = Settings(tmp_path)
    assert settings.get("theme") == "system"
    if content == "null ":
        return
    assert settings.notice is not None
    assert "damaged" in str(settings.notice)
    aside = tmp_path / "settings.damaged-1.json"
    assert aside.read_bytes() == content.encode("utf-8", "surrogateescape")
    settings.set("theme", "dark")
    assert Settings(tmp_path).notice is None


def test_damaged_files_do_not_overwrite_each_other(tmp_path: Path) -> None:
    for content in ("{1", "{2"):
        (tmp_path / "settings.json").write_text(content, encoding="utf-8")
        Settings(tmp_path)
    kept = [(tmp_path / f"settings.damaged-{n}.json").read_text(encoding="utf-8") for n in (1, 2)]
    assert kept == ["{1", "{2"]


def test_a_senseless_value_in_the_file_gives_the_default_and_unknown_keys_stay(
    tmp_path: Path,
) -> None:
    file = tmp_path / "settings.json"
    file.write_text('{"page_size": -1, "from_the_future": [1]}', encoding="utf-8")
    settings = Settings(tmp_path)
    assert settings.get("page_size") == 50
    settings.set("theme", "dark")
    assert json.loads(file.read_text(encoding="utf-8"))["from_the_future"] == [1]


def test_a_file_that_cannot_be_written_is_told_and_the_value_holds(tmp_path: Path) -> None:
    (tmp_path / "occupied").write_text("", encoding="utf-8")
    settings = Settings(tmp_path / "occupied")
    with pytest.raises(LocalFailure, match=r"settings\.json"):
        settings.set("theme", "dark")
    assert settings.get("theme") == "dark"


def test_nothing_temporary_is_left(tmp_path: Path) -> None:
    Settings(tmp_path).set("theme", "dark")
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["settings.json"]


def test_ui_state_keeps_any_json_and_forgets_on_none(tmp_path: Path) -> None:
    state = UiState(tmp_path)
    state.set("table/users", {"widths": [1, 2], "이름": True})
    assert UiState(tmp_path).get("table/users") == {"widths": [1, 2], "이름": True}
    state.set("table/users", None)
    assert UiState(tmp_path).get("table/users") is None


def test_damaged_ui_state_starts_afresh(tmp_path: Path) -> None:
    (tmp_path / "ui_state.json").write_text("[]", encoding="utf-8")
    assert UiState(tmp_path).get("x") is None
