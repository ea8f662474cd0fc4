"""``packaging/messages.py``: what the check of the message catalogues must notice."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "packaging" / "messages.py"

SOURCE = """
from desktop_app.core.language import N_, _, ngettext
title = N_("Users")
def f(n, name):
    return _("Delete {name}?").format(name=name), ngettext("{n} user", "{n} users", n).format(n=n)
"""


@pytest.fixture
def messages(tmp_path: Path) -> ModuleType:
    """The script, working on a small tree of its own."""
    spec = importlib.util.spec_from_file_location("messages_under_test", SCRIPT)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.__dict__.update(SOURCES=tmp_path / "sources", LOCALE=tmp_path / "locale")
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "module.py").write_text(SOURCE, encoding="utf-8")
    return module


def translate(messages: ModuleType, *pairs: tuple[str, str]) -> Path:
    """Fill the Korean catalogue: each ``msgid`` line is followed by its ``msgstr``."""
    path: Path = messages.path_of("ko")
    text = path.read_text(encoding="utf-8")
    for msgid, msgstr in pairs:
        before = text
        text = text.replace(
            f'msgid "{msgid}"\nmsgstr ""\n', f'msgid "{msgid}"\nmsgstr "{msgstr}"\n'
        )
        text = text.replace('msgstr[0] ""', f'msgstr[0] "{msgstr}"') if text == before else text
        assert text != before, f"{msgid} is not there to be translated"
    path.write_text(text, encoding="utf-8")
    return path


WHOLE = (
    ("Users", "사용자"),
    ("Delete {name}?", "{name}을(를) 삭제할까요?"),
    ("{n} user", "사용자 {n}명"),
)


def test_a_whole_catalogue_passes_and_compiles(messages: ModuleType) -> None:
    messages.update()
    path = translate(messages, *WHOLE)
    assert messages.check() == 0
    messages.compile_all()
    assert "사용자".encode() in path.with_suffix(".mo").read_bytes()


def test_an_update_keeps_what_is_translated(messages: ModuleType) -> None:
    messages.update()
    path = translate(messages, *WHOLE)
    before = path.read_text(encoding="utf-8")
    messages.update()
    assert path.read_text(encoding="utf-8") == before


def test_an_untranslated_message_fails(
    messages: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    messages.update()
    translate(messages, *WHOLE[1:])
    assert messages.check() == 1
    assert "not translated: 'Users'" in capsys.readouterr().out


def test_a_message_that_the_catalogue_lacks_fails(
    messages: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    messages.update()
    translate(messages, *WHOLE)
    source = messages.SOURCES / "module.py"
    source.write_text(SOURCE.replace("Users", "Companies"), encoding="utf-8")
    assert messages.check() == 1
    said = capsys.readouterr().out
    assert "missing (run `dev.py messages`): 'Companies'" in said
    assert "not used any more (run `dev.py messages`): 'Users'" in said


def test_a_translation_with_other_places_fails(
    messages: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    messages.update()
    translate(messages, WHOLE[0], ("Delete {name}?", "{naem} 삭제"), WHOLE[2])
    assert messages.check() == 1
    assert "places differ: 'Delete {name}?'" in capsys.readouterr().out


def test_a_counted_message_that_is_declared_is_one_message(messages: ModuleType) -> None:
    declared = 'pair = NN_("{n} file", "{n} files")\n'
    (messages.SOURCES / "declared.py").write_text(declared, encoding="utf-8")
    messages.update()
    text = messages.path_of("ko").read_text(encoding="utf-8")
    assert 'msgid "{n} file"\nmsgid_plural "{n} files"\n' in text
