"""Companies: list, create, change, deactivate, delete."""

from __future__ import annotations

from starlette.responses import Response

from desktop_app.backend import editing
from desktop_app.backend.answers import (
    CompanyList,
    CompanyNames,
    CreatedCompany,
    OneCompany,
    Usage,
)
from desktop_app.backend.idempotency import repetition
from desktop_app.backend.json_bodies import flat_values
from desktop_app.backend.lists import ListSpec, equals, flag, listed
from desktop_app.backend.parts import Platform
from desktop_app.backend.request_shapes import (
    IDEMPOTENCY_PARAMETER,
    VERSION_PARAMETER,
    list_parameters,
    shape_of,
)
from desktop_app.backend.resources import COMPANIES
from desktop_app.backend.routing import Call, Route, answer, etag
from desktop_app.backend.store import Document
from desktop_app.backend.views import company_views
from desktop_app.core.companies import COMPANY_FIELDS
from desktop_app.core.permissions import Scope

COMPANY_LIST = ListSpec(
    collection="companies",
    sorts={
        "created_at": "idx_companies_created_at",
        "name": "idx_companies_name",
        "business_number": None,
        "address": None,
        "contact_email": None,
        "contact_phone": None,
        "is_active": None,
        "updated_at": None,
        "settings.max_users": None,
        "settings.max_projects": None,
        "settings.storage_limit_gb": None,
    },
    filters={
        "id": equals("_id"),
        "name": equals("name"),
        "business_number": equals("business_number"),
        "contact_email": equals("contact_email"),
        "is_active": flag(lambda yes, _: {"is_active": yes}),
    },
    search=("name", "business_number", "contact_email", "contact_phone", "address"),
)

NAME_LIST = ListSpec(
    collection="companies",
    sorts={"name": "idx_companies_name"},
    filters={},
    search=("name", "business_number"),
    default_sort="name",
)

_LIMITS = frozenset(key for key in COMPANIES.keys if key.startswith("settings."))


async def list_companies(call: Call) -> Response:
    """A page of companies within reach."""
    reach = editing.reach(call, COMPANIES)
    return await listed(call, COMPANY_LIST, reach, "companies", company_views)


async def list_names(call: Call) -> Response:
    """A page of every active company by name: also those whose own staff the caller is not."""

    async def views(_: Platform, companies: list[Document]) -> list[dict[str, str]]:
        return [{"id": company["_id"], "name": company["name"]} for company in companies]

    return await listed(call, NAME_LIST, {"is_active": True}, "companies", views)


async def read_company(call: Call) -> Response:
    """One company."""
    return await _one(call, await editing.find(call, COMPANIES))


async def create_company(call: Call) -> Response:
    """A new company."""
    body = await call.body()
    values = COMPANIES.with_defaults(flat_values(body, COMPANIES.keys))
    company = await editing.create(call, COMPANIES, values, {}, repetition(call, body))
    content = {
        "company_id": company["_id"],
        "message": "The company was created.",
        "company": await COMPANIES.view(call.platform, company),
    }
    headers = {"Location": f"/api/companies/{company['_id']}", **etag(company)}
    return answer(content, 201, headers)


async def change_company(call: Call) -> Response:
    """A company after a merge patch (RFC 7396); only administrators change its limits."""
    patch = COMPANIES.normalised(flat_values(await call.body(), COMPANIES.keys))
    fixed_here = frozenset() if call.scope is Scope.ALL else _LIMITS
    return await _one(call, await editing.change(call, COMPANIES, patch, fixed_here))


async def delete_company(call: Call) -> Response:
    """Removes a company that nothing refers to."""
    await editing.delete(call, COMPANIES)
    return Response(status_code=204)


async def company_usage(call: Call) -> Response:
    """What refers to a company."""
    company = await editing.find(call, COMPANIES)
    return answer({"usage": await editing.usage(call, COMPANIES, company["_id"])})


async def activate_company(call: Call) -> Response:
    """Lets a company's users sign in again."""
    return await _one(call, await editing.set_active(call, COMPANIES, active=True))


async def deactivate_company(call: Call) -> Response:
    """Keeps a company's users out."""
    return await _one(call, await editing.set_active(call, COMPANIES, active=False))


async def _one(call: Call, company: Document) -> Response:
    view = await COMPANIES.view(call.platform, company)
    return answer({"company": view}, headers=etag(company))


_VERSIONED = (VERSION_PARAMETER,)

ROUTES = (
    Route(
        "companies.list",
        list_companies,
        CompanyList,
        parameters=list_parameters(COMPANY_LIST.sorts, COMPANY_LIST.filters),
    ),
    Route(
        "companies.create",
        create_company,
        CreatedCompany,
        201,
        request=shape_of(COMPANY_FIELDS),
        parameters=(IDEMPOTENCY_PARAMETER,),
    ),
    # Before the route of one company, whose path would take "names" for an id.
    Route(
        "companies.names",
        list_names,
        CompanyNames,
        parameters=list_parameters(NAME_LIST.sorts, NAME_LIST.filters),
    ),
    Route("companies.read", read_company, OneCompany),
    Route(
        "companies.change",
        change_company,
        OneCompany,
        request=shape_of(COMPANY_FIELDS, partial=True),
        parameters=_VERSIONED,
    ),
    Route("companies.delete", delete_company, None, 204, parameters=_VERSIONED),
    Route("companies.usage", company_usage, Usage),
    Route("companies.activate", activate_company, OneCompany, parameters=_VERSIONED),
    Route("companies.deactivate", deactivate_company, OneCompany, parameters=_VERSIONED),
)
