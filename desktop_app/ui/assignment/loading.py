"""A project with its matrix, loaded together and kept fresh."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from desktop_app.api.projects import Projects
from desktop_app.core.projects import Project
from desktop_app.ui.assignment.grid import Grid


@dataclass(frozen=True, slots=True)
class Loaded:
    """A project and who evaluates what in it."""

    project: Project
    grid: Grid


def loader(projects: Projects) -> Callable[[str], Loaded]:
    """Loads a project by its id; blocks."""

    def load(project_id: str) -> Loaded:
        project = projects.get(project_id)
        matrix = projects.matrix(project_id)
        return Loaded(project, Grid(matrix, matrix.server_time))

    return load
