"""Names of files: whatever comes, what is kept is a name and never a path."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.core.file_names import (
    LONGEST_NAME,
    clean_name,
    is_runnable,
    local_name,
    shortened,
)

HOSTILE = {
    "../../etc/passwd": "passwd",
    "..\\..\\windows\\win.ini": "win.ini",
    "C:\\Users\\me\\a.txt": "a.txt",
    "C:a.txt": "C_a.txt",
    "\\\\server\\share\\a.txt": "a.txt",
    "/": "",
    "..": "",
    "...": "",
    " . ": "",
    "a/b/": "b",
    "a/..": "a",
    "~/.ssh/authorized_keys": "authorized_keys",
    "a\x00.txt": "a.txt",
    "a\r\nSet-Cookie: x.txt": "a Set-Cookie_ x.txt",
    "보고서\u202egpj.exe": "보고서gpj.exe",
    "\u200bzero\u200dwidth\ufeff.txt": "zerowidth.txt",
    "CON": "_CON",
    "con.txt": "_con.txt",
    "Lpt1 .txt": "_Lpt1.txt",
    "COM¹": "_COM¹",
    "CONSOLE.txt": "CONSOLE.txt",
    "a.txt:evil.exe": "a.txt_evil.exe",
    "a.txt::$DATA": "a.txt__$DATA",
    'a<b>"c"|d?e*.txt': "a_b__c__d_e_.txt",
    "a.txt. . .": "a.txt",
    "  a  b\t.txt": "a b.txt",
    "a\u00a0b.txt": "a b.txt",
    ".htaccess": ".htaccess",
    "%2e%2e%2fa": "%2e%2e%2fa",
    "{name} <b>굵게</b>.txt": "b_.txt",
    "\ud800a.txt": "a.txt",
    unicodedata.normalize("NFD", "한글 이름.hwp"): "한글 이름.hwp",
}


@pytest.mark.parametrize(("raw", "kept"), HOSTILE.items(), ids=map(ascii, HOSTILE))
def test_hostile_name_becomes_a_plain_one(raw: str, kept: str) -> None:
    assert clean_name(raw) == kept


@given(st.text(max_size=400))
def test_any_name_is_no_path_and_stays_as_it_is_kept(raw: str) -> None:
    name = clean_name(raw)
    assert len(name) <= LONGEST_NAME
    assert not set(name) & set('/\\:<>"|?*\x00\r\n')
    assert name not in (".", "..")
    assert not name.endswith((".", " "))
    assert clean_name(name) == name
    assert len(local_name(raw).encode()) <= LONGEST_NAME


def test_long_name_keeps_its_ending() -> None:
    assert clean_name("가" * 300 + ".hwpx") == "가" * 250 + ".hwpx"
    assert shortened("가나다.txt", 10, lambda text: len(text.encode())) == "가나.txt"
    assert len(local_name("가" * 300 + ".hwpx").encode()) <= 231


def test_names_that_are_run() -> None:
    assert is_runnable("a.EXE")
    assert is_runnable("보고서.pdf.js")
    assert not is_runnable("exe")
    assert not is_runnable("a.exe.txt")
