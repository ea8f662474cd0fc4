import re

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QIcon
from PySide6.QtWidgets import QApplication, QLabel, QToolButton
from pytestqt.qtbot import QtBot

from desktop_app.config.resources import resource
from desktop_app.ui.theme import tokens
from desktop_app.ui.theme.icons import icon, pixmap
from desktop_app.ui.theme.theme import Theme

ICONS = sorted(path.stem for path in resource("icons").glob("*.svg"))


@pytest.mark.parametrize("name", tokens.TOKENS)
@pytest.mark.parametrize("background", ["window", "surface"])
@pytest.mark.parametrize("token", tokens.TEXT_TOKENS)
def test_every_text_colour_can_be_read(name: str, background: str, token: str) -> None:
    colours = tokens.TOKENS[name]
    assert tokens.contrast(colours[token], colours[background]) >= 5.5


@pytest.mark.parametrize("name", tokens.TOKENS)
@pytest.mark.parametrize(
    ("token", "background"),
    [
        ("on_accent", "accent"),
        ("on_accent", "accent_hover"),
        ("on_accent", "accent_pressed"),
        ("on_accent", "danger"),
        ("on_tooltip", "tooltip"),
        ("text", "selection"),
        ("text", "hover"),
        ("text", "pressed"),
        ("text", "ok_soft"),
        ("text", "warning_soft"),
        ("text", "danger_soft"),
        ("text", "info_soft"),
    ],
)
def test_text_on_filled_surfaces_can_be_read(name: str, token: str, background: str) -> None:
    colours = tokens.TOKENS[name]
    assert tokens.contrast(colours[token], colours[background]) >= 5.5


def test_both_themes_have_the_same_tokens() -> None:
    assert set(tokens.LIGHT) == set(tokens.DARK)


def test_contrast_of_black_on_white_is_21() -> None:
    assert tokens.contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("name", tokens.TOKENS)
def test_the_style_sheet_names_only_colours_and_glyphs_there_are(name: str, theme: Theme) -> None:
    theme.apply(name)
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    sheet = app.styleSheet()
    theme.apply("light")
    assert "$" not in sheet.replace("$token", "")
    glyphs = set(re.findall(r"url\(([^)]+)\)", sheet))
    assert glyphs
    for path in glyphs:
        assert resource("theme").joinpath(path).is_file()


@pytest.mark.parametrize("name", ICONS)
def test_every_icon_draws_something(name: str, theme: Theme) -> None:
    image = pixmap(name, "text", 32, 1.0).toImage()
    drawn = sum(
        image.pixelColor(x, y).alpha() > 100
        for x in range(image.width())
        for y in range(image.height())
    )
    assert drawn > 8


def test_an_icon_that_does_not_exist_is_an_error(theme: Theme) -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")


def test_icons_on_screen_follow_the_theme(theme: Theme, qtbot: QtBot) -> None:
    button, label = QToolButton(), QLabel()
    qtbot.addWidget(button)
    qtbot.addWidget(label)
    button.setIcon(icon("plus"))
    label.setPixmap(pixmap("plus", "text", 16, 1.0))
    theme.apply("dark")
    wanted = theme.color("text")
    assert button.icon().pixmap(16, 16).toImage().pixelColor(8, 8) == wanted
    assert label.pixmap().toImage().pixelColor(8, 8) == wanted
    theme.apply("light")
    assert label.pixmap().toImage().pixelColor(8, 8) == QColor(tokens.LIGHT["text"])


def test_a_disabled_icon_is_grey(theme: Theme) -> None:
    image = icon("plus").pixmap(16, 16, QIcon.Mode.Disabled).toImage()
    assert image.pixelColor(8, 8) == theme.color("disabled")


def test_as_the_system_follows_the_system(theme: Theme) -> None:
    # The offscreen platform has no scheme of its own to switch: the signal stands for it.
    hints = QApplication.styleHints()
    theme.apply("system")
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.name == "dark"
    hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
    assert theme.name == "light"


def test_a_chosen_theme_does_not_follow_the_system(theme: Theme) -> None:
    theme.apply("light")
    QApplication.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)
    assert theme.name == "light"


def test_an_unknown_choice_is_refused(theme: Theme) -> None:
    with pytest.raises(ValueError, match="pink"):
        theme.apply("pink")
