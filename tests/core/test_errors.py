import inspect
from gettext import NullTranslations

import pytest

from desktop_app.core import errors, language
from desktop_app.core.problems import TEXTS, Problem


class Shouting(NullTranslations):
    def gettext(self, message: str) -> str:
        return message.upper().replace("{ADDRESS}", "{address}").replace("{REASON}", "{reason}")


def test_an_error_says_what_failed_and_what_to_do() -> None:
    error = errors.Unreachable(address="host:1", reason="refused")
    assert str(error) == (
        "host:1 does not answer: refused. Check the connection, or run the connection doctor."
    )


def test_an_error_speaks_the_language_in_use_when_it_is_shown() -> None:
    error = errors.Unreachable(address="host:1", reason="refused")
    language.use("ko", Shouting())
    assert error.text() == "host:1 DOES NOT ANSWER: refused."


def test_every_error_is_a_console_error() -> None:
    classes = [
        c for _, c in inspect.getmembers(errors, inspect.isclass) if c.__module__ == errors.__name__
    ]
    assert len(classes) > 10
    assert all(issubclass(c, errors.ConsoleError) for c in classes)


def test_waiting_is_told_in_whole_seconds() -> None:
    assert "1 seconds" in errors.TooManyRequests(0.2).advice_text()
    assert errors.TooManyRequests(7.6).retry_after_s == 7.6


@pytest.mark.parametrize("code", sorted(TEXTS))
def test_each_problem_has_a_text_that_its_params_fill(code: str) -> None:
    params: dict[str, str | int | float | bool | None] = {"minimum": 1, "maximum": 2}
    params |= {"row": 3, "free": 4, "step": 0.5, "total": "99.9", "name": "x", "columns": 2}
    assert "{" not in Problem(field="x", code=code, params=params).text()


def test_a_problem_of_an_unknown_code_shows_the_code() -> None:
    assert Problem(field="x", code="new_rule").text() == "new_rule"
