"""The look as data: colours of both themes, spacing, sizes (DESIGN.md, "Look").

Every text colour has a contrast of at least 5.5:1 on ``window`` and ``surface``; a test holds it.
"""

from __future__ import annotations

from collections.abc import Mapping

LIGHT: Mapping[str, str] = {
    "window": "#F5F6F8",
    "surface": "#FFFFFF",
    "border": "#D5D9E0",
    "border_strong": "#8A93A1",
    "text": "#1B1F27",
    "muted": "#5B6472",
    "disabled": "#9AA2AE",
    "accent": "#2457C5",
    "accent_hover": "#1E4AA9",
    "accent_pressed": "#193F91",
    "on_accent": "#FFFFFF",
    "selection": "#DCE6FB",
    "hover": "#ECEFF4",
    "pressed": "#E1E5EC",
    "ok": "#1B6E3C",
    "warning": "#8A5300",
    "danger": "#B3261E",
    "danger_hover": "#951F19",
    "info": "#0B6A86",
    "ok_soft": "#E3F3E9",
    "warning_soft": "#FDF0DC",
    "danger_soft": "#FCE8E6",
    "info_soft": "#E0F2F7",
    "skeleton": "#E6E9EE",
    "local": "#5B6472",
    "staging": "#8A5300",
    "production": "#B3261E",
    "tooltip": "#1B1F27",
    "on_tooltip": "#FFFFFF",
    "shadow": "#26000000",
}

DARK: Mapping[str, str] = {
    "window": "#15181D",
    "surface": "#1D2128",
    "border": "#343A45",
    "border_strong": "#6B7482",
    "text": "#E8EBF0",
    "muted": "#A3ACBA",
    "disabled": "#626B79",
    "accent": "#86AEFF",
    "accent_hover": "#9DBEFF",
    "accent_pressed": "#B4CDFF",
    "on_accent": "#0E1420",
    "selection": "#2A3B5E",
    "hover": "#272C35",
    "pressed": "#2F3540",
    "ok": "#6FCF97",
    "warning": "#F0B45A",
    "danger": "#FF8A80",
    "danger_hover": "#FFA79F",
    "info": "#6CC7E3",
    "ok_soft": "#1B3327",
    "warning_soft": "#3A2C14",
    "danger_soft": "#402321",
    "info_soft": "#17323B",
    "skeleton": "#2A2F38",
    "local": "#A3ACBA",
    "staging": "#F0B45A",
    "production": "#FF8A80",
    "tooltip": "#343A45",
    "on_tooltip": "#FFFFFF",
    "shadow": "#73000000",
}

TOKENS: Mapping[str, Mapping[str, str]] = {"light": LIGHT, "dark": DARK}

TEXT_TOKENS = (
    "text",
    "muted",
    "accent",
    "ok",
    "warning",
    "danger",
    "info",
    "local",
    "staging",
    "production",
)
"""Colours that words are written in, on ``window`` and on ``surface``."""

SPACE_1, SPACE_2, SPACE_3, SPACE_4, SPACE_6 = 4, 8, 12, 16, 24
"""Distances, in device-independent pixels."""

CONTROL_HEIGHT = 32
ROW_HEIGHT = 32
ROW_HEIGHT_DENSE = 28
CORNER = 4

TYPE_CAPTION, TYPE_BODY, TYPE_SECTION, TYPE_TITLE, TYPE_HEADLINE = 12, 13, 16, 20, 28
"""Type sizes, in device-independent pixels."""

WEIGHT_REGULAR, WEIGHT_STRONG = 400, 600

FONT_FAMILIES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "win32": {"ko": ("Malgun Gothic", "Segoe UI"), "en": ("Segoe UI", "Malgun Gothic")},
    "darwin": {"ko": ("Apple SD Gothic Neo",), "en": (".AppleSystemUIFont",)},
    "linux": {"ko": ("Noto Sans CJK KR", "Noto Sans"), "en": ("Noto Sans CJK KR", "Noto Sans")},
}

MONOSPACE = ("Cascadia Mono", "Consolas", "D2Coding", "Noto Sans Mono CJK KR", "monospace")


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours ("#RRGGBB"), 1–21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    channels = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    red, green, blue = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
