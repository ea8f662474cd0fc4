"""Own line icons, drawn from SVG in a token's colour, sharp at every scale, following the theme.

An icon is a set of pictures, one per size and screen scale in use. When the theme changes, every
button, action and label that shows one gets its successor: it is known by its cache key.
(An icon engine of our own would draw on demand, but PySide loses the clone that Qt asks it for.)
"""

from __future__ import annotations

from pathlib import Path
from weakref import WeakSet

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel

from desktop_app.ui.theme.theme import Theme

_DRAWN_IN = b"#000"
"""The colour that the files are drawn in; it is what a token's colour replaces."""

SIZES = (16, 20)
"""Sizes that icons are shown at, in device-independent pixels."""


class _IconSet:
    """Where icons come from: the folder of SVG files and the theme that colours them."""

    def __init__(self) -> None:
        self.folder: Path | None = None
        self.theme: Theme | None = None
        self.followed: WeakSet[Theme] = WeakSet()
        self.sources: dict[str, bytes] = {}
        self.icons: dict[tuple[str, str, str], QIcon] = {}
        self.pixmaps: dict[tuple[str, str, int, float, str], QPixmap] = {}
        self.icon_keys: dict[int, tuple[str, str]] = {}
        self.pixmap_keys: dict[int, tuple[str, str, int, float]] = {}

    def use(self, folder: Path, theme: Theme) -> None:
        """Take pictures from ``folder`` and colours from ``theme``."""
        self.folder, self.theme = folder, theme
        self.forget()
        if theme not in self.followed:
            self.followed.add(theme)
            theme.changed.connect(self.recolour)

    def forget(self) -> None:
        """Draw everything anew when it is asked for again."""
        self.icons.clear()
        self.pixmaps.clear()

    def source(self, name: str) -> bytes:
        """The file of ``name``; raises ``FileNotFoundError`` for an icon that does not exist."""
        if self.folder is None:
            raise RuntimeError("use_icons() comes before the first icon")
        if name not in self.sources:
            self.sources[name] = (self.folder / f"{name}.svg").read_bytes()
        return self.sources[name]

    def draw(self, name: str, token: str, side: int) -> QPixmap:
        """One picture of ``side`` pixels of the screen, in the colour of ``token`` now."""
        assert self.theme is not None
        colour = self.theme.color(token).name().encode("ascii")
        renderer = QSvgRenderer(QByteArray(self.source(name).replace(_DRAWN_IN, colour)))
        picture = QPixmap(side, side)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        renderer.render(painter, QRectF(0, 0, side, side))
        painter.end()
        return picture

    def icon(self, name: str, token: str) -> QIcon:
        """The icon in the theme in use; the same object while the theme stays."""
        self.source(name)
        assert self.theme is not None
        key = (name, token, self.theme.name)
        if key not in self.icons:
            made = QIcon()
            for side in sorted({round(size * ratio) for size in SIZES for ratio in _ratios()}):
                made.addPixmap(self.draw(name, token, side))
                made.addPixmap(self.draw(name, "disabled", side), QIcon.Mode.Disabled)
            self.icons[key] = made
            self.icon_keys[made.cacheKey()] = (name, token)
        return self.icons[key]

    def pixmap(self, name: str, token: str, size: int, ratio: float) -> QPixmap:
        """One picture in the theme in use; the same object while the theme stays."""
        self.source(name)
        assert self.theme is not None
        key = (name, token, size, ratio, self.theme.name)
        if key not in self.pixmaps:
            made = self.draw(name, token, round(size * ratio))
            made.setDevicePixelRatio(ratio)
            self.pixmaps[key] = made
            self.pixmap_keys[made.cacheKey()] = (name, token, size, ratio)
        return self.pixmaps[key]

    def recolour(self) -> None:
        """Give everything that shows an icon the one of the theme in use."""
        for widget in QApplication.allWidgets():
            if isinstance(widget, QAbstractButton):
                self._recolour_icon(widget)
            elif isinstance(widget, QLabel):
                known = self.pixmap_keys.get(widget.pixmap().cacheKey())
                if known:
                    widget.setPixmap(self.pixmap(*known))
            for action in widget.actions():
                self._recolour_icon(action)

    def _recolour_icon(self, holder: QAbstractButton | QAction) -> None:
        known = self.icon_keys.get(holder.icon().cacheKey())
        if known:
            holder.setIcon(self.icon(*known))


_icons = _IconSet()


def use_icons(folder: Path, theme: Theme) -> None:
    """Take icons from ``folder`` and colours from ``theme`` from now on."""
    _icons.use(folder, theme)


def icon(name: str, token: str = "text") -> QIcon:
    """The icon ``name`` in the colour of ``token``.

    Buttons and actions that show it follow the theme by themselves; a model gives it anew each
    time. Raises ``FileNotFoundError`` for a name without a file in resources/icons.
    """
    return _icons.icon(name, token)


def pixmap(name: str, token: str = "text", size: int = 16, ratio: float | None = None) -> QPixmap:
    """The icon as a picture of ``size`` device-independent pixels; labels follow the theme.

    ``ratio`` is the screen's scale, by default that of the sharpest screen.
    """
    return _icons.pixmap(name, token, size, ratio or max(_ratios()))


def _ratios() -> set[float]:
    return {screen.devicePixelRatio() for screen in QGuiApplication.screens()} or {1.0}
