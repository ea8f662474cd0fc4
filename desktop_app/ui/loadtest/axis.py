"""An axis that draws straight: to replay texts from a recording costs ten times as much."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QPainter

from desktop_app.core.language import _

WIDTH = 56
"""Of the left one: charts above each other begin at the same place."""
HEIGHT = 22
"""Of the bottom one, with figures alone."""


class Axis(pg.AxisItem):  # type: ignore[misc]
    """As pyqtgraph's own, which records every text in a picture and plays it at each paint.

    ``unit`` is a message id with ``{n}``: where there is no room for a label, each figure has it.
    ``least``: figures are so far apart at least; half a run or half a user is none.
    """

    def __init__(
        self, orientation: str, height: int = HEIGHT, *, unit: str = "", least: float = 0.0
    ) -> None:
        super().__init__(orientation)
        self._unit, self._least = unit, least
        self._specs: Any = None
        self.setStyle(maxTickLevel=0)  # of the little ones between, each costs a line
        if orientation == "left":
            self.setWidth(WIDTH)
        else:
            self.setHeight(height)

    def tickSpacing(  # noqa: N802
        self, lowest: float, highest: float, size: float
    ) -> list[tuple[float, float]]:
        """pyqtgraph's own, but for those that are too near."""
        found = super().tickSpacing(lowest, highest, size)
        return [(max(spacing, self._least), offset) for spacing, offset in found]

    def tickStrings(  # noqa: N802
        self, values: Sequence[float], scale: float, spacing: float
    ) -> list[str]:
        """Whole figures, thousands apart: pyqtgraph writes a million as 1e+06."""
        places = max(0, -math.floor(math.log10(spacing * scale) + 1e-9))
        texts = [f"{value * scale:,.{places}f}" for value in values]
        return [_(self._unit).format(n=text) for text in texts] if self._unit else texts

    def paint(self, p: QPainter, opt: object, widget: object) -> None:  # noqa: ARG002
        """Draw it; what is to be drawn is worked out anew only after a change."""
        base: Any = self  # pyqtgraph drops its ``picture`` whenever anything changes
        if base.picture is None or self._specs is None:
            self._specs = self.generateDrawSpecs(p)
            base.picture = self._specs
        if self._specs is not None:
            p.save()
            self.drawPicture(p, *self._specs)
            p.restore()
