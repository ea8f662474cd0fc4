"""Making and editing a template: saying before it is saved what saving does to its revisions."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from desktop_app.core.documents import flatten
from desktop_app.core.fields import Field, Kind
from desktop_app.core.language import N_, _
from desktop_app.core.merge import Merge
from desktop_app.core.tasks import TaskContext
from desktop_app.core.template_merge import ORDER, criterion_id, merge_templates, merged_values
from desktop_app.core.template_revisions import CONTENT_KEYS
from desktop_app.core.templates import Criterion, Template
from desktop_app.ui.dialogs.conflict_dialog import ConflictDialog, SideLabels
from desktop_app.ui.dialogs.edit_dialog import EditDialog
from desktop_app.ui.forms.form import Check, Form
from desktop_app.ui.records.kind import usage_text
from desktop_app.ui.templates.preview_dialog import PreviewDialog
from desktop_app.ui.templates.template_form import CRITERIA_FIELD, TemplateForm
from desktop_app.ui.templates.words import side_words
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.lookups import Lookup

_ORDER_FIELD = Field(key=ORDER, kind=Kind.MULTILINE, label=N_("Order of the criteria"))
_SIZE = (1120, 640)


class TemplateDialog(EditDialog[Template]):
    """A template's form with its criteria, and a preview of what is typed.

    Where the present revision is in use, a notice says what saving does, and so does the button.
    """

    form: TemplateForm
    _in_cell = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.resize(*_SIZE)
        self.use = Banner(self._tools.theme)
        self.content.insertWidget(1, self.use)
        self.content.setStretchFactor(self.form, 1)
        self.content.setStretch(self.content.count() - 1, 0)  # the form takes all the room
        self.preview_button = self.add_button(_("Preview"), first=True)
        self.preview_button.clicked.connect(self.preview)
        self._plain_save_text = self.save_button.text()
        self.form.changed.connect(self._on_form_changed)
        if self._record is not None and self._record.in_use and not self._read_only:
            self._tell_use("")
            self._ask_usage(self._record)

    def build_form(self, lookups: Mapping[str, Lookup], _check: Check) -> Form:
        """The plain fields with the criteria beside them."""
        return TemplateForm(self._fields, lookups=lookups, tools=self._tools)

    @property
    def new_revision(self) -> bool:
        """Whether saving what is typed makes a new revision."""
        changed = {*CONTENT_KEYS, CRITERIA_FIELD.key} & set(self.form.changes())
        return self._record is not None and self._record.in_use and bool(changed)

    def preview(self) -> PreviewDialog:
        """Show the criteria as they are typed now, as far as they can be scored."""
        wrong = {p.field.split(".")[1] for p in self.form.criteria.problems() if "." in p.field}
        criteria = [
            Criterion(**criterion)
            for at, criterion in enumerate(self.form.criteria.criteria())
            if str(at) not in wrong
        ]
        name = str(self.form.values()["name"] or _("(no name)"))
        dialog = PreviewDialog(name, criteria, left_out=len(wrong), parent=self)
        dialog.open()
        return dialog

    def _set_saving(self, saving: bool) -> None:
        focused = self.focusWidget()
        if saving:
            self._in_cell = focused is not None and self.form.criteria.view.isAncestorOf(focused)
        super()._set_saving(saving)
        if not saving and self._in_cell:  # its editor closed while nothing could be typed
            self.form.criteria.resume()

    # What saving does

    def _ask_usage(self, template: Template) -> None:
        resource = self._resource

        def work(_context: TaskContext) -> dict[str, int]:
            return resource.usage(template.id)

        def failed(_error: Exception) -> None:
            """The notice says enough without the figures; the server knows what to do."""

        self._tools.runner.start(
            work,
            owner=self,
            done=lambda usage: self._tell_use(usage_text(usage)),
            failed=failed,
        )

    def _tell_use(self, usage: str) -> None:
        assert self._record is not None
        parts = {"usage": usage, "next": self._record.revision + 1}
        text = _("In use: a change makes revision {next}; what uses it keeps the revision it has.")
        if usage:
            text = _(
                "In use by {usage}: a change makes revision {next};"
                " each of them keeps the revision it has."
            )
        self.use.tell(text.format(**parts), closable=False)

    def _on_form_changed(self) -> None:
        if self._saving:
            return
        text = self._plain_save_text
        if self.new_revision and self._record is not None:
            text = _("Save as revision {n}").format(n=self._record.revision + 1)
        self.save_button.setText(text)

    # Conflicts

    def _on_conflict(self, current: Mapping[str, Any]) -> None:
        theirs, mine, base = flatten(current), self.form.values(), self._base
        keys = [field.key for field in self._fields if field.key != CRITERIA_FIELD.key]
        merge = merge_templates(base, mine, theirs, keys)
        fields, names = self._merged_fields(merge)
        self.conflict = ConflictDialog(
            self._name, merge, fields, self._labels(merge, theirs), self, names=names
        )
        self.conflict.resolved.connect(
            lambda choices: self._on_template_resolved(merge, mine, theirs, choices)
        )
        self.conflict.open()

    def _merged_fields(self, merge: Merge) -> tuple[list[Field], dict[str, str]]:
        """The fields of a merge, and what those are called that stand for a criterion."""
        fields = [field for field in self._fields if field.key != CRITERIA_FIELD.key]
        names: dict[str, str] = {}
        for part in merge.fields:
            if criterion_id(part.key):
                fields.append(Field(key=part.key, kind=Kind.MULTILINE, label=""))
                criterion = part.mine or part.theirs or part.base
                names[part.key] = _("Criterion “{name}”").format(name=criterion["name"])
        return [*fields, _ORDER_FIELD], names

    def _labels(self, merge: Merge, theirs: Mapping[str, Any]) -> SideLabels:
        """What stands in each version, in words."""
        called = {part.key: part for part in merge.fields if criterion_id(part.key)}
        versions = {key: (part.base, part.mine, part.theirs) for key, part in called.items()}
        base = {key: side_words(part.base, *versions[key]) for key, part in called.items()}
        mine = {key: side_words(part.mine, *versions[key]) for key, part in called.items()}
        others = {key: side_words(part.theirs, *versions[key]) for key, part in called.items()}
        order = next(part for part in merge.fields if part.key == ORDER)
        known = {
            criterion_id(key): (part.mine or part.theirs or part.base)["name"]
            for key, part in called.items()
        }

        def in_order(ids: Any) -> str:
            return ", ".join(known[id_] for id_ in ids)

        keys = [field.key for field in self._fields]
        own = {key: self.form.label_of(key) for key in keys}
        return SideLabels(
            base={**self._base_labels, **base, ORDER: in_order(order.base)},
            mine={**own, **mine, ORDER: in_order(order.mine)},
            theirs={**self._labels_of(theirs), **others, ORDER: in_order(order.theirs)},
        )

    def _on_template_resolved(
        self,
        merge: Merge,
        mine: Mapping[str, Any],
        theirs: Mapping[str, Any],
        choices: Mapping[str, str],
    ) -> None:
        merged = merged_values(merge.resolved(choices), mine, theirs)
        labels = {"company_id": self.form.label_of("company_id")}
        self._rebase(theirs, int(theirs["version"]))
        if self._record is not None:
            now = {"revision": theirs["revision"], "in_use": theirs["in_use"]}
            self._record = dataclasses.replace(self._record, **now)
            self.use.hide()
            if self._record.in_use:
                self._tell_use("")
        taken = {key: merged[key] for key in merged if merged[key] != self.form.values()[key]}
        self.form.put(taken, {key: label for key, label in labels.items() if key in taken})
        if self.form.changes():
            self.save()
        else:
            self._leave_theirs()
