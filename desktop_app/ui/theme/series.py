"""Colours of series in charts, told apart by colour-blind people (Okabe & Ito, 2008).

A series keeps its place, and so its colour, wherever it is drawn. Colours are never the only
difference: lines also differ in their dashes, bars in their width.
"""

from __future__ import annotations

from collections.abc import Mapping

SERIES: Mapping[str, tuple[str, ...]] = {
    "light": ("#0072B2", "#D55E00", "#009E73", "#CC79A7"),
    "dark": ("#56B4E9", "#E69F00", "#009E73", "#CC79A7"),
}
"""By theme; each at least 3:1 against the surface (WCAG 2.2, 1.4.11)."""
