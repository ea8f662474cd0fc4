"""An axis that draws straight: to replay texts from a recording costs ten times as much."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtGui import QPainter

WIDTH = 56
"""Of the left one: charts above each other begin at the same place."""
HEIGHT = 22
"""Of the bottom one, with figures alone."""


class Axis(pg.AxisItem):  # type: ignore[misc]
    """As pyqtgraph's own, which records every text in a picture and plays it at each paint."""

    def __init__(self, orientation: str, height: int = HEIGHT) -> None:
        super().__init__(orientation)
        self._specs: Any = None
        self.setStyle(maxTickLevel=0)  # of the little ones between, each costs a line
        if orientation == "left":
            self.setWidth(WIDTH)
        else:
            self.setHeight(height)

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
