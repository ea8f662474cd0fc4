"""Which scenario is played, and what it does."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QMenu, QPushButton, QVBoxLayout, QWidget

from desktop_app.core.language import N_, _
from desktop_app.core.load.scenario import Scenario
from desktop_app.services.loadtest.own_scenarios import ScenarioText
from desktop_app.ui.loadtest.scenario_outline import ScenarioOutline
from desktop_app.ui.tab import TabTools
from desktop_app.ui.texts import follow_language
from desktop_app.ui.theme.icons import icon
from desktop_app.ui.widgets.banner import Banner
from desktop_app.ui.widgets.file_asking import ask, file_dialog
from desktop_app.ui.widgets.plain_text import one_line, plain_label

FOLDER = "load.scenario_folder"
OPEN, HAR, VALIDATION, OWN = "open", "har", "validation", "own"
_DEEDS = {
    OPEN: (N_("Open a file…"), "folder"),
    HAR: (N_("Import a recording (HAR)…"), "import"),
    VALIDATION: (N_("From the last validation run"), "shield"),
    OWN: (N_("Open the folder of own scenarios"), "external"),
}


class ScenarioPanel(QWidget):
    """``chosen`` carries the path of the scenario wanted; ``imported`` that of a recording;

    ``edit_asked``, ``validation_asked`` and ``folder_asked`` say what they are called.
    """

    chosen = Signal(object)
    imported = Signal(object)
    edit_asked = Signal()
    validation_asked = Signal()
    folder_asked = Signal()

    def __init__(self, tools: TabTools, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._tools = tools
        self._shown: ScenarioText | None = None
        self._own_folder = Path()
        self._extra: list[Path] = []
        self.picker = QComboBox()
        self.picker.setMinimumContentsLength(16)
        self.picker.activated.connect(lambda at: self.chosen.emit(self.picker.itemData(at)))
        self.more_button, self.edit_button = QPushButton(), QPushButton()
        self.more_button.setProperty("menu", "true")
        self.menu = QMenu(self.more_button)
        self.more_button.setMenu(self.menu)
        self.actions_by = {key: self.menu.addAction("") for key in _DEEDS}
        self.actions_by[OPEN].triggered.connect(self._ask_file)
        self.actions_by[HAR].triggered.connect(self._ask_har)
        self.actions_by[VALIDATION].triggered.connect(self.validation_asked)
        self.actions_by[OWN].triggered.connect(self.folder_asked)
        self.edit_button.clicked.connect(self.edit_asked)
        self.about = plain_label(role="caption")
        self.about.setWordWrap(True)
        self.problem = Banner(tools.theme)
        self.outline = ScenarioOutline(tools.theme)
        self._build()
        follow_language(self, self._word)

    @property
    def shown(self) -> ScenarioText | None:
        """The scenario chosen, as it was read."""
        return self._shown

    @property
    def scenario(self) -> Scenario | None:
        """The scenario chosen, where it can be run."""
        return self._shown.scenario if self._shown is not None else None

    def show_paths(self, paths: Sequence[Path], own_folder: Path) -> None:
        """The scenarios to choose from."""
        self._own_folder = own_folder
        every = [*paths, *(path for path in self._extra if path not in paths)]
        blocker = QSignalBlocker(self.picker)
        self.picker.clear()
        for path in every:
            self.picker.addItem("", path)
        del blocker
        self._word()

    def show_scenario(self, read: ScenarioText) -> None:
        """Show what was read of a file."""
        self._shown = read
        if read.path is not None and self._place(read.path) < 0:
            self._extra.append(read.path)
            self.picker.addItem("", read.path)
        self._word()

    def show_failed(self, text: str) -> None:
        """A file could not be read; ``text`` is translated."""
        self.problem.tell(text, tone="danger")
        self._choose_shown()

    def _place(self, path: Path) -> int:
        paths = [self.picker.itemData(at) for at in range(self.picker.count())]
        return paths.index(path) if path in paths else -1

    def _choose_shown(self) -> None:
        path = self._shown.path if self._shown is not None else None
        blocker = QSignalBlocker(self.picker)
        self.picker.setCurrentIndex(self._place(path) if path is not None else -1)
        del blocker

    def _ask_file(self) -> None:
        chooser = file_dialog(self, _("Which scenario?"), self._tools.state, FOLDER)
        chooser.setNameFilter(_("Scenarios") + " (*.toml)")
        ask(chooser, self._tools.state, FOLDER, self.chosen.emit)

    def _ask_har(self) -> None:
        chooser = file_dialog(self, _("Which recording?"), self._tools.state, FOLDER)
        chooser.setNameFilter(_("Recordings of a browser") + " (*.har *.json)")
        ask(chooser, self._tools.state, FOLDER, self.imported.emit)

    def _build(self) -> None:
        bar = QHBoxLayout()
        bar.setSpacing(8)
        bar.addWidget(self.picker, 1)
        bar.addWidget(self.edit_button)
        bar.addWidget(self.more_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(bar)
        column.addWidget(self.about)
        column.addWidget(self.problem)
        column.addWidget(self.outline)

    def _word(self) -> None:
        for at in range(self.picker.count()):
            path: Path = self.picker.itemData(at)
            own = path.parent == self._own_folder
            text = _("{name} (own)").format(name=path.stem) if own else path.stem
            self.picker.setItemText(at, one_line(text))
        self._choose_shown()
        self.picker.setAccessibleName(_("Scenario"))
        self.edit_button.setText(_("Edit…"))
        self.edit_button.setIcon(icon("edit"))
        self.edit_button.setEnabled(self._shown is not None)
        self.more_button.setText(_("Other"))
        for key, (text, icon_name) in _DEEDS.items():
            self.actions_by[key].setText(_(text))
            self.actions_by[key].setIcon(icon(icon_name))
        self._show()

    def _show(self) -> None:
        read = self._shown
        scenario = read.checked.scenario if read is not None else None
        self.outline.show_scenario(scenario)
        about = scenario.description if scenario is not None else ""
        self.about.setText(one_line(about))
        self.about.setVisible(bool(about))
        problems = read.checked.problems if read is not None else ()
        if problems:
            text = "\n".join(one.told() for one in problems[:5])
            self.problem.tell(
                text, tone="danger", action=(_("Edit…"), self.edit_asked.emit), closable=False
            )
        else:
            self.problem.hide()
