"""What fills the ``${name}`` of a user's requests."""

from __future__ import annotations

import random
import uuid
from datetime import UTC, datetime
from itertools import count
from typing import Any

from desktop_app.core.load.scenario import Account, DataSet, RowOrder
from desktop_app.core.load.templates import random_range


class Tables:
    """Hands out the rows of a scenario's data sets, this generator's share of them."""

    def __init__(
        self, data: tuple[DataSet, ...], place: int, places: int, draw: random.Random
    ) -> None:
        self._draw = draw
        self._tables = [(table, count(place, places)) for table in data if table.rows]

    def draw(self, into: dict[str, Any]) -> None:
        """Put one row of each table into ``into``, as ``TABLE.COLUMN``."""
        for table, turns in self._tables:
            if table.order is RowOrder.BY_CHANCE:
                row = self._draw.choice(table.rows)
            else:
                row = table.rows[next(turns) % len(table.rows)]
            into.update((f"{table.name}.{c}", v) for c, v in zip(table.columns, row, strict=True))


class Values:
    """One user's names and values."""

    __slots__ = ("_account", "_draw", "_number", "_tables", "round", "saved")

    def __init__(
        self, number: int, account: Account | None, tables: Tables, draw: random.Random
    ) -> None:
        self._number, self._account = number, account
        self._tables, self._draw = tables, draw
        self.saved: dict[str, Any] = {}
        self.round = 0

    @property
    def login(self) -> str:
        """Who the user signs in as; "" for nobody."""
        return self._account.login_id if self._account is not None else ""

    def begin_round(self) -> None:
        """A flow begins: count it, draw new rows."""
        self.round += 1
        self.draw_rows()

    def draw_rows(self) -> None:
        """Draw new rows."""
        self._tables.draw(self.saved)

    def __call__(self, name: str) -> Any:
        """The value of a name; raises ``KeyError`` where there is none."""
        if name in self.saved:
            return self.saved[name]
        if name == "user":
            return self._number
        if name == "round":
            return self.round
        if name == "uuid":
            return str(uuid.uuid4())  # never the same again, not even with the same seed
        if name == "now":
            return datetime.now(UTC).isoformat(timespec="milliseconds")
        if self._account is not None and name in ("login_id", "password"):
            return getattr(self._account, name)
        if bounds := random_range(name):
            return self._draw.randint(*bounds)
        raise KeyError(name)
