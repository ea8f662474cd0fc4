"""Projects: list, create, change, archive, delete, bind the newest revision of their template."""

from __future__ import annotations

from starlette.responses import Response

from desktop_app.backend import editing, project_steps
from desktop_app.backend.answers import CreatedProject, OneProject, ProjectList, Usage
from desktop_app.backend.idempotency import repetition
from desktop_app.backend.json_bodies import flat_values
from desktop_app.backend.lists import ListSpec, equals, flag, listed, one_of
from desktop_app.backend.project_views import project_views
from desktop_app.backend.request_shapes import (
    IDEMPOTENCY_PARAMETER,
    VERSION_PARAMETER,
    list_parameters,
    project_shape,
)
from desktop_app.backend.resources import PROJECTS
from desktop_app.backend.routing import Call, Route, answer, etag
from desktop_app.backend.store import Document
from desktop_app.core.projects import ProjectStatus

PROJECT_LIST = ListSpec(
    collection="projects",
    sorts={
        "status": "idx_projects_status_created",
        "company_id": "idx_projects_company_name",
        "manager_id": "idx_projects_manager",
        "created_at": None,
        "updated_at": None,
        "name": None,
        "template_id": None,
        "start_date": None,
        "deadline": None,
    },
    filters={
        "id": equals("_id"),
        "name": equals("name"),
        "company_id": equals("company_id"),
        "manager_id": equals("manager_id"),
        "template_id": equals("template_id"),
        "status": one_of("status", frozenset(status.value for status in ProjectStatus)),
        "is_overdue": flag(project_steps.overdue),
    },
    search=("name", "description"),
)


async def list_projects(call: Call) -> Response:
    """A page of projects within reach."""
    reach = editing.reach(call, PROJECTS)
    return await listed(call, PROJECT_LIST, reach, "projects", project_views)


async def read_project(call: Call) -> Response:
    """One project."""
    return await _one(call, await editing.find(call, PROJECTS))


async def create_project(call: Call) -> Response:
    """A new project, of one's own company unless an administrator says otherwise."""
    body = await call.body()
    values = PROJECTS.with_defaults(flat_values(body, PROJECTS.keys), call.company_scope())
    project = await editing.create(call, PROJECTS, values, {}, repetition(call, body))
    content = {
        "project_id": project["_id"],
        "message": "The project was created.",
        "project": await PROJECTS.view(call.platform, project),
    }
    headers = {"Location": f"/api/projects/{project['_id']}", **etag(project)}
    return answer(content, 201, headers)


async def change_project(call: Call) -> Response:
    """A project after a merge patch (RFC 7396)."""
    patch = PROJECTS.normalised(flat_values(await call.body(), PROJECTS.keys))
    return await _one(call, await editing.change(call, PROJECTS, patch))


async def delete_project(call: Call) -> Response:
    """Removes a project that nothing refers to, with the conflicts declared in it."""
    await editing.delete(call, PROJECTS)
    return Response(status_code=204)


async def project_usage(call: Call) -> Response:
    """What refers to a project."""
    project = await editing.find(call, PROJECTS)
    return answer({"usage": await editing.usage(call, PROJECTS, project["_id"])})


async def archive_project(call: Call) -> Response:
    """Puts a project away: it and its sheets are changed no more."""
    await call.no_body()
    archived = {"status": ProjectStatus.ARCHIVED.value}
    return await _one(call, await editing.change(call, PROJECTS, archived))


async def restore_project(call: Call) -> Response:
    """Takes a project out of the archive."""
    await call.no_body()
    return await _one(call, await project_steps.restore(call))


async def revise_project(call: Call) -> Response:
    """Binds a project, and its sheets not begun, to the newest revision of its template."""
    await call.no_body()
    return await _one(call, await project_steps.revise(call))


async def _one(call: Call, project: Document) -> Response:
    view = await PROJECTS.view(call.platform, project)
    return answer({"project": view}, headers=etag(project))


_VERSIONED = (VERSION_PARAMETER,)

ROUTES = (
    Route(
        "projects.list",
        list_projects,
        ProjectList,
        parameters=list_parameters(PROJECT_LIST.sorts, PROJECT_LIST.filters),
    ),
    Route(
        "projects.create",
        create_project,
        CreatedProject,
        201,
        request=project_shape(),
        parameters=(IDEMPOTENCY_PARAMETER,),
    ),
    Route("projects.read", read_project, OneProject),
    Route(
        "projects.change",
        change_project,
        OneProject,
        request=project_shape(partial=True),
        parameters=_VERSIONED,
    ),
    Route("projects.delete", delete_project, None, 204, parameters=_VERSIONED),
    Route("projects.usage", project_usage, Usage),
    Route("projects.archive", archive_project, OneProject, parameters=_VERSIONED),
    Route("projects.restore", restore_project, OneProject, parameters=_VERSIONED),
    Route("projects.revise", revise_project, OneProject, parameters=_VERSIONED),
)
