"""A menu of formats: choose one, say where to, and what is in front is written there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMenu, QWidget

from desktop_app.config.settings import UiState
from desktop_app.core.language import _
from desktop_app.ui.tab import TabAction
from desktop_app.ui.texts import follow_language
from desktop_app.ui.widgets.file_asking import ask, file_dialog

FOLDER = "export.folder"


class ExportMenu(QMenu):
    """Offers ``kinds`` (message ids by the file's ending).

    ``name`` gives a name for the file, without date and ending, or None while there is nothing to
    write; ``write`` gets the path.
    """

    def __init__(
        self,
        owner: QWidget,
        state: UiState,
        kinds: Mapping[str, str],
        *,
        name: Callable[[], str | None],
        write: Callable[[Path], object],
    ) -> None:
        super().__init__(owner)
        self._owner, self._state, self._kinds = owner, state, kinds
        self._name, self._write = name, write
        for suffix, title in kinds.items():
            action = self.addAction(_(title))
            action.setData(suffix)
            action.triggered.connect(partial(self._ask, suffix))
        follow_language(self, self._word)

    def offers(self) -> list[TabAction]:
        """What can be exported now, for the palette."""
        if self._name() is None:
            return []
        return [
            TabAction(
                name=_("Export: {kind}").format(kind=_(title)),
                english=f"Export: {title}",
                icon="export",
                run=partial(self._ask, suffix),
            )
            for suffix, title in self._kinds.items()
        ]

    def _ask(self, suffix: str, _checked: bool = False) -> None:
        name = self._name()
        if name is None:
            return
        chooser = file_dialog(self._owner, _("Export to which file?"), self._state, FOLDER)
        chooser.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        words = _(self._kinds[suffix]).partition("(")[0].strip()  # parentheses hold patterns
        chooser.setNameFilter(f"{words} (*.{suffix})")
        chooser.setDefaultSuffix(suffix)
        chooser.selectFile(f"{name}-{datetime.now():%Y-%m-%d}.{suffix}")
        ask(chooser, self._state, FOLDER, partial(self._on_chosen, suffix))

    def _on_chosen(self, suffix: str, path: Path) -> None:
        fits = path.suffix.lower() == f".{suffix}"
        self._write(path if fits else path.with_name(f"{path.name}.{suffix}"))

    def _word(self) -> None:
        for action in self.actions():
            action.setText(_(self._kinds[action.data()]))
