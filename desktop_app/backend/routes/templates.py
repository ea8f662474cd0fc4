"""Templates: list, create, change (as a new revision once bound), deactivate, delete."""

from __future__ import annotations

from starlette.responses import Response

from desktop_app.backend import editing
from desktop_app.backend.answers import (
    CreatedTemplate,
    OneTemplate,
    TemplateList,
    TemplateRevisions,
    Usage,
)
from desktop_app.backend.idempotency import repetition
from desktop_app.backend.json_bodies import flat_values
from desktop_app.backend.lists import ListSpec, equals, flag, listed
from desktop_app.backend.problem_details import broken_rule, not_found
from desktop_app.backend.request_shapes import (
    IDEMPOTENCY_PARAMETER,
    REVISION_PARAMETER,
    VERSION_PARAMETER,
    list_parameters,
    template_shape,
)
from desktop_app.backend.resources import TEMPLATES
from desktop_app.backend.routing import Call, Route, answer, etag
from desktop_app.backend.store import Document
from desktop_app.backend.template_revisions import CONTENT, find_revision, revision_of
from desktop_app.backend.template_views import revision_view, sheets_by_revision, template_views

_HIGHEST_REVISION = 10_000_000

TEMPLATE_LIST = ListSpec(
    collection="templates",
    sorts={
        "company_id": "idx_templates_company_name",
        "category": "idx_templates_category_active",
        "created_by": "idx_templates_created_by_date",
        "created_at": None,
        "updated_at": None,
        "name": None,
        "is_active": None,
        "revision": None,
    },
    filters={
        "id": equals("_id"),
        "name": equals("name"),
        "company_id": equals("company_id"),
        "category": equals("category"),
        "created_by": equals("created_by"),
        "is_active": flag(lambda yes, _: {"is_active": yes}),
        "shared": flag(lambda yes, _: {"company_id": None if yes else {"$ne": None}}),
    },
    search=("name", "description", "category"),
)


async def list_templates(call: Call) -> Response:
    """A page of the templates of one's company and of those that all share."""
    reach = editing.reach(call, TEMPLATES)
    return await listed(call, TEMPLATE_LIST, reach, "templates", template_views)


async def read_template(call: Call) -> Response:
    """One template, at its newest revision unless another one is asked for."""
    number = _revision(call)
    template = await editing.find(call, TEMPLATES)
    if number is not None and number != template["revision"]:
        kept = await find_revision(call.platform.store, template, number)
        if kept is None:
            raise not_found()
        template |= {"revision": number, **{key: kept.get(key) for key in CONTENT}}
    return await _one(call, template)


async def create_template(call: Call) -> Response:
    """A new template, of one's own company unless an administrator says otherwise."""
    body = await call.body()
    given = flat_values(body, TEMPLATES.keys)
    values = TEMPLATES.with_defaults(given, call.company_scope())
    extra = {"created_by": call.me.id}
    template = await editing.create(call, TEMPLATES, values, extra, repetition(call, body))
    content = {
        "template_id": template["_id"],
        "message": "The template was created.",
        "template": await TEMPLATES.view(call.platform, template),
    }
    headers = {"Location": f"/api/templates/{template['_id']}", **etag(template)}
    return answer(content, 201, headers)


async def change_template(call: Call) -> Response:
    """A template after a merge patch (RFC 7396), whose criteria are replaced as a whole."""
    patch = TEMPLATES.normalised(flat_values(await call.body(), TEMPLATES.keys))
    return await _one(call, await editing.change(call, TEMPLATES, patch))


async def delete_template(call: Call) -> Response:
    """Removes a template, with its revisions, that nothing refers to."""
    await editing.delete(call, TEMPLATES)
    return Response(status_code=204)


async def template_usage(call: Call) -> Response:
    """What refers to a template."""
    template = await editing.find_own(call, TEMPLATES)
    return answer({"usage": await editing.usage(call, TEMPLATES, template["_id"])})


async def list_revisions(call: Call) -> Response:
    """Every revision of a template that was saved, with how many sheets in reach it binds."""
    store = call.platform.store
    template = await editing.find(call, TEMPLATES)
    cursor = store["template_revisions"].find({"template_id": template["_id"]})
    kept = await cursor.sort("revision", -1).to_list()
    if not kept or kept[0]["revision"] != template["revision"]:
        kept.insert(0, revision_of(template))
    uses = await sheets_by_revision(store, template["_id"], call.company_scope())
    views = [revision_view(revision, uses.get(revision["revision"], 0)) for revision in kept]
    return answer({"revisions": views})


async def activate_template(call: Call) -> Response:
    """Lets projects choose a template again."""
    return await _one(call, await editing.set_active(call, TEMPLATES, active=True))


async def deactivate_template(call: Call) -> Response:
    """Offers a template to no project any more; those that use it keep it."""
    return await _one(call, await editing.set_active(call, TEMPLATES, active=False))


def _revision(call: Call) -> int | None:
    asked = call.request.query_params
    for key in asked:
        if key != "revision":
            raise broken_rule(key[:100], "unknown_field")
    text = asked.get("revision")
    if text is None:
        return None
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    if not 1 <= number <= _HIGHEST_REVISION:
        raise broken_rule("revision", "type")
    return number


async def _one(call: Call, template: Document) -> Response:
    view = await TEMPLATES.view(call.platform, template)
    return answer({"template": view}, headers=etag(template))


_VERSIONED = (VERSION_PARAMETER,)

ROUTES = (
    Route(
        "templates.list",
        list_templates,
        TemplateList,
        parameters=list_parameters(TEMPLATE_LIST.sorts, TEMPLATE_LIST.filters),
    ),
    Route(
        "templates.create",
        create_template,
        CreatedTemplate,
        201,
        request=template_shape(),
        parameters=(IDEMPOTENCY_PARAMETER,),
    ),
    Route("templates.read", read_template, OneTemplate, parameters=(REVISION_PARAMETER,)),
    Route(
        "templates.change",
        change_template,
        OneTemplate,
        request=template_shape(partial=True),
        parameters=_VERSIONED,
    ),
    Route("templates.delete", delete_template, None, 204, parameters=_VERSIONED),
    Route("templates.usage", template_usage, Usage),
    Route("templates.revisions", list_revisions, TemplateRevisions),
    Route("templates.activate", activate_template, OneTemplate, parameters=_VERSIONED),
    Route("templates.deactivate", deactivate_template, OneTemplate, parameters=_VERSIONED),
)
