import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.ui.shell.commands import Command, find, initials, score


def command(name: str, *aliases: str) -> Command:
    return Command(name=name, run=lambda: None, aliases=aliases)


def names(found: list[Command]) -> list[str]:
    return [entry.name for entry in found]


def test_an_empty_query_finds_everything_in_order() -> None:
    commands = [command("Users"), command("Companies")]
    assert find(commands, "  ") == commands


def test_the_start_of_a_name_comes_first() -> None:
    commands = [command("Reset users"), command("Users"), command("Unlock several")]
    assert names(find(commands, "us"))[:2] == ["Users", "Reset users"]


def test_letters_may_be_left_out() -> None:
    assert names(find([command("Companies"), command("Users")], "cmp")) == ["Companies"]


def test_what_does_not_fit_is_not_found() -> None:
    assert find([command("Companies")], "xyz") == []


def test_another_name_finds_it_too() -> None:
    assert names(find([command("사용자", "Users")], "user")) == ["사용자"]


@pytest.mark.parametrize("query", ["사용", "ㅅㅇㅈ", "ㅅㅇ", "사자"])
def test_korean_is_found_by_syllables_and_initials(query: str) -> None:
    assert names(find([command("회사"), command("사용자")], query))[0] == "사용자"


def test_initials_of_mixed_text() -> None:
    assert initials("설정 A회") == "ㅅㅈ Aㅎ"


@given(st.text(max_size=20))
def test_a_name_always_finds_itself(name: str) -> None:
    if name.strip():
        assert score(name, name) is not None or name.casefold().strip() == ""


@given(st.text(max_size=12), st.text(max_size=30))
def test_any_query_and_name_can_be_compared(query: str, name: str) -> None:
    found = score(query, name)
    assert found is None or isinstance(found, int)
