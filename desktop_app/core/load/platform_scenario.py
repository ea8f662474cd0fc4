"""The scenario for the platform itself (contract v1): sign in, then read as its users do."""

from __future__ import annotations

from desktop_app.core.load.scenario import Expect, Flow, Scenario, Step

_RENEW_S = 600.0
"""Well within the 15 minutes that a token of the platform lives."""

SIGN_IN = Step(
    name="sign in",
    method="POST",
    path="/api/auth/login",
    json={"login_id": "${login_id}", "password": "${password}"},
    expect=Expect(status=(200,), keys=("access_token", "user")),
    save={"access_token": "access_token"},
)


def _list_and_detail(resource: str, one: str, weight: float) -> Flow:
    """A page of a list, then one entry of it by chance."""
    return Flow(
        name=resource,
        weight=weight,
        steps=(
            Step(
                name=f"list {resource}",
                path=f"/api/{resource}?page=1&page_size=20",
                expect=Expect(status=(200,), keys=(resource, "total")),
                save={f"{one}_id": f"{resource}.*.id"},
            ),
            Step(
                name=f"one {one}",
                path=f"/api/{resource}/${{{one}_id}}",
                expect=Expect(status=(200,), keys=(one,)),
            ),
        ),
    )


def _page(resource: str, weight: float) -> Flow:
    """A page of a list."""
    step = Step(
        name=f"list {resource}",
        path=f"/api/{resource}?page=1&page_size=20",
        expect=Expect(status=(200,), keys=(resource, "total")),
    )
    return Flow(name=resource, weight=weight, steps=(step,))


def _one(name: str, path: str, keys: tuple[str, ...], weight: float) -> Flow:
    step = Step(name=name, path=path, expect=Expect(status=(200,), keys=keys))
    return Flow(name=name, weight=weight, steps=(step,))


def platform_scenario() -> Scenario:
    """Reads only: may be run against a platform in use. Needs a login pool.

    Its accounts must be staff (administrators, managers, secretaries): evaluators may not list
    companies and users. What an account may see, it sees; each sees itself and its company.
    """
    return Scenario(
        name="platform",
        setup=(SIGN_IN,),
        headers={"Authorization": "Bearer ${access_token}"},
        renew_s=_RENEW_S,
        flows=(
            _one("who am I", "/api/auth/me", ("login_id", "role"), 1),
            _one("dashboard", "/api/analytics/dashboard", ("statistics",), 1),
            _list_and_detail("companies", "company", 2),
            _list_and_detail("users", "user", 2),
            _page("templates", 1),
            _page("projects", 2),
            _page("evaluations", 3),
        ),
    )
