"""The theme in use: palette, style sheet and fonts made from the tokens, switched at once."""

from __future__ import annotations

import sys
from pathlib import Path
from string import Template

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPalette
from PySide6.QtWidgets import QApplication, QStyleFactory, QWidget

from desktop_app.core.language import language
from desktop_app.ui.theme import tokens

CHOICES = ("system", "light", "dark")

_WINDOWS_11_BUILD = 22000

_PALETTE = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "surface",
    QPalette.ColorRole.AlternateBase: "window",
    QPalette.ColorRole.ToolTipBase: "tooltip",
    QPalette.ColorRole.ToolTipText: "on_tooltip",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Button: "surface",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "danger",
    QPalette.ColorRole.Highlight: "accent",
    QPalette.ColorRole.HighlightedText: "on_accent",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "accent",
    QPalette.ColorRole.LinkVisited: "accent",
    QPalette.ColorRole.Light: "surface",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "border_strong",
    QPalette.ColorRole.Shadow: "border_strong",
}

_GREYED = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
    QPalette.ColorRole.HighlightedText,
)


class Theme(QObject):
    """The look in use; ``changed`` is sent after every switch.

    ``folder`` holds ``console.qss`` and the glyphs that it names.
    """

    changed = Signal()

    def __init__(self, app: QApplication, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._app = app
        self._folder = folder
        self._template = Template((folder / "console.qss").read_text(encoding="utf-8"))
        self._choice = ""
        self.name = "light"
        app.setStyle(QStyleFactory.create(style_name()))
        app.styleHints().colorSchemeChanged.connect(self._on_colour_scheme_changed)

    @property
    def dark(self) -> bool:
        """Whether the dark theme is in use."""
        return self.name == "dark"

    def color(self, token: str) -> QColor:
        """The colour of ``token`` in the theme in use."""
        return QColor(tokens.TOKENS[self.name][token])

    def apply(self, choice: str) -> None:
        """Use "light", "dark" or what the system uses ("system") from now on."""
        if choice not in CHOICES:
            raise ValueError(f"theme {choice!r} is none of {', '.join(CHOICES)}")
        self._choice = choice
        self._use(self._wanted(), force=True)

    def reword(self) -> None:
        """Set the fonts anew after a switch of the language."""
        self._app.setFont(body_font())
        self._use(self.name, force=True)

    def _wanted(self) -> str:
        if self._choice != "system":
            return self._choice
        return _name_of(self._app.styleHints().colorScheme())

    def _on_colour_scheme_changed(self, scheme: Qt.ColorScheme) -> None:
        if self._choice == "system":
            self._use(_name_of(scheme), force=False)

    def _use(self, name: str, *, force: bool) -> None:
        if name == self.name and not force and self._app.styleSheet():
            return
        self.name = name
        self._app.setFont(body_font())
        self._app.setPalette(self._palette())
        self._app.setStyleSheet(self._style_sheet())
        self.changed.emit()

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, token in _PALETTE.items():
            palette.setColor(role, self.color(token))
        for role in _GREYED:
            palette.setColor(QPalette.ColorGroup.Disabled, role, self.color("disabled"))
        palette.setColor(
            QPalette.ColorGroup.Disabled, QPalette.ColorRole.Highlight, self.color("pressed")
        )
        return palette

    def _style_sheet(self) -> str:
        colours = tokens.TOKENS[self.name]
        glyphs = (self._folder / "glyphs" / self.name).as_posix()
        return self._template.substitute(colours, glyphs=glyphs)


def _name_of(scheme: Qt.ColorScheme) -> str:
    return "dark" if scheme == Qt.ColorScheme.Dark else "light"


def style_name() -> str:
    """The widget style of this system: native on Windows 11, Fusion elsewhere."""
    if sys.platform == "win32" and sys.getwindowsversion().build >= _WINDOWS_11_BUILD:
        return "windows11"
    return "Fusion"


def body_font() -> QFont:
    """The font of the body text in the language in use, with tabular figures where it has them."""
    platform = sys.platform if sys.platform in tokens.FONT_FAMILIES else "linux"
    families = tokens.FONT_FAMILIES[platform]
    font = QFont()
    font.setFamilies(list(families.get(language(), families["en"])))
    font.setPixelSize(tokens.TYPE_BODY)
    font.setFeature(QFont.Tag("tnum"), 1)
    return font


def monospace_font() -> QFont:
    """The font for logs and codes."""
    font = QFont()
    font.setFamilies(list(tokens.MONOSPACE))
    font.setStyleHint(QFont.StyleHint.Monospace)
    font.setPixelSize(tokens.TYPE_CAPTION)
    return font


def set_role(widget: QWidget, role: str) -> None:
    """Give ``widget`` a role of the style sheet ("primary", "muted") and restyle it at once."""
    set_look(widget, "role", role)


def set_look(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the style sheet looks at, and restyle ``widget`` at once."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
