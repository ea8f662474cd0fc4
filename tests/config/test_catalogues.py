from pathlib import Path

import pytest

from desktop_app.config import catalogues
from desktop_app.config.catalogues import in_every_language, system_language, use_language
from desktop_app.core.language import _, language, ngettext


def compiled(pairs: dict[str, str]) -> bytes:
    """A .mo file (GNU gettext manual, 10.3)."""
    entries = sorted(
        (k.encode(), v.encode())
        for k, v in {"": "Content-Type: text/plain; charset=UTF-8\n", **pairs}.items()
    )
    count, start = len(entries), 28 + 16 * len(entries)
    keys, values, table = b"", b"", []
    for key, _value in entries:
        table += [len(key), start + len(keys)]
        keys += key + b"\0"
    for _key, value in entries:
        table += [len(value), start + len(keys) + len(values)]
        values += value + b"\0"
    head = [0x950412DE, 0, count, 28, 28 + 8 * count, 0, start]
    return b"".join(n.to_bytes(4, "little") for n in head + table) + keys + values


@pytest.fixture
def korean(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "locale" / "ko" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "evalconsole.mo").write_bytes(compiled({"Theme": "테마"}))
    monkeypatch.setattr(catalogues, "resource", lambda *parts: tmp_path.joinpath(*parts))
    return folder


def test_korean_comes_from_the_compiled_catalogue(korean: Path) -> None:
    assert use_language("ko") == "ko"
    assert (_("Theme"), _("Not there"), language()) == ("테마", "Not there", "ko")
    assert use_language("en") == "en"
    assert _("Theme") == "Theme"


def test_a_text_in_every_language(korean: Path) -> None:
    assert in_every_language("Theme") == ("Theme", "테마")


@pytest.mark.parametrize("content", [b"", b"garbage"])
def test_a_catalogue_that_cannot_be_used_leaves_english(korean: Path, content: bytes) -> None:
    (korean / "evalconsole.mo").write_bytes(content)
    assert use_language("ko") == "en"
    assert _("Theme") == "Theme"


def test_the_pseudo_language_doubles_texts() -> None:
    assert use_language("xx") == "xx"
    assert _("Theme") == "Theme·Theme"
    assert _("") == ""
    assert ngettext("{n} day", "{n} days", 2) == "{n} days·{n} days"


@pytest.mark.parametrize(
    ("variables", "code"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "ko_KR.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANGUAGE": "ko:en", "LANG": "de_DE.UTF-8"}, "ko"),
        ({}, "en"),
    ],
)
@pytest.mark.skipif("sys.platform in ('win32', 'darwin')", reason="elsewhere the system is asked")
def test_the_systems_language(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], code: str
) -> None:
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert system_language() == code
