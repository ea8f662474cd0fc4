"""The API server of contract v1 (SYSTEM.md §3) as an ASGI application."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

from fastapi import FastAPI, Request
from pymongo import MongoClient
from pymongo.errors import ConnectionFailure, ExecutionTimeout, PyMongoError
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.routing import Match
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from desktop_app import __version__
from desktop_app.backend.answers import ProblemDetails
from desktop_app.backend.config import LOCAL_NAMES, ServerConfig
from desktop_app.backend.edge import Edge
from desktop_app.backend.parts import Platform, build
from desktop_app.backend.problem_details import MEDIA_TYPE, ApiProblem
from desktop_app.backend.routes import (
    analytics,
    assignments,
    audit,
    auth,
    companies,
    evaluations,
    files,
    health,
    imports,
    projects,
    results,
    templates,
    users,
)
from desktop_app.backend.routing import install
from desktop_app.backend.store import utc_now
from desktop_app.db.seed_hashing import seed_hasher
from desktop_app.db.seeds import SeedResult, seed
from desktop_app.db.setup import ensure_schema

log = logging.getLogger(__name__)

ROUTES = (
    *health.ROUTES,
    *auth.ROUTES,
    *users.ROUTES,
    *companies.ROUTES,
    *templates.ROUTES,
    *projects.ROUTES,
    *assignments.ROUTES,
    *evaluations.ROUTES,
    *files.ROUTES,
    *results.ROUTES,
    *imports.ROUTES,
    *audit.ROUTES,
    *analytics.ROUTES,
)
_RETRY_S = "2"
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def create_app(
    config: ServerConfig,
    *,
    clock: Callable[[], datetime] = utc_now,
    seeded: Callable[[SeedResult], None] = lambda _: None,
) -> FastAPI:
    """An application of its own: no state is shared with another one in the process.

    At its start the schema and, as ``config.seed`` says, the initial data are put in place;
    ``seeded`` is told, with a password made up for production.
    """
    platform = build(config, clock)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        try:
            seeded(await asyncio.to_thread(prepare_database, config))
        except PyMongoError as error:
            # uvicorn only logs it; whoever runs the server is to hear of it too.
            app.state.start_error = error
            await platform.close()
            raise
        try:
            yield
        finally:
            await platform.close()

    app = FastAPI(
        title="Evaluation platform",
        version=__version__,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        lifespan=lifespan,
        responses={"default": {"model": ProblemDetails, "content": {MEDIA_TYPE: {}}}},
        generate_unique_id_function=lambda route: route.name,
    )
    install(app, platform, ROUTES)
    app.add_exception_handler(ApiProblem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(PyMongoError, _on_database_error)
    _describe_security(app)
    tls = config.tls_certificate is not None
    names = LOCAL_NAMES if config.local_only else ()
    app.add_middleware(
        Edge, metrics=platform.metrics, limiter=platform.limiter, tls=tls, names=names
    )
    if config.trusted_proxies:
        app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(config.trusted_proxies))
    app.state.platform = platform
    app.state.start_error = None
    return app


def platform_of(app: FastAPI) -> Platform:
    """The parts of an application made by ``create_app``."""
    platform: Platform = app.state.platform
    return platform


def prepare_database(config: ServerConfig) -> SeedResult:
    """Put schema and initial data in place; raises ``PyMongoError`` where that is not possible."""
    timeouts = config.mongo_timeouts
    with MongoClient[dict[str, Any]](
        config.mongo_uri,
        tz_aware=True,
        serverSelectionTimeoutMS=timeouts.select_ms,
        connectTimeoutMS=timeouts.connect_ms,
    ) as client:
        database = client[config.database]
        ensure_schema(database)
        if config.seed == "none":
            return SeedResult(created=0)
        return seed(database, config.seed, seed_hasher(config.password_cost).hash)


def _request_id(request: Request) -> str:
    return str(request.scope["state"]["request_id"])


async def _on_problem(request: Request, error: Exception) -> Response:
    if not isinstance(error, ApiProblem):
        raise error
    return error.response(_request_id(request))


async def _on_http_exception(request: Request, error: Exception) -> Response:
    """Answers of the router itself: 404 and 405."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 405:
        allowed = ", ".join(_methods_of(request))
        problem = ApiProblem(405, "method-not-allowed", headers={"Allow": allowed})
    elif error.status_code == 404:
        problem = ApiProblem(404, "not-found")
    else:
        problem = ApiProblem(400, "bad-request", error.detail)
    return problem.response(_request_id(request))


async def _on_database_error(request: Request, error: Exception) -> Response:
    """503 while MongoDB cannot be asked, or another transaction holds what a change needs.

    Anything else is a fault of this server.
    """
    if not isinstance(error, PyMongoError):
        raise error
    passes = error.timeout or error.has_error_label("TransientTransactionError")
    if not isinstance(error, (ConnectionFailure, ExecutionTimeout)) and not passes:
        raise error
    log.warning("MongoDB did not answer request %s: %s", _request_id(request), type(error).__name__)
    problem = ApiProblem(
        503,
        "database-unavailable",
        "The database does not answer. Whether a change was kept shows when it does again.",
        headers={"Retry-After": _RETRY_S},
        retry_after_s=int(_RETRY_S),
    )
    return problem.response(_request_id(request))


def _methods_of(request: Request) -> list[str]:
    """The methods that the path of a request is offered with."""
    scope = dict(request.scope)
    return [
        method
        for method in _METHODS
        if any(
            route.matches({**scope, "method": method})[0] is Match.FULL
            for route in request.app.router.routes
        )
    ]


def _describe_security(app: FastAPI) -> None:
    """Declare the bearer token in /openapi.json."""
    describe = app.openapi

    def openapi() -> dict[str, Any]:
        description = describe()
        schemes = description.setdefault("components", {}).setdefault("securitySchemes", {})
        schemes["bearer"] = {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        return description

    app.openapi = openapi  # type: ignore[method-assign]
