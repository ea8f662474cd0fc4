"""The form of a template: its plain fields at the left, its criteria beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.core.fields import Field, Kind
from desktop_app.core.language import N_
from desktop_app.core.problems import Problem
from desktop_app.ui.forms.form import Form
from desktop_app.ui.tab import TabTools
from desktop_app.ui.templates.criteria_editor import CriteriaEditor
from desktop_app.ui.widgets.lookups import Lookup
from desktop_app.ui.widgets.search_field import commit_composition

CRITERIA_FIELD = Field(key="criteria", kind=Kind.MULTILINE, label=N_("Criteria"))
"""The criteria as one field among the others, for what goes through fields by key."""

_FIELDS_WIDTH = 300


class TemplateForm(Form):
    """Edits flat values, ``criteria`` among them: a list of mappings."""

    def __init__(
        self,
        fields: Sequence[Field],
        *,
        lookups: Mapping[str, Lookup],
        tools: TabTools,
        parent: QWidget | None = None,
    ) -> None:
        self.criteria = CriteriaEditor(tools.theme)
        plain = [field for field in fields if field.key != CRITERIA_FIELD.key]
        super().__init__(plain, lookups=lookups, tools=tools, columns=1, parent=parent)
        left, fields_of_form = QWidget(), self.layout()
        assert fields_of_form is not None
        left.setLayout(fields_of_form)  # which leaves its place to the row of both
        left.setFixedWidth(_FIELDS_WIDTH)
        self.side = QVBoxLayout()
        self.side.addWidget(left, 0, Qt.AlignmentFlag.AlignTop)
        self.side.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addLayout(self.side)
        row.addWidget(self.criteria, 1)
        self.criteria.changed.connect(self.changed)

    def set_values(
        self, values: Mapping[str, Any], labels: Mapping[str, str] | None = None
    ) -> None:
        """Show ``values`` as what is there already; without criteria, an empty one is offered."""
        self.criteria.set_criteria(values.get(CRITERIA_FIELD.key) or ({},))
        super().set_values(values, labels)

    def put(self, values: Mapping[str, Any], labels: Mapping[str, str] | None = None) -> None:
        """Write ``values`` into the form as if the person had typed them."""
        plain = {key: value for key, value in values.items() if key != CRITERIA_FIELD.key}
        super().put(plain, labels)
        if CRITERIA_FIELD.key in values:
            self.criteria.put(values[CRITERIA_FIELD.key])

    def values(self) -> dict[str, Any]:
        """What the form holds now, as it would be kept."""
        return {**super().values(), CRITERIA_FIELD.key: self.criteria.criteria()}

    def label_of(self, key: str) -> str:
        """What a referred entry is called, as shown."""
        return "" if key == CRITERIA_FIELD.key else super().label_of(key)

    def set_read_only(self, keys: Iterable[str] | None) -> None:
        """Let these fields (None: all) be read but not changed."""
        self.criteria.set_read_only(keys is None)
        super().set_read_only(keys)

    def problems(self) -> tuple[Problem, ...]:
        """All problems of what the form holds now."""
        return (*super().problems(), *self.criteria.problems())

    def show_problems(self, problems: Iterable[Problem]) -> None:
        """Show ``problems`` at their fields and cells, and no others; focus the first one."""
        told = tuple(problems)
        plain = [p for p in told if p.field.split(".")[0] != CRITERIA_FIELD.key]
        super().show_problems(plain)
        known = any(problem.field in self._places for problem in plain)
        self.criteria.show_problems([p for p in told if p not in plain], focus=not known)

    def validate(self) -> bool:
        """Finish any composition, show all problems; True when there are none."""
        commit_composition()
        self.criteria.drop_blank()
        return super().validate()
